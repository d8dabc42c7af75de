/**
 * Answers and their comparison: a figure counts only with an equal answer, so this must see
 * every difference and none that is not there.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { flatAnswer, groupedAnswer, transpose } from "../bench/engine/answers.mjs";
import { cellsEqual, difference } from "../bench/engine/compare.mjs";

const source = (rows) => ({ rows: rows.length, read: async (from, to) => rows.slice(from, to) });
const QUESTION = { kind: "group", by: ["a", "b"], order: 0 };

test("groups come by their measure, then by their keys, whatever order they were read in", async () => {
  const rows = [["x", 2, 10], null, ["x", 1, 30], ["y", 1, 10], ["x", 10, 10]];
  const found = await groupedAnswer(source(rows), QUESTION);
  assert.equal(found.rows, 4);
  assert.deepEqual(found.start, [
    ["x", 1, 30],
    ["x", 2, 10],
    ["x", 10, 10],
    ["y", 1, 10],
  ]);
  assert.deepEqual(found.end, found.start);
});

test("without a measure that orders them groups come by their keys", async () => {
  const rows = [
    ["b", 1],
    ["a", 2],
  ];
  const found = await groupedAnswer(source(rows), { kind: "pivot", by: ["k"] });
  assert.deepEqual(found.start, [
    ["a", 2],
    ["b", 1],
  ]);
});

test("a flat answer is three windows in the order of the peer", async () => {
  const rows = Array.from({ length: 100 }, (_, row) => [row]);
  const found = await flatAnswer(source(rows));
  assert.equal(found.start[0][0], 0);
  assert.equal(found.middle[0][0], 50);
  assert.equal(found.end.at(-1)[0], 99);
  assert.equal(found.end.length, 20);
});

test("columns become rows", () => {
  assert.deepEqual(transpose([["a", "b"], new Int32Array([1, 2])], 2), [
    ["a", 1],
    ["b", 2],
  ]);
});

test("numbers are equal within a relative tolerance, all else exactly", () => {
  assert.ok(cellsEqual(1e6, 1e6 + 1e-4));
  assert.ok(!cellsEqual(1e6, 1e6 + 1e-2));
  assert.ok(!cellsEqual(0, 1e-12));
  assert.ok(cellsEqual(Number.NaN, Number.NaN));
  assert.ok(!cellsEqual("1", 1));
  assert.ok(!cellsEqual(null, 0));
});

const answer = (start, more = {}) => ({ rows: 9, start, middle: [], end: [], ...more });

test("a difference says where it is", () => {
  const one = answer([["a", 1]]);
  assert.equal(difference(one, answer([["a", 1]])), undefined);
  assert.equal(difference(one, answer([["a", 1]], { rows: 8 })), "9 rows and 8");
  assert.match(difference(one, answer([["a", 2]])), /^start, row 0: \["a",1\] and \["a",2\]/);
  assert.match(difference(one, answer([])), /^start: 1 rows and 0/);
  assert.match(difference(one, answer([["a", 1, 2]])), /^start, row 0/);
  assert.match(difference(one, answer([["a", 1]], { end: [["z", 1]] })), /^end: 0 rows and 1/);
});

test("of rows that a sort leaves open only the value that sorts them is compared", () => {
  const rows = (...names) =>
    answer([
      ["first", 9],
      [names[0], 5],
      [names[1], 5],
      ["d", 4],
      ["last", 1],
    ]);
  assert.equal(difference(rows("b", "c"), rows("c", "b"), 1), undefined);
  assert.match(difference(rows("b", "c"), rows("c", "b")), /row 1/);
  const other = rows("b", "c");
  other.start[3] = ["e", 4];
  assert.match(difference(rows("b", "c"), other, 1), /row 3/);
  const values = rows("b", "c");
  values.start[1] = ["b", 6];
  assert.match(difference(rows("b", "c"), values, 1), /row 1: \[5\] and \[6\]/);
  // At an edge of the window nobody knows whether the next row ties.
  const edges = rows("b", "c");
  edges.start[0] = ["other", 9];
  edges.start[4] = ["another", 1];
  assert.equal(difference(rows("b", "c"), edges, 1), undefined);
});
