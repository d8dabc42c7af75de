/** Windows of views, written by hand. */

import type { ChartContext } from "../../charts/data/context.js";
import { readChartOptions } from "../../charts/options.js";
import type { ColumnData, ViewWindow } from "../../client/types.js";
import type { ViewShape } from "../../viewer/plugins.js";
import { sayPlain } from "../../viewer/words.js";

export function floats(...values: (number | null)[]): ColumnData {
  return {
    type: "float",
    values: Float64Array.from(values, (value) => value ?? 0),
    valid: Uint8Array.from(values, (value) => (value === null ? 0 : 1)),
  };
}

export function times(...values: number[]): ColumnData {
  return { type: "datetime", values: Float64Array.from(values) };
}

export function texts(...values: (string | null)[]): ColumnData {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  const codes = Int32Array.from(values, (value) =>
    value === null ? -1 : dictionary.indexOf(value),
  );
  return { type: "string", codes, dictionary };
}

interface Parts {
  columns: Record<string, ColumnData>;
  /** Depths of the rows and the keys of each level, where the view is grouped. */
  groups?: { depth: number[]; levels: ColumnData[] };
  shape?: Partial<ViewShape>;
  options?: Record<string, unknown>;
  hidden?: string[];
  now?: number;
}

export function context({
  columns,
  groups,
  shape = {},
  options = {},
  hidden = [],
  now = 0,
}: Parts): ChartContext {
  const [first] = Object.values(columns);
  const rows =
    groups?.depth.length ??
    (first?.type === "string" ? first.codes.length : first?.values.length) ??
    0;
  const levels = groups?.levels.length ?? 0;
  const window: ViewWindow = {
    start_row: 0,
    end_row: rows,
    start_col: 0,
    end_col: Object.keys(columns).length,
    table_rows: rows,
    num_rows: rows,
    num_columns: Object.keys(columns).length,
    names: Object.keys(columns),
    columns: Object.values(columns),
    row_path: groups && {
      depth: Uint8Array.from(groups.depth),
      state: Uint8Array.from(groups.depth, (depth) => (depth === levels ? 0 : 2)),
      levels: groups.levels,
    },
  };
  const leaves = [...new Set(window.names.map((name) => name.split("|").at(-1) ?? name))];
  return {
    window,
    shape: {
      columns: leaves,
      index: [],
      group_by: groups ? groups.levels.map((_, level) => `group ${level + 1}`) : [],
      split_by: [],
      sort: [],
      aggregates: {},
      types: {},
      plugin_config: {},
      columns_config: {},
      ...shape,
    },
    options: readChartOptions(options),
    hidden: new Set(hidden),
    now,
    say: sayPlain,
    written: (_, type) => type,
    colors: new Map(),
  };
}
