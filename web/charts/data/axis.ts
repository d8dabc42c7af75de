/** The axis that a view's groups or rows make. */
import { rowAt } from "../../client/results.js";
import type { ColumnData, ViewWindow } from "../../client/types.js";
import { formatInteger } from "../../grid/format.js";
import { type ChartContext, isContinuous, leafPlaces, numbersAt, textsAt } from "./context.js";
import type { Axis, CategoryAxis, ContinuousAxis } from "./model.js";

export interface Rows<A extends Axis = Axis> {
  axis: A;
  /** The window's row of each place on the axis. */
  places: Int32Array;
}

/**
 * One group level of numbers or times is a continuous axis, others are categories, one in
 * the other. Rows of a flat view stand at their numbers.
 */
export function rowAxis(context: ChartContext, integersAreNames: boolean): Rows {
  const { window, shape, options } = context;
  const places = leafPlaces(context);
  const levels = openLevels(window, places);
  const [level] = levels;
  const isName = level?.type === "integer" && integersAreNames;
  if (levels.length === 1 && isContinuous(level) && level && !isName && !options.categories) {
    return continuousRows(level, places, shape.group_by[0] ?? "", endsOf(window, 0), context);
  }
  const isGrouped = (window.row_path?.levels.length ?? 0) > 0;
  if (!isGrouped && !integersAreNames && !options.categories) {
    const values = Float64Array.from(places, (place) => rowAt(window, place) + 1);
    const title = context.say("chart.row");
    const ends = endsOf(window, 1);
    return {
      axis: { kind: "number", title, type: "integer", written: "integer", values, ends },
      places,
    };
  }
  return categoryRows(context);
}

/** The rows by their names, in the view's order. */
export function categoryRows(context: ChartContext): Rows<CategoryAxis> {
  const { window, shape } = context;
  const places = leafPlaces(context);
  const path = window.row_path;
  if (!path) {
    const numbers = Array.from(places, (place) => formatInteger(rowAt(window, place) + 1));
    return {
      axis: { kind: "category", title: context.say("chart.row"), levels: [numbers] },
      places,
    };
  }
  if (path.levels.length === 0 || (places.length === 1 && path.depth[places[0] ?? 0] === 0)) {
    return { axis: { kind: "category", title: "", levels: [[context.say("grid.total")]] }, places };
  }
  const empty = context.say("value.empty");
  const levels = openLevels(window, places).map((level, index) => {
    const written = context.written(shape.group_by[index] ?? "", level.type);
    const texts = textsAt(level, places, written);
    // A closed group has no names on the levels below: no text there is not an empty one.
    return texts.map((text, at) =>
      (path.depth[places[at] ?? 0] ?? 0) > index ? text || empty : "",
    );
  });
  const title = shape.group_by.slice(0, levels.length).join(" / ");
  return { axis: { kind: "category", title, levels }, places };
}

/** The levels that any place reaches: where all groups of one are closed, there are none below. */
export function openLevels({ row_path: path }: ViewWindow, places: Int32Array): ColumnData[] {
  if (!path || places.length === 0) return path?.levels ?? [];
  const deepest = places.reduce((most, place) => Math.max(most, path.depth[place] ?? 0), 0);
  return path.levels.slice(0, deepest);
}

/** Where the whole axis begins and ends, which counts from `first` on. */
function endsOf({ sample }: ViewWindow, first: number): ContinuousAxis["ends"] {
  const [low, high] = sample?.ends ?? [];
  return low === undefined || high === undefined ? undefined : [low + first, high + first];
}

function continuousRows(
  level: ColumnData,
  places: Int32Array,
  title: string,
  ends: ContinuousAxis["ends"],
  { written }: ChartContext,
): Rows {
  const keys = numbersAt(level, places);
  const order = Array.from(keys.keys()).filter((at) => Number.isFinite(keys[at]));
  if (!isAscending(order, keys)) order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  const isTime = level.type === "date" || level.type === "datetime";
  return {
    axis: {
      kind: isTime ? "time" : "number",
      title,
      type: level.type,
      written: written(title, level.type),
      values: Float64Array.from(order, (at) => keys[at] ?? Number.NaN),
      ends,
    },
    places: Int32Array.from(order, (at) => places[at] ?? 0),
  };
}

function isAscending(order: number[], keys: Float64Array): boolean {
  return order.every((at, index) => {
    const before = order[index - 1];
    return before === undefined || (keys[before] ?? 0) <= (keys[at] ?? 0);
  });
}

/** The whole name of a place: `north / tea`. */
export function categoryName(axis: CategoryAxis, place: number): string {
  return axis.levels
    .map((level) => level[place] ?? "")
    .filter((text) => text !== "")
    .join(" / ");
}
