/**
 * The part of a view that the grid holds: the columns on the screen, and before them those
 * that are pinned, which stay while the others scroll.
 *
 * regular-table knows a pinned column as a header of its rows, and counts the others from
 * zero; everywhere else here a column's number is the view's.
 */
import type { ColumnData, ViewWindow } from "../client/types.js";
import type { Place } from "./active_cell.js";
import type { RegularTableElement } from "./regular_table.js";

export interface GridWindow extends ViewWindow {
  /** How many columns at the view's beginning are pinned; `start_col` is that of the others. */
  pinned: number;
}

/** A view's column among those that were read; what is not there has no place. */
export function columnIndex({ pinned, start_col }: GridWindow, column: number): number {
  if (column < pinned) return column;
  return column < start_col ? -1 : pinned + column - start_col;
}

export function columnAt(window: GridWindow, column: number): ColumnData | undefined {
  return window.columns[columnIndex(window, column)];
}

export function nameAt(window: GridWindow, column: number): string | undefined {
  return window.names[columnIndex(window, column)];
}

/** The headers of a row: its name in the tree, and the columns that are pinned. */
export function rowHeaders(window: GridWindow): number {
  return treeColumns(window) + window.pinned;
}

export function treeColumns(window: ViewWindow): number {
  return window.row_path ? 1 : 0;
}

type Meta = NonNullable<ReturnType<RegularTableElement["getMeta"]>>;

/** Row -1 is a header, column -1 the tree; undefined for what is beside all columns. */
export function placeIn(window: GridWindow, meta: Meta | undefined): Place | undefined {
  switch (meta?.type) {
    case "body":
      return { row: meta.y, column: meta.x + window.pinned };
    case "row_header":
      return { row: meta.y, column: meta.row_header_x - treeColumns(window) };
    case "column_header":
      return meta.x === undefined ? undefined : { row: -1, column: meta.x + window.pinned };
    case "corner": {
      // Over the tree there is nothing to sort or to stand on.
      const column = meta.row_header_x - treeColumns(window);
      return column < 0 ? undefined : { row: -1, column };
    }
    default:
      return undefined;
  }
}

/** The leading columns that are among those to be pinned; under a split there are none. */
export function pinnedCount(
  config: Record<string, unknown>,
  columns: readonly (string | null)[],
  split_by: readonly string[],
): number {
  const { pinned } = config;
  if (!Array.isArray(pinned) || split_by.length > 0) return 0;
  const shown = columns.filter((name) => name !== null);
  const other = shown.findIndex((name) => !pinned.includes(name));
  return other < 0 ? Math.max(0, shown.length - 1) : other;
}
