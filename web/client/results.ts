/**
 * From a typed window to the plain arrays and objects that the API promises.
 *
 * Runs on the caller's side: what crosses from the Worker are typed arrays. Dates and
 * datetimes stay numbers (ms UTC); grouped windows get `__ROW_PATH__`.
 */
import type { ColumnData, Columns, Row, RowPathData, Scalar, ViewWindow } from "./types.js";

export const ROW_PATH = "__ROW_PATH__";

/** The value of a column at a row of the window, null where it is null. */
export function valueAt(column: ColumnData, row: number): Scalar {
  if (column.type === "string") {
    const code = column.codes[row] ?? -1;
    return code < 0 ? null : (column.dictionary[code] ?? null);
  }
  if (column.valid && column.valid[row] === 0) return null;
  const value = column.values[row];
  if (value === undefined) return null;
  return column.type === "boolean" ? value !== 0 : value;
}

/** `[]` for the total, `["AAPL", "client 3"]` for a row two levels deep. */
export function rowPathAt(path: RowPathData, row: number): Scalar[] {
  const depth = path.depth[row] ?? 0;
  return path.levels.slice(0, depth).map((level) => valueAt(level, row));
}

/** How many rows a window holds. */
export function rowCount(window: ViewWindow): number {
  return window.sample?.rows.length ?? window.end_row - window.start_row;
}

/** The number in the view of a window's row; -1: of none. */
export function rowAt({ sample, start_row }: ViewWindow, place: number): number {
  if (sample) return sample.rows[place] ?? -1;
  return place < 0 ? -1 : start_row + place;
}

/** Where a window has a row of the view; -1: nowhere. */
export function placeOfRow(window: ViewWindow, row: number): number {
  if (window.sample) return window.sample.rows.indexOf(row);
  return row >= window.start_row && row < window.end_row ? row - window.start_row : -1;
}

export function windowToColumns(window: ViewWindow): Columns {
  const rows = rowCount(window);
  const result: Columns = {};
  const { row_path } = window;
  if (row_path) {
    result[ROW_PATH] = Array.from({ length: rows }, (_, row) => rowPathAt(row_path, row));
  }
  window.columns.forEach((column, index) => {
    result[window.names[index] ?? String(index)] = Array.from({ length: rows }, (_, row) =>
      valueAt(column, row),
    );
  });
  return result;
}

export function windowToRows(window: ViewWindow): Row[] {
  return Array.from({ length: rowCount(window) }, (_, row) => {
    const object: Row = {};
    if (window.row_path) object[ROW_PATH] = rowPathAt(window.row_path, row);
    window.columns.forEach((column, index) => {
      object[window.names[index] ?? String(index)] = valueAt(column, row);
    });
    return object;
  });
}
