/**
 * Questions as SQL.
 */
import { COLUMNS } from "../questions.mjs";

/** How each understanding of an aggregate is computed, in the order of `VARIANTS`. */
const FUNCTIONS = {
  sum: [(x) => `sum(${x})::DOUBLE`],
  mean: [(x) => `avg(${x})`],
  max: [(x) => `max(${x})`],
  min: [(x) => `min(${x})`],
  count: [() => "count(*)"],
  median: [
    (x) => `median(${x})`,
    (x) => `-quantile_disc(-${x}, 0.5)`,
    (x) => `quantile_disc(${x}, 0.5)`,
  ],
  stddev: [(x) => `stddev_pop(${x})`, (x) => `stddev_samp(${x})`],
};

/**
 * @param {import("../questions.mjs").Question} question
 * @param {string} table
 * @param {Record<string, number>} [variants] Aggregates that are not meant in the first way.
 * @returns {{rows: string, count?: string, all: string}} All rows in order; the statement that
 *   counts them, where the question asks; and the one that counts the table.
 */
export function sqlOf(question, table, variants = {}) {
  const terms = (question.filter ?? []).map(
    ([column, test, value]) => `${column} ${test} ${value}`,
  );
  const from = `FROM ${table}${terms.length ? ` WHERE ${terms.join(" AND ")}` : ""}`;
  const all = `SELECT count(*) AS n FROM ${table}`;
  if (question.kind === "rows") {
    const order = question.sort ? ` ORDER BY ${question.sort} DESC` : "";
    const count = question.filter ? `SELECT count(*) AS n ${from}` : undefined;
    return { rows: `SELECT ${COLUMNS.join(", ")} ${from}${order}`, count, all };
  }
  if (question.split) {
    const by = question.by.join(", ");
    const rows = `SELECT * FROM (PIVOT ${table} ON ${question.split} USING sum(v1)::DOUBLE GROUP BY ${by}) ORDER BY ${by}`;
    return { rows, all };
  }
  const operand = (column) =>
    column === question.expression?.name ? question.expression.factors.join(" * ") : column;
  const values = question.measures.map(({ column, fn }) =>
    FUNCTIONS[fn][variants[fn] ?? 0](operand(column)),
  );
  const measures = question.difference ? [values.join(" - ")] : values;
  const by = question.by.join(", ");
  const named = measures.map((text, at) => `${text} AS m${at}`).join(", ");
  const rows = `SELECT ${by}, ${named} ${from} GROUP BY ${by} ORDER BY m${question.order} DESC`;
  return { rows, all };
}

/**
 * The statement for a window of these rows.
 *
 * @param {string} sql
 * @param {number} rows
 * @param {number | "?"} [from]
 */
export function windowOf(sql, rows, from) {
  return `${sql} LIMIT ${rows}${from === undefined ? "" : ` OFFSET ${from}`}`;
}

/** A count, whichever integer it came as. */
export function number(value) {
  return Number(value);
}
