/**
 * What regular-table leaves to us after it has written the texts of a draw: roles for
 * assistive technology, looks, steady widths, the light on what changed, and which cell the
 * Tab key finds.
 */
import { rowPathAt, valueAt } from "../client/results.js";
import type { Scalar } from "../client/types.js";
import type { ViewShape } from "../viewer/plugins.js";
import type { Say } from "../viewer/words.js";
import type { ActiveCell, Place } from "./active_cell.js";
import { CellPainter } from "./cell_painter.js";
import { ColumnNumbers } from "./column_numbers.js";
import { type ColumnStyle, NO_STYLE } from "./column_style.js";
import { ColumnWidths } from "./column_widths.js";
import { setAttribute, setData } from "./dom.js";
import type { Matcher } from "./finder.js";
import { isRightAligned } from "./format.js";
import type { Formatters } from "./formatters.js";
import { columnAt, type GridWindow, nameAt, placeIn, treeColumns } from "./grid_window.js";
import { HeaderDecorator, TREE } from "./header_decorator.js";
import type { RegularTableElement } from "./regular_table.js";
import type { Selection } from "./selection.js";
import { aggregateLabel, leafColumn } from "./shape.js";
import { type NodeState, renderTreeCell } from "./tree_cell.js";

/** A long text does not make its column wider than so many letters. */
const MOST_WIDTH_LETTERS = 56;
/** The room that a line of numbers takes, and what is at both sides of a label, in letters. */
const LINE_LETTERS = 11;
const LABEL_LETTERS = 3;
/**
 * Aggregates that get no flash: sums and counts move all the time by nature, and the colour
 * of a newest value says already which way it went.
 */
const NO_FLASH = new Set(["sum", "count", "last"]);
/** When more cells than this part change at once, a flash would say nothing either. */
const FLASH_AT_MOST = 0.2;

type Meta = NonNullable<ReturnType<RegularTableElement["getMeta"]>>;

/** What a cell showed last, to tell what changed. */
interface CellMark {
  rowKey: string;
  path: string;
  value: Scalar;
  direction: "" | "up" | "down";
  flash: Animation | undefined;
  /** What its attributes say. */
  said: string;
}

interface Change {
  cell: HTMLElement;
  up: boolean;
}

export class Decorator {
  readonly #element: RegularTableElement;
  readonly #active: ActiveCell;
  readonly #selection: Selection;
  readonly #marks = new WeakMap<HTMLElement, CellMark>();
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #numbers = new ColumnNumbers();
  readonly #headers: HeaderDecorator;
  readonly #painter = new CellPainter();
  /** Of each cell whether it is active, selected and found, as its attributes say it. */
  readonly #places = new WeakMap<HTMLElement, number>();
  #widths: ColumnWidths | undefined;
  #window: GridWindow | undefined;
  /** The window whose numbers were looked at. */
  #measured: GridWindow | undefined;

  /** Whether numbers that changed light up. */
  flashes = true;
  /** What is looked for; cells with it are marked. */
  found: Matcher | undefined;

  constructor(element: RegularTableElement, active: ActiveCell, selection: Selection) {
    this.#element = element;
    this.#active = active;
    this.#selection = selection;
    this.#headers = new HeaderDecorator(element, {
      widths: () => this.#steady(),
      place: (th, column) => this.#place(th, -1, column),
    });
  }

  /** The column is as wide as what it shows now. */
  fit(path: string): void {
    this.#widths?.forget(path);
  }

  /** Marks active, selected and found cells anew, without a draw. */
  markSelected(): void {
    const window = this.#window;
    for (const cell of this.#element.querySelectorAll<HTMLElement>("th, td")) {
      const place = window && placeIn(window, this.#element.getMeta(cell));
      const isHeader = place?.row === -1 && !cell.hasAttribute("aria-sort");
      if (place && !isHeader) this.#place(cell, place.row, place.column);
    }
  }

  /** Other columns are at the same places now. */
  forgetWidths(): void {
    this.forgetFont();
    this.#numbers.clear();
    this.#measured = undefined;
  }

  /** Digits are of another width now. */
  forgetFont(): void {
    this.#widths = undefined;
  }

  /** Tells of the least and greatest value of a column whose cells are measured by it. */
  seeEnds(path: string, level: number, ends: readonly Scalar[]): void {
    for (const end of ends) this.#numbers.see(path, level, end);
  }

  decorate(window: GridWindow, shape: ViewShape, formatters: Formatters): void {
    this.#window = window;
    this.#painter.adopt(this.#element.getRootNode());
    const table = this.#element.querySelector("table");
    const [thead, tbody] = table?.children ?? [];
    if (!table || !thead || !tbody) return;
    setAttribute(table, "role", "treegrid");
    setAttribute(table, "aria-label", formatters.say("grid.label"));
    const several = this.#selection.mode !== "READ_ONLY";
    setAttribute(table, "aria-multiselectable", several ? "true" : null);
    setData(this.#element, "mode", this.#selection.mode);
    setAttribute(table, "aria-rowcount", String(window.num_rows + headerRows(shape)));
    setAttribute(table, "aria-colcount", String(window.num_columns + treeColumns(window)));
    setAttribute(table, "part", "table");
    this.#headers.decorate(thead, window, shape, formatters.say);
    this.#measure(window, shape, formatters);
    this.#body(tbody, window, shape, formatters);
  }

  /** Bars and gradients are measured by the greatest number that was ever on the screen. */
  #measure(window: GridWindow, shape: ViewShape, formatters: Formatters): void {
    if (window === this.#measured) return;
    this.#measured = window;
    for (const [at, path] of window.names.entries()) {
      const column = window.columns[at];
      const style = formatters.style(leafColumn(path, shape.split_by.length));
      if (!column || !needsEnds(style)) continue;
      for (let row = 0; row < window.end_row - window.start_row; row++) {
        this.#numbers.see(path, window.row_path?.depth[row] ?? 0, valueAt(column, row));
      }
    }
  }

  #body(tbody: Element, window: GridWindow, shape: ViewShape, formatters: Formatters): void {
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
        const place = placeIn(window, meta);
        if (!meta || !place) continue;
        if (place.column < 0) {
          this.#tree(cell, String(meta.value ?? ""), y, index, window, formatters.say);
        } else {
          seen++;
          cell.classList.toggle("pinned", place.column < window.pinned);
          const up = this.#cell(cell, meta, place, index, rowKey, window, shape, formatters);
          if (up !== undefined) changes.push({ cell, up });
        }
      }
    }
    const few = changes.length <= seen * FLASH_AT_MOST;
    if (this.flashes && !this.#calm.matches && few) this.#flash(changes);
  }

  /** The row's own attributes; answers what it stands for, if there is a way to know. */
  #row(row: HTMLElement, y: number, index: number, window: GridWindow, shape: ViewShape): string {
    const { row_path } = window;
    setAttribute(row, "role", "row");
    setAttribute(row, "part", "row");
    setAttribute(row, "aria-rowindex", String(y + headerRows(shape) + 1));
    if (!row_path) {
      setAttribute(row, "aria-level", null);
      setAttribute(row, "aria-expanded", null);
      setData(row, "depth", "");
      return keyOf(index, window, shape);
    }
    const depth = row_path.depth[index] ?? 0;
    const state = row_path.state[index] ?? 0;
    setAttribute(row, "aria-level", String(depth + 1));
    setAttribute(row, "aria-expanded", state === 0 ? null : String(state === 2));
    setData(row, "depth", String(depth));
    return `${depth}\u0000${rowPathAt(row_path, index).join("\u0000")}`;
  }

  #tree(
    cell: HTMLElement,
    text: string,
    y: number,
    index: number,
    window: GridWindow,
    say: Say,
  ): void {
    const depth = window.row_path?.depth[index] ?? 0;
    const state = (window.row_path?.state[index] ?? 0) as NodeState;
    setAttribute(cell, "role", "rowheader");
    setAttribute(cell, "aria-colindex", "1");
    setAttribute(cell, "part", "row-header");
    this.#steady().see(TREE, text.length + depth * 2 + 2);
    // It may have been a pinned column's before.
    cell.classList.remove("pinned");
    this.#marks.delete(cell);
    setData(cell, "kind", "");
    this.#painter.unpaint(cell, text);
    renderTreeCell(cell, text, depth, state, say);
    this.#place(cell, y, -1);
  }

  /** True or false where a flash should say that the number went up or down. */
  #cell(
    cell: HTMLElement,
    meta: Meta,
    { row: y, column: x }: Place,
    index: number,
    rowKey: string,
    window: GridWindow,
    shape: ViewShape,
    formatters: Formatters,
  ): boolean | undefined {
    const column = columnAt(window, x);
    const path = nameAt(window, x);
    if (!column || path === undefined) return undefined;
    const leaf = leafColumn(path, shape.split_by.length);
    const style = formatters.style(leaf);
    const text = String(meta.value ?? "");

    const value = valueAt(column, index);
    const mark = this.#marks.get(cell);
    const same = rowKey !== "" && mark?.rowKey === rowKey && mark.path === path;
    let up: boolean | undefined;
    if (same && typeof value === "number" && typeof mark.value === "number") {
      if (value !== mark.value) up = value > mark.value;
    }
    const aggregate = aggregateLabel(shape, leaf);
    const before = same ? mark.direction : "";
    const direction =
      aggregate !== "last" || value === null ? "" : up === undefined ? before : up ? "up" : "down";

    const isNumber = isRightAligned(column.type);
    if (style === NO_STYLE) this.#painter.unpaint(cell, text);
    else {
      const recent = style.sparkline === "recent" && typeof value === "number";
      this.#painter.paint(
        cell,
        {
          value,
          text,
          full: typeof value === "string" ? value : text,
          isNumber,
          greatest: this.#greatest(path, index, window),
          recent: recent ? this.#numbers.recent(path, rowKey || String(y), value) : [],
        },
        style,
      );
    }
    this.#place(cell, y, x);
    this.#steady().see(path, lettersOf(text, style));
    const kind = value === null ? "null" : isNumber ? "number" : column.type;
    const negative = isNumber && typeof value === "number" && value < 0 ? "true" : "";
    const number = String(x + 1 + treeColumns(window));
    const said = `${number} ${kind} ${negative} ${direction}`;
    if (mark?.said !== said) {
      setAttribute(cell, "role", "gridcell");
      setAttribute(cell, "part", "cell");
      setAttribute(cell, "aria-colindex", number);
      setData(cell, "kind", kind);
      setData(cell, "negative", negative);
      setData(cell, "tick", direction);
    }
    // The cell stands for something else now; the light was not meant for that.
    if (!same) mark?.flash?.cancel();
    if (mark) Object.assign(mark, { rowKey, path, value, direction, said });
    else this.#marks.set(cell, { rowKey, path, value, direction, said, flash: undefined });
    return NO_FLASH.has(aggregate) && style.background !== "pulse" ? undefined : up;
  }

  /** Among rows of the same level; the total is alone on its own. */
  #greatest(path: string, row: number, { row_path }: GridWindow): number {
    const level = row_path?.depth[row] ?? 0;
    return row_path && level === 0 ? 0 : this.#numbers.greatest(path, level);
  }

  #flash(changes: Change[]): void {
    for (const { cell, up } of changes) {
      const mark = this.#marks.get(cell);
      if (!mark) continue;
      const color = `var(--millrace-${up ? "up" : "down"})`;
      mark.flash?.cancel();
      mark.flash = cell.animate(
        // To what the cell has of its own.
        [{ backgroundColor: `color-mix(in srgb, ${color} 14%, var(--under, transparent))` }],
        { duration: 600, easing: "ease-out" },
      );
    }
  }

  /** Gives the cell its place in the tab order: one cell of the grid is in it. */
  #place(cell: HTMLElement, row: number, column: number): void {
    const { place } = this.#active;
    const active = place.row === row && place.column === column;
    const any = row >= 0 && !this.#selection.isEmpty;
    const selected = any && this.#selection.contains(row, column);
    const found = row >= 0 && (this.found?.matches(cell.textContent ?? "") ?? false);
    const state = Number(active) + 2 * Number(any) + 4 * Number(selected) + 8 * Number(found);
    // Headers lose theirs where they become those of groups.
    if (row >= 0 && this.#places.get(cell) === state) return;
    this.#places.set(cell, state);
    setAttribute(cell, "tabindex", active ? "0" : "-1");
    setAttribute(cell, "data-active", active ? "" : null);
    if (row < 0) return;
    setAttribute(cell, "aria-selected", any ? String(selected) : null);
    setAttribute(cell, "data-found", found ? "" : null);
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

/** What a row of a flat view stands for, where its key is on the screen; else empty. */
function keyOf(row: number, { names, columns }: GridWindow, { index }: ViewShape): string {
  if (index.length === 0) return "";
  const parts: Scalar[] = [];
  for (const name of index) {
    const column = columns[names.indexOf(name)];
    if (!column) return "";
    parts.push(valueAt(column, row));
  }
  return JSON.stringify(parts);
}

/** Whether a column's cells are measured by the greatest of them. */
export function needsEnds(style: ColumnStyle): boolean {
  const bar = style.foreground === "bar" || style.foreground === "label-bar";
  return (
    (bar && style.barEnd === undefined) ||
    (style.background === "gradient" && style.gradientEnd === undefined)
  );
}

/** How many letters wide the cell is. */
function lettersOf(text: string, style: ColumnStyle): number {
  if (style.sparkline === "list") return LINE_LETTERS;
  const line = style.sparkline === "recent" ? LINE_LETTERS + 1 : 0;
  const label = style.colorMode === "series" ? LABEL_LETTERS : 0;
  return Math.min(text.length, MOST_WIDTH_LETTERS) + line + label;
}

function headerRows(shape: ViewShape): number {
  return shape.split_by.length + 1;
}
