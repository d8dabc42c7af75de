/** What a viewer can be set to, and which part of it makes a view. */
import type { ViewConfig } from "../client/types.js";
import type { ThemeName } from "../themes/names.js";
import type { PluginName } from "./plugins.js";

/** Version of the saved form. */
export const CONFIG_VERSION = "1";

/** What a view is asked for; the viewer keeps free places among columns, and names expressions. */
type ViewPart = Omit<Required<ViewConfig>, "columns" | "expressions" | "group_by_depth">;

/** All that a viewer can be set to; what `save` answers and `restore` takes. */
export interface ViewerConfig extends ViewPart {
  version: string;
  /** What shows the view: the grid or a chart. */
  plugin: PluginName;
  /** What is set of the plugin itself: what it may hold is the plugin's to say. */
  plugin_config: Record<string, unknown>;
  /** How columns look, by their names: what it may hold is the plugin's to say. */
  columns_config: Record<string, Record<string, unknown>>;
  /** A heading; null: none. */
  title: string | null;
  /** Null: follows the system. */
  theme: ThemeName | null;
  /** Whether the settings panel is open. */
  settings: boolean;
  /** Null: all of the table's. A null among them keeps a role of a chart free. */
  columns: (string | null)[] | null;
  /** Computed columns, by their names. */
  expressions: Record<string, string>;
  /** Levels that are open at first; null: as the engine has it. */
  group_by_depth: number | null;
}

export function defaultConfig(): ViewerConfig {
  return {
    version: CONFIG_VERSION,
    plugin: "Datagrid",
    plugin_config: {},
    columns_config: {},
    title: null,
    theme: null,
    settings: false,
    columns: null,
    group_by: [],
    split_by: [],
    expressions: {},
    windows: {},
    aggregates: {},
    filter: [],
    filter_op: "and",
    having: [],
    sort: [],
    group_by_depth: null,
    group_rollup_mode: "rollup",
    split_rollup_mode: "flat",
    group_limit: null,
    limit_by: null,
    distinct: false,
    offset: 0,
    limit: null,
  };
}

/** The fields of a config that make its view. */
const VIEW_FIELDS = [
  "columns",
  "group_by",
  "split_by",
  "expressions",
  "windows",
  "aggregates",
  "filter",
  "filter_op",
  "having",
  "sort",
  "group_by_depth",
  "group_rollup_mode",
  "split_rollup_mode",
  "group_limit",
  "limit_by",
  "distinct",
  "offset",
  "limit",
] as const satisfies (keyof ViewConfig & keyof ViewerConfig)[];

/** The part of a viewer's config that makes its view, without what is as by default. */
export function viewConfig(config: ViewerConfig): ViewConfig {
  const defaults = defaultConfig();
  const view: Record<string, unknown> = {};
  for (const field of VIEW_FIELDS) {
    const value = field === "columns" ? shownColumns(config.columns) : config[field];
    if (JSON.stringify(value) !== JSON.stringify(defaults[field])) view[field] = value;
  }
  return view as ViewConfig;
}

/** The columns without the places that are kept free. */
export function shownColumns(columns: (string | null)[] | null): string[] | null {
  return columns?.filter((column) => column !== null) ?? null;
}
