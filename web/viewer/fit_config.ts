/** A config for a table that may not have all the columns it names. */
import type { Condition } from "../client/types.js";
import { isObject } from "./is_object.js";
import type { ReadConfig } from "./read_config.js";
import type { ViewerConfig } from "./viewer_config.js";

/**
 * The config without columns that neither the table has nor the config itself makes, and what
 * was left out.
 */
export function withoutUnknownColumns(
  config: Partial<ViewerConfig>,
  ofTable: ReadonlySet<string>,
): ReadConfig {
  const dropped: string[] = [];
  const known = new Set(ofTable);
  for (const name of Object.keys(config.expressions ?? {})) known.add(name);
  for (const name of Object.keys(config.windows ?? {})) known.add(name);
  // An aggregate may have a name of its own, which is a column of the view alone.
  const ofView = new Set(known);
  for (const [name, term] of Object.entries(config.aggregates ?? {})) {
    if (isObject(term) && ("expression" in term || known.has(term.column))) ofView.add(name);
  }
  const keep = (column: string | null, where: string, there = known) => {
    if (column === null || there.has(column)) return true;
    dropped.push(`${where}: the table has no column "${column}"`);
    return false;
  };
  const conditions = (terms: Condition[], where: string, there: Set<string>): Condition[] =>
    terms.flatMap((term): Condition[] => {
      if (Array.isArray(term)) {
        const other = isObject(term[2]) ? (term[2] as { column: string }).column : null;
        return keep(term[0], where, there) && keep(other, where, there) ? [term] : [];
      }
      if ("not" in term) {
        return conditions([term.not], where, there).map((not) => ({ not }));
      }
      const inner = conditions("and" in term ? term.and : term.or, where, there);
      if (inner.length === 0) return [];
      return ["and" in term ? { and: inner } : { or: inner }];
    });
  const result: Partial<ViewerConfig> = { ...config };
  if (config.columns) result.columns = config.columns.filter((c) => keep(c, "columns", ofView));
  if (config.group_by) result.group_by = config.group_by.filter((c) => keep(c, "group_by"));
  if (config.split_by) result.split_by = config.split_by.filter((c) => keep(c, "split_by"));
  if (config.sort) result.sort = config.sort.filter(([c]) => keep(c, "sort", ofView));
  if (config.filter) result.filter = conditions(config.filter, "filter", known);
  if (config.having) result.having = conditions(config.having, "having", ofView);
  if (config.aggregates) {
    result.aggregates = Object.fromEntries(
      Object.entries(config.aggregates).filter(([c]) => keep(c, "aggregates", ofView)),
    );
  }
  return { config: result, dropped };
}
