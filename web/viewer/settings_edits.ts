/**
 * What the settings panel does to a config: each edit takes one and answers another.
 */
import type { Aggregate, AggregateTerm, Condition, Sort } from "../client/types.js";
import { defaultOperator } from "./filters.js";
import type { Fields } from "./settings_fields.js";
import {
  canAdd,
  holdsConditions,
  type Item,
  type Zone,
  zoneColumns,
  zoneItems,
} from "./settings_zones.js";
import type { ViewerConfig } from "./viewer_config.js";

/** Where an item comes from: the list of all columns, or a place in a zone. */
export type From = { zone: "all"; column: string } | { zone: Zone; index: number };

/** Where an item goes: before the item at this place, or out of the zones. */
export type To = { zone: "all" } | { zone: Zone; index: number };

/** The column at the end of a zone, or before what is at `at`. */
export function addTo(
  config: ViewerConfig,
  zone: Zone,
  column: string,
  fields: Fields,
  at = Number.POSITIVE_INFINITY,
): ViewerConfig {
  if (!canAdd(config, zone, column, fields)) return config;
  const items = zoneItems(config, zone, fields);
  const item = newItem(zone, column, fields.typeOf(column));
  return withZone(config, zone, items.toSpliced(Math.min(at, items.length), 0, item));
}

export function removeFrom(
  config: ViewerConfig,
  zone: Zone,
  index: number,
  fields: Fields,
): ViewerConfig {
  return withZone(config, zone, zoneItems(config, zone, fields).toSpliced(index, 1));
}

/**
 * Moves an item from anywhere to anywhere. What is taken from the shown columns stays shown:
 * to group by a column says nothing against showing it. Conditions keep what they say between
 * filter and having.
 */
export function transfer(config: ViewerConfig, from: From, to: To, fields: Fields): ViewerConfig {
  if (from.zone === "all") {
    return to.zone === "all" ? config : bring(config, from.column, to.zone, to.index, fields);
  }
  if (to.zone === "all") return removeFrom(config, from.zone, from.index, fields);
  if (from.zone === to.zone) return moveBefore(config, to.zone, from.index, to.index, fields);
  const column = zoneColumns(config, from.zone, fields)[from.index];
  if (!column || !fields.fits(column, to.zone)) return config;
  if (from.zone === "columns") return bring(config, column, to.zone, to.index, fields);
  const rest = removeFrom(config, from.zone, from.index, fields);
  if (holdsConditions(from.zone) && holdsConditions(to.zone)) {
    const condition = config[from.zone][from.index] as Condition;
    return withZone(rest, to.zone, rest[to.zone].toSpliced(to.index, 0, condition));
  }
  return bring(rest, column, to.zone, to.index, fields);
}

export function setSort(config: ViewerConfig, index: number, sort: Sort): ViewerConfig {
  return { ...config, sort: config.sort.with(index, sort) };
}

/** Another aggregate for a column, or for the name that one has. */
export function setAggregate(
  config: ViewerConfig,
  name: string,
  aggregate: Aggregate,
): ViewerConfig {
  const before = config.aggregates[name];
  const named = typeof before === "object" && "column" in before;
  const term: AggregateTerm = named ? { column: before.column, aggregate } : aggregate;
  return { ...config, aggregates: { ...config.aggregates, [name]: term } };
}

function newItem(zone: Zone, column: string, type: string): Item {
  if (zone === "sort") return [column, "desc"];
  return holdsConditions(zone) ? [column, defaultOperator(type), null] : column;
}

/** Adds a column before a place, or moves it there where it stands already. */
function bring(
  config: ViewerConfig,
  column: string,
  zone: Zone,
  at: number,
  fields: Fields,
): ViewerConfig {
  if (canAdd(config, zone, column, fields)) return addTo(config, zone, column, fields, at);
  const index = zoneColumns(config, zone, fields).indexOf(column);
  return index < 0 ? config : moveBefore(config, zone, index, at, fields);
}

function moveBefore(
  config: ViewerConfig,
  zone: Zone,
  index: number,
  before: number,
  fields: Fields,
): ViewerConfig {
  if (before === index || before === index + 1) return config;
  const items = zoneItems(config, zone, fields);
  const [item] = items.splice(index, 1);
  if (item === undefined) return config;
  return withZone(config, zone, items.toSpliced(before > index ? before - 1 : before, 0, item));
}

function withZone(config: ViewerConfig, zone: Zone, items: Item[]): ViewerConfig {
  return { ...config, [zone]: items };
}
