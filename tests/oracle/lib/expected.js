/**
 * What a view of a config should show, found by DuckDB.
 *
 * A view is `{ paths, columns }`: the keys of each row's group (null for a view that
 * is not grouped), and by column its name, type, values and how far each may be off.
 */
import {
  aggregateOf,
  aggregateSql,
  orderSql,
  ordersColumns,
  resultColumn,
  toleranceSql,
  wide,
} from "./aggregates.js";
import { COLUMNS, columnNamed, label } from "./columns.js";
import { condition } from "./filters.js";

export async function expectedView(duckdb, config) {
  const shown = (config.columns ?? COLUMNS.map((c) => c.name)).map(columnNamed);
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
  return query.rows.length > 0 ? grouped(query) : flat(query);
}

/** The table's rows, each under the columns of its own split group. */
async function flat({ duckdb, shown, config, where, splits, rowSort, columnSort }) {
  const keys = splits.map(selected);
  const order = rowSort.map(([name, direction]) =>
    orderSql(`"${name}"`, columnNamed(name), direction),
  );
  const rows = await duckdb.query(`
    SELECT ${[...keys, ...shown.map(selected), "0"].join(", ")}
    FROM rows WHERE ${where} ORDER BY ${[...order, '"row"'].join(", ")}`);
  const leaves = await splitGroups({ duckdb, where, config, splits, columnSort });
  const leafOf = leaves.indexed();
  const columns = leaves.columns(shown, (column) => column);
  rows.forEach((row, at) => {
    const leaf = leafOf(row.slice(0, splits.length));
    shown.forEach((_, i) => {
      columns[leaf * shown.length + i].values[at] = row[splits.length + i];
    });
  });
  return { paths: null, columns: columns.map((column) => filled(column, rows.length)) };
}

/** Groups and their aggregates, in the order in which they are shown. */
async function grouped({ duckdb, shown, config, where, rows, splits, rowSort, columnSort }) {
  const measures = shown.map((column) => ({ column, aggregate: aggregateOf(config, column) }));
  const nodes = await tree({ duckdb, where, config, keys: rows, sort: rowSort });
  const depth = config.group_by_depth ?? rows.length;
  const paths = nodes.filter((path) => path.length <= depth);
  const rowOf = new Map(paths.map((path, at) => [keyText(path), at]));

  const leaves = await splitGroups({ duckdb, where, config, splits, columnSort });
  const leafOf = leaves.indexed();
  const columns = leaves.columns(shown, (column) =>
    resultColumn(column, aggregateOf(config, column)),
  );
  const cells = await duckdb.query(`
    WITH picked AS (SELECT *${aliases("g", rows)}${aliases("s", splits)} FROM rows WHERE ${where})
    SELECT ${[
      depthOf(rows.length),
      ...rows.map((column, i) => keySql("g", column, i)),
      ...splits.map((column, i) => keySql("s", column, i)),
      ...measures.map((m) => aggregateSql(m.column, m.aggregate)),
      ...measures.map((m) => toleranceSql(m.column, m.aggregate)),
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
        shown.map((column) => ({
          name: [...name, column.name].join("|"),
          type: typeOf(column),
          values: [],
          tolerances: [],
        })),
      );
    },
  };
}

/**
 * The paths of all groups by `keys`, the total first, parents before children, siblings by
 * `sort` and then by their keys.
 */
async function tree({ duckdb, where, config, keys, sort }) {
  const order = sort.map(([name, direction], i) => {
    const column = columnNamed(name);
    return orderSql(`m${i}`, resultColumn(column, aggregateOf(config, column)), direction);
  });
  const measures = sort.map(([name], i) => {
    const column = columnNamed(name);
    return `${aggregateSql(column, aggregateOf(config, column))} AS m${i}`;
  });
  const numbers = keys.map((_, i) => `g${i}`);
  const parents = numbers.slice(0, -1).map((g, i) => `CASE WHEN depth > ${i + 1} THEN ${g} END`);
  const siblings = numbers.map((g) => `${g} ASC NULLS FIRST`);
  const rows = await duckdb.query(`
    WITH picked AS (SELECT *${aliases("g", keys)} FROM rows WHERE ${where}),
    groups AS (
      SELECT ${[`${depthOf(keys.length)} AS depth`, ...numbers, ...measures].join(", ")}
      FROM picked GROUP BY GROUPING SETS (${groupingSets(keys.length, 0)}))
    SELECT ${["depth", ...keys.map((column, i) => keySql("g", column, i))].join(", ")}
    FROM groups
    ORDER BY depth, row_number() OVER (
      PARTITION BY ${["depth", ...parents].join(", ")}
      ORDER BY ${[...order, ...siblings].join(", ")})`);
  return preorder(rows.map(([depth, ...path]) => path.slice(0, depth)));
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
