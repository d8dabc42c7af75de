/** A chart in a sentence, for who does not see it. */
import { formatInteger } from "../grid/format.js";
import type { ChartName, ViewShape } from "../viewer/plugins.js";
import type { ChartModel } from "./data/model.js";

const MOST_NAMES = 4;

export function summaryOf(name: ChartName, model: ChartModel, shape: ViewShape): string {
  const chart = `${name} chart`;
  if (model.family === "nothing") return `${chart}. ${model.words}`;
  const columns = shape.columns.filter((column) => column !== null);
  const of = columns.length > 0 ? ` of ${listed(columns)}` : "";
  const by = shape.group_by.length > 0 ? ` by ${listed(shape.group_by)}` : "";
  const split = shape.split_by.length > 0 ? `, split by ${listed(shape.split_by)}` : "";
  const series = counted(model.lists.length, "series", "series");
  const marks = counted(
    model.lists.reduce((most, { length }) => Math.max(most, length), 0),
    "point",
    "points",
  );
  return `${chart}${of}${by}${split}: ${series}, up to ${marks} each. Arrow keys step through the points.`;
}

function listed(names: string[]): string {
  const more = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function counted(count: number, one: string, many: string): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}
