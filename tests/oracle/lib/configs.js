/**
 * View configs: one for every operator, aggregate and direction of every column, and any
 * number of random ones that mix them.
 */
import { aggregatesOf } from "./aggregates.js";
import { COLUMNS, plain, SPLITTABLE } from "./columns.js";
import { operatorsOf, takesNoOperand } from "./filters.js";

/** The ways a column can be sorted. A time has no sign to look away from. */
const directionsOf = ({ kind }) =>
  kind === "date" || kind === "datetime" ? ["asc", "desc"] : ["asc", "desc", "asc abs", "desc abs"];

const NAMES = COLUMNS.map((column) => column.name);
const PATTERNS = ["^a", "b$", "^$", "[a-c]{2}", "z.r", "B|日", "\\|", " "];

/** A config for each operator of each column, flat. */
export function everyOperator(random) {
  return COLUMNS.flatMap((column) =>
    operatorsOf(column).map((operator) => ({
      columns: [column.name],
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
    filter: Array.from({ length: random.whole(0, 3) }, () => randomTerm(random)),
    filter_op: random.pick(["and", "or"]),
    sort: random.some(COLUMNS, random.whole(0, 3)).map((column) => sortBy(random, column)),
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

function sortBy(random, column) {
  const direction = random.pick(directionsOf(column));
  return [column.name, random.chance(0.2) ? `col ${direction}` : direction];
}

function randomTerm(random) {
  const column = random.pick(COLUMNS);
  const found = term(random, column, random.pick(operatorsOf(column)));
  return random.chance(0.05) ? [...found.slice(0, 2), null] : found;
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
function spelled(random, { kind }, value) {
  if (kind !== "date" && kind !== "datetime") return value;
  const text = new Date(value).toISOString();
  const forms = [text, text.slice(0, 10), text.replace("Z", "+01:00"), text.slice(0, 19)];
  return random.chance(0.5) ? value : random.pick(forms);
}
