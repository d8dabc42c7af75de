import { describe, expect, it } from "vitest";
import { placeOfRow, rowAt, windowToColumns, windowToRows } from "../client/results.js";
import type { ViewWindow } from "../client/types.js";

const flat: ViewWindow = {
  start_row: 10,
  end_row: 13,
  start_col: 0,
  end_col: 4,
  table_rows: 100,
  num_rows: 100,
  num_columns: 4,
  names: ["s", "n", "b", "t"],
  columns: [
    { type: "string", codes: Int32Array.of(1, -1, 0), dictionary: ["a", "b"] },
    { type: "float", values: Float64Array.of(1.5, 0, -2), valid: Uint8Array.of(1, 0, 1) },
    { type: "boolean", values: Uint8Array.of(1, 0, 0), valid: Uint8Array.of(1, 1, 0) },
    { type: "datetime", values: Float64Array.of(0, 1, 2) },
  ],
};

const grouped: ViewWindow = {
  start_row: 0,
  end_row: 3,
  start_col: 0,
  end_col: 1,
  table_rows: 100,
  num_rows: 3,
  num_columns: 1,
  row_path: {
    depth: Uint8Array.of(0, 1, 2),
    state: Uint8Array.of(2, 2, 0),
    levels: [
      { type: "string", codes: Int32Array.of(-1, 0, 0), dictionary: ["AAPL"] },
      { type: "integer", values: Float64Array.of(0, 0, 7), valid: Uint8Array.of(0, 0, 1) },
    ],
  },
  names: ["x|n"],
  columns: [{ type: "integer", values: Float64Array.of(3, 2, 1) }],
};

describe("a window", () => {
  it("becomes columns, nulls where they are", () => {
    expect(windowToColumns(flat)).toEqual({
      s: ["b", null, "a"],
      n: [1.5, null, -2],
      b: [true, false, null],
      t: [0, 1, 2],
    });
  });

  it("becomes rows", () => {
    expect(windowToRows(flat)[1]).toEqual({ s: null, n: null, b: false, t: 1 });
  });

  it("knows its rows by their numbers", () => {
    expect([rowAt(flat, 0), rowAt(flat, 2), rowAt(flat, -1)]).toEqual([10, 12, -1]);
    expect([9, 10, 12, 13].map((row) => placeOfRow(flat, row))).toEqual([-1, 0, 2, -1]);
  });

  it("may hold some rows of those between its bounds", () => {
    const sample = { rows: Float64Array.of(4, 90, 7), among: 100, ends: Float64Array.of(0, 99) };
    const some = { ...flat, start_row: 0, end_row: 100, sample };
    expect(windowToColumns(some).n).toEqual([1.5, null, -2]);
    expect(windowToRows(some).length).toBe(3);
    expect([rowAt(some, 1), rowAt(some, 3), rowAt(some, -1)]).toEqual([90, -1, -1]);
    expect([90, 5].map((row) => placeOfRow(some, row))).toEqual([1, -1]);
  });

  it("has a row path in a grouped view, empty for the total", () => {
    expect(windowToColumns(grouped)).toEqual({
      __ROW_PATH__: [[], ["AAPL"], ["AAPL", 7]],
      "x|n": [3, 2, 1],
    });
    expect(windowToRows(grouped)[2]).toEqual({ __ROW_PATH__: ["AAPL", 7], "x|n": 1 });
  });

  it("may be empty", () => {
    const empty: ViewWindow = { ...flat, end_row: 10, columns: [], names: [] };
    expect(windowToColumns(empty)).toEqual({});
    expect(windowToRows(empty)).toEqual([]);
  });
});
