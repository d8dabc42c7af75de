/**
 * All that a view can be made of: the table's columns, and those that the config computes.
 */
import type { AggregateTerm, ColumnInfo, Schema } from "../client/types.js";
import { aggregateName, aggregateType } from "./aggregates.js";
import type { ViewerConfig } from "./viewer_config.js";

export type FieldKind = "column" | "expression" | "window" | "aggregate";

export interface Field {
  name: string;
  type: string;
  kind: FieldKind;
  /** What is behind the name: the exact type, or how it is computed. */
  detail: string;
}

/** Where a field of groups, which no row has a value of, cannot stand. */
const OF_ROWS = new Set(["group_by", "split_by", "filter"]);

export class Fields {
  readonly all: Field[];
  readonly #byName: Map<string, Field>;

  constructor(all: Field[]) {
    this.all = all;
    this.#byName = new Map(all.map((field) => [field.name, field]));
  }

  get names(): string[] {
    return this.all.map((field) => field.name);
  }

  get(name: string): Field | undefined {
    return this.#byName.get(name);
  }

  typeOf(name: string): string {
    return this.#byName.get(name)?.type ?? "string";
  }

  /** Whether a field may stand in a zone at all. */
  fits(name: string, zone: string): boolean {
    return !(OF_ROWS.has(zone) && this.get(name)?.kind === "aggregate");
  }
}

/**
 * The fields in the order in which the engine shows them where no columns are named. `types`
 * are those of expressions and windows.
 */
export function fieldsOf(columns: ColumnInfo[], config: ViewerConfig, types: Schema): Fields {
  const fields: Field[] = columns.map(({ name, type, exact }) => ({
    name,
    type,
    kind: "column",
    detail: exact,
  }));
  for (const [name, text] of Object.entries(config.expressions)) {
    fields.push({ name, type: types[name] ?? "float", kind: "expression", detail: text });
  }
  for (const [name, term] of Object.entries(config.windows)) {
    const type = types[name] ?? "float";
    const detail = term.column ? `${term.aggregate} of ${term.column}` : term.aggregate;
    fields.push({ name, type, kind: "window", detail });
  }
  const known = new Fields(fields);
  for (const [name, term] of Object.entries(config.aggregates)) {
    const named = namedAggregate(name, term, known);
    if (named) fields.push(named);
  }
  return new Fields(fields);
}

/** A field that is an aggregate under a name of its own; other terms are no fields. */
function namedAggregate(name: string, term: AggregateTerm, known: Fields): Field | undefined {
  if (typeof term === "string" || Array.isArray(term)) return undefined;
  if ("expression" in term) {
    return { name, type: "float", kind: "aggregate", detail: term.expression };
  }
  if (known.get(name)) return undefined;
  const type = aggregateType(term.aggregate, known.typeOf(term.column));
  const detail = `${aggregateName(term.aggregate)} of ${term.column}`;
  return { name, type, kind: "aggregate", detail };
}

const COUNTING = new Set(["count", "row_number", "rank"]);
const OF_THE_COLUMN = new Set(["sum", "min", "max", "lag", "lead", "diff"]);

/**
 * The config's expressions, and for each window an expression of the same type: what is
 * needed to find the types of expressions that read windows.
 */
export function expressionsToType({
  expressions,
  windows,
}: Pick<ViewerConfig, "expressions" | "windows">): Record<string, string> {
  const texts = { ...expressions };
  for (const [name, term] of Object.entries(windows)) {
    if (COUNTING.has(term.aggregate)) texts[name] = "cast(0 as integer)";
    else if (OF_THE_COLUMN.has(term.aggregate) && term.column) texts[name] = quoted(term.column);
    else texts[name] = "0.5";
  }
  return texts;
}

/** A column's name as expressions have it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
