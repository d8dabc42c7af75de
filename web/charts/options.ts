/**
 * What `plugin_config` says of a chart. Reading is lenient: one config goes through many
 * plugins, and what is not understood is left as by default.
 */
import { isObject } from "../viewer/is_object.js";

/** A line across the chart at a value. */
export interface Threshold {
  value: number;
  label: string;
  /** A CSS colour; absent: the theme's. */
  color: string | undefined;
}

/** A mark at a place of the axis, or from one place to another. */
export interface Annotation {
  x: number | string;
  x2: number | string | undefined;
  label: string;
  color: string | undefined;
}

export interface ChartOptions {
  /** Series on top of each other; undefined: as the kind of chart has it. */
  stack: boolean | undefined;
  /** Lines go in steps: a value holds until the next one. */
  step: boolean;
  /** Series as shares of 100 %. */
  expand: boolean;
  zoom: boolean;
  legend: "auto" | "top" | "right" | "none";
  /** Lines go on over places without a value. */
  connect: boolean;
  /** How the points of a long line are chosen; undefined: all are read, up to `max_rows`. */
  downsample: "m4" | "lttb" | undefined;
  /** A continuous key is shown as categories. */
  categories: boolean;
  /** A group whose time is not over yet is marked. */
  open_bucket: boolean;
  thresholds: Threshold[];
  annotations: Annotation[];
  /** Columns whose values go by an axis at the right. */
  right: string[];
  /** Whether the axis of values shows zero; undefined: as the kind of chart has it. */
  zero: boolean | undefined;
  log: boolean;
  min: number | undefined;
  max: number | undefined;
  bins: number | undefined;
  labels: boolean | undefined;
  max_series: number;
  max_rows: number | undefined;
}

const MAX_SERIES = 100;

export function readChartOptions(config: Record<string, unknown>): ChartOptions {
  return {
    stack: flag(config.stack),
    step: flag(config.step) ?? false,
    expand: flag(config.expand) ?? false,
    zoom: flag(config.zoom) ?? true,
    legend: readLegend(config.legend),
    connect: flag(config.connect) ?? true,
    downsample: readDownsample(config.downsample),
    categories: flag(config.categories) ?? false,
    open_bucket: flag(config.open_bucket) ?? true,
    thresholds: list(config.thresholds).flatMap(readThreshold),
    annotations: list(config.annotations).flatMap(readAnnotation),
    // `splitMainValues` is the name of other viewers' layouts.
    right: list(config.right ?? config.splitMainValues).filter((each) => typeof each === "string"),
    zero: flag(config.zero),
    log: flag(config.log) ?? false,
    min: finite(config.min),
    max: finite(config.max),
    bins: count(config.bins, 500),
    labels: flag(config.labels),
    max_series: count(config.max_series, 2_000) ?? MAX_SERIES,
    max_rows: count(config.max_rows, 1_000_000),
  };
}

function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function count(value: unknown, most: number): number | undefined {
  return typeof value === "number" && value >= 1 ? Math.min(most, Math.floor(value)) : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A name, a hexadecimal number or a function of CSS; what could leave an attribute is none. */
function color(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w#(),.%/ -]{1,80}$/.test(value) ? value : undefined;
}

function readLegend(value: unknown): ChartOptions["legend"] {
  if (value === false || value === "none") return "none";
  // Layouts of other viewers keep the place of theirs here.
  return value === "top" || value === "right" ? value : "auto";
}

function readDownsample(value: unknown): ChartOptions["downsample"] {
  if (value === false) return undefined;
  return value === "lttb" ? "lttb" : "m4";
}

function readThreshold(item: unknown): Threshold[] {
  if (!isObject(item)) return [];
  const value = finite(item.value);
  if (value === undefined) return [];
  return [{ value, label: text(item.label), color: color(item.color) }];
}

function readAnnotation(item: unknown): Annotation[] {
  if (!isObject(item)) return [];
  const x = place(item.x);
  if (x === undefined) return [];
  return [{ x, x2: place(item.x2), label: text(item.label), color: color(item.color) }];
}

function place(value: unknown): number | string | undefined {
  return typeof value === "string" ? value : finite(value);
}
