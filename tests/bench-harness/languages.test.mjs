/**
 * Questions in the languages of the peers.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sqlOf, windowOf } from "../bench/engine/peers/sql.mjs";
import { rowsOf, viewConfig } from "../bench/engine/peers/view_config.mjs";
import { chosen, QUESTIONS, readings } from "../bench/engine/questions.mjs";

const question = (id) => QUESTIONS.find((one) => one.id === id);
const rows = (id, variants) => sqlOf(question(id), "t", variants).rows;

test("SQL", () => {
  assert.equal(
    rows("q3"),
    "SELECT id3, sum(v1)::DOUBLE AS m0, avg(v3) AS m1 FROM t GROUP BY id3 ORDER BY m1 DESC",
  );
  assert.equal(
    rows("q7"),
    "SELECT id3, max(v1) - min(v2) AS m0 FROM t GROUP BY id3 ORDER BY m0 DESC",
  );
  assert.match(rows("expression"), /sum\(v1 \* v3\)/);
  assert.match(rows("filter-group"), /FROM t WHERE v3 > 50 GROUP BY id2/);
  assert.match(rows("sort"), /^SELECT id1, .*, v3 FROM t ORDER BY v3 DESC$/);
  assert.equal(
    sqlOf(question("filter"), "t").count,
    "SELECT count(*) AS n FROM t WHERE id4 <= 50 AND v3 > 50",
  );
  assert.match(rows("q6", { median: 1 }), /-quantile_disc\(-v3, 0\.5\) AS m0/);
  assert.equal(windowOf("SELECT 1", 50), "SELECT 1 LIMIT 50");
  assert.equal(windowOf("SELECT 1", 50, 7), "SELECT 1 LIMIT 50 OFFSET 7");
});

test("view configs", () => {
  assert.deepEqual(viewConfig(question("q3"), { group_rollup_mode: "flat" }), {
    columns: ["v1", "v3"],
    group_rollup_mode: "flat",
    group_by: ["id3"],
    aggregates: { v1: "sum", v3: "mean" },
    sort: [["v3", "desc"]],
  });
  assert.deepEqual(viewConfig(question("expression")).expressions, { product: '"v1" * "v3"' });
  assert.deepEqual(viewConfig(question("pivot")).split_by, ["id4"]);
});

test("rows of views: totals are left out, split columns ordered, the difference taken", () => {
  const pivot = { by: ["k"], split: "s" };
  const columns = { __ROW_PATH__: [[], ["a"]], "10|v": [9, 2], "2|v": [9, 1] };
  assert.deepEqual(rowsOf(columns, pivot), [null, ["a", 1, 2]]);
  const difference = { by: ["k"], difference: true };
  assert.deepEqual(rowsOf({ __ROW_PATH__: [["a"]], v1: [5], v2: [2] }, difference), [["a", 3]]);
  assert.deepEqual(rowsOf({ a: [1, 2], b: ["x", "y"] }, {}), [
    [1, "x"],
    [2, "y"],
  ]);
});

test("questions are chosen by name or by how it begins", () => {
  assert.equal(chosen([]).length, QUESTIONS.length);
  assert.deepEqual(
    chosen(["q6"]).map(({ id }) => id),
    ["q6", "q6-stddev"],
  );
  assert.deepEqual(
    chosen(["q1"]).map(({ id }) => id),
    ["q1"],
  );
  assert.throws(() => chosen(["q11"]), /there is no question "q11"; there are: load, /);
});

test("an aggregate that is understood in several ways has several readings", () => {
  assert.deepEqual(readings(question("q1")), [{}]);
  assert.equal(readings(question("q6")).length, 3);
  assert.deepEqual(readings(question("q6-stddev"))[1], { stddev: "of a sample" });
});

test("names of questions are their own", () => {
  assert.equal(new Set(QUESTIONS.map(({ id }) => id)).size, QUESTIONS.length);
});
