/**
 * All that a view can be made of: the table's columns, and those that the config computes.
 */
import type { Table } from "../client/table.js";
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
    const detail = `${term.aggregate}(${term.column ? quoted(term.column) : ""})`;
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
  const detail = `${aggregateName(term.aggregate)}(${quoted(term.column)})`;
  return { name, type, kind: "aggregate", detail };
}

/** The types of the config's expressions and windows, as the engine finds them. */
export async function computedTypes(
  table: Pick<Table, "validate_expressions">,
  { expressions, windows }: Pick<ViewerConfig, "expressions" | "windows">,
): Promise<Schema> {
  if (Object.keys(expressions).length + Object.keys(windows).length === 0) return {};
  const found = await table.validate_expressions(expressions, { windows });
  return { ...found.expression_schema, ...found.window_schema };
}

/** A column's name as expressions have it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
