/** Reads of a view for a chart: what can be shown, and no more. */
import type { Downsample, ReadWindow, ViewWindow } from "../client/types.js";
import { formatInteger } from "../grid/format.js";
import type { ViewShape } from "../viewer/plugins.js";
import type { Say } from "../viewer/words.js";
import type { ChartKind } from "./kinds.js";
import type { ChartOptions } from "./options.js";
import type { Range } from "./renderer.js";

/** Cells of one read: eight bytes each are moved, and looked at. */
const MOST_CELLS = 2_000_000;

/** What M4 keeps of a line in a column of pixels. */
const ROWS_OF_PIXEL = 4;

/** With fewer points a line of many rows is no picture of them. */
const LEAST_POINTS = 50;

/** What the engine can tell apart of all lines. */
const MOST_PIXELS = 500_000;

/** Cells that it looks at for one draw: a tenth of a second of the Worker's time. */
const MOST_LOOKS = 10_000_000;

export interface ReadLimits {
  rows: number;
  columns: number;
  /** Of too many rows the last ones, not the first. */
  newest: boolean;
  /** Rows are chosen by the engine, among all there are or the most that were asked for. */
  line?: { method: "m4" | "lttb"; isFlat: boolean; among: number } | undefined;
}

/** How much of its axis a chart shows, in what space. */
export interface Shown {
  pixels: number;
  range: Range | undefined;
}

export interface WindowSource {
  read(window: ReadWindow): Promise<ViewWindow>;
}

const MOST_ROWS: Record<ChartKind["family"], number> = {
  series: 100_000,
  points: 50_000,
  parts: 5_000,
  tree: 5_000,
  cells: 2_000,
  prices: 5_000,
  boxes: 200_000,
  histogram: 200_000,
  density: 200_000,
  figures: 100_000,
};

const MOST_ROLES = 10;

/** Bars and category labels cost more than points of a line. */
const MOST_BARS = 5_000;

export function limitsOf(kind: ChartKind, shape: ViewShape, options: ChartOptions): ReadLimits {
  const shown = Math.max(1, shape.columns.filter((column) => column !== null).length);
  const isSplit = shape.split_by.length > 0;
  const isBars = kind.family === "series" && kind.mark === "bar";
  return {
    rows: options.max_rows ?? (isBars ? MOST_BARS : MOST_ROWS[kind.family]),
    // Roles need their columns, however few series are wanted.
    columns: isSplit
      ? options.max_series * shown
      : Math.min(shown, Math.max(options.max_series, MOST_ROLES)),
    newest: takesNewest(kind, shape),
    line: lineOf(kind, shape, options),
  };
}

/** Of points of a line over numbers or times those are read that can be seen. */
function lineOf(kind: ChartKind, shape: ViewShape, options: ChartOptions): ReadLimits["line"] {
  const { downsample: method, categories, max_rows: among = Number.POSITIVE_INFINITY } = options;
  const isLine = kind.family === "series" && (kind.mark === "line" || kind.mark === "area");
  if (!isLine || categories || !method) return undefined;
  const [level, ...more] = shape.group_by;
  if (level === undefined) return { method, isFlat: true, among };
  const isContinuous = CONTINUOUS.includes(shape.types[level] ?? "");
  return isContinuous && more.length === 0 ? { method, isFlat: false, among } : undefined;
}

const CONTINUOUS = ["integer", "float", "date", "datetime"];

/** Where rows follow time or come at the end, the newest say most. */
function takesNewest(kind: ChartKind, shape: ViewShape): boolean {
  if (shape.sort.length > 0) return false;
  const isFlat = shape.group_by.length === 0;
  if (kind.family === "series" || kind.family === "prices") {
    const type = shape.types[shape.group_by[0] ?? ""];
    return isFlat || (shape.group_by.length === 1 && (type === "date" || type === "datetime"));
  }
  return isFlat && (kind.family === "points" || kind.family === "figures");
}

const ALL: Shown = { pixels: 1_000, range: undefined };

export class ChartReader {
  readonly #source: WindowSource;
  /** The size of the view at the last read. */
  #rows = 0;
  #columns = Number.POSITIVE_INFINITY;

  constructor(source: WindowSource) {
    this.#source = source;
  }

  /** The part of the view that the limits allow; a second read only where it has changed much. */
  async read(limits: ReadLimits, shown: Shown = ALL): Promise<ViewWindow> {
    const sampled = limits.line && (await this.#readLine(limits, limits.line, shown));
    if (sampled) return sampled;
    const window = this.#note(await this.#readOnce(limits));
    const { start, end } = this.#bounds(limits);
    const early = start - window.start_row;
    const fits = early >= 0 && early <= this.#slack(limits) && window.end_row >= end;
    return fits ? window : this.#readOnce(limits);
  }

  /** The rows that can be seen of a line; none where its columns are too many for that. */
  async #readLine(
    { columns, newest }: ReadLimits,
    { method, isFlat, among }: NonNullable<ReadLimits["line"]>,
    { pixels, range }: Shown,
  ): Promise<ViewWindow | undefined> {
    // How many columns there are says how many rows may come.
    if (this.#columns === Number.POSITIVE_INFINITY) {
      this.#note(await this.#source.read({ end_row: 0, end_col: 0 }));
    }
    const lines = Math.max(1, Math.min(columns, this.#columns));
    const most = this.#mostPoints(lines);
    if (most === 0) return undefined;
    // Rows of a flat view count from 1 on the axis.
    const first = isFlat ? 1 : 0;
    const downsample: Downsample = {
      method,
      points: Math.max(1, Math.min(pixels, most)),
      ...(range ? { from: range.min - first, to: range.max - first } : {}),
    };
    const rows = Math.min(among, Math.floor(MOST_LOOKS / lines));
    const bounds = newest ? { start_row: Math.max(0, this.#rows - rows) } : { end_row: rows };
    const window = { ...bounds, start_col: 0, end_col: columns, downsample };
    return this.#note(await this.#source.read(window));
  }

  /** Points of so many lines, each of which may bring rows of its own; 0: none make a picture. */
  #mostPoints(lines: number): number {
    const each = Math.floor(MOST_CELLS / (ROWS_OF_PIXEL * lines * lines));
    const points = Math.min(each, Math.floor(MOST_PIXELS / lines));
    if (points >= LEAST_POINTS) return points;
    const all = Math.ceil(this.#rows / ROWS_OF_PIXEL);
    return this.#rows * lines <= MOST_CELLS && all * lines <= MOST_PIXELS ? Math.max(1, all) : 0;
  }

  /** Remembers the size of the view. */
  #note(window: ViewWindow): ViewWindow {
    this.#rows = window.num_rows;
    this.#columns = window.num_columns;
    return window;
  }

  #readOnce(limits: ReadLimits): Promise<ViewWindow> {
    const { start, end } = this.#bounds(limits);
    // Rows that came since are the newest ones.
    const more = limits.newest ? this.#slack(limits) : 0;
    const window = { start_row: start, end_row: end + more, start_col: 0, end_col: limits.columns };
    return this.#source.read(window);
  }

  #bounds(limits: ReadLimits): { start: number; end: number } {
    const known = this.#columns !== Number.POSITIVE_INFINITY;
    const rows = this.#most(limits);
    const start = limits.newest ? Math.max(0, this.#rows - rows) : 0;
    return { start, end: known ? Math.min(this.#rows, start + rows) : start + rows };
  }

  #most({ rows, columns }: ReadLimits): number {
    const read = Math.max(1, Math.min(columns, this.#columns));
    return Math.max(1, Math.min(rows, Math.floor(MOST_CELLS / read)));
  }

  #slack(limits: ReadLimits): number {
    return Math.ceil(this.#most(limits) / 10);
  }
}

/** What of the view is not on the screen, in words. */
export function readNotes(window: ViewWindow, shape: ViewShape, say: Say): string[] {
  const notes: string[] = [];
  const rows = window.end_row - window.start_row;
  if (rows < window.num_rows) {
    const which = window.start_row > 0 ? "chart.last-rows" : "chart.first-rows";
    notes.push(say(which, { shown: formatInteger(rows), all: formatInteger(window.num_rows) }));
  }
  const columns = window.end_col - window.start_col;
  if (columns < window.num_columns) {
    const each = Math.max(1, shape.columns.filter((column) => column !== null).length);
    const per = shape.split_by.length > 0 ? each : 1;
    const shown = formatInteger(Math.floor(columns / per));
    const all = formatInteger(Math.ceil(window.num_columns / per));
    notes.push(say("chart.first-series", { shown, all }));
  }
  return notes;
}
