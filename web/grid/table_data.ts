/**
 * A window of a view as regular-table wants it: texts of cells, headers and tree labels.
 */
import { valueAt } from "../client/results.js";
import type { ViewWindow } from "../client/types.js";
import { formatValue, hasMilliseconds } from "./format.js";
import { type GridShape, headerLevels } from "./shape.js";
import type { Rect } from "./window_reader.js";

/** Rows and header rows alike. */
export const ROW_HEIGHT = 24;

const TOTAL_LABEL = "Total";

export interface TableData {
  num_rows: number;
  num_columns: number;
  row_height: number;
  num_row_headers: number;
  num_column_headers: number;
  merge_headers: "column";
  data: string[][];
  column_headers?: string[][];
  row_headers?: string[][];
}

/** Sizes alone, as regular-table asks for before it knows what is visible. */
export function tableSize(window: ViewWindow, shape: GridShape): TableData {
  return {
    num_rows: window.num_rows,
    num_columns: window.num_columns,
    row_height: ROW_HEIGHT,
    num_row_headers: window.row_path ? 1 : 0,
    num_column_headers: shape.split_by.length + 1,
    merge_headers: "column",
    data: [],
  };
}

/**
 * The rectangle's texts. `msColumns` remembers which datetime columns have shown
 * milliseconds, so that their width does not change back and forth.
 */
export function tableData(
  window: ViewWindow,
  shape: GridShape,
  rect: Rect,
  msColumns: Set<string>,
): TableData {
  const top = Math.max(rect.y0, window.start_row) - window.start_row;
  const bottom = Math.min(rect.y1, window.end_row) - window.start_row;
  const left = Math.max(rect.x0, window.start_col) - window.start_col;
  const right = Math.min(rect.x1, window.end_col) - window.start_col;
  const data: string[][] = [];
  const column_headers: string[][] = [];
  for (let x = left; x < right; x++) {
    const column = window.columns[x];
    const path = window.names[x];
    if (!column || path === undefined) continue;
    if (!msColumns.has(path) && hasMilliseconds(column)) msColumns.add(path);
    const options = { milliseconds: msColumns.has(path) };
    const cells: string[] = [];
    for (let y = top; y < bottom; y++) {
      cells.push(formatValue(valueAt(column, y), column.type, options));
    }
    data.push(cells);
    column_headers.push(headerLevels(path, shape.split_by.length));
  }
  const size = { ...tableSize(window, shape), data, column_headers };
  if (!window.row_path) return size;
  const row_headers: string[][] = [];
  for (let y = top; y < bottom; y++) row_headers.push([treeLabel(window.row_path, y)]);
  return { ...size, row_headers };
}

function treeLabel(path: NonNullable<ViewWindow["row_path"]>, row: number): string {
  const depth = path.depth[row] ?? 0;
  const level = path.levels[depth - 1];
  if (depth === 0 || !level) return TOTAL_LABEL;
  return formatValue(valueAt(level, row), level.type, { milliseconds: hasMilliseconds(level) });
}
