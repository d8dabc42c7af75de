/** Gauge and big number: the total, or the newest value, and the way there. */
import { valueAt } from "../../client/results.js";
import { changeText, figureText, valueText } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { rowAxis } from "./axis.js";
import { columnGroups, numericNames, seriesName } from "./columns.js";
import { type ChartContext, numbersAt, totalPlace } from "./context.js";
import { type Figure, type FiguresModel, type MarkList, type Nothing, nothing } from "./model.js";
import { openBucket } from "./open_bucket.js";
import { placeTitle } from "./series.js";

type FiguresKind = Extract<ChartKind, { family: "figures" }>;

/** Figures that can be read on one screen. */
const MOST_FIGURES = 12;
/** Of a smaller one no digit is shown. */
const LEAST_CHANGE = 0.0005;

export function figuresModel(kind: FiguresKind, context: ChartContext): FiguresModel | Nothing {
  const { window, shape } = context;
  const { say } = context;
  const chart = say(kind.shape === "gauge" ? "plugin.Gauge" : "plugin.Big Number");
  const groups = columnGroups(context);
  const names = numericNames(groups, shape);
  if (names.length === 0) return nothing(say("chart.needs-number", { chart }));
  const rows = rowAxis(context, false);
  const total = totalPlace(context);
  const newest = rows.places.at(-1);
  const place = total >= 0 ? total : newest;
  if (place === undefined) return nothing(say("chart.no-rows.of", { chart }));
  // What is not over yet is not held against what is.
  const open = context.options.open_bucket ? openBucket(rows.axis, context.now) : -1;
  const figures: Figure[] = [];
  const lists: MarkList[] = [];
  for (const group of groups) {
    for (const name of names) {
      const column = group.columns.get(name);
      if (!column || figures.length >= MOST_FIGURES) continue;
      const { written } = column;
      const value = valueAt(column.data, place);
      const number = typeof value === "number" ? value : Number.NaN;
      const trend = numbersAt(column.data, rows.places);
      const color = figures.length;
      const title = seriesName(group, name, names.length > 1);
      figures.push({
        id: column.path,
        name: title,
        color,
        written,
        text: Number.isNaN(number) ? valueText(null, written) : figureText(number, written),
        value: number,
        trend,
        change: changeOf(open >= 0 ? trend.subarray(0, open) : trend),
      });
      lists.push({
        id: column.path,
        name: title,
        color,
        column: column.path,
        length: trend.length,
        row: (mark) => window.start_row + (rows.places[mark] ?? -1),
        title: (mark) => placeTitle(rows.axis, mark),
        lines: (mark) => [{ color, name: title, value: valueText(trend[mark] ?? null, written) }],
      });
    }
  }
  return { family: "figures", shape: kind.shape, figures, lists, legend: [] };
}

function changeOf(trend: Float64Array): number | undefined {
  const last = trend.at(-1) ?? Number.NaN;
  const before = trend.at(-2) ?? Number.NaN;
  if (!Number.isFinite(last) || !Number.isFinite(before) || before === 0) return undefined;
  return (last - before) / Math.abs(before);
}

/** `+3.2 %`, with an arrow: the colour alone must not say it. */
export function changeWords(change: number): string {
  const arrow = Math.abs(change) < LEAST_CHANGE ? "▬" : change > 0 ? "▲" : "▼";
  return `${arrow} ${changeText(change)}`;
}
