/** A chart in a sentence, for who does not see it. */
import { formatInteger } from "../grid/format.js";
import type { ChartName, ViewShape } from "../viewer/plugins.js";
import type { Say } from "../viewer/words.js";
import type { ChartModel } from "./data/model.js";

const MOST_NAMES = 4;

export function summaryOf(name: ChartName, model: ChartModel, shape: ViewShape, say: Say): string {
  const chart = say(`plugin.${name}`);
  if (model.family === "nothing") {
    return say("chart.summary.nothing", { chart, reason: model.words });
  }
  const listed = (names: string[]) => {
    const more = names.length - MOST_NAMES;
    const shown = names.slice(0, MOST_NAMES).join(", ");
    return more > 0 ? say("chart.summary.more", { names: shown, count: more }) : shown;
  };
  let columns = listed(shape.columns.filter((column) => column !== null)) || "0";
  const { group_by, split_by } = shape;
  if (group_by.length > 0) columns = say("chart.summary.by", { columns, groups: listed(group_by) });
  if (split_by.length > 0) {
    columns = say("chart.summary.split", { columns, splits: listed(split_by) });
  }
  const most = model.lists.reduce((most, { length }) => Math.max(most, length), 0);
  return say("chart.summary", {
    chart,
    columns,
    series: say("chart.summary.series", { count: formatInteger(model.lists.length) }),
    points: say(most === 1 ? "chart.summary.point" : "chart.summary.points", {
      count: formatInteger(most),
    }),
  });
}
