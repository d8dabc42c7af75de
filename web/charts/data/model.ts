/**
 * What a chart shows, before anything is drawn: values in typed arrays, names, and where
 * each mark comes from. Models are made by pure functions of a window of a view.
 */
import type { FormatType } from "../../grid/format.js";
import type { Written } from "../format.js";
import type { SeriesMark } from "../kinds.js";

/** A line of a tooltip; text, never markup. */
export interface TipLine {
  /** Place in the palette, where the line belongs to a colour. */
  color: number | undefined;
  name: string;
  value: string;
}

/** Marks that belong together, as the points of a series: to step through and to ask about. */
export interface MarkList {
  id: string;
  name: string;
  color: number;
  /** The column of the view, where there is one. */
  column: string | undefined;
  length: number;
  /** Row of the view; -1: of none alone. */
  row(mark: number): number;
  title(mark: number): string;
  lines(mark: number): TipLine[];
}

export interface CategoryAxis {
  kind: "category";
  title: string;
  /** The texts of each level, the outermost first, an entry a place. */
  levels: string[][];
}

export interface ContinuousAxis {
  kind: "number" | "time";
  title: string;
  type: FormatType;
  written: Written;
  /** In ascending order. */
  values: Float64Array;
  /** Of the whole axis, where the values may be a part of it. */
  ends?: [low: number, high: number] | undefined;
}

export type Axis = CategoryAxis | ContinuousAxis;

/** One line, area, or set of bars. Absent values are NaN. */
export interface Series {
  id: string;
  name: string;
  column: string;
  color: number;
  written: Written;
  values: Float64Array;
  /** Goes by the axis at the right. */
  right: boolean;
  /** Series of one name lie on top of each other; undefined: it stands alone. */
  stack: string | undefined;
}

interface Base {
  lists: MarkList[];
  /** All that could be shown, also what the user has hidden: the legend. */
  legend: LegendEntry[];
}

export interface LegendEntry {
  id: string;
  name: string;
  color: number;
}

export interface SeriesModel extends Base {
  family: "series";
  mark: SeriesMark;
  flipped: boolean;
  axis: Axis;
  series: Series[];
  valueTitle: string;
  /** The place whose time is not over; -1: none. */
  open: number;
  /** The axis of values shows zero. */
  zero: boolean;
  /** Values are shares, in percent. */
  expand: boolean;
  /** Bars touch: they are parts of a continuous range. */
  touching: boolean;
}

/** Points of one colour. */
export interface PointSeries {
  id: string;
  name: string;
  color: number;
  xs: Float64Array;
  ys: Float64Array;
  sizes: Float64Array | undefined;
  /** Values that choose the colour, where a number does. */
  shades: Float64Array | undefined;
  labels: string[] | undefined;
}

export interface AxisInfo {
  kind: "category" | "number" | "time";
  title: string;
  type: FormatType;
  written: Written;
  /** The categories, where they are no numbers. */
  labels: string[] | undefined;
}

export interface PointsModel extends Base {
  family: "points";
  line: boolean;
  x: AxisInfo;
  y: AxisInfo;
  series: PointSeries[];
  /** The least and the greatest of what chooses sizes and colours. */
  sizeRange: [number, number] | undefined;
  shadeRange: [number, number] | undefined;
  shadeTitle: string;
}

export interface Pie {
  name: string;
  list: number;
  slices: { id: string; name: string; color: number; value: number; mark: number }[];
}

export interface PartsModel extends Base {
  family: "parts";
  hole: boolean;
  pies: Pie[];
}

export interface TreeNode {
  id: string;
  name: string;
  value: number;
  color: number;
  shade: number | undefined;
  mark: number;
  children: TreeNode[];
}

export interface TreeModel extends Base {
  family: "tree";
  shape: "treemap" | "sunburst";
  title: string;
  roots: TreeNode[];
  shadeRange: [number, number] | undefined;
}

export interface CellsModel extends Base {
  family: "cells";
  x: CategoryAxis;
  y: CategoryAxis;
  /** `[x, y, value]` of each cell that has a value. */
  cells: [x: number, y: number, value: number][];
  range: [number, number];
  written: Written;
  title: string;
}

export interface RangeSeries {
  id: string;
  name: string;
  color: number;
  /** Prices: open, close, low, high. Boxes: lowest, first quartile, median, third, highest. */
  values: number[][];
  outliers: [place: number, value: number][];
}

export interface RangesModel extends Base {
  family: "ranges";
  mark: "candlestick" | "ohlc" | "box";
  axis: CategoryAxis;
  valueTitle: string;
  written: Written;
  series: RangeSeries[];
  open: number;
}

export interface Figure {
  id: string;
  name: string;
  color: number;
  written: Written;
  text: string;
  value: number;
  /** Values up to now, in order. */
  trend: Float64Array;
  /** Change of the last value that is complete against the one before it, as a part of that. */
  change: number | undefined;
}

export interface FiguresModel extends Base {
  family: "figures";
  shape: "gauge" | "number";
  figures: Figure[];
}

export interface Nothing extends Base {
  family: "nothing";
  /** What the chart needs. */
  words: string;
}

export type ChartModel =
  | SeriesModel
  | PointsModel
  | PartsModel
  | TreeModel
  | CellsModel
  | RangesModel
  | FiguresModel
  | Nothing;

export function nothing(words: string): Nothing {
  return { family: "nothing", words, lists: [], legend: [] };
}
