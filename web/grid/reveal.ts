/** Scrolls a cell into the screen. */
import type { Place } from "./active_cell.js";
import type { GridWindow } from "./grid_window.js";
import { type RegularTableElement, UNSEEN_WIDTH } from "./regular_table.js";
import { ROW_HEIGHT } from "./table_data.js";

/** regular-table caps the scrolled height here (and lower in Firefox). */
const MAX_SCROLL_HEIGHT = 10_000_000;

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
  scrollTo({ row, column }: Place, window: GridWindow, headers: number): boolean {
    const { scrollTop, scrollLeft } = this.#table;
    if (row >= 0) this.#row(row, window, headers);
    if (column >= window.pinned) this.#column(column, window);
    return scrollTop !== this.#table.scrollTop || scrollLeft !== this.#table.scrollLeft;
  }

  #row(row: number, window: GridWindow, headers: number): void {
    const table = this.#table;
    const whole = Math.min(MAX_SCROLL_HEIGHT, (window.num_rows + headers) * ROW_HEIGHT);
    const travel = Math.max(1, whole - table.clientHeight);
    const fitting = table.clientHeight / ROW_HEIGHT - headers;
    const hidden = Math.max(0, window.num_rows - fitting);
    const first = (table.scrollTop / travel) * hidden;
    let target = first;
    if (row < first) target = row;
    else if (row + 1 > first + fitting) target = row + 1 - fitting;
    if (target !== first && hidden > 0) table.scrollTop = (target / hidden) * travel;
  }

  #column(column: number, window: GridWindow): void {
    const table = this.#table;
    const leaves = table.querySelectorAll<HTMLElement>("thead tr:last-child th");
    let fixedWidth = 0;
    for (const th of leaves) {
      const meta = table.getMeta(th);
      if (meta?.type === "corner") fixedWidth += th.offsetWidth;
      else if (meta?.type === "column_header") {
        this.#widths.set(meta.x + window.pinned, th.offsetWidth);
      }
    }
    let left = 0;
    for (let x = window.pinned; x < column; x++) left += this.#widths.get(x) ?? UNSEEN_WIDTH;
    const right = left + (this.#widths.get(column) ?? UNSEEN_WIDTH);
    const seen = table.clientWidth - fixedWidth;
    if (left < table.scrollLeft) table.scrollLeft = left;
    else if (right > table.scrollLeft + seen) table.scrollLeft = right - seen;
  }
}
