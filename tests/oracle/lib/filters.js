/**
 * A view's filter as SQL of the same meaning.
 *
 * Our rules where SQL has others: `!=` and `not in` keep nulls; no other comparison does;
 * tests that look into text ignore case, `matches` does not; a term without its operand is
 * passed over. NaN is equal to itself and greater than all numbers, as in DuckDB.
 */
import { columnNamed } from "./columns.js";

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const folded = (sql) => `lower(${sql})`;

/** How a column's values and operands are made comparable without loss, by kind. */
const COMPARABLE = {
  string: { value: (c) => c, operand: quoted },
  boolean: { value: (c) => c, operand: String },
  // 38 digits hold every 64-bit integer, and the fractions that operands here have.
  integer: {
    value: (c) => `CAST(${c} AS DECIMAL(38, 10))`,
    operand: (number) => `CAST('${number}' AS DECIMAL(38, 10))`,
  },
  // An operand is rounded to the column's width.
  float: {
    value: (c) => c,
    operand: (number, column) => `CAST(CAST('${number}' AS DOUBLE) AS ${column.duck})`,
  },
  date: { value: nanoseconds, operand: instant },
  datetime: { value: nanoseconds, operand: instant },
};
COMPARABLE.decimal = COMPARABLE.integer;

function nanoseconds(sql) {
  return `epoch_ns(CAST(${sql} AS TIMESTAMP_NS))`;
}

/** A time given as text, or as milliseconds since 1970, halves at most. */
function instant(operand) {
  if (typeof operand === "string") return nanoseconds(quoted(operand));
  return `${BigInt(operand * 2) * 500_000n}`;
}

/** By operator: SQL from the column, the operand and its list of operands. */
const OPERATORS = {
  "==": (c, [v]) => `${c} = ${v}`,
  "!=": (c, [v]) => `${c} IS DISTINCT FROM ${v}`,
  "<": (c, [v]) => `${c} < ${v}`,
  "<=": (c, [v]) => `${c} <= ${v}`,
  ">": (c, [v]) => `${c} > ${v}`,
  ">=": (c, [v]) => `${c} >= ${v}`,
  between: (c, [from, to]) => `${c} BETWEEN ${from} AND ${to}`,
  in: (c, list) => `${c} IN (${list.join(", ")})`,
  "not in": (c, list) => `(${c} IS NULL OR ${c} NOT IN (${list.join(", ")}))`,
  "is null": (c) => `${c} IS NULL`,
  "is not null": (c) => `${c} IS NOT NULL`,
};

const TEXT_OPERATORS = {
  contains: (c, [v]) => `contains(${folded(c)}, ${folded(v)})`,
  "begins with": (c, [v]) => `starts_with(${folded(c)}, ${folded(v)})`,
  "ends with": (c, [v]) => `ends_with(${folded(c)}, ${folded(v)})`,
  matches: (c, [v]) => `regexp_matches(${c}, ${v})`,
};
for (const [name, sql] of Object.entries(TEXT_OPERATORS)) {
  TEXT_OPERATORS[`not ${name}`] = (c, list) => `NOT ${sql(c, list)}`;
}

const ALL = { ...OPERATORS, ...TEXT_OPERATORS };

/** The operators that columns of `kind` have. */
export const operatorsOf = ({ kind }) => Object.keys(kind === "string" ? ALL : OPERATORS);

export const takesNoOperand = (operator) => operator.startsWith("is ");

/** The condition under which a row takes part in a view of `config`. */
export function condition(config) {
  const terms = (config.filter ?? []).flatMap(term);
  return terms.length === 0 ? "true" : terms.join(config.filter_op === "or" ? " OR " : " AND ");
}

function term([name, operator, operand]) {
  const list = [operand].flat();
  if (!takesNoOperand(operator) && list.some((item) => item === null || item === undefined)) {
    return [];
  }
  const column = columnNamed(name);
  const comparable = COMPARABLE[column.kind];
  const operands = takesNoOperand(operator)
    ? []
    : list.map((item) => comparable.operand(item, column));
  const sql = ALL[operator](comparable.value(`"${name}"`), operands);
  return [`coalesce(${sql}, false)`];
}
