/**
 * Widths that do not tremble: a column grows in steps with the longest text it ever showed
 * and never shrinks while it lives.
 */
const STEP_PX = 8;
/** Padding at both sides of a cell, and room for the sort mark. */
const PADDING_PX = 24;

export class ColumnWidths {
  readonly #longest = new Map<string, number>();
  readonly #digitPx: number;

  /** `digitPx`: the width of a digit in the grid's font. */
  constructor(digitPx: number) {
    this.#digitPx = digitPx;
  }

  /** Tells of a text in the column. */
  see(path: string, length: number): void {
    if (length > (this.#longest.get(path) ?? 0)) this.#longest.set(path, length);
  }

  /** The least width of the column in pixels. */
  minimum(path: string): number {
    const raw = (this.#longest.get(path) ?? 0) * this.#digitPx + PADDING_PX;
    return Math.ceil(raw / STEP_PX) * STEP_PX;
  }

  /** The column begins anew. */
  forget(path: string): void {
    this.#longest.delete(path);
  }
}
