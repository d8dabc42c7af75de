import { describe, expect, it } from "vitest";
import { sortData, sortRows } from "../client/data.js";
import { toJson } from "../client/json.js";

/** The format and the text that data becomes. */
function sorted(data: unknown, format?: Parameters<typeof sortRows>[1]): [string, string] {
  const rows = sortRows(data, format);
  return [rows.format, new TextDecoder().decode(rows.bytes)];
}

describe("data", () => {
  it("is a schema where all values are names of types", () => {
    expect(sortData({ x: "integer" })).toEqual({ schema: { x: "integer" } });
    expect(() => sortRows({ x: "integer" })).toThrowError(/neither a schema nor columns/);
  });

  it("is rows, columns, text or bytes", () => {
    expect(sorted([{ x: 1 }, {}])).toEqual(["json", '[{"x":1},{}]']);
    expect(sorted({ x: [1, null], y: Float64Array.of(0.5, 2) })).toEqual([
      "columns",
      '{"x":[1,null],"y":[0.5,2]}',
    ]);
    expect(sorted("a,b\n1,2")).toEqual(["csv", "a,b\n1,2"]);
    expect(sorted('{"x":1}\n', "ndjson")).toEqual(["ndjson", '{"x":1}\n']);
    expect(sorted('[{"x":1}]', "json")).toEqual(["json", '[{"x":1}]']);
    expect(sortRows(Uint8Array.of(1, 2)).format).toBe("arrow");
    expect(sorted(new TextEncoder().encode("x\n1"), "csv")).toEqual(["csv", "x\n1"]);
  });

  it("leaves the caller's bytes alone", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const rows = sortRows(bytes.subarray(1));
    expect([...rows.bytes]).toEqual([2, 3]);
    expect(rows.bytes.buffer).not.toBe(bytes.buffer);
  });

  it("is refused with what would work", () => {
    expect(() => sortRows('[{"x":1}]')).toThrowError(/begins like JSON/);
    expect(() => sortRows("x", "arrow")).toThrowError(/cannot be read as "arrow"/);
    expect(() => sortRows([], "csv")).toThrowError(/cannot be read as "csv"/);
    expect(() => sortRows({ x: [1] }, "json")).toThrowError(/cannot be read as "json"/);
    expect(() => sortRows("x", "tsv" as never)).toThrowError(/Unknown format "tsv"/);
    expect(() => sortRows(5)).toThrowError(/5 cannot be read/);
    expect(() => sortRows(null)).toThrowError(/null cannot be read/);
  });
});

describe("JSON of values", () => {
  it("keeps times and exact integers", () => {
    expect(
      toJson([{ t: new Date(0), n: 2n ** 63n - 1n, u: undefined, s: 'a"b', l: [1n, undefined] }]),
    ).toBe('[{"t":"1970-01-01T00:00:00.000Z","n":9223372036854775807,"s":"a\\"b","l":[1,null]}]');
    expect(toJson([{ t: new Date(Number.NaN), x: Number.NaN, u: undefined }])).toBe(
      '[{"t":null,"x":null}]',
    );
  });

  it("is the same with a bigint and without", () => {
    const value = [{ a: 1.5, b: [true, null, { c: new Date(5) }], d: "é\n", e: undefined }];
    expect(JSON.parse(toJson([...value, 1n]))).toEqual([...JSON.parse(toJson(value)), 1]);
  });

  it("has no cycles", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => toJson([cycle])).toThrowError(/no JSON form/);
    expect(() => toJson([1n, cycle])).toThrowError(/no JSON form/);
  });
});
