/**
 * Questions as view configs: Millrace and Perspective share their names.
 */
import { COLUMNS } from "../questions.mjs";

/**
 * @param {import("../questions.mjs").Question} question
 */
export function viewConfig(question) {
  const { by, split, measures, order, expression, filter, sort } = question;
  const config = { columns: measures?.map(({ column }) => column) ?? COLUMNS };
  if (by) {
    config.group_by = by;
    // The groups that were asked for, without the total and other levels.
    config.group_rollup_mode = "flat";
  }
  if (split) config.split_by = [split];
  if (measures) {
    config.aggregates = Object.fromEntries(measures.map(({ column, fn }) => [column, fn]));
  }
  if (order !== undefined) config.sort = [[measures[order].column, "desc"]];
  if (sort) config.sort = [[sort, "desc"]];
  if (filter) config.filter = filter;
  if (expression) {
    const [one, other] = expression.factors;
    config.expressions = { [expression.name]: `"${one}" * "${other}"` };
  }
  return config;
}

/**
 * What `to_columns` gave, as rows of an answer.
 *
 * @param {Record<string, any[]>} columns
 * @param {import("../questions.mjs").Question} question
 * @returns {(import("../answers.mjs").Row | null)[]}
 */
export function rowsOf(columns, question) {
  const paths = columns.__ROW_PATH__;
  const names = Object.keys(columns).filter((name) => name !== "__ROW_PATH__");
  // Split columns are named `value|column`, in the order of their values as text or as numbers.
  if (question.split) names.sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  const rows = columns[names[0]]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const cells = names.map((name) => columns[name][row]);
    if (!paths) return cells;
    if (paths[row].length < question.by.length) return null;
    // Neither computes over aggregates: who reads the rows takes the difference.
    return [...paths[row], ...(question.difference ? [cells[0] - cells[1]] : cells)];
  });
}

/**
 * A view of either as a source of answers.
 *
 * @param {{view: any, question: import("../questions.mjs").Question}} made
 * @returns {Promise<import("../answers.mjs").Source>}
 */
export async function viewSource({ view, question }) {
  return {
    rows: await view.num_rows(),
    read: async (start_row, end_row) =>
      rowsOf(await view.to_columns({ start_row, end_row }), question),
  };
}
