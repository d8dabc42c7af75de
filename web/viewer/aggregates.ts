/**
 * The aggregates that the settings offer for a type of column.
 *
 * A choice for menus, not a check: what is valid the engine knows.
 */
const NUMBERS = ["sum", "mean", "min", "max", "first", "last", "count"];
const TIMES = ["min", "max", "first", "last", "count"];
const OTHERS = ["first", "last", "count"];

export function aggregatesFor(type: string): string[] {
  if (type === "integer" || type === "float") return NUMBERS;
  if (type === "date" || type === "datetime") return TIMES;
  return OTHERS;
}
