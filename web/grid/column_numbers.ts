/**
 * What is known of a column's numbers beyond the cell that is painted: how great they get,
 * and what each was before.
 */
import type { Scalar } from "../client/types.js";

/** Numbers that a line of recent values is made of. */
const RECENT = 32;
/** Cells whose past is kept; those unseen for longest go. */
const MOST_CELLS = 4_000;

export class ColumnNumbers {
  readonly #greatest = new Map<string, number>();
  readonly #recent = new Map<string, number[]>();

  clear(): void {
    this.#greatest.clear();
    this.#recent.clear();
  }

  /** Tells of a value; a group of rows is measured by others of its level. */
  see(path: string, level: number, value: Scalar): void {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const key = `${level}\u0000${path}`;
    const size = Math.abs(value);
    if (size > (this.#greatest.get(key) ?? 0)) this.#greatest.set(key, size);
  }

  greatest(path: string, level: number): number {
    return this.#greatest.get(`${level}\u0000${path}`) ?? 0;
  }

  /** The numbers that the cell had, this one last. */
  recent(path: string, row: string, value: number): readonly number[] {
    const key = `${path}\u0000${row}`;
    const numbers = this.#recent.get(key) ?? [];
    this.#recent.delete(key);
    this.#recent.set(key, numbers);
    if (numbers.at(-1) !== value) {
      numbers.push(value);
      if (numbers.length > RECENT) numbers.shift();
    }
    if (this.#recent.size > MOST_CELLS) {
      const oldest = this.#recent.keys().next().value;
      if (oldest !== undefined) this.#recent.delete(oldest);
    }
    return numbers;
  }
}
