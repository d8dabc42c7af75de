/**
 * Rows and views chosen by hand: where a rule is easily broken and chance seldom looks.
 */
import { after, before, test } from "node:test";
import { COLUMNS } from "./lib/columns.js";
import { DuckDB } from "./lib/duckdb.js";
import { Random } from "./lib/random.js";
import { play } from "./lib/story.js";

let duckdb;
before(async () => {
  duckdb = await DuckDB.open();
});
after(() => duckdb.close());

/** One batch: a row for each value of `column`, all else null. */
const batch = (column, values) =>
  values.map((value) => COLUMNS.map(({ name }) => (name === column ? value : null)));

const total = { columns: ["float"], group_by: ["text"], group_by_depth: 0 };
const bigSum = { columns: ["int"], group_by: ["text"] };

const CASES = {
  "an integer sum of more than 64 bits is null": {
    batches: [batch("int", [2n ** 63n - 1n, 1n])],
    config: bigSum,
  },
  "an integer sum comes back from beyond 64 bits": {
    batches: [batch("int", [2n ** 63n - 1n, 1n]), batch("int", [5n])],
    limit: 2,
    config: bigSum,
  },
  "0 and −0 are one group": {
    batches: [batch("float", [0, -0, null, Number.NaN, Number.NaN])],
    config: { columns: ["flag"], group_by: ["float"] },
  },
  "NaN and infinities leave a sum as they came": {
    batches: [
      batch("float", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1]),
      batch("float", [2, 3]),
      batch("float", [4]),
    ],
    limit: 4,
    config: total,
  },
  "a total stands over no rows": {
    batches: [batch("float", [1])],
    config: { ...total, columns: ["float", "text"], filter: [["float", ">", 1]] },
  },
  "nothing to split by makes no columns": {
    batches: [batch("text", ["a"])],
    config: { columns: ["text"], split_by: ["other"], filter: [["text", "==", "b"]] },
  },
  "a comparison is exact beyond 53 bits": {
    batches: [batch("int", [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n])],
    config: { columns: ["int"], filter: [["int", ">", 2 ** 53]] },
  },
  "a group of strings that all left comes back": {
    batches: [batch("text", ["a", "b"]), batch("text", ["c", "d"]), batch("text", ["a", "b"])],
    limit: 2,
    config: { columns: ["other"], group_by: ["text"], filter: [["text", "!=", "c"]] },
  },
  "a large value that left takes nothing with it": {
    batches: [batch("float", [1e30, 1e16, 0.1]), batch("float", [0.2, 0.3])],
    limit: 3,
    config: total,
  },
  "values whose sum is too large for a float leave a finite one": {
    batches: [batch("float", [1e308, 1e308, 1]), batch("float", [2, 3])],
    limit: 3,
    config: total,
  },
  "a Greek word ends with its own last letter": {
    batches: [batch("text", ["ΟΔΟΣ", "οδος"])],
    config: { columns: ["text"], filter: [["text", "ends with", "Σ"]] },
  },
};

for (const [name, { batches, limit, config }] of Object.entries(CASES)) {
  test(name, async () => {
    // A view from each batch on; seeds differ in where the engine finds time between them.
    const configs = batches.map(() => config);
    for (let seed = 1; seed <= 3; seed++) {
      const random = new Random(seed);
      await play({ random, duckdb, batches, limit, configs, madeAfter: (i) => i });
    }
  });
}
