/**
 * Windows equal what DuckDB finds for each row by itself, in tables that grow and that lose
 * their oldest rows.
 *
 * A random test is named by its seed; `SEED=17` draws from that seed alone.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import millrace from "../../web/dist/node.js";
import { toIpc } from "./lib/arrow.js";
import { compareView } from "./lib/compare.js";
import { DuckDB } from "./lib/duckdb.js";
import { Random } from "./lib/random.js";
import { drawBatches } from "./lib/story.js";
import { expectedWindows, randomWindow } from "./lib/windows.js";

const SEEDS = process.env.MILLRACE_LONG ? 300 : 12;
const WINDOWS_A_SEED = 12;

let duckdb;
before(async () => {
  duckdb = await DuckDB.open();
});
after(() => duckdb.close());

/** Compares the columns that `windows` make of random rows, which come in batches. */
async function check(random, windows, asked = windows) {
  const batches = drawBatches(random, random.whole(2, 6), 30);
  const limit = random.chance(0.5) ? random.whole(5, 80) : undefined;
  const table = await millrace.table(toIpc(batches[0], true), { limit });
  const config = {
    columns: windows.map((_, i) => `w${i}`),
    windows: Object.fromEntries(windows.map(({ window }, i) => [`w${i}`, window])),
  };
  const view = await table.view(config);
  for (const rows of batches.slice(1)) {
    await table.update(toIpc(rows, true));
    if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve));
  }
  await duckdb.load(batches.flat().slice(limit === undefined ? 0 : -limit));
  try {
    await compareView(view, config, await expectedWindows(duckdb, asked));
  } catch (error) {
    const at = /"w(\d+)"/.exec(error.message)?.[1];
    error.message += `\nlimit ${limit}, ${JSON.stringify(windows[at] ?? windows)}`;
    throw error;
  } finally {
    await view.delete();
    await table.delete();
  }
}

const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : Array.from({ length: SEEDS }, (_, i) => i + 1);

for (const seed of seeds) {
  test(`random windows, seed ${seed}`, async () => {
    const random = new Random(seed);
    await check(
      random,
      Array.from({ length: WINDOWS_A_SEED }, () => randomWindow(random)),
    );
  });
}

test("a wrong frame does not go unseen", async () => {
  const window = { column: "tiny", aggregate: "sum", partition_by: [], rows: 2 };
  const wrong = [{ window: { ...window, rows: 3 } }];
  const checked = check(new Random(1), [{ window }], wrong);
  await assert.rejects(checked, /the engine has .*, DuckDB /);
});
