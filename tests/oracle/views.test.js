/**
 * Views equal DuckDB's answers on the same rows: every operator, aggregate and direction of
 * every type, and random configs over tables that grow, and that lose their oldest rows.
 *
 * A random test is named by its seed, and the same seed makes the same rows and configs.
 * `SEED=17` draws from that seed alone; `MILLRACE_LONG=1` from many more.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { everyAggregate, everyOperator, everySort, randomConfig } from "./lib/configs.js";
import { DuckDB } from "./lib/duckdb.js";
import { Random } from "./lib/random.js";
import { drawBatches, play } from "./lib/story.js";

const SEEDS = process.env.MILLRACE_LONG ? 1500 : 25;
const CONFIGS_A_SEED = 8;

let duckdb;
before(async () => {
  duckdb = await DuckDB.open();
});
after(() => duckdb.close());

const LISTS = { operator: everyOperator, aggregate: everyAggregate, "sort order": everySort };

for (const [what, list] of Object.entries(LISTS)) {
  for (const limit of [undefined, 150]) {
    test(`every ${what} of every type, ${limit ? "rows leaving" : "rows staying"}`, async () => {
      const random = new Random(limit ?? 1);
      const batches = drawBatches(random, 8, 80);
      await play({ random, duckdb, batches, limit, configs: list(random) });
    });
  }
}

const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : Array.from({ length: SEEDS }, (_, i) => i + 1);

for (const seed of seeds) {
  test(`random views, seed ${seed}`, async () => {
    const random = new Random(seed);
    const limit = random.chance(0.6) ? random.whole(1, 300) : undefined;
    const batches = drawBatches(random, random.whole(1, 20), random.pick([3, 40, 100]));
    const configs = Array.from({ length: CONFIGS_A_SEED }, () => randomConfig(random));
    await play({ random, duckdb, batches, limit, configs });
  });
}

test("views over several segments, the oldest gone", async () => {
  const random = new Random(5);
  const batches = drawBatches(random, 14, 20_000);
  const filter = [["price", ">", 1000]];
  const configs = [
    { columns: ["int", "price", "text", "nanos"], filter, sort: [["price", "desc"]] },
    { columns: ["float", "decimal", "int", "day"], group_by: ["other", "tiny"] },
    { columns: ["price", "time"], group_by: ["day"], split_by: ["text"], sort: [["int", "asc"]] },
    {
      columns: ["price", "float", "text", "zoned"],
      group_by: ["text", "flag", "seconds"],
      aggregates: { price: "min", float: "max", text: "first", zoned: "last" },
      filter: [["other", "not in", ["x"]]],
    },
  ];
  await play({ random, duckdb, batches, limit: 70_000, configs });
});

/** Each changes a config a little: what DuckDB then answers is wrong. */
const MUTANTS = {
  operator: (config) => ({ ...config, filter: [["tiny", "<=", 1]] }),
  aggregate: (config) => ({ ...config, aggregates: { int: "last" } }),
  order: (config) => ({ ...config, sort: [["int", "desc"]] }),
};

for (const [what, asked] of Object.entries(MUTANTS)) {
  test(`a wrong ${what} does not go unseen`, async () => {
    const random = new Random(3);
    const config = {
      columns: ["int"],
      group_by: ["text"],
      aggregates: { int: "max" },
      filter: [["tiny", "<", 1]],
      sort: [["int", "asc"]],
    };
    const batches = drawBatches(random, 5, 60);
    const played = play({ random, duckdb, batches, configs: [config], asked });
    await assert.rejects(played, /the engine has .*, DuckDB /);
  });
}
