/** What regular-table leaves to us of the headers: roles, sort marks, menus and steady widths. */
import type { ViewShape } from "../viewer/plugins.js";
import { type Say, sayPlain, wordFor } from "../viewer/words.js";
import type { ColumnWidths } from "./column_widths.js";
import { setAttribute, setData, setMinWidth } from "./dom.js";
import { isRightAligned } from "./format.js";
import { columnAt, type GridWindow, nameAt, placeIn, treeColumns } from "./grid_window.js";
import { addMenuButton, plainHeader, setHeaderText } from "./header_cell.js";
import type { RegularTableElement } from "./regular_table.js";
import { aggregateLabel, leafColumn } from "./shape.js";

/** The tree's column among the widths: no path of a column. */
export const TREE = "\u0000tree";
const TREE_LEAST_PX = 160;
/** The tree does not scroll away: it leaves room for what it heads. */
export const TREE_MOST = "min(480px, 60cqi)";
/** Header letters are smaller than digits in cells. */
const HEADER_SCALE = 0.9;
/** Kept free in each header, so that sorting by a column does not move the others. */
const SORT_MARK_LETTERS = 2;

/** What headers share with cells. */
interface Parts {
  widths(): ColumnWidths;
  place(th: HTMLElement, column: number): void;
}

export class HeaderDecorator {
  readonly #element: RegularTableElement;
  readonly #parts: Parts;
  /** Columns whose width the user has set, by their number in the table. */
  #userWidths: Record<number, number> = {};
  #say: Say = sayPlain;

  constructor(element: RegularTableElement, parts: Parts) {
    this.#element = element;
    this.#parts = parts;
  }

  decorate(thead: Element, window: GridWindow, shape: ViewShape, say: Say): void {
    this.#say = say;
    this.#userWidths = this.#element.saveColumnSizes();
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
        const column = placeIn(window, meta)?.column ?? -1;
        if (column < 0) this.#corner(th, isLeaf, shape);
        else if (isLeaf) {
          if (column < window.pinned) setHeaderText(th, nameAt(window, column) ?? "");
          this.#leaf(th, column, meta.size_key, window, shape);
        } else {
          plainHeader(th, "split");
        }
      }
    }
  }

  #corner(th: HTMLElement, isLeaf: boolean, shape: ViewShape): void {
    plainHeader(th, "corner");
    const label = isLeaf ? shape.group_by.join(" › ") : "";
    setHeaderText(th, label);
    if (!isLeaf) return;
    setAttribute(th, "aria-colindex", "1");
    this.#parts.widths().see(TREE, label.length);
    const px = Math.max(TREE_LEAST_PX, this.#parts.widths().minimum(TREE));
    this.#setWidth(th, 0, `min(${px}px, ${TREE_MOST})`);
    this.#parts.place(th, -1);
  }

  #leaf(th: HTMLElement, x: number, sizeKey: number, window: GridWindow, shape: ViewShape): void {
    const path = nameAt(window, x);
    const data = columnAt(window, x);
    if (path === undefined || !data) return;
    const column = leafColumn(path, shape.split_by.length);
    const name = aggregateLabel(shape, column);
    const aggregate = name && wordFor(this.#say, "aggregate", name);
    const rank = shape.sort.findIndex(([name]) => name === column);
    const direction = shape.sort[rank]?.[1];
    const ascending = direction?.includes("asc");
    addMenuButton(th, this.#say("grid.menu", { name: column }));
    setData(th, "sortAbs", direction?.includes("abs") ? "true" : "");
    setData(th, "kind", isRightAligned(data.type) ? "number" : "text");
    setData(th, "agg", aggregate);
    setData(th, "sort", direction ? (ascending ? "asc" : "desc") : "");
    setData(th, "sortIndex", direction && shape.sort.length > 1 ? String(rank + 1) : "");
    setAttribute(th, "aria-sort", direction ? (ascending ? "ascending" : "descending") : "none");
    setAttribute(th, "aria-colindex", String(x + 1 + treeColumns(window)));
    setAttribute(th, "part", "column-header");
    const letters = column.length + (aggregate ? aggregate.length + 1 : 0) + SORT_MARK_LETTERS;
    this.#parts.widths().see(path, letters * HEADER_SCALE);
    this.#setWidth(th, sizeKey, `${this.#parts.widths().minimum(path)}px`);
    this.#parts.place(th, x);
  }

  #setWidth(th: HTMLElement, sizeKey: number, width: string): void {
    setMinWidth(th, this.#userWidths[sizeKey] === undefined ? width : "");
  }
}
