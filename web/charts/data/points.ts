/** Points by two columns: scatter, bubbles, and lines through them. */
import { valueAt } from "../../client/results.js";
import type { ColumnData } from "../../client/types.js";
import { valueText } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { categoryName, categoryRows } from "./axis.js";
import { columnGroups, roleOf, seriesName } from "./columns.js";
import {
  type ChartContext,
  extent,
  isContinuous,
  isNumeric,
  numbersAt,
  textsAt,
} from "./context.js";
import {
  type AxisInfo,
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
  const { window, shape, hidden } = context;
  const name = kind.line ? "X/Y Line" : "X/Y Scatter";
  const x = roleOf(shape, X);
  const y = roleOf(shape, Y);
  const groups = columnGroups(window, shape);
  const first = groups[0]?.columns;
  if (!x || !y || !first?.get(x) || !first.get(y)) {
    return nothing(`${name} needs two numeric columns: the first is x, the second is y.`);
  }
  for (const column of [x, y]) {
    if (!isContinuous(first.get(column)?.data)) {
      return nothing(`${name} needs two numeric columns. “${column}” holds no numbers.`);
    }
  }
  const { axis, places } = categoryRows(context);
  const series: PointSeries[] = [];
  const lists: MarkList[] = [];
  const legend: PointsModel["legend"] = [];
  let sizes: Float64Array[] = [];
  let shades: Float64Array[] = [];
  let color = 0;
  for (const group of groups) {
    const xs = group.columns.get(x);
    const ys = group.columns.get(y);
    if (!xs || !ys) continue;
    const size = group.columns.get(roleOf(shape, SIZE) ?? "")?.data;
    const shade = group.columns.get(roleOf(shape, COLOR) ?? "")?.data;
    const label = group.columns.get(roleOf(shape, LABEL) ?? "")?.data;
    const extra = [COLOR, SIZE, LABEL, TOOLTIP].flatMap((role) => roleOf(shape, role) ?? []);
    const byShade = shade && !isNumeric(shade) ? shade : undefined;
    for (const part of partsOf(places, byShade)) {
      const partName =
        part.name === undefined
          ? seriesName(group, y, false)
          : group.name === ""
            ? part.name
            : `${group.name} · ${part.name}`;
      const id = part.name === undefined ? ys.path : `${ys.path}\u0000${part.name}`;
      legend.push({ id, name: partName, color });
      const used = color++;
      if (hidden.has(id)) continue;
      const pointSizes = size && isNumeric(size) ? numbersAt(size, part.places) : undefined;
      const pointShades = shade && isNumeric(shade) ? numbersAt(shade, part.places) : undefined;
      if (pointSizes) sizes = [...sizes, pointSizes];
      if (pointShades) shades = [...shades, pointShades];
      const one: PointSeries = {
        id,
        name: partName,
        color: used,
        xs: numbersAt(xs.data, part.places),
        ys: numbersAt(ys.data, part.places),
        sizes: pointSizes,
        shades: pointShades,
        labels: label ? textsAt(label, part.places) : undefined,
      };
      series.push(one);
      lists.push({
        id,
        name: partName,
        color: used,
        column: ys.path,
        length: part.places.length,
        row: (mark) => window.start_row + (part.places[mark] ?? -1),
        title: (mark) => {
          const place = places.indexOf(part.places[mark] ?? -1);
          const named = window.row_path
            ? categoryName(axis, place)
            : `Row ${categoryName(axis, place)}`;
          return group.name === "" ? named : `${named} · ${group.name}`;
        },
        lines: (mark) => {
          const at = part.places[mark] ?? -1;
          return [x, y, ...new Set(extra)].flatMap((column, index): TipLine[] => {
            const data = group.columns.get(column)?.data;
            if (!data || (index > 1 && (column === x || column === y))) return [];
            const value = valueText(valueAt(data, at), data.type);
            return [{ color: undefined, name: column, value }];
          });
        },
      });
    }
  }
  return {
    family: "points",
    line: kind.line,
    x: axisInfo(x, first.get(x)?.data),
    y: axisInfo(y, first.get(y)?.data),
    series,
    sizeRange: extent(sizes),
    shadeRange: extent(shades),
    shadeTitle: roleOf(shape, COLOR) ?? "",
    lists,
    legend: legend.length > 1 ? legend : [],
  };
}

/** The rows by the texts of a column, where it chooses their colour. */
function partsOf(
  places: Int32Array,
  shade: ColumnData | undefined,
): { name: string | undefined; places: Int32Array }[] {
  if (!shade) return [{ name: undefined, places }];
  const texts = textsAt(shade, places);
  const parts = new Map<string, number[]>();
  texts.forEach((text, at) => {
    const name = parts.has(text) || parts.size < MOST_COLORS ? text : "others";
    const part = parts.get(name) ?? [];
    part.push(places[at] ?? 0);
    parts.set(name, part);
  });
  // By name, so that a colour does not depend on which row comes first.
  return [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => ({ name, places: Int32Array.from(of) }));
}

function axisInfo(title: string, data: ColumnData | undefined): AxisInfo {
  const type = data?.type ?? "float";
  const isTime = type === "date" || type === "datetime";
  return { kind: isTime ? "time" : "number", title, type, labels: undefined };
}
