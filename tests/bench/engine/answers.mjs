/**
 * Answers: what of a result is compared. How many rows there are, and those at the start, in
 * the middle and at the end.
 *
 * @typedef {(string|number)[]} Row The keys of a group, then its measures; or a row's cells.
 *
 * @typedef {object} Source A result that is read for its answer, untimed.
 * @property {number} rows What can be read; groups around groups too.
 * @property {(from: number, to: number) => Promise<(Row|null)[]>} read Null is a row that is
 *   no part of the result: a total, a group around groups.
 *
 * @typedef {object} Answer
 * @property {number} rows
 * @property {Row[]} start
 * @property {Row[]} middle
 * @property {Row[]} end
 */

/** The rows of each window. */
const TAKE = 20;
/** The rows read at once. */
const CHUNK = 50_000;

/**
 * The answer of a grouped question. Peers order groups that tie each in their own way, and
 * trees within their parents: all groups are read and put in the one order of the question.
 *
 * @param {Source} source
 * @param {import("./questions.mjs").Question} question
 * @returns {Promise<Answer>}
 */
export async function groupedAnswer(source, question) {
  const rows = [];
  for (let from = 0; from < source.rows; from += CHUNK) {
    const chunk = await source.read(from, Math.min(from + CHUNK, source.rows));
    for (const row of chunk) if (row) rows.push(row);
  }
  const keys = question.by.length;
  const measure = question.order === undefined ? undefined : keys + question.order;
  rows.sort((a, b) => (measure === undefined ? 0 : b[measure] - a[measure]) || byKeys(a, b, keys));
  return windows(rows.length, async (from, to) => rows.slice(from, to));
}

/**
 * The answer of a question about rows, in the order in which the peer has them.
 *
 * @param {Source} source
 * @returns {Promise<Answer>}
 */
export function flatAnswer(source) {
  return windows(source.rows, source.read);
}

async function windows(rows, read) {
  const window = (from) => read(Math.max(0, from), Math.min(rows, from + TAKE));
  return {
    rows,
    start: await window(0),
    middle: await window(Math.floor(rows / 2)),
    end: await window(rows - TAKE),
  };
}

function byKeys(a, b, keys) {
  for (let key = 0; key < keys; key++) {
    if (a[key] < b[key]) return -1;
    if (a[key] > b[key]) return 1;
  }
  return 0;
}

/**
 * Columns as rows.
 *
 * @param {ArrayLike<string|number>[]} columns
 * @param {number} rows
 * @returns {Row[]}
 */
export function transpose(columns, rows) {
  return Array.from({ length: rows }, (_, row) => columns.map((column) => column[row]));
}
