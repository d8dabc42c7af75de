/** Candlesticks, OHLC bars and box plots: several values that belong together a place. */
import { valueText, type Written } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { categoryName, categoryRows, openLevels, type Rows, rowAxis } from "./axis.js";
import {
  type ColumnGroup,
  columnGroups,
  numericNames,
  roleOf,
  seriesName,
  type ViewColumn,
} from "./columns.js";
import {
  type ChartContext,
  colorOf,
  isNumeric,
  leafPlaces,
  numbersAt,
  textsAt,
} from "./context.js";
import {
  type CategoryAxis,
  type MarkList,
  type Nothing,
  nothing,
  type RangeSeries,
  type RangesModel,
} from "./model.js";
import { openBucket } from "./open_bucket.js";
import { type FiveNumbers, fiveNumbers } from "./statistics.js";

type PricesKind = Extract<ChartKind, { family: "prices" }>;

const PRICES = ["open", "close", "high", "low"] as const;
const FIVE = ["low", "q1", "median", "q3", "high"] as const;

export function pricesModel(kind: PricesKind, context: ChartContext): RangesModel | Nothing {
  const { shape, hidden, options } = context;
  const { say } = context;
  const groups = columnGroups(context);
  const roles = PRICES.map((_, role) => roleOf(shape, role));
  const missing = roles.some(
    (name) => !name || !groups.some((group) => isNumeric(group.columns.get(name)?.data)),
  );
  if (missing) {
    return nothing(
      say("chart.needs-prices", {
        chart: say(kind.mark === "ohlc" ? "plugin.OHLC" : "plugin.Candlestick"),
      }),
    );
  }
  const [openName = "", closeName = "", highName = "", lowName = ""] = roles as string[];
  const { axis, places } = categoryRows(context);
  const open = options.open_bucket ? openBucket(rowAxis(context, false).axis, context.now) : -1;
  const series: RangeSeries[] = [];
  const lists: MarkList[] = [];
  const legend: RangesModel["legend"] = [];
  groups.forEach((group) => {
    const columns = [openName, closeName, lowName, highName].map((name) => group.columns.get(name));
    const [opens, closes, lows, highs] = columns.map((column) =>
      column ? numbersAt(column.data, places) : undefined,
    );
    if (!opens || !closes || !lows || !highs) return;
    const id = columns[1]?.path ?? closeName;
    const name = seriesName(group, closeName, false);
    const color = colorOf(context, id);
    legend.push({ id, name, color });
    if (hidden.has(id)) return;
    const values = Array.from(opens, (value, at) => [
      value,
      closes[at] ?? Number.NaN,
      lows[at] ?? Number.NaN,
      highs[at] ?? Number.NaN,
    ]);
    series.push({ id, name, color, values, outliers: [] });
    const names = [openName, closeName, lowName, highName];
    const rows = { axis, places };
    lists.push(
      rangeList({ id, name, color, rows, context, values, names, written: writtenOf(columns[1]) }),
    );
  });
  return {
    family: "ranges",
    mark: kind.mark,
    axis,
    valueTitle: "",
    written: writtenOf(groups[0]?.columns.get(closeName)),
    series,
    open,
    lists,
    legend: legend.length > 1 ? legend : [],
  };
}

/**
 * Boxes of the innermost rows of each outer group; where five columns are there and one
 * level of groups, they are the five numbers of each group, as the engine aggregates them.
 */
export function boxesModel(context: ChartContext): RangesModel | Nothing {
  const { shape } = context;
  const groups = columnGroups(context);
  const names = numericNames(groups, shape);
  if (names.length === 0) {
    return nothing(context.say("chart.needs-number", { chart: context.say("plugin.Box Plot") }));
  }
  if (names.length >= 5 && shape.group_by.length === 1) return givenBoxes(context, groups, names);
  const { names: boxNames, members, title } = boxMembers(context);
  const axis: CategoryAxis = { kind: "category", title, levels: [boxNames] };
  const series: RangeSeries[] = [];
  const lists: MarkList[] = [];
  const legend: RangesModel["legend"] = [];
  for (const group of groups) {
    for (const name of names) {
      const column = group.columns.get(name);
      if (!column) continue;
      const seriesTitle = seriesName(group, name, names.length > 1);
      const color = colorOf(context, column.path);
      legend.push({ id: column.path, name: seriesTitle, color });
      if (context.hidden.has(column.path)) continue;
      const boxes = members.map((places) => fiveNumbers(numbersAt(column.data, places)));
      const values = boxes.map(fiveOf);
      const outliers = boxes.flatMap((box, place) =>
        (box?.outliers ?? []).slice(0, 200).map((value): [number, number] => [place, value]),
      );
      series.push({ id: column.path, name: seriesTitle, color, values, outliers });
      const rows = { axis, places: Int32Array.from(members, () => -1) };
      const written = column.written === "integer" ? "float" : column.written;
      lists.push(
        rangeList({
          id: column.path,
          name: seriesTitle,
          color,
          rows,
          context,
          values,
          names: FIVE.map((each) => context.say(`chart.box.${each}`)),
          written,
        }),
      );
    }
  }
  const valueTitle = names.length === 1 ? (names[0] ?? "") : "";
  return boxModel(axis, valueTitle, series, lists, legend, firstWritten(groups, names));
}

function givenBoxes(context: ChartContext, groups: ColumnGroup[], names: string[]): RangesModel {
  const { axis, places } = categoryRows(context);
  const five = names.slice(0, 5);
  const series: RangeSeries[] = [];
  const lists: MarkList[] = [];
  const legend: RangesModel["legend"] = [];
  groups.forEach((group) => {
    const columns = five.map((name) => group.columns.get(name));
    const [first] = columns;
    if (!first || columns.some((column) => !column)) return;
    const name = group.name || "five numbers";
    const color = colorOf(context, first.path);
    legend.push({ id: first.path, name, color });
    if (context.hidden.has(first.path)) return;
    const lanes = columns.map((column) =>
      column ? numbersAt(column.data, places) : new Float64Array(),
    );
    const values = Array.from(places, (_, at) => lanes.map((lane) => lane[at] ?? Number.NaN));
    series.push({ id: first.path, name, color, values, outliers: [] });
    const rows = { axis, places };
    lists.push(
      rangeList({
        id: first.path,
        name,
        color,
        rows,
        context,
        values,
        names: five,
        written: writtenOf(first),
      }),
    );
  });
  return boxModel(axis, "", series, lists, legend, firstWritten(groups, names));
}

function boxModel(
  axis: CategoryAxis,
  valueTitle: string,
  series: RangeSeries[],
  lists: MarkList[],
  legend: RangesModel["legend"],
  written: Written,
): RangesModel {
  return {
    family: "ranges",
    mark: "box",
    axis,
    valueTitle,
    written,
    series,
    open: -1,
    lists,
    legend: legend.length > 1 ? legend : [],
  };
}

/** Which rows each box is made of: those in one outer group, or all. */
function boxMembers(context: ChartContext): {
  names: string[];
  members: Int32Array[];
  title: string;
} {
  const places = leafPlaces(context);
  const outer = openLevels(context.window, places).slice(0, -1);
  if (outer.length === 0)
    return { names: [context.say("chart.all-rows")], members: [places], title: "" };
  const texts = outer.map((level) => textsAt(level, places));
  const members = new Map<string, number[]>();
  places.forEach((place, at) => {
    const name = texts.map((level) => level[at] || context.say("value.empty")).join(" / ");
    const of = members.get(name) ?? [];
    of.push(place);
    members.set(name, of);
  });
  return {
    names: [...members.keys()],
    members: [...members.values()].map((of) => Int32Array.from(of)),
    title: context.shape.group_by.slice(0, outer.length).join(" / "),
  };
}

function fiveOf(box: FiveNumbers | undefined): number[] {
  if (!box) return Array<number>(5).fill(Number.NaN);
  return [box.low, box.q1, box.median, box.q3, box.high];
}

/** For the axis that all boxes go by; of whole numbers quartiles lie between them. */
function firstWritten(groups: ColumnGroup[], names: string[]): Written {
  const written = writtenOf(groups[0]?.columns.get(names[0] ?? ""));
  return written === "integer" ? "float" : written;
}

function writtenOf(column: ViewColumn | undefined): Written {
  return column?.written ?? "float";
}

interface RangeListParts {
  id: string;
  name: string;
  color: number;
  rows: Rows<CategoryAxis>;
  context: ChartContext;
  values: number[][];
  names: string[];
  written: Written;
}

function rangeList({
  id,
  name,
  color,
  rows,
  context,
  values,
  names,
  written,
}: RangeListParts): MarkList {
  return {
    id,
    name,
    color,
    column: id,
    length: values.length,
    row: (mark) => {
      const place = rows.places[mark] ?? -1;
      return place < 0 ? -1 : context.window.start_row + place;
    },
    title: (mark) => {
      const place = categoryName(rows.axis, mark);
      return context.shape.split_by.length > 0 ? `${place} · ${name}` : place;
    },
    lines: (mark) =>
      names.map((line, at) => ({
        color: undefined,
        name: line,
        value: valueText(values[mark]?.[at] ?? null, written),
      })),
  };
}
