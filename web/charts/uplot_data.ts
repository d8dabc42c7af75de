/** A model's series as uPlot takes them: what the pixels of a range need. */
import { lowerBound, m4 } from "./data/downsample.js";
import type { ContinuousAxis, Series, SeriesModel } from "./data/model.js";
import { cumulated } from "./data/stack.js";

export interface Range {
  min: number;
  max: number;
}

type Values = (number | null)[];

export interface PlotData {
  xs: number[];
  /** A list a series; the edges of a stack where it is one. */
  ys: Values[];
  /** The open place and the one before it, a list a series; absent where none is open. */
  open: Values[] | undefined;
  /** Index in the model of each place. */
  kept: number[];
}

/** Lines whose last part is drawn apart. */
const MOST_OPEN = 30;

export function plotData(model: SeriesModel, range: Range | undefined, columns: number): PlotData {
  const { values } = model.axis as ContinuousAxis;
  const edges = stackEdges(model.series);
  // One place more on each side, so that lines leave the range where they do.
  const from = range ? Math.max(0, lowerBound(values, range.min) - 1) : 0;
  const to = range ? Math.min(values.length, lowerBound(values, range.max) + 2) : values.length;
  const kept = m4(values, edges, { from, to, columns: Math.max(1, Math.ceil(columns)) });
  const isOpen = model.open >= 0 && model.series.length <= MOST_OPEN && kept.at(-1) === model.open;
  return {
    xs: kept.map((at) => values[at] ?? 0),
    ys: edges.map((edge) =>
      kept.map((at) => (isOpen && at === model.open ? null : shown(edge[at]))),
    ),
    open: isOpen ? edges.map((edge) => openPart(edge, kept)) : undefined,
    kept,
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
function openPart(edge: Float64Array, kept: number[]): Values {
  const part: Values = kept.map(() => null);
  const last = kept.length - 1;
  part[last] = shown(edge[kept[last] ?? -1]);
  for (let at = last - 1; at >= 0; at--) {
    const value = shown(edge[kept[at] ?? -1]);
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
