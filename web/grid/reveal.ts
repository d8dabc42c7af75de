/** Scrolls a cell into the screen. */
import type { Place } from "./active_cell.js";
import type { GridWindow } from "./grid_window.js";
import { isRightToLeft, type RegularTableElement, UNSEEN_WIDTH } from "./regular_table.js";

/** regular-table caps the scrolled height here (and lower in Firefox). */
const MAX_SCROLL_HEIGHT = 10_000_000;
/** What browsers round of places. */
const EXACT_PX = 1;

export class Revealer {
  readonly #table: RegularTableElement;
  /** Widths of columns that were on the screen, to reckon how far to scroll. */
  readonly #widths = new Map<number, number>();

  constructor(table: RegularTableElement) {
    this.#table = table;
  }

  forgetWidths(): void {
    this.#widths.clear();
  }

  /** `headers`: how many rows of them there are. Answers whether anything moved. */
  scrollTo(
    { row, column }: Place,
    window: GridWindow,
    headers: number,
    rowHeight: number,
  ): boolean {
    const { scrollTop, scrollLeft } = this.#table;
    if (row >= 0) this.#row(row, window, headers, rowHeight);
    if (column >= window.pinned) this.#column(column, window);
    return scrollTop !== this.#table.scrollTop || scrollLeft !== this.#table.scrollLeft;
  }

  /** The row at the top, in parts of rows. */
  topRow(window: GridWindow, headers: number, rowHeight: number): number {
    const { travel, hidden } = this.#reckon(window, headers, rowHeight);
    return (this.#table.scrollTop / travel) * hidden;
  }

  /** Scrolls so that the row is at the top, if rows below it allow; answers whether it moved. */
  scrollToTop(row: number, window: GridWindow, headers: number, rowHeight: number): boolean {
    const { scrollTop } = this.#table;
    const { travel, hidden } = this.#reckon(window, headers, rowHeight);
    if (hidden > 0) this.#table.scrollTop = (row / hidden) * travel;
    return this.#table.scrollTop !== scrollTop;
  }

  /** How regular-table has it: a scrolled distance up to `travel` stands for `hidden` rows. */
  #reckon(window: GridWindow, headers: number, rowHeight: number) {
    const { clientHeight } = this.#table;
    const whole = Math.min(MAX_SCROLL_HEIGHT, (window.num_rows + headers) * rowHeight);
    const travel = Math.max(1, whole - clientHeight);
    const fitting = clientHeight / rowHeight - headers;
    return { travel, fitting, hidden: Math.max(0, window.num_rows - fitting) };
  }

  #row(row: number, window: GridWindow, headers: number, rowHeight: number): void {
    const { fitting } = this.#reckon(window, headers, rowHeight);
    const first = this.topRow(window, headers, rowHeight);
    if (row < first) this.scrollToTop(row, window, headers, rowHeight);
    else if (row + 1 > first + fitting) {
      this.scrollToTop(row + 1 - fitting, window, headers, rowHeight);
    }
  }

  /** From where it is drawn, to the pixel; a column that is not is looked for where it may be. */
  #column(column: number, window: GridWindow): void {
    const table = this.#table;
    const leaves = table.querySelectorAll<HTMLElement>("thead tr:last-child th");
    let fixed = 0;
    let drawn: HTMLElement | undefined;
    for (const th of leaves) {
      const meta = table.getMeta(th);
      if (meta?.type === "corner") fixed += th.getBoundingClientRect().width;
      else if (meta?.type === "column_header") {
        this.#widths.set(meta.x + window.pinned, th.offsetWidth);
        if (meta.x + window.pinned === column) drawn = th;
      }
    }
    const { left, right } = drawn ? this.#drawnAt(drawn, fixed) : this.#guessed(column, window);
    const seen = table.clientWidth - fixed;
    if (left < -EXACT_PX) table.scrollLeft += left;
    // Of a column wider than the screen the beginning is shown.
    else if (right > seen + EXACT_PX) table.scrollLeft += Math.min(right - seen, left);
  }

  /** Where a column is beside those that stay, as is where it was scrolled to. */
  #drawnAt(th: HTMLElement, fixed: number): { left: number; right: number } {
    const table = this.#table.getBoundingClientRect();
    const box = th.getBoundingClientRect();
    const start = isRightToLeft(this.#table) ? table.right - box.right : box.left - table.left;
    return { left: start - fixed, right: start - fixed + box.width };
  }

  /** regular-table may have measured columns that were never seen here. */
  #guessed(column: number, window: GridWindow): { left: number; right: number } {
    let left = -this.#table.scrollLeft;
    for (let x = window.pinned; x < column; x++) left += this.#widths.get(x) ?? UNSEEN_WIDTH;
    return { left, right: left + (this.#widths.get(column) ?? UNSEEN_WIDTH) };
  }
}
