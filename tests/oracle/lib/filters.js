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
export const condition = (config) =>
  joined(config.filter ?? [], config.filter_op, ofColumn) ?? "true";

/** The condition under which an innermost group is shown, by what `of` says of its measures. */
export const groupCondition = (config, of) => joined(config.having ?? [], "and", of) ?? "true";

const ofColumn = (name) => ({ sql: `"${name}"`, column: columnNamed(name) });

/** Conditions in one; none where no term is filled in. */
function joined(nodes, op, of) {
  const terms = nodes.map((node) => conditionOf(node, of)).filter((sql) => sql !== undefined);
  return terms.length === 0 ? undefined : `(${terms.join(op === "or" ? " OR " : " AND ")})`;
}

function conditionOf(node, of) {
  if (Array.isArray(node)) return term(node, of);
  const [[op, inner]] = Object.entries(node);
  if (op !== "not") return joined(inner, op, of);
  const sql = conditionOf(inner, of);
  return sql === undefined ? undefined : `NOT ${sql}`;
}

function term([name, operator, operand], of) {
  const { sql, column } = of(name);
  if (typeof operand?.column === "string") return columns(name, operator, operand.column);
  const list = [operand].flat();
  if (!takesNoOperand(operator) && list.some((item) => item === null || item === undefined)) {
    return undefined;
  }
  const comparable = COMPARABLE[column.kind];
  const operands = takesNoOperand(operator)
    ? []
    : list.map((item) => comparable.operand(item, column));
  return `coalesce(${ALL[operator](comparable.value(sql), operands)}, false)`;
}

/** What two columns are compared as, by kind; with a float all numbers are floats. */
const AS = {
  integer: (sql) => `CAST(${sql} AS DECIMAL(38, 10))`,
  decimal: (sql) => `CAST(${sql} AS DECIMAL(38, 10))`,
  float: (sql) => `CAST(${sql} AS DOUBLE)`,
  date: nanoseconds,
  datetime: nanoseconds,
};

function columns(name, operator, other) {
  const kinds = [name, other].map((each) => columnNamed(each).kind);
  const kind = kinds.includes("float") ? "float" : kinds[0];
  const [a, b] = [name, other].map((each) => (AS[kind] ?? ((sql) => sql))(`"${each}"`));
  // Without a value on one side, or both, nothing is known but that they are not equal.
  if (operator === "!=") return `coalesce(${a} <> ${b}, true)`;
  return `coalesce(${a} ${operator === "==" ? "=" : operator} ${b}, false)`;
}

/** The operators that compare columns. */
export const BETWEEN_COLUMNS = ["==", "!=", "<", "<=", ">", ">="];

const SORTS = {
  date: "time",
  datetime: "time",
  integer: "number",
  float: "number",
  decimal: "number",
};

/** Whether two columns can be compared. */
export const compare = (a, b) => (SORTS[a.kind] ?? a.kind) === (SORTS[b.kind] ?? b.kind);
