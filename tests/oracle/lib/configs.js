/**
 * View configs: one for every operator, aggregate and direction of every column, and any
 * number of random ones that mix them.
 */
import {
  aggregatesOf,
  conditions,
  measureOf,
  orders,
  resultColumn,
  withArgument,
} from "./aggregates.js";
import { COLUMNS, isTime, plain, SPLITTABLE } from "./columns.js";
import { BETWEEN_COLUMNS, compare, operatorsOf, takesNoOperand } from "./filters.js";

/** The ways a column can be sorted. A time has no sign to look away from. */
const directionsOf = (column) => {
  const plainly = isTime(column) ? ["asc", "desc"] : ["asc", "desc", "asc abs", "desc abs"];
  return [...plainly, "asc nulls last", "desc nulls first"];
};

const NAMES = COLUMNS.map((column) => column.name);
/** Names of measures that are no columns. */
const NAMED = ["of one", "of another"];
const PATTERNS = ["^a", "b$", "^$", "[a-c]{2}", "z.r", "B|日", "\\|", " "];

/** A config for each operator of each column, flat. */
export function everyOperator(random) {
  return COLUMNS.flatMap((column) => [
    ...operatorsOf(column).map((operator) => ({
      columns: [column.name],
      filter: [term(random, column, operator)],
    })),
    ...BETWEEN_COLUMNS.map((operator) => ({
      columns: [column.name],
      filter: [[column.name, operator, { column: another(random, column) }]],
    })),
  ]);
}

/** A config for each aggregate: grouped, and split too, all columns that have it shown. */
export function everyAggregate(random) {
  const names = new Set(COLUMNS.flatMap(aggregatesOf));
  return [...names].flatMap((name) => {
    const columns = COLUMNS.filter((c) => aggregatesOf(c).includes(name)).map((c) => c.name);
    const config = {
      columns,
      group_by: ["text", "tiny"],
      aggregates: Object.fromEntries(columns.map((each) => [each, withArgument(random, name)])),
    };
    return [config, { ...config, split_by: ["flag"] }];
  });
}

/** A config for each direction of each column: flat, grouped by it, and split. */
export function everySort() {
  return COLUMNS.flatMap((column) =>
    directionsOf(column).flatMap((direction) => sortsOf(column.name, direction)),
  );
}

function sortsOf(name, direction) {
  return [
    { columns: NAMES, sort: [[name, direction]] },
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
  ];
}

/** Anything that a config may hold. */
export function randomConfig(random) {
  const config = {
    group_by: random.some(NAMES, random.whole(0, 3)),
    split_by: random.chance(0.3) ? random.some(SPLITTABLE, random.whole(1, 2)) : [],
    filter: Array.from({ length: random.whole(0, 3) }, () => randomCondition(random, 2)),
    filter_op: random.pick(["and", "or"]),
    aggregates: Object.fromEntries([
      ...COLUMNS.filter(() => random.chance(0.7)).map((column) => [
        column.name,
        randomAggregate(random, column),
      ]),
      ...NAMED.filter(() => random.chance(0.3)).map((name) => {
        const column = random.pick(COLUMNS);
        return [name, { column: column.name, aggregate: randomAggregate(random, column) }];
      }),
    ]),
  };
  const names = [...NAMES, ...NAMED.filter((name) => name in config.aggregates)];
  config.sort = random
    .some(names, random.whole(0, 3))
    .filter((name) => orders(measureOf(config, name)))
    .map((name) => sortBy(random, measureOf(config, name)));
  if (random.chance(0.9)) config.columns = random.some(names, random.whole(1, 6));
  if (random.chance(0.2)) config.group_by_depth = random.whole(0, 3);
  if (config.group_by.length > 0 && random.chance(0.2)) config.group_rollup_mode = "flat";
  if (config.group_by.length === 0 && random.chance(0.3)) config.group_rollup_mode = "total";
  if (config.group_by.length > 0 && random.chance(0.3)) {
    const able = names.filter((name) => conditions(measureOf(config, name)));
    config.having = random
      .some(able, random.whole(1, 2))
      .map((name) => having(random, config, name));
  }
  if (random.chance(0.2)) config.offset = random.whole(0, 8);
  if (random.chance(0.2)) config.limit = random.whole(0, 30);
  return config;
}

const randomAggregate = (random, column) => withArgument(random, random.pick(aggregatesOf(column)));

function sortBy(random, { name, column }) {
  const direction = random.pick(directionsOf(column));
  return [name, random.chance(0.2) ? `col ${direction}` : direction];
}

/** A condition on rows, of conditions nested so deep. */
function randomCondition(random, depth) {
  if (depth > 0 && random.chance(0.3)) {
    const inner = Array.from({ length: random.whole(0, 3) }, () =>
      randomCondition(random, depth - 1),
    );
    return random.chance(0.3)
      ? { not: randomCondition(random, depth - 1) }
      : { [random.pick(["and", "or"])]: inner };
  }
  const column = random.pick(COLUMNS);
  if (random.chance(0.2)) {
    return [column.name, random.pick(BETWEEN_COLUMNS), { column: another(random, column) }];
  }
  const found = term(random, column, random.pick(operatorsOf(column)));
  return random.chance(0.05) ? [...found.slice(0, 2), null] : found;
}

const another = (random, column) =>
  random.pick(COLUMNS.filter((other) => compare(column, other))).name;

/** A condition on a measure: compared as its results are, with what its column may have. */
function having(random, config, name) {
  const measure = measureOf(config, name);
  const result = resultColumn(measure);
  const counts = measure.aggregate.endsWith("count");
  const column = counts ? { ...result, draw: () => BigInt(random.whole(0, 20)) } : measure.column;
  const like = { ...column, ...result, name, draw: column.draw };
  const found = term(random, like, random.pick(operatorsOf(like)));
  return random.chance(0.2) ? { not: found } : found;
}

function term(random, column, operator) {
  const one = () => operand(random, column);
  const said = (value) => spelled(random, column, value);
  if (takesNoOperand(operator)) return [column.name, operator];
  if (operator.endsWith("matches")) return [column.name, operator, random.pick(PATTERNS)];
  if (operator.endsWith("in")) return [column.name, operator, [one(), one(), one()].map(said)];
  if (operator !== "between") return [column.name, operator, said(one())];
  const [a, b] = [one(), one()];
  return [column.name, operator, (a < b ? [a, b] : [b, a]).map(said)];
}

/** What a column is compared to, as JSON can say it: mostly a value that the column may have. */
function operand(random, column) {
  const value = column.draw(random);
  const between = random.chance(0.2);
  switch (column.kind) {
    case "string":
      return random.chance(0.5) ? value : value.slice(0, 2).toUpperCase();
    case "integer":
      if (!Number.isSafeInteger(Number(value))) return 2 ** 53;
      return Number(value) + (between ? 0.5 : 0);
    case "float":
      return Number.isFinite(value) ? value : 1.5;
    case "decimal":
      return Number(value % 1000n) / (between ? 1000 : 100);
    case "date":
    case "datetime":
      return Math.floor(plain(column, value)) + (between ? 0.5 : 0);
    default:
      return value;
  }
}

/** A time in milliseconds sometimes as text; all else as it is. */
function spelled(random, column, value) {
  if (!isTime(column)) return value;
  const text = new Date(value).toISOString();
  const forms = [text, text.slice(0, 10), text.replace("Z", "+01:00"), text.slice(0, 19)];
  return random.chance(0.5) ? value : random.pick(forms);
}
