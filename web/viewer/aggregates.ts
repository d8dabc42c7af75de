/**
 * The aggregates that the settings offer for a type of column, and what they go by.
 *
 * A choice for menus, not a check: what is valid the engine knows.
 */
import type { Aggregate, AggregateTerm } from "../client/types.js";
import { defaultAggregate } from "../grid/shape.js";

/** What stands behind the name of an aggregate. */
export type AggregateOperand = "column" | "number column" | "time column" | "part";

const OF_ALL = ["first", "last", "count", "distinct count", "unique", "dominant", "any"];
const IN_ORDER = ["min", "max", "median", "q1", "q3"];
const BY_COLUMN = ["min by", "max by", "first by", "last by"];
const LESS_COMMON = ["last by index", "distinct leaf", "approx distinct"];
const NUMBERS = [
  "sum",
  "mean",
  ...IN_ORDER,
  ...OF_ALL,
  "weighted mean",
  "weighted sum",
  "quantile",
  "approx quantile",
  "stddev",
  "var",
  "stddev sample",
  "var sample",
  "pct sum parent",
  "pct sum total",
  "rate",
  ...BY_COLUMN,
  "abs sum",
  "sum abs",
  "sum not null",
  "gmv",
  "high",
  "low",
  "high minus low",
  "last minus first",
  "mul",
  ...LESS_COMMON,
];
const TIMES = [
  ...IN_ORDER,
  "mean",
  ...OF_ALL,
  "high",
  "low",
  "quantile",
  ...BY_COLUMN,
  ...LESS_COMMON,
];
const BOOLEANS = [...OF_ALL, "and", "or", ...BY_COLUMN, ...LESS_COMMON];
const TEXTS = [...OF_ALL, ...IN_ORDER, "join", "quantile", ...BY_COLUMN, ...LESS_COMMON];

const OPERANDS: Record<string, AggregateOperand> = {
  "weighted mean": "number column",
  "weighted sum": "number column",
  "min by": "column",
  "max by": "column",
  "first by": "column",
  "last by": "column",
  rate: "time column",
  quantile: "part",
  "approx quantile": "part",
};

/** Aggregates whose values are counts, or floats whatever the column is. */
const COUNTS = new Set(["count", "distinct count", "approx distinct"]);
const FLOATS = new Set([
  "mul",
  "mean",
  "avg",
  "weighted mean",
  "weighted sum",
  "stddev",
  "var",
  "stddev sample",
  "var sample",
  "pct sum parent",
  "pct sum total",
  "rate",
]);
const FLOATS_OF_NUMBERS = new Set(["median", "q1", "q3", "quantile", "approx quantile"]);

export function aggregatesFor(type: string): string[] {
  if (isNumber(type)) return NUMBERS;
  if (isTime(type)) return TIMES;
  return type === "boolean" ? BOOLEANS : TEXTS;
}

export function aggregateName(aggregate: Aggregate): string {
  return typeof aggregate === "string" ? aggregate : aggregate[0];
}

/** The aggregate of a column where the config says so or nothing; not that of an expression. */
export function aggregateOf(
  aggregates: Record<string, AggregateTerm>,
  column: string,
  type: string,
): Aggregate | undefined {
  const term = aggregates[column];
  if (term === undefined) return defaultAggregate(type);
  if (typeof term === "string" || Array.isArray(term)) return term;
  return "expression" in term ? undefined : term.aggregate;
}

export function operandOf(aggregate: Aggregate): AggregateOperand | undefined {
  return OPERANDS[aggregateName(aggregate)];
}

/** The type of what an aggregate gives for a column of a type. */
export function aggregateType(aggregate: Aggregate, type: string): string {
  const name = aggregateName(aggregate);
  if (COUNTS.has(name)) return "integer";
  if (FLOATS.has(name)) return isTime(type) ? type : "float";
  return FLOATS_OF_NUMBERS.has(name) && isNumber(type) ? "float" : type;
}

export function isNumber(type: string): boolean {
  return type === "integer" || type === "float";
}

export function isTime(type: string): boolean {
  return type === "date" || type === "datetime";
}
