/**
 * View configs: one for every operator, aggregate and direction of every column, and any
 * number of random ones that mix them.
 */
import { aggregatesOf } from "./aggregates.js";
import { COLUMNS, plain, SPLITTABLE } from "./columns.js";
import { operatorsOf, takesNoOperand } from "./filters.js";

const DIRECTIONS = ["asc", "desc", "asc abs", "desc abs"];
const NAMES = COLUMNS.map((column) => column.name);
const PATTERNS = ["^a", "b$", "^$", "[a-c]{2}", "z.r", "B|日", "\\|", " "];

/** A config for each operator of each column, flat. */
export function everyOperator(random) {
  return COLUMNS.flatMap((column) =>
    operatorsOf(column).map((operator) => ({
      columns: [column.name, "price"],
      filter: [term(random, column, operator)],
    })),
  );
}

/** A config for each aggregate: grouped, and split too, all columns that have it shown. */
export function everyAggregate() {
  const aggregates = new Set(COLUMNS.flatMap(aggregatesOf));
  return [...aggregates].flatMap((aggregate) => {
    const columns = COLUMNS.filter((c) => aggregatesOf(c).includes(aggregate)).map((c) => c.name);
    const config = {
      columns,
      group_by: ["text", "tiny"],
      aggregates: Object.fromEntries(columns.map((name) => [name, aggregate])),
    };
    return [config, { ...config, split_by: ["flag"] }];
  });
}

/** A config for each direction of each column: flat, grouped by it, and split. */
export function everySort() {
  return COLUMNS.flatMap(({ name }) =>
    DIRECTIONS.flatMap((direction) => [
      { columns: [name, "price"], sort: [[name, direction]] },
      {
        columns: ["text"],
        group_by: [name],
        split_by: ["other"],
        aggregates: { [name]: "max" },
        sort: [
          [name, direction],
          [name, `col ${direction}`],
        ],
      },
    ]),
  );
}

/** Anything that a config may hold. */
export function randomConfig(random) {
  const config = {
    group_by: random.some(NAMES, random.whole(0, 3)),
    split_by: random.chance(0.3) ? random.some(SPLITTABLE, random.whole(1, 2)) : [],
    filter: Array.from({ length: random.whole(0, 3) }, () => randomTerm(random)),
    filter_op: random.pick(["and", "or"]),
    sort: random
      .some(NAMES, random.whole(0, 3))
      .map((name) => [name, `${random.chance(0.2) ? "col " : ""}${random.pick(DIRECTIONS)}`]),
    aggregates: Object.fromEntries(
      COLUMNS.filter(() => random.chance(0.7)).map((column) => [
        column.name,
        random.pick(aggregatesOf(column)),
      ]),
    ),
  };
  if (random.chance(0.9)) config.columns = random.some(NAMES, random.whole(1, 6));
  if (random.chance(0.2)) config.group_by_depth = random.whole(0, 3);
  return config;
}

function randomTerm(random) {
  const column = random.pick(COLUMNS);
  const found = term(random, column, random.pick(operatorsOf(column)));
  return random.chance(0.05) ? [...found.slice(0, 2), null] : found;
}

function term(random, column, operator) {
  if (takesNoOperand(operator)) return [column.name, operator];
  const one = () => operand(random, column);
  if (operator === "between") return [column.name, operator, [one(), one()].sort(ascending)];
  if (operator.endsWith("in")) return [column.name, operator, [one(), one(), one()]];
  if (operator.endsWith("matches")) return [column.name, operator, random.pick(PATTERNS)];
  return [column.name, operator, one()];
}

/** Booleans count as numbers. */
const ascending = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** What a column is compared to: mostly one of its values, as JSON can say it. */
function operand(random, column) {
  const value = column.draw(random);
  switch (column.kind) {
    case "string":
      return random.chance(0.5) ? value : value.slice(0, 2).toUpperCase();
    case "integer": {
      const number = Number(value);
      if (!Number.isSafeInteger(number)) return 2 ** 53;
      return random.chance(0.8) ? number : number + 0.5;
    }
    case "float":
      return Number.isFinite(value) ? value : 1.5;
    case "decimal":
      return Number(column.draw(random) % 1000n) / (random.chance(0.8) ? 100 : 1000);
    case "date":
    case "datetime":
      return time(random, column, value);
    default:
      return value;
  }
}

/** A time as milliseconds or as text. Text and numbers do not mix in one operand's list. */
function time(random, column, value) {
  const milliseconds = Math.floor(plain(column, value));
  return milliseconds + (random.chance(0.1) ? 0.5 : 0);
}
