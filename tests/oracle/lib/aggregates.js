/**
 * Aggregates and sort orders as SQL of the same meaning.
 *
 * Our rules: `count` counts rows, nulls too, all others pass nulls over and are null where
 * nothing is left; `first` and `last` go by the order in which rows came; sums of integers
 * and decimals are exact, and null beyond 64 bits or 38 digits; NaN is the greatest float.
 *
 * A measure is what a name in a grouped view stands for: `{ name, column, aggregate,
 * argument }`.
 */
import { columnNamed, isNumeric, isTime } from "./columns.js";

const OF_ALL = [
  "count",
  "distinct count",
  "min",
  "max",
  "first",
  "last",
  "any",
  "unique",
  "dominant",
  "min by",
  "max by",
  "first by",
  "last by",
];
const OF_NUMBERS = [
  "sum",
  "sum abs",
  "abs sum",
  "sum not null",
  "mean",
  "mul",
  "var",
  "stddev",
  "var sample",
  "stddev sample",
  "high minus low",
  "last minus first",
  "weighted sum",
  "weighted mean",
  "rate",
];
const QUANTILES = ["median", "q1", "q3", "quantile"];

/** The names of the aggregates that a column has. */
export function aggregatesOf(column) {
  if (isNumeric(column)) return [...OF_ALL, ...OF_NUMBERS, ...QUANTILES];
  if (isTime(column)) return [...OF_ALL, "mean", ...QUANTILES];
  if (column.kind === "string") return [...OF_ALL, "join", ...QUANTILES];
  return [...OF_ALL, "and", "or"];
}

/** What aggregates go by: columns that make ties, and weights that add up without rounding. */
const BY = ["tiny", "text", "float", "time", "price"];
const PARTS = [0, 0.1, 0.5, 0.9, 1];

/** An aggregate as a config has it, with an argument where it takes one. */
export function withArgument(random, name) {
  if (name.startsWith("weighted ")) return [name, ["tiny"]];
  if (name.endsWith(" by")) return [name, [random.pick(BY)]];
  if (name === "rate") return [name, [random.pick(["time", "day", "nanos"])]];
  if (name === "quantile") return [name, [random.pick(PARTS)]];
  return name;
}

/** What is rounded on the way, and so may tie on one side only: nothing is ordered by it. */
const ROUNDED = /^(mul|var|stddev|weighted|rate|quantile|median|q1|q3)/;
export const orders = ({ aggregate }) => !ROUNDED.test(aggregate) && aggregate !== "join";

/** Whether conditions on groups can be told without a rounding in the last digit. */
export const conditions = ({ aggregate }) =>
  ["count", "distinct count", "min", "max", "first", "last", "sum"].includes(aggregate);

const defaultFor = (column) => (isNumeric(column) ? "sum" : "count");

/** What `name` stands for in a view of `config`. */
export function measureOf(config, name) {
  const term = config.aggregates?.[name];
  const named = typeof term === "object" && !Array.isArray(term);
  const column = columnNamed(named ? term.column : name);
  const said = named ? term.aggregate : (term ?? defaultFor(column));
  const [aggregate, [argument] = []] = [said].flat(1);
  return { name, column, aggregate, argument };
}

const FLOAT = { kind: "float", duck: "DOUBLE" };
const SUMS = /^(sum|sum abs|abs sum|sum not null|high minus low|last minus first)$/;

/** The column that a measure's results make. */
export function resultColumn({ column, aggregate }) {
  if (aggregate === "count" || aggregate === "distinct count") return { kind: "integer" };
  if (aggregate === "join") return { kind: "string" };
  if (aggregate === "and" || aggregate === "or") return { kind: "boolean" };
  if (SUMS.test(aggregate)) return column.kind === "float" ? FLOAT : column;
  if (aggregate === "mean" || QUANTILES.includes(aggregate)) {
    return isNumeric(column) ? FLOAT : column;
  }
  return OF_NUMBERS.includes(aggregate) ? FLOAT : column;
}

const I64 = [-(2n ** 63n), 2n ** 63n - 1n];
const U64 = [0n, 2n ** 64n - 1n];

/** The value of a measure. */
export function aggregateSql({ column, aggregate, argument }) {
  const x = `"${column.name}"`;
  const by = `"${argument}"`;
  const d = `CAST(${x} AS DOUBLE)`;
  const bits = column.unsigned ? U64 : I64;
  switch (aggregate) {
    case "count":
      return wide("count(*)");
    case "distinct count":
      return wide(`count(DISTINCT ${x}) + CASE WHEN count(*) > count(${x}) THEN 1 ELSE 0 END`);
    case "min":
    case "max":
      return selected(column, `${aggregate}(${x})`);
    case "any":
      return column.kind === "boolean" ? `bool_or(${x})` : end(column, "arg_min");
    case "first":
      return end(column, "arg_min");
    case "last":
      return end(column, "arg_max");
    case "unique":
      return selected(column, `CASE WHEN count(DISTINCT ${x}) = 1 THEN min(${x}) END`);
    case "dominant":
      return selected(column, dominant(column));
    case "join":
      return `string_agg(DISTINCT ${x}, ', ' ORDER BY ${x})`;
    case "and":
    case "or":
      return `bool_${aggregate}(${x})`;
    case "min by":
    case "first by":
      return selected(column, firstBy(x, by, "ASC", "ASC"));
    case "max by":
      return selected(column, firstBy(x, by, "DESC", "ASC"));
    case "last by":
      return selected(column, firstBy(x, by, "DESC", "DESC"));
    case "sum":
      return exactly(column, bits, `sum(${x})`, floatSum(d));
    case "sum abs":
      return exactly(column, bits, `sum(abs(${widened(column)}))`, floatSum(`abs(${d})`));
    case "abs sum":
      return exactly(column, bits, `abs(sum(${x}))`, `abs(${floatSum(d)})`);
    case "sum not null":
      return exactly(
        column,
        bits,
        `sum(${x})`,
        floatSum(`CASE WHEN NOT isnan(${d}) THEN ${d} END`),
      );
    case "high minus low": {
      const apart = `max(${widened(column)}) - min(${widened(column)})`;
      return exactly(column, bits, apart, `max(${d}) - min(${d})`);
    }
    case "last minus first": {
      const ends = (sql) =>
        `(${["arg_max", "arg_min"].map((which) => `${which}(${sql}, "row") FILTER (WHERE ${x} IS NOT NULL)`).join(" - ")})`;
      return exactly(column, I64, ends(widened(column)), ends(d));
    }
    case "mean":
      return isTime(column) ? meanTime(column) : mean(column, x);
    case "mul":
      return product(x, d);
    case "var":
      return spread("var_pop", x, d);
    case "stddev":
      return spread("stddev_pop", x, d);
    case "var sample":
      return spread("var_samp", x, d);
    case "stddev sample":
      return spread("stddev_samp", x, d);
    case "weighted sum":
      return floatSum(weighted(d, by));
    case "weighted mean":
      return `${floatSum(weighted(d, by))} / nullif(${sumOfWeights(x, by)}, 0)`;
    case "rate":
      return rate(d, argument);
    default:
      return quantile(column, aggregate, argument);
  }
}

/** By how much a measure may be off. Null where it is exact. */
export function toleranceSql({ column, aggregate, argument }) {
  const x = `"${column.name}"`;
  const d = `CAST(${x} AS DOUBLE)`;
  const tame = `FILTER (WHERE isfinite(${d}))`;
  const float = column.kind === "float";
  const size = `max(abs(${d})) ${tame}`;
  switch (aggregate) {
    case "sum":
    case "sum abs":
    case "abs sum":
    case "sum not null":
      return float ? `1e-12 * sum(abs(${d})) ${tame}` : "NULL";
    case "mean":
      return isTime(column) ? "NULL" : `1e-12 * sum(abs(${d})) ${tame} / count(${x})`;
    case "mul":
      return `1e-300 + 1e-8 * abs(${product(x, d)})`;
    case "var":
    case "var sample": {
      // Each value may be off by a rounding of its own, here or there.
      const off = `(1e-14 * ${size})`;
      return `1e-9 * var_pop(${d}) ${tame} + ${off} * (stddev_pop(${d}) ${tame} + ${off})`;
    }
    case "stddev":
    case "stddev sample":
      return `1e-9 * stddev_pop(${d}) ${tame} + 1e-7 * ${size}`;
    case "weighted sum":
    case "weighted mean": {
      const p = weighted(d, `"${argument}"`);
      const sum = `1e-12 * sum(abs(${p})) FILTER (WHERE isfinite(${p}))`;
      if (aggregate === "weighted sum") return sum;
      return `${sum} / nullif(abs(${sumOfWeights(x, `"${argument}"`)}), 0)`;
    }
    case "rate":
      return `1e-12 * (${size} + abs(${rate(d, argument)}))`;
    case "median":
    case "q1":
    case "q3":
    case "quantile":
      return isNumeric(column) ? `1e-12 * ${size}` : "NULL";
    default:
      return "NULL";
  }
}

/** The first or the last value that is there, by arrival. */
const end = (column, which) =>
  selected(column, `${which}("${column.name}", "row") FILTER (WHERE "${column.name}" IS NOT NULL)`);

const firstBy = (x, by, order, rows) =>
  `first(${x} ORDER BY ${by} ${order}, "row" ${rows}) FILTER (WHERE ${x} IS NOT NULL AND ${by} IS NOT NULL)`;

/** The most frequent value, the least of equally frequent ones. */
function dominant(column) {
  const x = `"${column.name}"`;
  if (column.kind !== "float") return mostFrequent(`map_entries(histogram(${x}))`);
  // A histogram would tell the two zeros apart, and takes NaN for −Infinity.
  const values = `list(CASE WHEN ${x} = 0 THEN 0 ELSE ${x} END)`;
  const count = `len([y FOR y IN ${values} IF y = v])`;
  return mostFrequent(`[{'key': v, 'value': ${count}} FOR v IN list_distinct(${values})]`);
}

const mostFrequent = (entries) =>
  `list_sort([{'c': -CAST(e.value AS BIGINT), 'k': e.key} FOR e IN ${entries}])[1].k`;

const widened = (column) =>
  column.kind === "integer" ? wide(`"${column.name}"`) : `"${column.name}"`;

/** An exact result, null beyond what its type holds; that of floats else. */
function exactly(column, [least, greatest], sql, floats) {
  if (column.kind === "float") return floats;
  if (column.kind === "decimal") return sql;
  return `CASE WHEN ${sql} BETWEEN ${least} AND ${greatest} THEN ${wide(sql)} END`;
}

/** The exact sum, rounded once to a float by way of its digits, over the count. */
function mean(column, x) {
  if (column.kind === "float") return `${floatSum(`CAST(${x} AS DOUBLE)`)} / count(${x})`;
  const digits = `replace(CAST(sum(${x}) AS VARCHAR), '.', '')`;
  return `CAST(${digits} AS DOUBLE) / count(${x}) / ${10 ** (column.scale ?? 0)}`;
}

/** The mean of ticks, rounded down. */
function meanTime(column) {
  const sum = `CAST(sum(CAST(${ticks(column)} AS HUGEINT)) AS HUGEINT)`;
  const count = wide(`nullif(count("${column.name}"), 0)`);
  return `(${sum} - ((${sum} % ${count} + ${count}) % ${count})) // ${count}`;
}

/** A time as it is counted in its column. */
function ticks({ name, kind, perSecond }) {
  if (kind === "date") return `("${name}" - DATE '1970-01-01')`;
  return `(epoch_ns(CAST("${name}" AS TIMESTAMP_NS)) // ${1_000_000_000n / perSecond})`;
}

/** Compensated; what is not finite has the last word. `x` is a double. */
function floatSum(x) {
  const wild = `FILTER (WHERE NOT isfinite(${x}))`;
  const tame = `fsum(${x}) FILTER (WHERE isfinite(${x}))`;
  return `CASE WHEN count(*) ${wild} > 0 THEN sum(${x}) ${wild} ELSE ${tame} END`;
}

/** By logarithms, so that nothing overflows on the way. */
function product(x, d) {
  const logs = `(sum(ln(nullif(abs(${d}), 0))) FILTER (WHERE isfinite(${d})))`;
  const size = `CASE WHEN ${logs} > 709.7 THEN 'Infinity'::DOUBLE ELSE exp(coalesce(${logs}, 0)) END`;
  const negative = `(count(*) FILTER (WHERE ${d} < 0)) % 2 = 1`;
  const any = (what) => `count(*) FILTER (WHERE ${what}) > 0`;
  const infinite = any(`isinf(${d})`);
  const zero = any(`${d} = 0`);
  return `CASE WHEN count(${x}) = 0 THEN NULL
    WHEN ${any(`isnan(${d})`)} OR (${zero} AND ${infinite}) THEN 'NaN'::DOUBLE
    WHEN ${zero} THEN 0
    ELSE (CASE WHEN ${negative} THEN -1 ELSE 1 END)
      * (CASE WHEN ${infinite} THEN 'Infinity'::DOUBLE ELSE ${size} END) END`;
}

/** Null under two values, NaN where one is not finite. */
const spread = (which, x, d) =>
  `CASE WHEN count(${x}) < 2 THEN NULL
    WHEN count(*) FILTER (WHERE NOT isfinite(${d})) > 0 THEN 'NaN'::DOUBLE
    ELSE ${which}(${d}) FILTER (WHERE isfinite(${d})) END`;

const weighted = (d, by) => `(${d} * CAST(${by} AS DOUBLE))`;
const sumOfWeights = (x, by) => `CAST(sum(${by}) FILTER (WHERE ${x} IS NOT NULL) AS DOUBLE)`;

/** The change from the first row to the last by a time, over the seconds between. */
function rate(d, argument) {
  const time = columnNamed(argument);
  const by = `"${argument}"`;
  const both = `FILTER (WHERE ${d} IS NOT NULL AND ${by} IS NOT NULL)`;
  const seconds = `(CAST((max(${ticks(time)}) ${both}) - (min(${ticks(time)}) ${both}) AS DOUBLE)
    ${time.kind === "date" ? "* 86400" : `/ ${time.perSecond}`})`;
  const change = `(first(${d} ORDER BY ${by} DESC, "row" DESC) ${both}
    - first(${d} ORDER BY ${by} ASC, "row" ASC) ${both})`;
  return `${change} / nullif(${seconds}, 0)`;
}

/** Between two numbers by the part of the way; of other values one of them. */
function quantile(column, aggregate, argument) {
  const x = `"${column.name}"`;
  const part = { median: 0.5, q1: 0.25, q3: 0.75 }[aggregate] ?? argument;
  const p = `CAST(${part} AS DOUBLE)`;
  const sorted = (sql) => `list_sort(list(${sql}) FILTER (WHERE ${x} IS NOT NULL))`;
  if (!isNumeric(column)) {
    return selected(column, `${sorted(x)}[greatest(1, CAST(ceil(count(${x}) * ${p}) AS BIGINT))]`);
  }
  const way = `((count(${x}) - 1) * ${p})`;
  const at = (more) => `${sorted(`CAST(${x} AS DOUBLE)`)}[CAST(floor(${way}) AS BIGINT) + ${more}]`;
  const rest = `(${way} - floor(${way}))`;
  return `CASE WHEN ${rest} = 0 OR ${at(1)} = ${at(2)} THEN ${at(1)}
    ELSE ${at(1)} * (1 - ${rest}) + ${at(2)} * ${rest} END`;
}

/** Integers of every width as one type, so that they come back as one. */
export const wide = (sql) => `CAST(${sql} AS HUGEINT)`;

const selected = ({ kind }, sql) => (kind === "integer" ? wide(sql) : sql);

/** `ORDER BY` by the value `sql` of `column`'s kind: nulls are the least, also when reversed. */
export function orderSql(sql, column, direction) {
  const [, descending, abs, , nulls] = /(desc)?( abs)?( nulls (first|last))?$/.exec(
    direction.replace(/^(col )?(asc)?/, ""),
  );
  const widened = column.kind === "integer" ? wide(sql) : sql;
  const value = abs && isNumeric(column) ? `abs(${widened})` : sql;
  const place = nulls ?? (descending ? "last" : "first");
  return `${value} ${descending ? "DESC" : "ASC"} NULLS ${place.toUpperCase()}`;
}

export const ordersColumns = (direction) => direction.startsWith("col ");
