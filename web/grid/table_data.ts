/**
 * A window of a view as regular-table wants it: texts of cells, headers and tree labels.
 */
import { valueAt } from "../client/results.js";
import type { ViewWindow } from "../client/types.js";
import { hasMilliseconds } from "./format.js";
import { cut, type Formatters } from "./formatters.js";
import { columnAt, type GridWindow, nameAt, rowHeaders } from "./grid_window.js";
import { type GridShape, headerLevels } from "./shape.js";
import type { Rect } from "./window_reader.js";

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
export function tableSize(window: GridWindow, shape: GridShape, rowHeight: number): TableData {
  return {
    num_rows: window.num_rows,
    num_columns: window.num_columns - window.pinned,
    row_height: rowHeight,
    num_row_headers: rowHeaders(window),
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
  window: GridWindow,
  shape: GridShape,
  rect: Rect,
  msColumns: Set<string>,
  formatters: Formatters,
  rowHeight: number,
): TableData {
  const top = Math.max(rect.y0, window.start_row) - window.start_row;
  const bottom = Math.min(rect.y1, window.end_row) - window.start_row;
  const { pinned } = window;
  const left = Math.max(rect.x0 + pinned, window.start_col);
  const right = Math.min(rect.x1 + pinned, window.end_col);
  const data: string[][] = [];
  const column_headers: string[][] = [];
  const texts = (x: number): { levels: string[]; cells: string[] } | undefined => {
    const column = columnAt(window, x);
    const path = nameAt(window, x);
    if (!column || path === undefined) return undefined;
    if (!msColumns.has(path) && hasMilliseconds(column)) msColumns.add(path);
    const levels = headerLevels(path, shape.split_by.length);
    const format = formatters.format(levels.at(-1) ?? path, column.type, msColumns.has(path));
    const cells: string[] = [];
    for (let y = top; y < bottom; y++) cells.push(cut(format(valueAt(column, y))));
    return { levels, cells };
  };
  for (let x = left; x < right; x++) {
    const column = texts(x);
    if (!column) continue;
    data.push(column.cells);
    column_headers.push(column.levels);
  }
  const size = { ...tableSize(window, shape, rowHeight), data, column_headers };
  const { row_path } = window;
  if (!row_path && pinned === 0) return size;
  const fixed = Array.from({ length: pinned }, (_, x) => texts(x)?.cells ?? []);
  const row_headers: string[][] = [];
  for (let y = top; y < bottom; y++) {
    const label = row_path ? [treeLabel(row_path, y, shape, formatters)] : [];
    row_headers.push([...label, ...fixed.map((cells) => cells[y - top] ?? "")]);
  }
  return { ...size, row_headers };
}

/** What a row of the tree is called: the value that it stands for. */
export function treeLabel(
  path: NonNullable<ViewWindow["row_path"]>,
  row: number,
  shape: GridShape,
  formatters: Formatters,
): string {
  const depth = path.depth[row] ?? 0;
  const level = path.levels[depth - 1];
  if (depth === 0 || !level) return formatters.say("grid.total");
  const column = shape.group_by[depth - 1] ?? "";
  return cut(formatters.format(column, level.type, hasMilliseconds(level))(valueAt(level, row)));
}
