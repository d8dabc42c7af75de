/**
 * Columns that the config computes: made, renamed and taken out, with all that names them.
 */
import type { AggregateTerm, Condition, WindowTerm } from "../client/types.js";
import { changeAt, comparesColumns, partsOf } from "./condition_edits.js";
import { columnsIn, withColumnRenamed } from "./expression_tokens.js";
import type { Fields } from "./settings_fields.js";
import { ZONES, type Zone, zoneColumns } from "./settings_zones.js";
import type { ViewerConfig } from "./viewer_config.js";
import { type Say, sayPlain } from "./words.js";

export type Computed =
  | { kind: "expression"; text: string }
  | { kind: "window"; term: WindowTerm }
  | { kind: "aggregate"; term: AggregateTerm };

export type ComputedKind = Computed["kind"];

export function computedNamed(config: ViewerConfig, name: string): Computed | undefined {
  const text = config.expressions[name];
  if (text !== undefined) return { kind: "expression", text };
  const window = config.windows[name];
  if (window) return { kind: "window", term: window };
  const term = config.aggregates[name];
  return term === undefined ? undefined : { kind: "aggregate", term };
}

/** Takes a computed column over, under another name if it had one. */
export function setComputed(
  config: ViewerConfig,
  before: string | undefined,
  name: string,
  computed: Computed,
  fields: Fields,
): ViewerConfig {
  const renamed =
    before !== undefined && before !== name ? renameField(config, before, name) : config;
  const set = withTerm(renamed, name, computed);
  // A new column is one to be looked at.
  const isNew = before === undefined && config.columns !== null;
  return isNew ? { ...set, columns: [...zoneColumns(config, "columns", fields), name] } : set;
}

function withTerm(config: ViewerConfig, name: string, computed: Computed): ViewerConfig {
  switch (computed.kind) {
    case "expression":
      return { ...config, expressions: { ...config.expressions, [name]: computed.text } };
    case "window":
      return { ...config, windows: { ...config.windows, [name]: computed.term } };
    default:
      return { ...config, aggregates: { ...config.aggregates, [name]: computed.term } };
  }
}

/** What an aggregate is called that has been given no other name. */
export function nameOfAggregate(aggregate: string, column: string): string {
  return `${aggregate} of ${column}`;
}

/** Another aggregate of a column, beside the one it has: behind it, under a name of its own. */
export function aggregateAgain(
  config: ViewerConfig,
  column: string,
  aggregate: string,
  fields: Fields,
): ViewerConfig {
  const name = freeName(nameOfAggregate(aggregate, column), fields);
  const columns = zoneColumns(config, "columns", fields);
  return {
    ...config,
    aggregates: { ...config.aggregates, [name]: { column, aggregate } },
    columns: columns.toSpliced(columns.indexOf(column) + 1, 0, name),
  };
}

export interface Uses {
  /** The zones in which the column stands. */
  zones: Zone[];
  /** What is computed from it, by name. */
  computed: string[];
}

/** What names a column, besides the list of those that are shown. */
export function usesOf(config: ViewerConfig, name: string, fields: Fields): Uses {
  const zones = ZONES.filter((zone) => {
    if (zone === "columns") return false;
    if (zone !== "filter" && zone !== "having") {
      return zoneColumns(config, zone, fields).includes(name);
    }
    return config[zone].some((condition) => names(condition, name));
  });
  const expressions = Object.entries(config.expressions).filter(([, text]) =>
    columnsIn(text).has(name),
  );
  const windows = Object.entries(config.windows).filter(
    ([, term]) =>
      term.column === name ||
      term.partition_by?.includes(name) ||
      [term.order_by].flat()[0] === name,
  );
  const aggregates = Object.entries(config.aggregates).filter(
    ([own, term]) => own !== name && readsColumn(term, name),
  );
  return { zones, computed: [...expressions, ...windows, ...aggregates].map(([own]) => own) };
}

function readsColumn(term: AggregateTerm, name: string): boolean {
  if (typeof term === "string") return false;
  if (Array.isArray(term)) return term[1].includes(name);
  if ("expression" in term) return columnsIn(term.expression).has(name);
  return term.column === name || readsColumn(term.aggregate, name);
}

function names(condition: Condition, name: string): boolean {
  const parts = partsOf(condition);
  if (!("test" in parts)) return parts.terms.some((term) => names(term, name));
  const { test } = parts;
  return test[0] === name || (comparesColumns(test) && test[2].column === name);
}

/** Takes a computed column out, also where it stands; not from what is computed from it. */
export function deleteField(config: ViewerConfig, name: string): ViewerConfig {
  const without = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).filter(([own]) => own !== name));
  return {
    ...config,
    expressions: without(config.expressions),
    windows: without(config.windows),
    aggregates: without(config.aggregates),
    columns_config: without(config.columns_config),
    columns: config.columns?.filter((column) => column !== name) ?? null,
    group_by: config.group_by.filter((column) => column !== name),
    split_by: config.split_by.filter((column) => column !== name),
    sort: config.sort.filter(([column]) => column !== name),
    filter: withoutTests(config.filter, name),
    having: withoutTests(config.having, name),
  };
}

function withoutTests(conditions: Condition[], name: string): Condition[] {
  return conditions.flatMap((condition): Condition[] => {
    const parts = partsOf(condition);
    if ("test" in parts) return names(condition, name) ? [] : [condition];
    const terms = withoutTests(parts.terms, name);
    return terms.length === 0 ? [] : changeAt([condition], [0], () => [{ ...parts, terms }]);
  });
}

/** Another name for a computed column, wherever it is named. */
export function renameField(config: ViewerConfig, from: string, to: string): ViewerConfig {
  const other = (name: string) => (name === from ? to : name);
  const keys = <T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [other(name), change(value)]));
  const text = (expression: string) => withColumnRenamed(expression, from, to);
  const conditions = (terms: Condition[]): Condition[] =>
    terms.flatMap((condition) =>
      changeAt([condition], [0], (parts) => {
        if (!("test" in parts)) return [{ ...parts, terms: conditions(parts.terms) }];
        const [column, operator, operand] = parts.test;
        if (comparesColumns(parts.test)) {
          const compared = { column: other(parts.test[2].column) };
          return [{ ...parts, test: [other(column), operator, compared] }];
        }
        const value = operand as Exclude<typeof operand, { column: string }>;
        const rest: [typeof value] | [] = parts.test.length > 2 ? [value] : [];
        return [{ ...parts, test: [other(column), operator, ...rest] }];
      }),
    );
  return {
    ...config,
    expressions: keys(config.expressions, text),
    windows: keys(config.windows, (term) => windowRenamed(term, other)),
    aggregates: keys(config.aggregates, (term) => aggregateRenamed(term, other, text)),
    columns_config: keys(config.columns_config, (style) => style),
    columns: config.columns?.map((column) => column && other(column)) ?? null,
    group_by: config.group_by.map(other),
    split_by: config.split_by.map(other),
    sort: config.sort.map(([column, direction]) => [other(column), direction]),
    filter: conditions(config.filter),
    having: conditions(config.having),
    limit_by: config.limit_by && {
      ...config.limit_by,
      columns: config.limit_by.columns.map(other),
    },
  };
}

function windowRenamed(term: WindowTerm, other: (name: string) => string): WindowTerm {
  const { column, partition_by, order_by } = term;
  return {
    ...term,
    ...(column === undefined ? {} : { column: other(column) }),
    ...(partition_by ? { partition_by: partition_by.map(other) } : {}),
    ...(order_by
      ? {
          order_by:
            typeof order_by === "string" ? other(order_by) : [other(order_by[0]), order_by[1]],
        }
      : {}),
  };
}

function aggregateRenamed(
  term: AggregateTerm,
  other: (name: string) => string,
  text: (expression: string) => string,
): AggregateTerm {
  if (typeof term === "string") return term;
  if (Array.isArray(term)) {
    return [term[0], term[1].map((each) => (typeof each === "string" ? other(each) : each))];
  }
  if ("expression" in term) return { expression: text(term.expression) };
  const { column, aggregate } = term;
  const renamed = aggregateRenamed(aggregate, other, text);
  return { column: other(column), aggregate: renamed as typeof aggregate };
}

/** The name, or with a number behind it where it is taken. */
export function freeName(wanted: string, fields: Fields): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!fields.get(name)) return name;
  }
}

/** Why a column cannot be called so, if it cannot. */
export function nameProblem(
  name: string,
  before: string | undefined,
  fields: Fields,
  say: Say = sayPlain,
): string | undefined {
  if (name.trim() === "") return say("computed.name.missing");
  if (name !== before && fields.get(name)) return say("computed.name.taken", { name });
  return undefined;
}
