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

export function windowToColumns(window: ViewWindow): Columns {
  const rows = window.end_row - window.start_row;
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
  const rows = window.end_row - window.start_row;
  return Array.from({ length: rows }, (_, row) => {
    const object: Row = {};
    if (window.row_path) object[ROW_PATH] = rowPathAt(window.row_path, row);
    window.columns.forEach((column, index) => {
      object[window.names[index] ?? String(index)] = valueAt(column, row);
    });
    return object;
  });
}
