/**
 * Options in, a table out.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PEERS, parse } from "../bench/engine/options.mjs";
import { report } from "../bench/engine/report.mjs";
import { fileOf } from "../bench/engine/server.mjs";
import { median, milliseconds, times } from "../bench/engine/statistics.mjs";

test("options", () => {
  assert.equal(parse([]).whole, true);
  assert.equal(parse(["--rows", "10_000_000"]).rows, 10_000_000);
  assert.equal(parse(["--only", "q1"]).whole, false);
  assert.equal(parse(["--peers", "duckdb"]).whole, false);
  assert.deepEqual(
    parse(["--peers", "duckdb,loop"]).peers.map(({ name }) => name),
    ["duckdb", "loop"],
  );
  assert.throws(
    () => parse(["--rows", "many"]),
    /--rows is many; expected an integer from 10000 on/,
  );
  assert.throws(() => parse(["--rows"]), /--rows has no value/);
  assert.throws(() => parse(["--peer", "x"]), /there is no option --peer/);
  assert.throws(() => parse(["--peers", "x"]), /there is no peer "x"/);
});

test("figures", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.deepEqual([0.123, 12.34, 1234.5].map(milliseconds), ["0.12", "12.3", "1,235"]);
  assert.deepEqual([0.001, 0.456, 1.23, 45.6].map(times), ["< 0.01×", "0.46×", "1.2×", "46×"]);
});

test("a table has medians, the least and ratios, and says why a figure is missing", () => {
  const peers = PEERS.map((peer) => ({ ...peer, notes: [] }));
  const outcomes = new Map([
    ["millrace", { ms: [2, 4, 3] }],
    ["perspective", { ms: [30, 30], reading: "upper of the middle two" }],
    ["duckdb", { ms: [5], not: "differs: from it", wrong: true }],
    ["arquero", { ms: [], not: "cannot: no way" }],
    ["loop", { ms: [1] }],
  ]);
  const results = [{ question: { id: "q1", text: "sum" }, outcomes }];
  const text = report(results, peers, { rows: 1_000, runs: 3, chromium: "1" });
  assert.ok(text.includes("| q1: sum | 3.00 (2.00) |  | 30.0 (30.0), 10× | differs | cannot |"));
  assert.ok(text.includes("- q1: Perspective, the aggregate is the upper of the middle two\n"));
  assert.ok(text.includes("- q1: Arquero, cannot: no way"));
  assert.ok(text.includes("takes 1.00 ms"));
});

test("nothing outside its folders is served", () => {
  const folders = { data: "/rows" };
  assert.equal(fileOf(folders, "/data/plain.arrows"), "/rows/plain.arrows");
  assert.equal(fileOf(folders, "/data/..%2f..%2fetc/passwd"), undefined);
  assert.equal(fileOf(folders, "/other/x"), undefined);
  assert.equal(fileOf(folders, "/constructor/x"), undefined);
  assert.equal(fileOf(folders, "/"), undefined);
});
