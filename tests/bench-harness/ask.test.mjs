/**
 * One question asked of all: outcomes of peers that answer, refuse, fail or answer wrongly.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, why } from "../bench/engine/ask.mjs";

const QUESTION = {
  id: "q",
  kind: "group",
  by: ["k"],
  measures: [{ column: "v", fn: "median" }],
  order: 0,
};
const answer = (value) => ({ rows: 1, start: [["a", value]], middle: [], end: [] });

/** A tab whose peer answers by `values`: its own answer, and those of other readings. */
function tab(peer, values, log = []) {
  const call = async (action, ...args) => {
    log.push(`${peer.name} ${action}`);
    if (values instanceof Error && action === "begin") throw values;
    if (action === "run") return 5;
    if (action === "answer") return answer(values[args[0]?.median ?? "own"]);
    return undefined;
  };
  return { peer, call, start: async () => {} };
}

const run = (tabs) => ask(QUESTION, tabs, { rows: 10, runs: 2 });
const DUCKDB = { name: "duckdb", title: "DuckDB" };
const READINGS = { own: 1, "upper of the middle two": 2, "lower of the middle two": 0 };

test("peers are asked in turns, and the first run does not count", async () => {
  const log = [];
  const outcomes = await run([tab(DUCKDB, READINGS, log), tab({ name: "b" }, { own: 1 }, log)]);
  assert.deepEqual(
    log.filter((line) => line.endsWith("run")),
    ["duckdb run", "b run", "duckdb run", "b run", "duckdb run", "b run"],
  );
  assert.deepEqual(outcomes.get("b").ms, [5, 5]);
  assert.equal(outcomes.get("b").not, undefined);
  assert.deepEqual(
    log.filter((line) => line.endsWith("end")),
    ["duckdb end", "b end"],
  );
});

test("another reading of an aggregate is named, a wrong answer is no figure", async () => {
  const outcomes = await run([
    tab(DUCKDB, READINGS),
    tab({ name: "upper" }, { own: 2 }),
    tab({ name: "wrong" }, { own: 7 }),
    tab({ name: "known", defects: { median: "it is not" } }, { own: 7 }),
  ]);
  assert.equal(outcomes.get("upper").reading, "upper of the middle two");
  assert.equal(outcomes.get("upper").wrong, undefined);
  assert.equal(outcomes.get("wrong").wrong, true);
  assert.match(outcomes.get("wrong").not, /^differs: from DuckDB, start, row 0/);
  assert.equal(outcomes.get("known").wrong, undefined);
  assert.equal(outcomes.get("known").not, "wrong: it is not");
});

test("what one cannot answer does not keep the others from it", async () => {
  const refusal = Object.assign(new Error("no"), { name: "CannotAnswer" });
  const outcomes = await run([tab({ name: "a" }, refusal), tab({ name: "b" }, { own: 1 })]);
  assert.equal(outcomes.get("a").not, "cannot: no");
  assert.deepEqual(outcomes.get("b").ms, [5, 5]);
});

test("live, who was run less often gets the batches of the others before answering", async () => {
  const log = [];
  const slow = tab({ name: "slow" }, { own: 1 }, log);
  const call = slow.call;
  slow.call = async (action, ...args) => (await call(action, ...args)) && 40_000;
  const live = { batches: "append", table: "dictionary" };
  const tabs = [tab({ name: "quick" }, { own: 1 }, log), slow];
  const outcomes = await ask({ ...QUESTION, live }, tabs, { rows: 10, runs: 2 });
  const runs = (name) => log.filter((line) => line === `${name} run`).length;
  assert.equal(outcomes.get("slow").ms.length, 1);
  assert.equal(runs("slow"), runs("quick"));
  assert.ok(log.lastIndexOf("slow run") < log.indexOf("slow answer"));
});

test("peers that are there for some questions are not asked others", async () => {
  const tabs = [tab({ name: "a", only: "other" }, {}), tab({ name: "b", liveOnly: true }, {})];
  assert.equal((await run(tabs)).size, 0);
});

test("a refusal of ours is not yet, a failure of ours is wrong", () => {
  const error = (name, kind) => Object.assign(new Error("m"), { name, kind });
  const ours = { ours: true };
  assert.deepEqual(why(ours, error("MillraceError", "invalid_config")), { not: "not yet: m" });
  assert.deepEqual(why(ours, error("MillraceError", "engine")), { not: "failed: m", wrong: true });
  assert.deepEqual(why(ours, error("RuntimeError")), { not: "failed: m", wrong: true });
  assert.deepEqual(why({}, error("Crash")), { not: "failed: m", wrong: undefined });
});
