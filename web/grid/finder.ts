/**
 * Finds a text in the cells of a view, which is read in steps from the top, so that a view of
 * millions of rows neither blocks the page nor comes into it whole.
 */
import { valueAt } from "../client/results.js";
import type { ColumnData, Scalar, ViewWindow } from "../client/types.js";
import type { Place } from "./active_cell.js";
import type { Format, Formatters } from "./formatters.js";
import { type GridShape, leafColumn } from "./shape.js";
import type { WindowSource } from "./window_reader.js";

/** Who finds more than this looks for something else. */
export const MOST_MATCHES = 10_000;
const CHUNK_CELLS = 50_000;

export class Matcher {
  readonly #text: string;
  /** The same without what only groups digits; empty where it is no part of a number. */
  readonly #digits: string;

  constructor(text: string) {
    this.#text = text.trim().toLowerCase();
    this.#digits = /^[-−\d.,_\s]+$/.test(this.#text)
      ? this.#text.replace(/[,_\s]/g, "").replace("−", "-")
      : "";
  }

  get isEmpty(): boolean {
    return this.#text === "";
  }

  matches(text: string): boolean {
    return text.toLowerCase().includes(this.#text);
  }

  /** For each row of the column whether it matches; undefined: none can. */
  column(column: ColumnData, format: Format): ((row: number) => boolean) | undefined {
    if (column.type === "string") {
      const found = column.dictionary.map((text) => this.matches(text));
      return found.includes(true) ? (row) => found[column.codes[row] ?? -1] ?? false : undefined;
    }
    if (column.type === "integer" || column.type === "float") {
      if (this.#digits === "") return undefined;
      // Formatting each number of a long column would take seconds.
      return (row) => this.#number(valueAt(column, row));
    }
    return (row) => {
      const value = valueAt(column, row);
      return value !== null && this.matches(format(value));
    };
  }

  #number(value: Scalar): boolean {
    return typeof value === "number" && String(value).includes(this.#digits);
  }
}

/** The matches of a window, row by row. */
export function matchesIn(
  window: ViewWindow,
  matcher: Matcher,
  shape: GridShape,
  formatters: Formatters,
): Place[] {
  const places: Place[] = [];
  const tests = window.columns.map((column, at) => {
    const leaf = leafColumn(window.names[at] ?? "", shape.split_by.length);
    return matcher.column(column, formatters.format(leaf, column.type, false));
  });
  const levels = window.row_path?.levels.map((level, at) =>
    matcher.column(level, formatters.format(shape.group_by[at] ?? "", level.type, false)),
  );
  for (let row = 0; row < window.end_row - window.start_row; row++) {
    const depth = window.row_path?.depth[row] ?? 0;
    if (levels?.[depth - 1]?.(row)) places.push({ row: window.start_row + row, column: -1 });
    for (const [at, test] of tests.entries()) {
      if (test?.(row)) {
        places.push({ row: window.start_row + row, column: window.start_col + at });
      }
    }
  }
  return places;
}

/** Calls back with the matches of each step, until all is read or `signal` says so. */
export async function scan(
  view: WindowSource,
  matcher: Matcher,
  shape: GridShape,
  formatters: Formatters,
  signal: AbortSignal,
  found: (places: Place[]) => void,
): Promise<void> {
  let start = 0;
  let step = 1_000;
  let count = 0;
  while (!signal.aborted && count < MOST_MATCHES) {
    const window = await view.read({ start_row: start, end_row: start + step });
    if (signal.aborted) return;
    const places = matchesIn(window, matcher, shape, formatters);
    count += places.length;
    found(places);
    start = window.end_row;
    if (start >= window.num_rows || window.end_row <= window.start_row) return;
    step = Math.max(1, Math.floor(CHUNK_CELLS / Math.max(1, window.num_columns)));
    // The page has its turn.
    await new Promise((resolve) => setTimeout(resolve));
  }
}
