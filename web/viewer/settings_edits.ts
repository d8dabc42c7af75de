/**
 * What the settings panel does to a config: each edit takes one and answers another.
 */
import type { Condition, Filter, Sort } from "../client/types.js";
import { defaultOperator } from "./filters.js";
import { shownColumns, type ViewerConfig } from "./viewer_config.js";

export type Zone = "columns" | "group_by" | "split_by" | "sort" | "filter";

export const ZONES: { zone: Zone; title: string; empty: string }[] = [
  { zone: "group_by", title: "Group by", empty: "One row for each table row" },
  { zone: "split_by", title: "Split by", empty: "No split" },
  { zone: "columns", title: "Columns", empty: "No columns" },
  { zone: "sort", title: "Sort", empty: "In order of arrival or key" },
  { zone: "filter", title: "Filter", empty: "Every row" },
];

/** The columns that stand in a zone, in order. */
export function zoneColumns(config: ViewerConfig, zone: Zone, all: string[]): string[] {
  switch (zone) {
    case "columns":
      return shownColumns(config.columns) ?? all;
    case "sort":
      return config.sort.map(([column]) => column);
    case "filter":
      return config.filter.map(conditionColumn);
    default:
      return config[zone];
  }
}

/** The column of a condition; of joined ones the first. */
function conditionColumn(condition: Condition): string {
  if (Array.isArray(condition)) return condition[0];
  const inner = "not" in condition ? [condition.not] : Object.values(condition)[0];
  return inner?.[0] ? conditionColumn(inner[0]) : "";
}

/** Filters may name a column twice; elsewhere a column stands once. */
export function canAdd(config: ViewerConfig, zone: Zone, column: string, all: string[]): boolean {
  return zone === "filter" || !zoneColumns(config, zone, all).includes(column);
}

export function addTo(
  config: ViewerConfig,
  zone: Zone,
  column: string,
  type: string,
  all: string[],
): ViewerConfig {
  if (!canAdd(config, zone, column, all)) return config;
  switch (zone) {
    case "columns":
      return { ...config, columns: [...(config.columns ?? all), column] };
    case "sort":
      return { ...config, sort: [...config.sort, [column, "desc"]] };
    case "filter":
      return { ...config, filter: [...config.filter, [column, defaultOperator(type), null]] };
    default:
      return { ...config, [zone]: [...config[zone], column] };
  }
}

export function removeFrom(
  config: ViewerConfig,
  zone: Zone,
  index: number,
  all: string[],
): ViewerConfig {
  return withZone(config, zone, zoneItems(config, zone, all).toSpliced(index, 1));
}

/** Moves an item by one place, as far as there is one. */
export function moveIn(
  config: ViewerConfig,
  zone: Zone,
  index: number,
  by: -1 | 1,
  all: string[],
): ViewerConfig {
  const items = zoneItems(config, zone, all);
  const item = items[index];
  const target = index + by;
  if (item === undefined || target < 0 || target >= items.length) return config;
  return withZone(config, zone, items.toSpliced(index, 1).toSpliced(target, 0, item));
}

export function setSort(config: ViewerConfig, index: number, sort: Sort): ViewerConfig {
  return { ...config, sort: config.sort.with(index, sort) };
}

export function setFilter(config: ViewerConfig, index: number, filter: Filter): ViewerConfig {
  return { ...config, filter: config.filter.with(index, filter) };
}

export function setAggregate(
  config: ViewerConfig,
  column: string,
  aggregate: string,
): ViewerConfig {
  return { ...config, aggregates: { ...config.aggregates, [column]: aggregate } };
}

type Item = string | null | Sort | Condition;

function zoneItems(config: ViewerConfig, zone: Zone, all: string[]): Item[] {
  return zone === "columns" ? [...(shownColumns(config.columns) ?? all)] : [...config[zone]];
}

function withZone(config: ViewerConfig, zone: Zone, items: Item[]): ViewerConfig {
  return { ...config, [zone]: items };
}
