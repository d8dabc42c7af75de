/**
 * Windows drawn at random, and what they should be, found by DuckDB.
 *
 * Each row's frame is picked out by a condition and aggregated by itself: slow, and without any
 * of what makes windows quick. Our rules where SQL has others: null comes first whichever way
 * the order goes; rows that are alike in it are in the order of arrival, and those behind are in
 * no frame, of a range neither; `count` counts values, `var` and `stddev` are of a sample.
 */
import { aggregateSql, resultColumn, toleranceSql, wide } from "./aggregates.js";
import { COLUMNS, columnNamed, isNumeric } from "./columns.js";

const OF_ALL = ["count", "min", "max", "lag", "lead"];
const OF_NUMBERS = ["sum", "avg", "var", "stddev", "diff"];
const MOVES = ["lag", "lead", "diff"];

/** How aggregates of rows are called that windows have by another name. */
const AS = { avg: "mean", var: "var sample", stddev: "stddev sample" };

/** What ranges are measured in, by column: how far, and the same in the column's ticks. */
const RANGES = {
  tiny: (random) => [random.whole(1, 3)].flatMap((n) => [n, n]),
  day: (random) => [random.whole(1, 3)].flatMap((n) => [n, n]),
  time: (random) => [random.whole(1, 3)].flatMap((n) => [n * 1_800_000, n * 1_800_000]),
  nanos: (random) =>
    [random.whole(0, 3)].flatMap((n) => [`${n * 30 + 1}m`, (n * 30 + 1) * 60_000_000_000]),
};
const TICKS = {
  tiny: (sql) => wide(sql),
  day: (sql) => wide(`${sql} - DATE '1970-01-01'`),
  time: (sql) => wide(`epoch_ms(CAST(${sql} AS TIMESTAMP))`),
  nanos: (sql) => wide(`epoch_ns(CAST(${sql} AS TIMESTAMP_NS))`),
};

/** A window as a config has it, with how its range is counted. */
export function randomWindow(random) {
  if (random.chance(0.1)) {
    const aggregate = random.pick(["row_number", "rank"]);
    return { window: { aggregate, ...rowsOf(random) } };
  }
  const column = random.pick(COLUMNS);
  const aggregate = random.pick(isNumeric(column) ? [...OF_ALL, ...OF_NUMBERS] : OF_ALL);
  const window = { column: column.name, aggregate, ...rowsOf(random) };
  if (MOVES.includes(aggregate)) return { window: { ...window, offset: random.whole(1, 3) } };
  const frame = random.pick(["rows", "range", "cumulative", "none"]);
  if (frame === "rows") return { window: { ...window, rows: random.whole(0, 6) } };
  if (frame === "cumulative") return { window: { ...window, cumulative: true } };
  if (frame === "none") return { window };
  const by = random.pick(Object.keys(RANGES));
  const [range, distance] = RANGES[by](random);
  return { window: { ...window, order_by: [by, random.pick(["asc", "desc"])], range }, distance };
}

/** The partition and the order of a window. */
function rowsOf(random) {
  const rows = { partition_by: random.some(["text", "tiny", "flag", "float"], random.whole(0, 2)) };
  if (random.chance(0.7)) {
    const name = random.pick(["tiny", "price", "float", "text", "time", "decimal", "int"]);
    rows.order_by = random.chance(0.3) ? name : [name, random.pick(["asc", "desc"])];
  }
  return rows;
}

/** The column of a window's results. */
function typeOf({ column: name, aggregate }) {
  if (["row_number", "rank", "count"].includes(aggregate)) return { kind: "integer" };
  const column = columnNamed(name);
  if (aggregate === "lag" || aggregate === "lead") return column;
  if (aggregate === "diff") return resultColumn({ column, aggregate: "last minus first" });
  return resultColumn({ column, aggregate: AS[aggregate] ?? aggregate });
}

/** The view of `windows`, as `expectedView` gives one. */
export async function expectedWindows(duckdb, windows) {
  const columns = [];
  for (const [i, { window, distance }] of windows.entries()) {
    const rows = await duckdb.query(query(window, distance));
    columns.push({
      name: `w${i}`,
      type: typeOf(window),
      values: rows.map(([value]) => value),
      tolerances: rows.map(([, tolerance]) => tolerance),
    });
  }
  return { paths: null, columns };
}

/** SQL of a window's values and how far each may be off, row by row. */
function query(window, distance) {
  const [by, direction] = [window.order_by ?? []].flat();
  const partition = window.partition_by.map((name) => `"${name}"`);
  const partitions = partition.length > 0 ? `PARTITION BY ${partition.join(", ")}` : "";
  const order = by ? `"${by}" ${direction === "desc" ? "DESC" : "ASC"} NULLS FIRST` : "true";
  const numbered = `SELECT *,
    row_number() OVER (${partitions} ORDER BY ${order}, "row") AS rn,
    rank() OVER (${partitions} ORDER BY ${order}) AS rk FROM rows`;
  const same = window.partition_by.map((name) => `r2."${name}" IS NOT DISTINCT FROM r1."${name}"`);
  const conditions = [...same, ...frame(window, by, distance)].join(" AND ") || "true";
  const { found, value, tolerance } = valueSql(window);
  return `WITH numbered AS MATERIALIZED (${numbered}),
    frames AS (SELECT r1."row" AS "at", r2.* FROM numbered r1 JOIN numbered r2 ON ${conditions}),
    found AS (SELECT "at", ${found} AS v, ${tolerance ?? "NULL"} AS t FROM frames GROUP BY "at")
    SELECT ${value ?? "v"}, t FROM numbered r1 LEFT JOIN found ON "at" = r1."row"
    ORDER BY r1."row"`;
}

/** Which rows of its partition are in the frame of `r1`. */
function frame({ aggregate, rows, range, offset }, by, distance) {
  if (aggregate === "lead") return [`r2.rn = r1.rn + ${offset}`];
  if (MOVES.includes(aggregate)) return [`r2.rn = r1.rn - ${offset}`];
  const before = "r2.rn <= r1.rn";
  if (rows !== undefined) return [before, `r2.rn >= r1.rn - ${rows}`];
  if (range === undefined) return [before];
  const [a, b] = ["r1", "r2"].map((row) => TICKS[by](`${row}."${by}"`));
  return [before, `coalesce(abs(${a} - ${b}) <= ${distance}, ${a} IS NULL AND ${b} IS NULL)`];
}

/** What is found of a frame, and what the window makes of that where it is not the same. */
function valueSql(window) {
  if (window.aggregate === "row_number") return { found: "NULL", value: wide("r1.rn") };
  if (window.aggregate === "rank") return { found: "NULL", value: wide("r1.rk") };
  const column = columnNamed(window.column);
  const x = column.kind === "integer" ? wide(`"${column.name}"`) : `"${column.name}"`;
  const own = column.kind === "integer" ? wide(`r1."${column.name}"`) : `r1."${column.name}"`;
  switch (window.aggregate) {
    case "lag":
    case "lead":
      return { found: `any_value(${x})` };
    case "diff":
      return { found: `any_value(${x})`, value: difference(column, own, "v") };
    case "count":
      return { found: wide(`count(${x})`) };
    default: {
      const measure = { column, aggregate: AS[window.aggregate] ?? window.aggregate };
      return { found: aggregateSql(measure), tolerance: toleranceSql(measure) };
    }
  }
}

/** A value less an earlier one, exact, and null beyond 64 bits. */
function difference(column, a, b) {
  if (column.kind === "float") return `CAST(${a} AS DOUBLE) - CAST(${b} AS DOUBLE)`;
  if (column.kind === "decimal") return `${a} - ${b}`;
  return `CASE WHEN ${a} - ${b} BETWEEN ${-(2n ** 63n)} AND ${2n ** 63n - 1n} THEN ${a} - ${b} END`;
}
