/**
 * The columns of the test table: one for each type, and how its values are drawn.
 *
 * A value here is exact and the same whoever tells it, engine or DuckDB: a bigint for
 * integers, decimals (unscaled), dates (days) and datetimes (ticks); else a number, a string
 * or a boolean; null where there is none. Most values come from small sets, so that groups
 * form, filters hit and sorts tie; some are as awkward as their type allows. Sums of floats
 * from a small set have no rounding in them, so that groups tie or do not tie for certain;
 * those of `price` are rounded, and are never alike.
 */
import * as arrow from "apache-arrow";

const DAY = 86_400;
/** 2024-02-28T22:00:00Z: the times drawn lie on both sides of a leap day. */
const ORIGIN = 1_709_157_600;

const TEXTS = [
  "",
  "a",
  "b",
  "B",
  "ab",
  "Ab c",
  "zürich",
  "ZÜRICH",
  "日本",
  "🐎 mill",
  "a|b",
  "%_'",
];
const HUGE = [
  2n ** 63n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 61n + 7n,
  -(2n ** 63n),
];

const small = (random) => BigInt(random.whole(-3, 3));

/** Seconds around the origin, sometimes before 1970. */
function second(random) {
  if (random.chance(0.1)) return BigInt(random.whole(-400, 0) * DAY);
  return BigInt(ORIGIN + random.whole(0, 4) * 1800);
}

/** A time in ticks, sometimes not on the second. */
const ticks = (perSecond) => (random) =>
  second(random) * perSecond + (random.chance(0.3) ? BigInt(random.whole(1, 999)) : 0n);

const double = {
  kind: "float",
  duck: "DOUBLE",
  arrow: () => new arrow.Float64(),
  array: Float64Array,
};

export const COLUMNS = [
  {
    name: "text",
    kind: "string",
    duck: "VARCHAR",
    draw: (random) => random.pick(TEXTS),
  },
  {
    name: "other",
    kind: "string",
    duck: "VARCHAR",
    draw: (random) =>
      random.chance(0.9) ? random.pick(["x", "y", "z"]) : `name ${random.whole(0, 99)}`,
  },
  {
    name: "flag",
    kind: "boolean",
    duck: "BOOLEAN",
    draw: (random) => random.chance(0.5),
  },
  {
    name: "tiny",
    kind: "integer",
    duck: "TINYINT",
    arrow: () => new arrow.Int8(),
    array: Int8Array,
    draw: small,
  },
  {
    name: "int",
    kind: "integer",
    duck: "BIGINT",
    arrow: () => new arrow.Int64(),
    array: BigInt64Array,
    draw: (random) => (random.chance(0.8) ? small(random) : random.pick(HUGE)),
  },
  {
    name: "unsigned",
    kind: "integer",
    unsigned: true,
    duck: "UBIGINT",
    arrow: () => new arrow.Uint64(),
    array: BigUint64Array,
    draw: (random) => (random.chance(0.95) ? BigInt(random.whole(0, 4)) : 2n ** 63n + 1n),
  },
  {
    name: "single",
    kind: "float",
    duck: "FLOAT",
    arrow: () => new arrow.Float32(),
    array: Float32Array,
    draw: (random) => Math.fround(random.pick([0.1, -0.1, 1.5, 3, 2 ** -10, 4096])),
  },
  {
    ...double,
    name: "float",
    draw: (random) =>
      random.chance(0.9)
        ? random.pick([0, -0, 1.5, -1.5, 2, random.whole(-800, 800) / 8])
        : random.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e12]),
  },
  {
    ...double,
    name: "price",
    draw: (random) => (random.unit() - 0.3) * 10 ** random.whole(-6, 6),
  },
  {
    name: "decimal",
    kind: "decimal",
    scale: 2,
    duck: "DECIMAL(20, 2)",
    arrow: () => new arrow.Decimal(2, 20),
    array: Uint32Array,
    draw: (random) =>
      random.chance(0.9)
        ? BigInt(random.whole(-300, 300))
        : 10n ** 19n + BigInt(random.whole(0, 9)),
  },
  {
    name: "day",
    kind: "date",
    duck: "DATE",
    arrow: () => new arrow.DateDay(),
    array: Int32Array,
    draw: (random) => BigInt(random.chance(0.9) ? random.whole(19_780, 19_786) : -30),
  },
  {
    name: "seconds",
    kind: "datetime",
    perSecond: 1n,
    duck: "TIMESTAMP_S",
    arrow: () => new arrow.TimestampSecond(),
    array: BigInt64Array,
    draw: second,
  },
  {
    name: "time",
    kind: "datetime",
    perSecond: 1_000n,
    duck: "TIMESTAMP_MS",
    arrow: () => new arrow.TimestampMillisecond(),
    array: BigInt64Array,
    draw: ticks(1_000n),
  },
  {
    name: "zoned",
    kind: "datetime",
    perSecond: 1_000_000n,
    duck: "TIMESTAMP",
    arrow: () => new arrow.TimestampMicrosecond("Europe/Berlin"),
    array: BigInt64Array,
    draw: ticks(1_000_000n),
  },
  {
    name: "nanos",
    kind: "datetime",
    perSecond: 1_000_000_000n,
    duck: "TIMESTAMP_NS",
    arrow: () => new arrow.TimestampNanosecond(),
    array: BigInt64Array,
    draw: ticks(1_000_000_000n),
  },
];

const BY_NAME = new Map(COLUMNS.map((column) => [column.name, column]));

export const columnNamed = (name) => BY_NAME.get(name);

export const isNumeric = ({ kind }) => kind === "integer" || kind === "float" || kind === "decimal";

export const isTime = ({ kind }) => kind === "date" || kind === "datetime";

/** Rows, each an array of values in the order of `COLUMNS`. */
export function drawRows(random, count) {
  const cell = (column) => (random.chance(0.12) ? null : column.draw(random));
  return Array.from({ length: count }, () => COLUMNS.map(cell));
}

/** The value as `to_columns` promises it: a number for all but strings and booleans. */
export function plain(column, value) {
  if (value === null) return null;
  switch (column.kind) {
    case "integer":
      return Number(value);
    case "decimal":
      return Number(value) / 10 ** column.scale;
    case "date":
      return Number(value) * DAY * 1000;
    case "datetime":
      return milliseconds(value, column.perSecond);
    default:
      return value;
  }
}

/** Ticks as milliseconds since the epoch. */
function milliseconds(value, perSecond) {
  if (perSecond === 1n) return Number(value) * 1000;
  const perMilli = perSecond / 1000n;
  const rest = ((value % perMilli) + perMilli) % perMilli;
  return Number((value - rest) / perMilli) + Number(rest) / Number(perMilli);
}

/** The value as it stands in the name of a split column. */
export function label(column, value) {
  if (value === null) return "null";
  switch (column.kind) {
    case "decimal":
      return decimalText(value, column.scale);
    case "date":
      return new Date(plain(column, value)).toISOString().slice(0, 10);
    case "datetime":
      return new Date(plain(column, value)).toISOString().replace(".000Z", "Z");
    default:
      return String(value);
  }
}

function decimalText(value, scale) {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Columns whose values name split columns: those whose text has one form only. */
export const SPLITTABLE = ["text", "other", "flag", "tiny", "int", "decimal", "day", "time"];
