/**
 * Whether two answers are equal: a figure without an equal answer is no figure.
 *
 * @typedef {import("./answers.mjs").Answer} Answer
 * @typedef {import("./answers.mjs").Row} Row
 */

/** Sums of a million floats in whatever order differ by less. */
const TOLERANCE = 1e-9;

/**
 * What differs first between two answers, or undefined if nothing does.
 *
 * Rows that a sort leaves open, those with the same value in the column that sorts them, may
 * stand in any order: of them only that value is compared.
 *
 * @param {Answer} one
 * @param {Answer} other
 * @param {number} [sorted] The place of the column that sorts rows, where ties are open.
 * @returns {string | undefined}
 */
export function difference(one, other, sorted) {
  if (one.rows !== other.rows) return `${one.rows} rows and ${other.rows}`;
  for (const part of ["start", "middle", "end"]) {
    const [left, right] = [one[part], other[part]];
    if (left.length !== right.length) return `${part}: ${left.length} rows and ${right.length}`;
    for (const [at, row] of left.entries()) {
      const open = sorted !== undefined && tied(left, at, sorted);
      const [a, b] = open ? [[row[sorted]], [right[at][sorted]]] : [row, right[at]];
      if (!rowsEqual(a, b)) {
        return `${part}, row ${at}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
      }
    }
  }
  return undefined;
}

/** Whether another row may stand here: at an edge of the window nobody knows. */
function tied(rows, at, column) {
  const value = rows[at][column];
  return [rows[at - 1], rows[at + 1]].some((next) => !next || next[column] === value);
}

function rowsEqual(a, b) {
  return a.length === b.length && a.every((value, column) => cellsEqual(value, b[column]));
}

/**
 * Whether two cells hold the same: numbers within a relative tolerance, all else exactly.
 *
 * @param {unknown} a
 * @param {unknown} b
 */
export function cellsEqual(a, b) {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
