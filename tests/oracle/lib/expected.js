/**
 * What a view of a config should show, found by DuckDB.
 *
 * A view is `{ paths, columns }`: the keys of each row's group (null for a view that
 * is not grouped), and by column its name, type, values and how far each may be off.
 */
import {
  aggregateSql,
  measureOf,
  orderSql,
  ordersColumns,
  resultColumn,
  toleranceSql,
  wide,
} from "./aggregates.js";
import { COLUMNS, columnNamed, label } from "./columns.js";
import { condition, groupCondition } from "./filters.js";

export async function expectedView(duckdb, config) {
  const shown = (config.columns ?? namesOf(config)).map((name) => measureOf(config, name));
  const query = {
    duckdb,
    shown,
    config,
    where: condition(config),
    rows: (config.group_by ?? []).map(columnNamed),
    splits: (config.split_by ?? []).map(columnNamed),
    rowSort: (config.sort ?? []).filter(([, direction]) => !ordersColumns(direction)),
    columnSort: (config.sort ?? []).filter(([, direction]) => ordersColumns(direction)),
  };
  const isGrouped = query.rows.length > 0 || config.group_rollup_mode === "total";
  return cut(config, await (isGrouped ? grouped(query) : flat(query)));
}

/** The names that a view shows where none are listed: the columns, then those of measures. */
function namesOf({ aggregates = {} }) {
  const names = COLUMNS.map((column) => column.name);
  return [...names, ...Object.keys(aggregates).filter((name) => !names.includes(name))];
}

/** The rows from `offset` on, up to `limit`. */
function cut({ offset = 0, limit }, { paths, columns }) {
  const end = limit === undefined || limit === null ? undefined : offset + limit;
  const part = (list) => list.slice(offset, end);
  return {
    paths: paths && part(paths),
    columns: columns.map((column) => ({
      ...column,
      values: part(column.values),
      tolerances: part(column.tolerances),
    })),
  };
}

/** The table's rows, each under the columns of its own split group. */
async function flat({ duckdb, shown, config, where, splits, rowSort, columnSort }) {
  const keys = splits.map(selected);
  const order = rowSort.map(([name, direction]) => {
    const { column } = measureOf(config, name);
    return orderSql(`"${column.name}"`, column, direction);
  });
  const rows = await duckdb.query(`
    SELECT ${[...keys, ...shown.map(({ column }) => selected(column)), "0"].join(", ")}
    FROM rows WHERE ${where} ORDER BY ${[...order, '"row"'].join(", ")}`);
  const leaves = await splitGroups({ duckdb, where, config, splits, columnSort });
  const leafOf = leaves.indexed();
  const columns = leaves.columns(shown, ({ column }) => column);
  rows.forEach((row, at) => {
    const leaf = leafOf(row.slice(0, splits.length));
    shown.forEach((_, i) => {
      columns[leaf * shown.length + i].values[at] = row[splits.length + i];
    });
  });
  return { paths: null, columns: columns.map((column) => filled(column, rows.length)) };
}

/** Groups and their aggregates, in the order in which they are shown. */
async function grouped(query) {
  const { duckdb, shown, config, where, rows, splits, columnSort } = query;
  const paths = await shownGroups(query);
  const rowOf = new Map(paths.map((path, at) => [keyText(path), at]));

  const leaves = await splitGroups({ duckdb, where, config, splits, columnSort });
  const leafOf = leaves.indexed();
  const columns = leaves.columns(shown, resultColumn);
  const cells = await duckdb.query(`
    WITH picked AS (SELECT *${aliases("g", rows)}${aliases("s", splits)} FROM rows WHERE ${where})
    SELECT ${[
      depthOf(rows.length),
      ...rows.map((column, i) => keySql("g", column, i)),
      ...splits.map((column, i) => keySql("s", column, i)),
      ...shown.map(aggregateSql),
      ...shown.map(toleranceSql),
    ].join(", ")}
    FROM picked GROUP BY GROUPING SETS (${groupingSets(rows.length, splits.length)})`);
  for (const [level, ...cell] of cells) {
    const at = rowOf.get(keyText(cell.splice(0, rows.length).slice(0, level)));
    const leaf = leafOf(cell.splice(0, splits.length));
    if (at === undefined) continue;
    shown.forEach((_, i) => {
      const column = columns[leaf * shown.length + i];
      column.values[at] = cell[i];
      column.tolerances[at] = cell[shown.length + i];
    });
  }
  return { paths, columns: columns.map((column) => filled(column, paths.length)) };
}

/** The paths of the groups that have rows in the view. */
async function shownGroups({ duckdb, where, config, rows, rowSort }) {
  if (rows.length === 0) return [[]];
  const mode = config.group_rollup_mode;
  const nodes = await tree({ duckdb, where, config, keys: rows, sort: rowSort, mode });
  const passing = await passingGroups({ duckdb, where, config, rows });
  // A group above the innermost ones is there where one of them is.
  const visible = new Set(
    passing.flatMap((path) => path.map((_, level) => keyText(path.slice(0, level + 1)))),
  );
  const depth = mode === "flat" ? rows.length : (config.group_by_depth ?? rows.length);
  return nodes.filter(
    (path) => path.length <= depth && (path.length === 0 || visible.has(keyText(path))),
  );
}

/** The innermost groups that pass `having`. */
async function passingGroups({ duckdb, where, config, rows }) {
  const measures = [];
  const sql = groupCondition(config, (name) => {
    const measure = measureOf(config, name);
    measures.push(`${aggregateSql(measure)} AS m${measures.length}`);
    return { sql: `m${measures.length - 1}`, column: resultColumn(measure) };
  });
  const keys = rows.map((_, i) => `g${i}`);
  return duckdb.query(`
    WITH picked AS (SELECT *${aliases("g", rows)} FROM rows WHERE ${where}),
    groups AS (SELECT ${[...keys, ...measures].join(", ")} FROM picked GROUP BY ${keys.join(", ")})
    SELECT ${rows.map((column, i) => keySql("g", column, i)).join(", ")}
    FROM groups WHERE ${sql}`);
}

/** The innermost split groups in order; one without a name where nothing splits. */
async function splitGroups({ duckdb, where, config, splits, columnSort }) {
  const paths =
    splits.length === 0
      ? [[]]
      : (await tree({ duckdb, where, config, keys: splits, sort: columnSort })).filter(
          (path) => path.length === splits.length,
        );
  return {
    indexed() {
      const places = new Map(paths.map((path, at) => [keyText(path), at]));
      return (path) => places.get(keyText(path));
    },
    columns(shown, typeOf) {
      const names = paths.map((path) => path.map((key, i) => label(splits[i], key)));
      return names.flatMap((name) =>
        shown.map((measure) => ({
          name: [...name, measure.name].join("|"),
          type: typeOf(measure),
          values: [],
          tolerances: [],
        })),
      );
    },
  };
}

/**
 * The paths of all groups by `keys`, the total first, parents before children, siblings by
 * `sort` and then by their keys; in mode `flat` the innermost alone, all siblings.
 */
async function tree({ duckdb, where, config, keys, sort, mode }) {
  const sorted = sort.map(([name, direction]) => [measureOf(config, name), direction]);
  const order = sorted.map(([measure, direction], i) =>
    orderSql(`m${i}`, resultColumn(measure), direction),
  );
  const measures = sorted.map(([measure], i) => `${aggregateSql(measure)} AS m${i}`);
  const numbers = keys.map((_, i) => `g${i}`);
  const parents = numbers.slice(0, -1).map((g, i) => `CASE WHEN depth > ${i + 1} THEN ${g} END`);
  const siblings = numbers.map((g) => `${g} ASC NULLS FIRST`);
  const around = mode === "flat" ? ["depth"] : ["depth", ...parents];
  const rows = await duckdb.query(`
    WITH picked AS (SELECT *${aliases("g", keys)} FROM rows WHERE ${where}),
    groups AS (
      SELECT ${[`${depthOf(keys.length)} AS depth`, ...numbers, ...measures].join(", ")}
      FROM picked GROUP BY GROUPING SETS (${groupingSets(keys.length, 0)}))
    SELECT ${["depth", ...keys.map((column, i) => keySql("g", column, i))].join(", ")}
    FROM groups
    ORDER BY depth, row_number() OVER (
      PARTITION BY ${around.join(", ")}
      ORDER BY ${[...order, ...siblings].join(", ")})`);
  const paths = rows.map(([depth, ...path]) => path.slice(0, depth));
  if (mode === "flat") return paths.filter((path) => path.length === keys.length);
  return preorder(paths);
}

/** Paths that come level by level, siblings in order, laid out parents before children. */
function preorder(paths) {
  const children = new Map();
  for (const path of paths.filter((path) => path.length > 0)) {
    const parent = keyText(path.slice(0, -1));
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(path);
  }
  const below = (path) => [path, ...(children.get(keyText(path)) ?? []).flatMap(below)];
  return below([]);
}

/** A path as text, different for different paths. */
export const keyText = (path) =>
  path.map((key) => (key === null ? "-" : `${typeof key} ${JSON.stringify(String(key))}`)).join();

/** A column's values as they are, integers widened. */
function selected({ name, kind }) {
  return kind === "integer" ? wide(`"${name}"`) : `"${name}"`;
}

/** Copies of the key columns under names of their own, since aggregates use the columns too. */
const aliases = (prefix, keys) =>
  keys.map(({ name }, i) => `, "${name}" AS ${prefix}${i}`).join("");

const keySql = (prefix, { kind }, i) =>
  kind === "integer" ? wide(`${prefix}${i}`) : `${prefix}${i}`;

/** How many of the keys a group has. */
function depthOf(keys) {
  if (keys === 0) return "0";
  const names = Array.from({ length: keys }, (_, i) => `g${i}`);
  return `${keys} - bit_count(GROUPING(${names.join(", ")}))`;
}

/** The total, the outermost keys, …, all keys, each with all splits. */
function groupingSets(keys, splits) {
  const numbered = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const sets = Array.from({ length: keys + 1 }, (_, depth) => [
    ...numbered("g", depth),
    ...numbered("s", splits),
  ]);
  return sets.map((set) => `(${set.join(", ")})`).join(", ");
}

/** The column with null in the cells that were given nothing. */
function filled({ name, type, values, tolerances }, rows) {
  const cells = (given) => Array.from({ length: rows }, (_, at) => given[at] ?? null);
  return { name, type, values: cells(values), tolerances: cells(tolerances) };
}
