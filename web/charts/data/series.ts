/** Lines, areas, bars and points over an axis of groups or rows. */

import { rowAt } from "../../client/results.js";
import { keyText, percentText, tickText, valueText } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { categoryName, type Rows, rowAxis } from "./axis.js";
import { columnGroups, numericNames, seriesName } from "./columns.js";
import { type ChartContext, colorOf, numbersAt } from "./context.js";
import {
  type Axis,
  type MarkList,
  type Nothing,
  nothing,
  type Series,
  type SeriesModel,
} from "./model.js";
import { openBucket } from "./open_bucket.js";
import { shares } from "./stack.js";

type SeriesKind = Extract<ChartKind, { family: "series" }>;

export function seriesModel(kind: SeriesKind, context: ChartContext): SeriesModel | Nothing {
  const { options, hidden } = context;
  const rows = rowAxis(context, kind.mark === "bar");
  const all = allSeries(kind, context, rows);
  if (all.length === 0) return nothing(context.say("chart.needs-number.any"));
  const expand = options.expand && kind.mark !== "point";
  const shown = all.filter((series) => !hidden.has(series.id));
  const series = expand ? expanded(shown) : shown;
  return {
    family: "series",
    mark: kind.mark,
    flipped: kind.flipped,
    axis: rows.axis,
    series,
    valueTitle: valueTitle(all),
    open: options.open_bucket ? openBucket(rows.axis, context.now) : -1,
    zero: options.zero ?? (kind.mark === "bar" || kind.mark === "area"),
    expand,
    touching: false,
    lists: series.map((each) => seriesList(each, shown, rows, context, expand)),
    legend: all.map(({ id, name, color }) => ({ id, name, color })),
  };
}

function allSeries(kind: SeriesKind, context: ChartContext, rows: Rows): Series[] {
  const { shape, options } = context;
  const groups = columnGroups(context);
  const names = numericNames(groups, shape);
  const series: Series[] = [];
  for (const group of groups) {
    for (const name of names) {
      const column = group.columns.get(name);
      if (!column) continue;
      const right = options.right.includes(name) || shape.columns_config[name]?.y_axis === "right";
      series.push({
        id: column.path,
        name: seriesName(group, name, names.length > 1),
        column: name,
        color: colorOf(context, column.path),
        written: column.written,
        values: numbersAt(column.data, rows.places),
        right,
        stack: stackOf(kind, context, name, right),
      });
    }
  }
  return series;
}

/**
 * Split groups of one column lie on top of each other in bars and areas, columns beside each
 * other: sums of different columns mean nothing, unless somebody asks for them.
 */
function stackOf(
  kind: SeriesKind,
  { options, shape }: ChartContext,
  column: string,
  right: boolean,
): string | undefined {
  if (kind.mark === "point") return undefined;
  const isSplit = shape.split_by.length > 0;
  const byDefault = isSplit && kind.mark !== "line";
  if (!(options.stack ?? (options.expand || byDefault))) return undefined;
  return isSplit ? column : right ? "right" : "left";
}

function expanded(series: Series[]): Series[] {
  const stacks = new Map<string, Series[]>();
  for (const each of series) {
    const key = each.stack ?? "";
    stacks.set(key, [...(stacks.get(key) ?? []), each]);
  }
  const share = new Map<Series, Float64Array>();
  for (const stack of stacks.values()) {
    const values = shares(stack.map((each) => each.values));
    stack.forEach((each, at) => {
      share.set(each, values[at] ?? each.values);
    });
  }
  return series.map((each) => ({ ...each, values: share.get(each) ?? each.values }));
}

function valueTitle(series: Series[]): string {
  const names = [...new Set(series.filter((each) => !each.right).map((each) => each.column))];
  return names.length <= 2 ? names.join(", ") : "";
}

export function placeTitle(axis: Axis, place: number): string {
  if (axis.kind === "category") return categoryName(axis, place);
  return keyText(axis.values[place] ?? null, axis.written);
}

function seriesList(
  series: Series,
  original: Series[],
  rows: Rows,
  { window }: ChartContext,
  expand: boolean,
): MarkList {
  const raw = original.find((each) => each.id === series.id)?.values ?? series.values;
  return {
    id: series.id,
    name: series.name,
    color: series.color,
    column: series.id,
    length: rows.places.length,
    row: (mark) => rowAt(window, rows.places[mark] ?? -1),
    title: (mark) => placeTitle(rows.axis, mark),
    lines: (mark) => {
      const value = raw[mark] ?? Number.NaN;
      if (Number.isNaN(value)) return [];
      const text = valueText(value, series.written);
      const share = expand ? ` (${percentText(series.values[mark] ?? Number.NaN)})` : "";
      return [{ color: series.color, name: series.name, value: text + share }];
    },
  };
}

/** For axes: values are written as those of the first series of the side. */
export function sideText(series: Series[], right: boolean, expand: boolean) {
  const first = series.find((each) => each.right === right);
  return (value: number) =>
    expand ? percentText(value) : tickText(value, first?.written ?? "float");
}
