/** What kind of chart goes by which plugin's name. */
import type { ChartName } from "../viewer/plugins.js";

export type SeriesMark = "line" | "area" | "bar" | "point";

export type ChartKind =
  /** Values over an axis of groups or rows. */
  | { family: "series"; mark: SeriesMark; flipped: boolean }
  /** Points by the values of two columns. */
  | { family: "points"; line: boolean }
  /** Shares of a whole. */
  | { family: "parts"; hole: boolean }
  /** Groups inside groups. */
  | { family: "tree"; shape: "treemap" | "sunburst" }
  /** A value a cell of a plane. */
  | { family: "cells" }
  /** What opens, closes, and goes from low to high. */
  | { family: "prices"; mark: "candlestick" | "ohlc" }
  | { family: "boxes" }
  /** How often values come. */
  | { family: "histogram" }
  | { family: "density" }
  /** One value at a time. */
  | { family: "figures"; shape: "gauge" | "number" };

export const KINDS: Record<ChartName, ChartKind> = {
  "Y Line": { family: "series", mark: "line", flipped: false },
  "Y Area": { family: "series", mark: "area", flipped: false },
  "Y Bar": { family: "series", mark: "bar", flipped: false },
  "X Bar": { family: "series", mark: "bar", flipped: true },
  "Y Scatter": { family: "series", mark: "point", flipped: false },
  "X/Y Scatter": { family: "points", line: false },
  "X/Y Line": { family: "points", line: true },
  Pie: { family: "parts", hole: false },
  Donut: { family: "parts", hole: true },
  Treemap: { family: "tree", shape: "treemap" },
  Sunburst: { family: "tree", shape: "sunburst" },
  Heatmap: { family: "cells" },
  Candlestick: { family: "prices", mark: "candlestick" },
  OHLC: { family: "prices", mark: "ohlc" },
  Histogram: { family: "histogram" },
  "Box Plot": { family: "boxes" },
  Density: { family: "density" },
  Gauge: { family: "figures", shape: "gauge" },
  "Big Number": { family: "figures", shape: "number" },
};
