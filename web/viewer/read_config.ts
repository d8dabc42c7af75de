/**
 * How a saved layout becomes what a viewer is set to.
 *
 * Reading is lenient, alone among all configs here: a layout of an older version, or one
 * saved by `<perspective-viewer>`, is carried over as far as it can be, and what cannot is
 * named in `dropped`. Whether columns exist is for the table to say: see `fit_config.ts`.
 */
import type { Aggregate, AggregateTerm, Condition, Sort, SortDirection } from "../client/types.js";
import { type ThemeName, themeNamed } from "../themes/names.js";
import { isObject } from "./is_object.js";
import { pluginNamed } from "./plugins.js";
import type { ViewerConfig } from "./viewer_config.js";

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
const SILENT = new Set(["version", "table"]);

const DIRECTION = /^(col )?(asc|desc)( abs)?( nulls (first|last))?$/;

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
      else config.columns = names(value, drop);
      break;
    case "group_by":
    case "split_by":
      config[field] = names(value, drop).filter((name) => name !== null);
      break;
    case "sort":
      config.sort = items(value, drop).flatMap((item) => readSort(item, drop));
      break;
    case "filter":
    case "having":
      config[field] = items(value, drop).flatMap((item) => readCondition(item, drop));
      break;
    case "filter_op":
      if (value === "and" || value === "or") config.filter_op = value;
      else drop('neither "and" nor "or"');
      break;
    case "group_rollup_mode":
      if (value === "rollup" || value === "flat" || value === "total") config[field] = value;
      else drop('neither "rollup" nor "flat" nor "total"');
      break;
    case "split_rollup_mode":
      if (value === "rollup" || value === "flat") config[field] = value;
      else drop('neither "rollup" nor "flat"');
      break;
    case "aggregates":
      if (isObject(value)) config.aggregates = readAggregates(value, drop);
      else drop("not an object");
      break;
    case "expressions":
      config.expressions = readExpressions(value, drop);
      break;
    case "windows":
      // What a window may hold the engine says, with the place.
      if (isObject(value)) config.windows = value as ViewerConfig["windows"];
      else drop("not an object");
      break;
    case "plugin": {
      const plugin = pluginNamed(String(value));
      if (!plugin) drop(`"${String(value)}" is not available; Datagrid is shown`);
      config.plugin = plugin ?? "Datagrid";
      break;
    }
    case "plugin_config":
      if (isObject(value)) config.plugin_config = value;
      else if (value !== null) drop("not an object");
      break;
    case "columns_config":
      if (isObject(value)) {
        config.columns_config = readStyles(value, drop);
      } else if (value !== null) drop("not an object");
      break;
    case "title":
      config.title = value === null || value === "" ? null : String(value);
      break;
    case "theme":
      config.theme = readTheme(value, drop);
      break;
    case "settings":
      config.settings = value === true;
      break;
    case "distinct":
      config.distinct = value === true;
      break;
    case "group_by_depth":
    case "offset":
    case "limit":
      readCount(field, value, config, drop);
      break;
    case "group_limit":
      if (value === null || typeof value === "number" || Array.isArray(value)) {
        config.group_limit = value as ViewerConfig["group_limit"];
      } else drop("neither a number nor a list");
      break;
    case "limit_by":
      if (value === null || isObject(value)) {
        config.limit_by = value as unknown as ViewerConfig["limit_by"];
      } else drop("not an object");
      break;
    default:
      drop("unknown field");
  }
}

function readCount(
  field: "group_by_depth" | "offset" | "limit",
  value: unknown,
  config: Partial<ViewerConfig>,
  drop: (why: string) => void,
): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) config[field] = value;
  else if (value !== null) drop("not a whole number");
  else if (field === "offset") config.offset = 0;
  else config[field] = null;
}

function readStyles(
  value: Record<string, unknown>,
  drop: (why: string) => void,
): ViewerConfig["columns_config"] {
  const styles: ViewerConfig["columns_config"] = {};
  for (const [column, style] of Object.entries(value)) {
    if (isObject(style)) styles[column] = style;
    else drop(`${column} is not an object`);
  }
  return styles;
}

function readSort(item: unknown, drop: (why: string) => void): Sort[] {
  if (Array.isArray(item) && typeof item[0] === "string") {
    if (item[1] === "none") return [];
    if (DIRECTION.test(String(item[1]))) return [[item[0], item[1] as SortDirection]];
  }
  drop(`${JSON.stringify(item)} is not [column, direction]`);
  return [];
}

function readCondition(item: unknown, drop: (why: string) => void): Condition[] {
  if (Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "string") {
    return [item.slice(0, 3) as Condition];
  }
  if (isObject(item)) {
    const inner = item.and ?? item.or;
    if (Array.isArray(inner)) {
      const read = inner.flatMap((each) => readCondition(each, drop));
      return [item.and ? { and: read } : { or: read }];
    }
    if (item.not !== undefined) return readCondition(item.not, drop).map((not) => ({ not }));
  }
  drop(`${JSON.stringify(item)} is not [column, operator, operand]`);
  return [];
}

/** Older layouts have a list of texts, each named by the comment in its first line, or by itself. */
function readExpressions(value: unknown, drop: (why: string) => void): Record<string, string> {
  const expressions: Record<string, string> = {};
  if (Array.isArray(value)) {
    for (const text of value) {
      if (typeof text !== "string") drop(`${JSON.stringify(text)} is not an expression`);
      else expressions[/^\s*\/\/(.*)\n/.exec(text)?.[1]?.trim() || text] = text;
    }
  } else if (isObject(value)) {
    for (const [name, text] of Object.entries(value)) {
      if (typeof text === "string") expressions[name] = text;
      else drop(`${name} is not an expression`);
    }
  } else if (value !== null) drop("not an object");
  return expressions;
}

function readAggregates(
  value: Record<string, unknown>,
  drop: (why: string) => void,
): Record<string, AggregateTerm> {
  const aggregates: Record<string, AggregateTerm> = {};
  for (const [column, term] of Object.entries(value)) {
    const aggregate = readAggregate(isObject(term) ? term.aggregate : term);
    if (isObject(term) && typeof term.expression === "string") {
      aggregates[column] = { expression: term.expression };
    } else if (isObject(term) && typeof term.column === "string" && aggregate) {
      aggregates[column] = { column: term.column, aggregate };
    } else if (!isObject(term) && aggregate) aggregates[column] = aggregate;
    else drop(`${JSON.stringify(term)} of ${column} is not an aggregate`);
  }
  return aggregates;
}

function readAggregate(value: unknown): Aggregate | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || typeof value[0] !== "string") return undefined;
  const operands: unknown[] = Array.isArray(value[1]) ? value[1] : value.slice(1);
  return [value[0], operands.map((each) => (typeof each === "number" ? each : String(each)))];
}

/** Null follows the system, as does a theme that is not known. */
function readTheme(value: unknown, drop: (why: string) => void): ThemeName | null {
  if (value === null || value === "") return null;
  const theme = themeNamed(String(value));
  if (!theme) drop(`"${String(value)}" is not available; the system's is shown`);
  return theme ?? null;
}

function items(value: unknown, drop: (why: string) => void): unknown[] {
  if (Array.isArray(value)) return value;
  drop("not a list");
  return [];
}

/** Names, and null for places that are kept free. */
function names(value: unknown, drop: (why: string) => void): (string | null)[] {
  return items(value, drop).flatMap((item) => {
    if (typeof item === "string" || item === null) return [item];
    drop(`${JSON.stringify(item)} is not a column name`);
    return [];
  });
}
