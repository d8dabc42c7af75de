/** Reads of a view for a chart: what can be shown, and no more. */
import type { ViewWindow, Window } from "../client/types.js";
import { formatInteger } from "../grid/format.js";
import type { ViewShape } from "../viewer/plugins.js";
import type { ChartKind } from "./kinds.js";
import type { ChartOptions } from "./options.js";

/** Cells of one read: eight bytes each are moved, and looked at. */
const MOST_CELLS = 2_000_000;

export interface ReadLimits {
  rows: number;
  columns: number;
  /** Of too many rows the last ones, not the first. */
  newest: boolean;
}

export interface WindowSource {
  read(window: Window): Promise<ViewWindow>;
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

/** Bars and category labels cost more than points of a line. */
const MOST_BARS = 5_000;

export function limitsOf(kind: ChartKind, shape: ViewShape, options: ChartOptions): ReadLimits {
  const shown = shape.columns.filter((column) => column !== null).length;
  const columns = options.max_series * Math.max(1, shape.split_by.length > 0 ? shown : 1);
  const isBars = kind.family === "series" && kind.mark === "bar";
  const rows = options.max_rows ?? (isBars ? MOST_BARS : MOST_ROWS[kind.family]);
  const most = Math.floor(MOST_CELLS / columns);
  return {
    rows: Math.max(1, Math.min(rows, most)),
    columns: shape.split_by.length > 0 ? columns : Math.max(columns, shown),
    newest: takesNewest(kind, shape),
  };
}

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

export class ChartReader {
  readonly #source: WindowSource;
  #rows = 0;

  constructor(source: WindowSource) {
    this.#source = source;
  }

  async read(limits: ReadLimits): Promise<ViewWindow> {
    const window = await this.#readFrom(this.#startOf(limits), limits);
    this.#rows = window.num_rows;
    // The view grew out of the limit, or shrank below where the read began.
    const start = this.#startOf(limits);
    const isFull = window.end_row - window.start_row >= Math.min(limits.rows, window.num_rows);
    if (start === window.start_row || (isFull && window.start_row > 0)) return window;
    return this.#readFrom(start, limits);
  }

  #startOf(limits: ReadLimits): number {
    return limits.newest ? Math.max(0, this.#rows - limits.rows) : 0;
  }

  #readFrom(start: number, limits: ReadLimits): Promise<ViewWindow> {
    return this.#source.read({
      start_row: start,
      end_row: start + limits.rows,
      start_col: 0,
      end_col: limits.columns,
    });
  }
}

/** What of the view is not on the screen, in words. */
export function readNotes(window: ViewWindow, shape: ViewShape): string[] {
  const notes: string[] = [];
  const rows = window.end_row - window.start_row;
  if (rows < window.num_rows) {
    const which = window.start_row > 0 ? "last" : "first";
    notes.push(`${which} ${formatInteger(rows)} of ${formatInteger(window.num_rows)} rows`);
  }
  const columns = window.end_col - window.start_col;
  if (columns < window.num_columns) {
    const each = Math.max(1, shape.columns.filter((column) => column !== null).length);
    const per = shape.split_by.length > 0 ? each : 1;
    const shown = formatInteger(Math.floor(columns / per));
    notes.push(`first ${shown} of ${formatInteger(Math.ceil(window.num_columns / per))} series`);
  }
  return notes;
}
