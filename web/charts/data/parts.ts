/** Pies and donuts: shares of a whole. */
import type { Say } from "../../viewer/words.js";
import { percentText, valueText, type Written } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { categoryName, categoryRows } from "./axis.js";
import { columnGroups, numericNames, seriesName, type ViewColumn } from "./columns.js";
import { type ChartContext, colorOf, numbersAt } from "./context.js";
import { type MarkList, type Nothing, nothing, type PartsModel, type Pie } from "./model.js";

type PartsKind = Extract<ChartKind, { family: "parts" }>;

/** Pies that can be told apart on one screen. */
const MOST_PIES = 12;
/** Slices that can; the rest is one. */
const MOST_SLICES = 40;

interface Slice {
  id: string;
  name: string;
  value: number;
  row: number;
  column: string;
}

export function partsModel(kind: PartsKind, context: ChartContext): PartsModel | Nothing {
  const { window, shape, hidden } = context;
  const groups = columnGroups(context);
  const names = numericNames(groups, shape);
  const { say } = context;
  const chart = say(kind.hole ? "plugin.Donut" : "plugin.Pie");
  if (names.length === 0) return nothing(say("chart.needs-number.group", { chart }));
  const columns = groups.flatMap((group) =>
    names.flatMap((name) => {
      const column = group.columns.get(name);
      return column ? [{ column, title: seriesName(group, name, names.length > 1) }] : [];
    }),
  );
  const { axis, places } = categoryRows(context);
  const type = columns[0]?.column.written ?? "float";
  const slicesOf = (column: ViewColumn): Slice[] => {
    const values = numbersAt(column.data, places);
    return Array.from(values, (value, place) => ({
      id: categoryName(axis, place),
      name: categoryName(axis, place),
      value,
      row: window.start_row + (places[place] ?? -1),
      column: column.path,
    }));
  };
  let pies: { name: string; slices: Slice[] }[];
  if (places.length === 1 && columns.length > 1) {
    // One row alone: its columns are the parts.
    const slices = columns.flatMap(({ column, title }) =>
      slicesOf(column).map((slice) => ({ ...slice, id: column.path, name: title })),
    );
    pies = [{ name: "", slices }];
  } else {
    pies = columns.map(({ column, title }) => ({
      name: columns.length > 1 ? title : "",
      slices: slicesOf(column),
    }));
  }
  const shown = pies
    .slice(0, MOST_PIES)
    .map(({ name, slices }) => ({ name, slices: gather(slices, say) }));
  const colors = new Map<string, number>();
  for (const { slices } of shown) {
    for (const { id } of slices) colors.set(id, colorOf(context, id));
  }
  if (colors.size === 0) return nothing(say("chart.needs-positive", { chart }));
  const visible = shown.map(({ name, slices }) => ({
    name,
    slices: slices.filter(({ id }) => !hidden.has(id)),
  }));
  return {
    family: "parts",
    hole: kind.hole,
    pies: visible.map(
      ({ name, slices }, list): Pie => ({
        name,
        list,
        slices: slices.map((slice, mark) => ({ ...slice, color: colors.get(slice.id) ?? 0, mark })),
      }),
    ),
    lists: visible.map(({ name, slices }, at) =>
      sliceList(name || names[0] || "", `pie-${at}`, slices, colors, type),
    ),
    legend: [...colors].map(([id, color]) => ({
      id,
      name: shown.flatMap(({ slices }) => slices).find((slice) => slice.id === id)?.name ?? id,
      color,
    })),
  };
}

/** Slices above zero; those beyond what can be told apart in one. */
function gather(slices: Slice[], say: Say): Slice[] {
  const positive = slices.filter(({ value }) => value > 0);
  if (positive.length <= MOST_SLICES) return positive;
  const bySize = [...positive].sort((a, b) => b.value - a.value);
  const kept = new Set(bySize.slice(0, MOST_SLICES - 1));
  const rest = positive.filter((slice) => !kept.has(slice));
  const value = rest.reduce((sum, slice) => sum + slice.value, 0);
  const name = say("chart.others.count", { count: rest.length });
  return [
    ...positive.filter((slice) => kept.has(slice)),
    { id: "\u0000others", name, value, row: -1, column: rest[0]?.column ?? "" },
  ];
}

function sliceList(
  name: string,
  id: string,
  slices: Slice[],
  colors: Map<string, number>,
  written: Written,
): MarkList {
  const whole = slices.reduce((sum, slice) => sum + slice.value, 0);
  return {
    id,
    name,
    color: 0,
    column: slices[0]?.column,
    length: slices.length,
    row: (mark) => slices[mark]?.row ?? -1,
    title: (mark) => slices[mark]?.name ?? "",
    lines: (mark) => {
      const slice = slices[mark];
      if (!slice) return [];
      return [
        {
          color: colors.get(slice.id),
          name,
          value: `${valueText(slice.value, written)} (${percentText((slice.value / whole) * 100)})`,
        },
      ];
    },
  };
}
