/**
 * What a viewer can be set to, and how a saved layout becomes that.
 *
 * Reading is lenient, alone among all configs here: a layout of an older version, or one
 * saved by `<perspective-viewer>`, is carried over as far as it can be, and what cannot is
 * named in `dropped`. Whether columns exist is for the table to say, not for this file.
 */
import type {
  Aggregate,
  Filter,
  Scalar,
  Sort,
  SortDirection,
  ViewConfig,
} from "../client/types.js";

/** Version of the saved form. */
export const CONFIG_VERSION = "1";

export interface ViewerConfig {
  version: string;
  plugin: "Datagrid";
  /** Null: follows the system. */
  theme: "light" | "dark" | null;
  /** Whether the settings panel is open. */
  settings: boolean;
  /** Null: all of the table's. */
  columns: string[] | null;
  group_by: string[];
  split_by: string[];
  sort: Sort[];
  filter: Filter[];
  filter_op: "and" | "or";
  aggregates: Record<string, Aggregate>;
}

export function defaultConfig(): ViewerConfig {
  return {
    version: CONFIG_VERSION,
    plugin: "Datagrid",
    theme: null,
    settings: false,
    columns: null,
    group_by: [],
    split_by: [],
    sort: [],
    filter: [],
    filter_op: "and",
    aggregates: {},
  };
}

/** The part of a viewer's config that makes its view. */
export function viewConfig(config: ViewerConfig): ViewConfig {
  return {
    ...(config.columns === null ? {} : { columns: config.columns }),
    group_by: config.group_by,
    split_by: config.split_by,
    sort: config.sort,
    filter: config.filter,
    filter_op: config.filter_op,
    aggregates: config.aggregates,
  };
}

export interface ReadConfig {
  /** Only the fields that were given and understood. */
  config: Partial<ViewerConfig>;
  /** A line for each thing that could not be carried over. */
  dropped: string[];
}

const RENAMED: Record<string, string> = {
  row_pivots: "group_by",
  "row-pivots": "group_by",
  column_pivots: "split_by",
  "column-pivots": "split_by",
  filters: "filter",
};

/** Fields that say nothing to this viewer and cost a user nothing. */
const SILENT = new Set(["version", "title", "plugin_config", "table", "group_by_depth"]);

const SORTS = new Set<string>([
  "asc",
  "desc",
  "asc abs",
  "desc abs",
  "col asc",
  "col desc",
  "col asc abs",
  "col desc abs",
]);

export function readViewerConfig(input: unknown): ReadConfig {
  const dropped: string[] = [];
  const config: Partial<ViewerConfig> = {};
  if (!isObject(input)) {
    dropped.push("the whole config: it is not an object");
    return { config, dropped };
  }
  for (const [given, value] of Object.entries(input)) {
    const field = RENAMED[given] ?? given;
    if (value === undefined || SILENT.has(field)) continue;
    readField(field, given, value, config, dropped);
  }
  return { config, dropped };
}

function readField(
  field: string,
  given: string,
  value: unknown,
  config: Partial<ViewerConfig>,
  dropped: string[],
): void {
  const drop = (why: string) => dropped.push(`${given}: ${why}`);
  switch (field) {
    case "columns":
      if (value === null) config.columns = null;
      else config.columns = strings(value, drop);
      break;
    case "group_by":
    case "split_by":
      config[field] = strings(value, drop);
      break;
    case "sort":
      config.sort = items(value, drop).flatMap((item) => readSort(item, drop));
      break;
    case "filter":
      config.filter = items(value, drop).flatMap((item) => readFilter(item, drop));
      break;
    case "filter_op":
      if (value === "and" || value === "or") config.filter_op = value;
      else drop('neither "and" nor "or"');
      break;
    case "aggregates":
      if (isObject(value)) config.aggregates = readAggregates(value, drop);
      else drop("not an object");
      break;
    case "plugin":
      if (!isDatagrid(value)) drop(`"${String(value)}" is not available; Datagrid is shown`);
      config.plugin = "Datagrid";
      break;
    case "theme":
      config.theme = readTheme(value);
      break;
    case "settings":
      config.settings = value === true;
      break;
    case "expressions":
    case "windows":
      if (Object.keys(value ?? {}).length > 0) drop(`${field} are not available`);
      break;
    default:
      drop("unknown field");
  }
}

function readSort(item: unknown, drop: (why: string) => void): Sort[] {
  if (Array.isArray(item) && typeof item[0] === "string") {
    if (item[1] === "none") return [];
    if (SORTS.has(String(item[1]))) return [[item[0], item[1] as SortDirection]];
  }
  drop(`${JSON.stringify(item)} is not [column, direction]`);
  return [];
}

function readFilter(item: unknown, drop: (why: string) => void): Filter[] {
  if (Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "string") {
    return [
      item.length > 2
        ? [item[0], item[1], item[2] as Scalar | Scalar[] | undefined]
        : [item[0], item[1]],
    ];
  }
  drop(`${JSON.stringify(item)} is not [column, operator, operand]`);
  return [];
}

function readAggregates(
  value: Record<string, unknown>,
  drop: (why: string) => void,
): Record<string, Aggregate> {
  const aggregates: Record<string, Aggregate> = {};
  for (const [column, aggregate] of Object.entries(value)) {
    if (typeof aggregate === "string") aggregates[column] = aggregate;
    else if (Array.isArray(aggregate) && typeof aggregate[0] === "string") {
      const operands = Array.isArray(aggregate[1]) ? aggregate[1] : aggregate.slice(1);
      aggregates[column] = [aggregate[0], operands.map(String)];
    } else drop(`${JSON.stringify(aggregate)} of ${column} is not an aggregate`);
  }
  return aggregates;
}

function readTheme(value: unknown): "light" | "dark" | null {
  const text = String(value ?? "").toLowerCase();
  if (text.includes("dark")) return "dark";
  if (text.includes("light")) return "light";
  return null;
}

function isDatagrid(value: unknown): boolean {
  return /^(datagrid|hypergrid|debug)$/i.test(String(value));
}

function items(value: unknown, drop: (why: string) => void): unknown[] {
  if (Array.isArray(value)) return value;
  drop("not a list");
  return [];
}

function strings(value: unknown, drop: (why: string) => void): string[] {
  return items(value, drop).flatMap((item) => {
    if (typeof item === "string") return item;
    // Perspective keeps places free with null.
    if (item !== null) drop(`${JSON.stringify(item)} is not a column name`);
    return [];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The config without columns that the table does not have, and what was left out. */
export function withoutUnknownColumns(
  config: Partial<ViewerConfig>,
  known: ReadonlySet<string>,
): ReadConfig {
  const dropped: string[] = [];
  const keep = (column: string, where: string) => {
    if (known.has(column)) return true;
    dropped.push(`${where}: the table has no column "${column}"`);
    return false;
  };
  const result: Partial<ViewerConfig> = { ...config };
  if (config.columns) result.columns = config.columns.filter((c) => keep(c, "columns"));
  if (config.group_by) result.group_by = config.group_by.filter((c) => keep(c, "group_by"));
  if (config.split_by) result.split_by = config.split_by.filter((c) => keep(c, "split_by"));
  if (config.sort) result.sort = config.sort.filter(([c]) => keep(c, "sort"));
  if (config.filter) result.filter = config.filter.filter(([c]) => keep(c, "filter"));
  if (config.aggregates) {
    result.aggregates = Object.fromEntries(
      Object.entries(config.aggregates).filter(([c]) => keep(c, "aggregates")),
    );
  }
  return { config: result, dropped };
}
