/**
 * Expressions equal DuckDB's answers on the same rows: each function that it has too, and
 * functions of functions drawn at random.
 *
 * A random test is named by its seed; `SEED=17` draws from that seed alone.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import millrace from "../../web/dist/node.js";
import { toIpc } from "./lib/arrow.js";
import { drawRows } from "./lib/columns.js";
import { compareView } from "./lib/compare.js";
import { DuckDB } from "./lib/duckdb.js";
import { everyFunction, expectedColumns, randomExpression } from "./lib/expressions.js";
import { Random } from "./lib/random.js";

const SEEDS = process.env.MILLRACE_LONG ? 300 : 10;
const EXPRESSIONS_A_SEED = 40;

let duckdb;
before(async () => {
  duckdb = await DuckDB.open();
});
after(() => duckdb.close());

/** Compares the columns that `expressions` make of random rows, one by one. */
async function check(random, expressions) {
  const rows = drawRows(random, 120);
  await duckdb.load(rows);
  const table = await millrace.table(toIpc(rows.slice(0, 80), true));
  const config = {
    columns: expressions.map((_, i) => `e${i}`),
    expressions: Object.fromEntries(expressions.map(({ ours }, i) => [`e${i}`, ours])),
  };
  const view = await table.view(config);
  await table.update(toIpc(rows.slice(80), true));
  const expected = await expectedColumns(duckdb, expressions);
  try {
    await compareView(view, config, expected);
  } catch (error) {
    const at = /"e(\d+)"/.exec(error.message)?.[1];
    if (at) error.message += `\n${expressions[at].ours}\n${expressions[at].sql}`;
    throw error;
  } finally {
    await view.delete();
    await table.delete();
  }
}

test("every function", async () => {
  const random = new Random(1);
  for (const expression of everyFunction(random)) await check(random, [expression]);
});

const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : Array.from({ length: SEEDS }, (_, i) => i + 1);

for (const seed of seeds) {
  test(`random expressions, seed ${seed}`, async () => {
    const random = new Random(seed);
    const expressions = Array.from({ length: EXPRESSIONS_A_SEED }, () => randomExpression(random));
    await check(random, expressions);
  });
}

test("a wrong function does not go unseen", async () => {
  const wrong = { ours: 'floor("price")', sql: 'ceil("price")', kind: "exact" };
  await assert.rejects(check(new Random(1), [wrong]), /the engine has .*, DuckDB /);
});
