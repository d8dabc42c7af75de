/**
 * Aggregates and sort orders as SQL of the same meaning.
 *
 * Our rules: `count` counts rows, nulls too, all others pass nulls over and are null where
 * nothing is left; `first` and `last` go by the order in which rows came; sums of integers
 * and decimals are exact, and null beyond 64 bits or 38 digits; NaN is the greatest float.
 */
import { isNumeric } from "./columns.js";

const OF_ALL = ["count", "min", "max", "first", "last"];

export const aggregatesOf = (column) => (isNumeric(column) ? [...OF_ALL, "sum", "mean"] : OF_ALL);

const defaultFor = (column) => (isNumeric(column) ? "sum" : "count");

/** How `column` is aggregated in a view of `config`. */
export const aggregateOf = (config, column) =>
  config.aggregates?.[column.name] ?? defaultFor(column);

/** The column that an aggregate's results make. */
export function resultColumn(column, aggregate) {
  if (aggregate === "count") return { kind: "integer" };
  if (aggregate === "mean") return { kind: "float" };
  return column;
}

/** The aggregate's value. */
export function aggregateSql(column, aggregate) {
  const x = `"${column.name}"`;
  switch (aggregate) {
    case "count":
      return wide("count(*)");
    case "min":
    case "max":
      return column.kind === "integer" ? wide(`${aggregate}(${x})`) : `${aggregate}(${x})`;
    case "first":
      return end(column, `arg_min(${x}, "row")`);
    case "last":
      return end(column, `arg_max(${x}, "row")`);
    case "sum":
      return sum(column, x);
    default:
      return mean(column, x);
  }
}

/** By how much sum or mean may be off: 1e-12 of what the absolute values give. Else null. */
export function toleranceSql(column, aggregate) {
  if (aggregate !== "mean" && (aggregate !== "sum" || column.kind !== "float")) return "NULL";
  const x = `CAST("${column.name}" AS DOUBLE)`;
  const total = `sum(abs(${x})) FILTER (WHERE isfinite(${x}))`;
  return `1e-12 * ${total} / ${aggregate === "mean" ? `count(${x})` : "1"}`;
}

function end(column, sql) {
  const found = `${sql} FILTER (WHERE "${column.name}" IS NOT NULL)`;
  return column.kind === "integer" ? wide(found) : found;
}

function sum(column, x) {
  if (column.kind === "float") return floatSum(x);
  if (column.kind === "decimal") return `sum(${x})`;
  const [least, greatest] = column.unsigned ? [0n, 2n ** 64n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
  return `CASE WHEN sum(${x}) BETWEEN ${least} AND ${greatest} THEN sum(${x}) END`;
}

/** The exact sum, rounded once to a float by way of its digits, over the count. */
function mean(column, x) {
  if (column.kind === "float") return `${floatSum(x)} / count(${x})`;
  const digits = `replace(CAST(sum(${x}) AS VARCHAR), '.', '')`;
  return `CAST(${digits} AS DOUBLE) / count(${x}) / ${10 ** (column.scale ?? 0)}`;
}

/** Compensated; what is not finite has the last word. */
function floatSum(x) {
  const wild = `FILTER (WHERE NOT isfinite(${x}))`;
  const tame = `fsum(${x}) FILTER (WHERE isfinite(${x}))`;
  return `CASE WHEN count(*) ${wild} > 0 THEN sum(${x}) ${wild} ELSE ${tame} END`;
}

/** Integers of every width as one type, so that they come back as one. */
export const wide = (sql) => `CAST(${sql} AS HUGEINT)`;

/** `ORDER BY` by the value `sql` of `column`'s kind: nulls are the least, also when reversed. */
export function orderSql(sql, column, direction) {
  const absolute = direction.endsWith(" abs") && isNumeric(column);
  const widened = column.kind === "integer" ? wide(sql) : sql;
  const value = absolute ? `abs(${widened})` : sql;
  return `${value} ${direction.includes("desc") ? "DESC NULLS LAST" : "ASC NULLS FIRST"}`;
}

export const ordersColumns = (direction) => direction.startsWith("col ");
