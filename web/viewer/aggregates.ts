/**
 * The aggregates that the settings offer for a type of column.
 *
 * A choice for menus, not a check: what is valid the engine knows.
 */
const OF_ALL = ["first", "last", "count", "distinct count", "unique", "dominant", "any"];
const IN_ORDER = ["min", "max", "median", "q1", "q3"];
const NUMBERS = [
  "sum",
  "mean",
  ...IN_ORDER,
  ...OF_ALL,
  "stddev",
  "var",
  "abs sum",
  "sum abs",
  "pct sum parent",
  "pct sum total",
  "high",
  "low",
  "high minus low",
  "last minus first",
  "mul",
];
const TIMES = [...IN_ORDER, "mean", ...OF_ALL, "high", "low"];
const BOOLEANS = [...OF_ALL, "and", "or"];
const TEXTS = [...OF_ALL, ...IN_ORDER, "join"];

export function aggregatesFor(type: string): string[] {
  if (type === "integer" || type === "float") return NUMBERS;
  if (type === "date" || type === "datetime") return TIMES;
  return type === "boolean" ? BOOLEANS : TEXTS;
}
