/**
 * Which rows of the tree a person has opened and closed, so that they are again in the next
 * view: after another sort, other columns, another filter.
 */
import { rowPathAt } from "../client/results.js";
import type { Scalar, Window } from "../client/types.js";
import type { View } from "../client/view.js";

/** Rows that are looked through for those that were opened. */
const MOST_ROWS = 50_000;
const CHUNK_ROWS = 2_000;
/** A person opens so many by hand at most. */
const MOST_KEPT = 1_000;

type Tree = Pick<View, "read" | "expand" | "collapse">;

export class OpenRows {
  #group_by: string[] = [];
  /** Paths to whether they were opened or closed. */
  readonly #toggled = new Map<string, { path: Scalar[]; open: boolean }>();

  clear(): void {
    this.#toggled.clear();
  }

  /** Before the row is opened or closed. */
  async note(view: Tree, row: number, open: boolean): Promise<void> {
    const { row_path } = await view.read(rowsAlone(row, row + 1));
    if (!row_path) return;
    const path = rowPathAt(row_path, 0);
    const key = JSON.stringify(path);
    this.#toggled.delete(key);
    this.#toggled.set(key, { path, open });
    const oldest = this.#toggled.keys().next().value;
    if (this.#toggled.size > MOST_KEPT && oldest !== undefined) this.#toggled.delete(oldest);
  }

  /** Opens and closes the same rows in a new view, as far as its groups are the same. */
  async restore(view: Tree, group_by: string[]): Promise<void> {
    this.#forgetOther(group_by);
    if (this.#toggled.size === 0) return;
    const missing = new Map([...this.#toggled].map(([key, { open }]) => [key, open]));
    let start = 0;
    while (missing.size > 0 && start < MOST_ROWS) {
      const window = await view.read(rowsAlone(start, start + CHUNK_ROWS));
      const next = await this.#restoreIn(view, window, missing);
      start = next ?? window.end_row;
      if (next === undefined && window.end_row >= window.num_rows) return;
    }
  }

  /** Changes the first row that differs; answers from where on the rows have moved. */
  async #restoreIn(
    view: Tree,
    window: Awaited<ReturnType<Tree["read"]>>,
    missing: Map<string, boolean>,
  ): Promise<number | undefined> {
    const { row_path, start_row, end_row } = window;
    if (!row_path) return undefined;
    for (let index = 0; index < end_row - start_row; index++) {
      const state = row_path.state[index];
      const key = JSON.stringify(rowPathAt(row_path, index));
      const open = missing.get(key);
      if (open === undefined) continue;
      missing.delete(key);
      const row = start_row + index;
      if (open && state === 1) await view.expand(row);
      else if (!open && state === 2) await view.collapse(row);
      else continue;
      return row + 1;
    }
    return undefined;
  }

  /** Rows below other groups are others; those of the groups that stayed are the same. */
  #forgetOther(group_by: string[]): void {
    const same = group_by.findIndex((column, level) => column !== this.#group_by[level]);
    const levels = same < 0 ? Math.min(group_by.length, this.#group_by.length) : same;
    this.#group_by = [...group_by];
    for (const [key, { path }] of this.#toggled) {
      if (path.length > levels) this.#toggled.delete(key);
    }
  }
}

/** Which rows there are, without their cells. */
function rowsAlone(start_row: number, end_row: number): Window {
  return { start_row, end_row, start_col: 0, end_col: 0 };
}
