/** A model's series as uPlot takes them. */
import type { ContinuousAxis, Series, SeriesModel } from "./data/model.js";
import { cumulated } from "./data/stack.js";

type Values = (number | null)[];

export interface PlotData {
  xs: number[];
  /** A list a series; the edges of a stack where it is one. */
  ys: Values[];
  /** The open place and the one before it, a list a series; absent where none is open. */
  open: Values[] | undefined;
}

/** Lines whose last part is drawn apart. */
const MOST_OPEN = 30;

export function plotData(model: SeriesModel): PlotData {
  const { values } = model.axis as ContinuousAxis;
  const edges = stackEdges(model.series);
  const last = values.length - 1;
  const isOpen = model.open >= 0 && model.open === last && model.series.length <= MOST_OPEN;
  return {
    xs: Array.from(values),
    ys: edges.map((edge) =>
      Array.from(edge, (value, at) => (isOpen && at === last ? null : shown(value))),
    ),
    open: isOpen ? edges.map(openPart) : undefined,
  };
}

/** What each series reaches up to: of a stack, with all that lies below. */
function stackEdges(series: Series[]): Float64Array[] {
  const stacks = new Map<string, Series[]>();
  for (const each of series) {
    if (each.stack === undefined) continue;
    stacks.set(each.stack, [...(stacks.get(each.stack) ?? []), each]);
  }
  const edges = new Map<Series, Float64Array>();
  for (const stack of stacks.values()) {
    const upper = cumulated(stack.map(({ values }) => values));
    stack.forEach((each, at) => {
      edges.set(each, upper[at] ?? each.values);
    });
  }
  return series.map((each) => edges.get(each) ?? each.values);
}

/** The last place, and the last one before it that has a value. */
function openPart(edge: Float64Array): Values {
  const part: Values = Array.from(edge, () => null);
  const last = edge.length - 1;
  part[last] = shown(edge[last]);
  for (let at = last - 1; at >= 0; at--) {
    const value = shown(edge[at]);
    if (value === null) continue;
    part[at] = value;
    break;
  }
  return part;
}

function shown(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Pairs of places among the series of which one lies on the other: upper, lower. */
export function stackPairs(series: Series[]): [upper: number, lower: number][] {
  const below = new Map<string, number>();
  return series.flatMap((each, at): [number, number][] => {
    if (each.stack === undefined) return [];
    const lower = below.get(each.stack);
    below.set(each.stack, at);
    return lower === undefined ? [] : [[at, lower]];
  });
}
