/** What a model is made of, and how a window is looked at. */
import { rowCount, valueAt } from "../../client/results.js";
import type { ColumnData, ViewWindow } from "../../client/types.js";
import type { FormatType } from "../../grid/format.js";
import type { ViewShape } from "../../viewer/plugins.js";
import type { Say } from "../../viewer/words.js";
import { keyText, type Written } from "../format.js";
import type { ChartOptions } from "../options.js";

export interface ChartContext {
  window: ViewWindow;
  shape: ViewShape;
  options: ChartOptions;
  /** Ids of what the user has hidden. */
  hidden: ReadonlySet<string>;
  /** The words that people read. */
  say: Say;
  /** How the values of a column of the type are written. */
  written(column: string, type: FormatType): Written;
  /** Milliseconds since 1970. */
  now: number;
  /** Colours that were given, by what they stand for: it keeps them while data comes in. */
  colors: Map<string, number>;
}

/** The colour of a series or part, as a place in the palette. */
export function colorOf({ colors }: Pick<ChartContext, "colors">, id: string): number {
  const color = colors.get(id) ?? colors.size;
  colors.set(id, color);
  return color;
}

/**
 * Places, in the window, of the rows that stand for themselves: all of a flat view, of a
 * grouped one the innermost that are open. The totals around them are not shown twice.
 */
export function leafPlaces({ window }: Pick<ChartContext, "window">): Int32Array {
  const count = rowCount(window);
  const path = window.row_path;
  if (!path) return Int32Array.from({ length: count }, (_, place) => place);
  const leaves: number[] = [];
  for (let place = 0; place < count; place++) {
    if ((path.depth[place] ?? 0) > 0 && path.state[place] !== 2) leaves.push(place);
  }
  // A view of the total alone.
  if (leaves.length === 0 && count === 1 && path.depth[0] === 0) leaves.push(0);
  return Int32Array.from(leaves);
}

/** The place of the total's row, -1 where there is none. */
export function totalPlace({ window }: Pick<ChartContext, "window">): number {
  return window.row_path && window.start_row === 0 && window.row_path.depth[0] === 0 ? 0 : -1;
}

export function isNumeric(column: ColumnData | undefined): boolean {
  return column?.type === "integer" || column?.type === "float";
}

/** A column whose values lie on a line: numbers and times. */
export function isContinuous(column: ColumnData | undefined): boolean {
  return isNumeric(column) || column?.type === "date" || column?.type === "datetime";
}

/** The values at the places; absent ones are NaN. */
export function numbersAt(column: ColumnData, places: Int32Array): Float64Array {
  const numbers = new Float64Array(places.length).fill(Number.NaN);
  if (column.type === "string") return numbers;
  const { values, valid } = column;
  for (let index = 0; index < places.length; index++) {
    const place = places[index] ?? 0;
    if (valid?.[place] !== 0) numbers[index] = values[place] ?? Number.NaN;
  }
  return numbers;
}

/** The texts at the places, as names. */
export function textsAt(
  column: ColumnData,
  places: Int32Array,
  written: Written = column.type,
): string[] {
  return Array.from(places, (place) => keyText(valueAt(column, place), written));
}

/** The least and the greatest finite value, if there is any. */
export function extent(lists: Iterable<ArrayLike<number>>): [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let index = 0; index < list.length; index++) {
      const value = list[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}
