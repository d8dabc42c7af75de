/** Points by two columns: scatter, bubbles, and lines through them. */
import { valueAt } from "../../client/results.js";
import type { ColumnData } from "../../client/types.js";
import type { ViewShape } from "../../viewer/plugins.js";
import type { Say } from "../../viewer/words.js";
import { valueText } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { categoryName, categoryRows, type Rows } from "./axis.js";
import { type ColumnGroup, columnGroups, roleOf, seriesName, type ViewColumn } from "./columns.js";
import {
  type ChartContext,
  colorOf,
  extent,
  isContinuous,
  isNumeric,
  numbersAt,
  textsAt,
} from "./context.js";
import {
  type AxisInfo,
  type CategoryAxis,
  type MarkList,
  type Nothing,
  nothing,
  type PointSeries,
  type PointsModel,
  type TipLine,
} from "./model.js";

type PointsKind = Extract<ChartKind, { family: "points" }>;

/** Roles of columns, by their order. */
const X = 0;
const Y = 1;
const COLOR = 2;
const SIZE = 3;
const LABEL = 4;
const TOOLTIP = 5;

/** Colours that a column of texts may choose. */
const MOST_COLORS = 60;

export function pointsModel(kind: PointsKind, context: ChartContext): PointsModel | Nothing {
  const { shape, hidden } = context;
  const groups = columnGroups(context);
  const first = groups[0]?.columns;
  const x = roleOf(shape, X) ?? "";
  const y = roleOf(shape, Y) ?? "";
  const problem = problemOf(kind, context.say, first, [x, y]);
  if (problem) return nothing(problem);
  const rows = categoryRows(context);
  const all = groups.flatMap((group) => partsOfGroup(group, context, rows));
  const colored = all.map((part) => ({ part, color: colorOf(context, part.id) }));
  const shown = colored.filter(({ part }) => !hidden.has(part.id));
  const series = shown.map(({ part, color }) => pointSeries(part, color, shape));
  return {
    family: "points",
    line: kind.line,
    x: axisInfo(x, first?.get(x)),
    y: axisInfo(y, first?.get(y)),
    series,
    sizeRange: extent(series.flatMap(({ sizes }) => (sizes ? [sizes] : []))),
    shadeRange: extent(series.flatMap(({ shades }) => (shades ? [shades] : []))),
    shadeTitle: roleOf(shape, COLOR) ?? "",
    lists: shown.map(({ part, color }) => pointList(part, color, context, rows)),
    legend:
      all.length > 1 ? colored.map(({ part: { id, name }, color }) => ({ id, name, color })) : [],
  };
}

function problemOf(
  kind: PointsKind,
  say: Say,
  columns: ColumnGroup["columns"] | undefined,
  axes: string[],
): string | undefined {
  const chart = say(kind.line ? "plugin.X/Y Line" : "plugin.X/Y Scatter");
  if (axes.some((name) => !columns?.get(name))) return say("chart.needs-places", { chart });
  const column = axes.find((name) => !isContinuous(columns?.get(name)?.data));
  return column === undefined ? undefined : say("chart.needs-places.other", { chart, column });
}

/** Rows of one split group, and where texts choose the colour, of one text. */
interface Part {
  id: string;
  name: string;
  group: ColumnGroup;
  places: Int32Array;
}

function partsOfGroup(group: ColumnGroup, { shape, say }: ChartContext, { places }: Rows): Part[] {
  const y = group.columns.get(roleOf(shape, Y) ?? "");
  if (!y || !group.columns.has(roleOf(shape, X) ?? "")) return [];
  const shade = dataOf(group, shape, COLOR);
  if (!shade || isNumeric(shade)) {
    return [{ id: y.path, name: seriesName(group, y.name, false), group, places }];
  }
  return placesByText(places, shade, say("chart.others")).map(([text, of]) => ({
    id: `${y.path}\u0000${text}`,
    name: group.name === "" ? text : `${group.name} · ${text}`,
    group,
    places: of,
  }));
}

function dataOf(group: ColumnGroup, shape: ViewShape, role: number): ColumnData | undefined {
  return group.columns.get(roleOf(shape, role) ?? "")?.data;
}

function pointSeries(
  { id, name, group, places }: Part,
  color: number,
  shape: ViewShape,
): PointSeries {
  const numbers = (role: number) => {
    const data = dataOf(group, shape, role);
    return data && isContinuous(data) ? numbersAt(data, places) : undefined;
  };
  const label = dataOf(group, shape, LABEL);
  return {
    id,
    name,
    color,
    xs: numbers(X) ?? new Float64Array(),
    ys: numbers(Y) ?? new Float64Array(),
    sizes: isNumeric(dataOf(group, shape, SIZE)) ? numbers(SIZE) : undefined,
    shades: isNumeric(dataOf(group, shape, COLOR)) ? numbers(COLOR) : undefined,
    labels: label ? textsAt(label, places) : undefined,
  };
}

function pointList(
  { id, name, group, places }: Part,
  color: number,
  { window, shape, say }: ChartContext,
  rows: Rows<CategoryAxis>,
): MarkList {
  const roles = [X, Y, COLOR, SIZE, LABEL, TOOLTIP].flatMap((role) => roleOf(shape, role) ?? []);
  return {
    id,
    name,
    color,
    column: group.columns.get(roleOf(shape, Y) ?? "")?.path,
    length: places.length,
    row: (mark) => window.start_row + (places[mark] ?? -1),
    title: (mark) => {
      const place = categoryName(rows.axis, rows.places.indexOf(places[mark] ?? -1));
      const named = window.row_path ? place : say("chart.row.at", { row: place });
      return group.name === "" ? named : `${named} · ${group.name}`;
    },
    lines: (mark) =>
      [...new Set(roles)].flatMap((column): TipLine[] => {
        const shown = group.columns.get(column);
        if (!shown) return [];
        const value = valueText(valueAt(shown.data, places[mark] ?? -1), shown.written);
        return [{ color: undefined, name: column, value }];
      }),
  };
}

/** The rows by the texts of a column, by name: a colour must not depend on which comes first. */
function placesByText(
  places: Int32Array,
  shade: ColumnData,
  others: string,
): [text: string, of: Int32Array][] {
  const parts = new Map<string, number[]>();
  textsAt(shade, places).forEach((text, at) => {
    const name = parts.has(text) || parts.size < MOST_COLORS ? text : others;
    const part = parts.get(name) ?? [];
    part.push(places[at] ?? 0);
    parts.set(name, part);
  });
  return [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => [name, Int32Array.from(of)]);
}

function axisInfo(title: string, column: ViewColumn | undefined): AxisInfo {
  const type = column?.data.type ?? "float";
  const isTime = type === "date" || type === "datetime";
  return {
    kind: isTime ? "time" : "number",
    title,
    type,
    written: column?.written ?? type,
    labels: undefined,
  };
}
