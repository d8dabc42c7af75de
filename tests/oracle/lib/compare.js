/**
 * A view of the engine against what it should show: both of its ways out, every cell.
 *
 * `to_columns` is what programs read; integers and decimals are floats there. `to_arrow` is
 * exact, so that no digit goes unseen.
 */
import { inspect } from "node:util";
import { fromIpc } from "./arrow.js";
import { columnNamed, plain } from "./columns.js";

/** Throws an error that says where `view` is not as expected. */
export async function compareView(view, config, expected) {
  compareColumns(await view.to_columns(), config, expected);
  compareArrow(fromIpc(await view.to_arrow()), config, expected);
}

function compareColumns(found, config, { paths, columns }) {
  const names = columns.map((column) => column.name);
  same(Object.keys(found), paths ? ["__ROW_PATH__", ...names] : names, "names in to_columns");
  if (paths) comparePaths(found.__ROW_PATH__, config, paths);
  for (const column of columns) {
    const values = column.values.map((value) => plain(column.type, value));
    compareCells(found[column.name], { ...column, values }, paths, "to_columns");
  }
}

function comparePaths(found, config, paths) {
  same(found.length, paths.length, "rows in to_columns");
  paths.forEach((path, row) => {
    const keys = path.map((key, level) => plain(columnNamed(config.group_by[level]), key));
    const equal =
      found[row].length === keys.length && keys.every((k, i) => agree(found[row][i], k, 0));
    if (!equal) {
      const groups = `the engine has ${show(found[row])}, DuckDB ${show(keys)}`;
      throw new Error(`group in row ${row} in to_columns: ${groups}`);
    }
  });
}

function compareArrow(found, config, { paths, columns }) {
  const levels = (paths ? config.group_by : []).map((name, level) => ({
    name: `${name} (Group by ${level + 1})`,
    type: columnNamed(name),
    values: paths.map((path) => path[level] ?? null),
    tolerances: [],
  }));
  const all = [...levels, ...columns];
  same(
    [...found.keys()],
    all.map((column) => column.name),
    "names in to_arrow",
  );
  for (const column of all) compareCells(found.get(column.name), column, paths, "to_arrow");
}

function compareCells(found, { name, values, tolerances }, paths, way) {
  same(found.length, values.length, `rows of "${name}" in ${way}`);
  values.forEach((value, row) => {
    if (!agree(found[row], value, tolerances[row] ?? 0)) {
      const place = paths ? `, the group ${show(paths[row])},` : "";
      const cell = `"${name}", row ${row}${place} in ${way}`;
      throw new Error(`${cell}: the engine has ${show(found[row])}, DuckDB ${show(value)}`);
    }
  });
}

/** Equal, or numbers no further apart than `tolerance`; NaN equals NaN and 0 equals −0. */
function agree(found, expected, tolerance) {
  if (found === expected) return true;
  if (typeof found !== "number" || typeof expected !== "number") return false;
  if (Number.isNaN(expected)) return Number.isNaN(found);
  return Math.abs(found - expected) <= tolerance;
}

function same(found, expected, what) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: the engine has ${show(found)}, DuckDB ${show(expected)}`);
  }
}

const show = (value) =>
  inspect(value, { maxArrayLength: 200, breakLength: Number.POSITIVE_INFINITY });
