/**
 * What regular-table leaves to us after it has written the texts of a draw: roles for
 * assistive technology, looks, steady widths, the light on what changed, and which cell the
 * Tab key finds.
 */
import { rowPathAt, valueAt } from "../client/results.js";
import type { Scalar, ViewWindow } from "../client/types.js";
import type { ActiveCell } from "./active_cell.js";
import { ColumnWidths } from "./column_widths.js";
import { setAttribute, setData, setMinWidth } from "./dom.js";
import { isRightAligned } from "./format.js";
import type { RegularTableElement } from "./regular_table.js";
import { aggregateLabel, type GridShape, leafColumn } from "./shape.js";
import { type NodeState, renderTreeCell } from "./tree_cell.js";

/** The tree's column among the widths: no path of a column. */
const TREE = "\u0000tree";
const TREE_LEAST_PX = 160;
/** Header letters are smaller than digits in cells. */
const HEADER_SCALE = 0.9;
/** Kept free in each header, so that sorting by a column does not move the others. */
const SORT_MARK_LETTERS = 2;
/**
 * Aggregates that get no flash: sums and counts move all the time by nature, and the colour
 * of a newest value says already which way it went.
 */
const NO_FLASH = new Set(["sum", "count", "last"]);
/** When more cells than this part change at once, a flash would say nothing either. */
const FLASH_AT_MOST = 0.2;

type Meta = NonNullable<ReturnType<RegularTableElement["getMeta"]>>;
type BodyMeta = Meta & { type: "body" };

/** What a cell showed last, to tell what changed. */
interface CellMark {
  rowKey: string;
  path: string;
  value: Scalar;
  direction: "" | "up" | "down";
  flash: Animation | undefined;
}

interface Change {
  cell: HTMLElement;
  up: boolean;
}

export class Decorator {
  readonly #element: RegularTableElement;
  readonly #active: ActiveCell;
  readonly #marks = new WeakMap<HTMLElement, CellMark>();
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #widths: ColumnWidths | undefined;
  /** Columns whose width the user has set, by their number in the table. */
  #userWidths: Record<number, number> = {};

  constructor(element: RegularTableElement, active: ActiveCell) {
    this.#element = element;
    this.#active = active;
  }

  /** Other columns are at the same places now. */
  forgetWidths(): void {
    this.#widths = undefined;
  }

  decorate(window: ViewWindow, shape: GridShape): void {
    const table = this.#element.querySelector("table");
    const [thead, tbody] = table?.children ?? [];
    if (!table || !thead || !tbody) return;
    this.#userWidths = this.#element.saveColumnSizes();
    setAttribute(table, "role", "treegrid");
    setAttribute(table, "aria-rowcount", String(window.num_rows + headerRows(shape)));
    setAttribute(table, "aria-colcount", String(window.num_columns + treeColumns(window)));
    setAttribute(table, "part", "table");
    this.#head(thead, window, shape);
    this.#body(tbody, window, shape);
  }

  // ---- headers ----

  #head(thead: Element, window: ViewWindow, shape: GridShape): void {
    setAttribute(thead, "role", "rowgroup");
    for (const [level, row] of [...thead.children].entries()) {
      setAttribute(row, "role", "row");
      setAttribute(row, "aria-rowindex", String(level + 1));
      const isLeaf = level === shape.split_by.length;
      for (const cell of row.children) {
        const th = cell as HTMLElement;
        const meta = this.#element.getMeta(th);
        setAttribute(th, "role", "columnheader");
        if (!meta) continue;
        if (meta.type !== "column_header" || meta.x === undefined) {
          this.#corner(th, isLeaf, shape);
        } else if (isLeaf) {
          this.#leaf(th, meta.x, meta.size_key, window, shape);
        } else {
          plainHeader(th, "split");
        }
      }
    }
  }

  #corner(th: HTMLElement, isLeaf: boolean, shape: GridShape): void {
    plainHeader(th, "corner");
    // regular-table leaves corners empty, and does not look at them again.
    const text = th.querySelector("span");
    const label = isLeaf ? shape.group_by.join(" › ") : "";
    if (text && text.textContent !== label) text.textContent = label;
    if (!isLeaf) return;
    setAttribute(th, "aria-colindex", "1");
    this.#steady().see(TREE, label.length);
    this.#setWidth(th, 0, Math.max(TREE_LEAST_PX, this.#steady().minimum(TREE)));
    this.#place(th, -1, -1);
  }

  #leaf(th: HTMLElement, x: number, sizeKey: number, window: ViewWindow, shape: GridShape): void {
    const path = window.names[x - window.start_col];
    const data = window.columns[x - window.start_col];
    if (path === undefined || !data) return;
    const column = leafColumn(path, shape.split_by.length);
    const aggregate = aggregateLabel(shape, column);
    const rank = shape.sort.findIndex(([name]) => name === column);
    const direction = shape.sort[rank]?.[1];
    const ascending = direction?.includes("asc");
    setData(th, "kind", isRightAligned(data.type) ? "number" : "text");
    setData(th, "agg", aggregate);
    setData(th, "sort", direction ? (ascending ? "asc" : "desc") : "");
    setData(th, "sortIndex", direction && shape.sort.length > 1 ? String(rank + 1) : "");
    setAttribute(th, "aria-sort", direction ? (ascending ? "ascending" : "descending") : "none");
    setAttribute(th, "aria-colindex", String(x + 1 + treeColumns(window)));
    setAttribute(th, "part", "column-header");
    const letters = column.length + (aggregate ? aggregate.length + 1 : 0) + SORT_MARK_LETTERS;
    this.#steady().see(path, letters * HEADER_SCALE);
    this.#setWidth(th, sizeKey, this.#steady().minimum(path));
    this.#place(th, -1, x);
  }

  #setWidth(th: HTMLElement, sizeKey: number, px: number): void {
    setMinWidth(th, this.#userWidths[sizeKey] === undefined ? `${px}px` : "");
  }

  // ---- rows ----

  #body(tbody: Element, window: ViewWindow, shape: GridShape): void {
    setAttribute(tbody, "role", "rowgroup");
    const changes: Change[] = [];
    let seen = 0;
    let expected: number | undefined;
    for (const row of tbody.children) {
      const first = this.#element.getMeta(row.firstElementChild as HTMLElement);
      const y = first && "y" in first ? first.y : undefined;
      // Below the last row regular-table may keep one of an earlier draw, out of sight.
      const stale = y === undefined || (expected !== undefined && y !== expected);
      setAttribute(row, "hidden", stale ? "" : null);
      if (stale) {
        setAttribute(row, "role", null);
        continue;
      }
      expected = y + 1;
      const index = y - window.start_row;
      const rowKey = this.#row(row as HTMLElement, y, index, window, shape);
      for (const child of row.children) {
        const cell = child as HTMLElement;
        const meta = this.#element.getMeta(cell);
        if (meta?.type === "row_header") {
          this.#tree(cell, String(meta.value ?? ""), y, index, window);
        } else if (meta?.type === "body") {
          seen++;
          const up = this.#cell(cell, meta, index, rowKey, window, shape);
          if (up !== undefined) changes.push({ cell, up });
        }
      }
    }
    if (!this.#calm.matches && changes.length <= seen * FLASH_AT_MOST) this.#flash(changes);
  }

  /** The row's own attributes; answers what it stands for, empty in a flat view. */
  #row(row: HTMLElement, y: number, index: number, window: ViewWindow, shape: GridShape): string {
    const { row_path } = window;
    setAttribute(row, "role", "row");
    setAttribute(row, "part", "row");
    setAttribute(row, "aria-rowindex", String(y + headerRows(shape) + 1));
    if (!row_path) {
      setAttribute(row, "aria-level", null);
      setAttribute(row, "aria-expanded", null);
      setData(row, "depth", "");
      return "";
    }
    const depth = row_path.depth[index] ?? 0;
    const state = row_path.state[index] ?? 0;
    setAttribute(row, "aria-level", String(depth + 1));
    setAttribute(row, "aria-expanded", state === 0 ? null : String(state === 2));
    setData(row, "depth", String(depth));
    return `${depth}\u0000${rowPathAt(row_path, index).join("\u0000")}`;
  }

  #tree(cell: HTMLElement, text: string, y: number, index: number, window: ViewWindow): void {
    const depth = window.row_path?.depth[index] ?? 0;
    const state = (window.row_path?.state[index] ?? 0) as NodeState;
    setAttribute(cell, "role", "rowheader");
    setAttribute(cell, "aria-colindex", "1");
    setAttribute(cell, "part", "row-header");
    this.#steady().see(TREE, text.length + depth * 2 + 2);
    renderTreeCell(cell, text, depth, state);
    this.#place(cell, y, -1);
  }

  /** True or false where a flash should say that the number went up or down. */
  #cell(
    cell: HTMLElement,
    meta: BodyMeta,
    index: number,
    rowKey: string,
    window: ViewWindow,
    shape: GridShape,
  ): boolean | undefined {
    const column = window.columns[meta.x - window.start_col];
    const path = window.names[meta.x - window.start_col];
    if (!column || path === undefined) return undefined;
    setAttribute(cell, "role", "gridcell");
    setAttribute(cell, "part", "cell");
    setAttribute(cell, "aria-colindex", String(meta.x + 1 + treeColumns(window)));
    this.#place(cell, meta.y, meta.x);
    this.#steady().see(path, String(meta.value ?? "").length);

    const value = valueAt(column, index);
    const mark = this.#marks.get(cell);
    const same = rowKey !== "" && mark?.rowKey === rowKey && mark.path === path;
    let up: boolean | undefined;
    if (same && typeof value === "number" && typeof mark.value === "number") {
      if (value !== mark.value) up = value > mark.value;
    }
    const aggregate = aggregateLabel(shape, leafColumn(path, shape.split_by.length));
    const before = same ? mark.direction : "";
    const direction =
      aggregate !== "last" || value === null ? "" : up === undefined ? before : up ? "up" : "down";

    const isNumber = isRightAligned(column.type);
    setData(cell, "kind", value === null ? "null" : isNumber ? "number" : column.type);
    setData(cell, "negative", isNumber && typeof value === "number" && value < 0 ? "true" : "");
    setData(cell, "tick", direction);
    // The cell stands for something else now; the light was not meant for that.
    if (!same) mark?.flash?.cancel();
    if (mark) Object.assign(mark, { rowKey, path, value, direction });
    else this.#marks.set(cell, { rowKey, path, value, direction, flash: undefined });
    return NO_FLASH.has(aggregate) ? undefined : up;
  }

  #flash(changes: Change[]): void {
    for (const { cell, up } of changes) {
      const mark = this.#marks.get(cell);
      if (!mark) continue;
      const color = `var(--millrace-${up ? "up" : "down"})`;
      mark.flash?.cancel();
      mark.flash = cell.animate(
        [
          { backgroundColor: `color-mix(in srgb, ${color} 14%, transparent)` },
          { backgroundColor: "transparent" },
        ],
        { duration: 600, easing: "ease-out" },
      );
    }
  }

  /** Gives the cell its place in the tab order: one cell of the grid is in it. */
  #place(cell: HTMLElement, row: number, column: number): void {
    const { place } = this.#active;
    const active = place.row === row && place.column === column;
    setAttribute(cell, "tabindex", active ? "0" : "-1");
    setAttribute(cell, "data-active", active ? "" : null);
  }

  #steady(): ColumnWidths {
    if (!this.#widths) {
      const context = document.createElement("canvas").getContext("2d");
      const style = getComputedStyle(this.#element);
      if (context) context.font = `${style.fontSize} ${style.fontFamily}`;
      this.#widths = new ColumnWidths(context?.measureText("0").width ?? 7);
    }
    return this.#widths;
  }
}

/** A header cell that neither sorts nor takes the focus. */
function plainHeader(th: HTMLElement, kind: "split" | "corner"): void {
  setData(th, "kind", kind);
  for (const name of ["agg", "sort", "sortIndex"]) setData(th, name, "");
  for (const name of ["aria-sort", "tabindex", "data-active"]) {
    setAttribute(th, name, null);
  }
  setMinWidth(th, "");
}

function headerRows(shape: GridShape): number {
  return shape.split_by.length + 1;
}

function treeColumns(window: ViewWindow): number {
  return window.row_path ? 1 : 0;
}
