/**
 * The zones of the settings panel: the parts of a config in which columns stand.
 */
import type { Condition, Sort } from "../client/types.js";
import type { Fields } from "./settings_fields.js";
import type { ViewerConfig } from "./viewer_config.js";

export type Zone = "group_by" | "split_by" | "columns" | "sort" | "filter" | "having";

export const ZONES: Zone[] = ["group_by", "split_by", "columns", "sort", "filter", "having"];

/** What stands in a zone; a null among columns keeps a place free. */
export type Item = string | null | Sort | Condition;

export function zoneItems(config: ViewerConfig, zone: Zone, fields: Fields): Item[] {
  return zone === "columns" ? [...(config.columns ?? fields.names)] : [...config[zone]];
}

/** The columns that stand in a zone, in order; the empty text for a free place. */
export function zoneColumns(config: ViewerConfig, zone: Zone, fields: Fields): string[] {
  switch (zone) {
    case "columns":
      return (config.columns ?? fields.names).map((column) => column ?? "");
    case "sort":
      return config.sort.map(([column]) => column);
    case "filter":
    case "having":
      return config[zone].map(conditionColumn);
    default:
      return config[zone];
  }
}

/** Whether items of the zone are conditions, which may name a column several times. */
export function holdsConditions(zone: Zone): zone is "filter" | "having" {
  return zone === "filter" || zone === "having";
}

/** The column of a condition; of joined ones the first. */
export function conditionColumn(condition: Condition): string {
  if (Array.isArray(condition)) return condition[0];
  const inner = "not" in condition ? [condition.not] : Object.values(condition)[0];
  return inner?.[0] ? conditionColumn(inner[0]) : "";
}

/** Conditions may name a column twice; elsewhere a column stands once. */
export function canAdd(config: ViewerConfig, zone: Zone, column: string, fields: Fields): boolean {
  if (!fields.fits(column, zone)) return false;
  return holdsConditions(zone) || !zoneColumns(config, zone, fields).includes(column);
}

export function isGrouped(config: ViewerConfig): boolean {
  return (
    config.group_by.length > 0 || config.split_by.length > 0 || config.group_rollup_mode === "total"
  );
}
