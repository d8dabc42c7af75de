import { describe, expect, it } from "vitest";
import { ConfigHistory } from "../viewer/config_history.js";
import { addTo, removeFrom, setAggregate, transfer } from "../viewer/settings_edits.js";
import { computedTypes, fieldsOf } from "../viewer/settings_fields.js";
import { defaultConfig, type ViewerConfig } from "../viewer/viewer_config.js";

const COLUMNS = [
  { name: "a", type: "string", exact: "string" },
  { name: "b", type: "integer", exact: "int64" },
  { name: "c", type: "datetime", exact: "timestamp(ms)" },
] as const;

const config = (part: Partial<ViewerConfig>): ViewerConfig => ({ ...defaultConfig(), ...part });
const fields = (of: ViewerConfig) => fieldsOf([...COLUMNS], of, { e: "string", w: "integer" });

describe("fields", () => {
  const computed = config({
    expressions: { e: '"a"' },
    windows: { w: { aggregate: "rank" }, l: { column: "b", aggregate: "lag" } },
    aggregates: {
      b: "mean",
      most: { column: "b", aggregate: "max" },
      ratio: { expression: 'sum("b")' },
    },
  });

  it("are the table's columns and the computed ones, each of its kind and type", () => {
    const all = fields(computed).all.map(({ name, kind, type }) => `${name} ${kind} ${type}`);
    expect(all).toEqual([
      "a column string",
      "b column integer",
      "c column datetime",
      "e expression string",
      "w window integer",
      "l window float",
      "most aggregate integer",
      "ratio aggregate float",
    ]);
  });

  it("of groups stand nowhere where a row's value is needed", () => {
    expect(fields(computed).fits("ratio", "group_by")).toBe(false);
    expect(fields(computed).fits("ratio", "having")).toBe(true);
    expect(addTo(computed, "filter", "ratio", fields(computed))).toBe(computed);
  });

  it("have the types that the table finds, expressions and windows at once", async () => {
    const asked: unknown[] = [];
    const table = {
      validate_expressions: async (...given: unknown[]) => {
        asked.push(given);
        return { expression_schema: { e: "string" }, window_schema: { l: "integer" }, errors: {} };
      },
    } as unknown as Parameters<typeof computedTypes>[0];
    expect(await computedTypes(table, computed)).toEqual({ e: "string", l: "integer" });
    expect(asked).toEqual([[computed.expressions, { windows: computed.windows }]]);
    expect(await computedTypes(table, config({}))).toEqual({});
    expect(asked).toHaveLength(1);
  });
});

describe("edits", () => {
  const start = config({ columns: ["a", "b"], group_by: ["a"], sort: [["b", "asc"]] });

  it("add before a place, once", () => {
    expect(addTo(start, "columns", "c", fields(start), 1).columns).toEqual(["a", "c", "b"]);
    expect(addTo(start, "columns", "a", fields(start))).toBe(start);
    expect(addTo(start, "filter", "c", fields(start)).filter).toEqual([["c", ">=", null]]);
  });

  it("name all columns where none were named", () => {
    const all = config({});
    expect(removeFrom(all, "columns", 0, fields(all)).columns).toEqual(["b", "c"]);
  });

  it("move within a zone", () => {
    const of = fields(start);
    const to = { zone: "columns", index: 2 } as const;
    expect(transfer(start, { zone: "columns", index: 0 }, to, of).columns).toEqual(["b", "a"]);
    expect(transfer(start, { zone: "columns", index: 1 }, to, of)).toBe(start);
  });

  it("move between zones, but what is shown stays shown", () => {
    const of = fields(start);
    const split = transfer(
      start,
      { zone: "group_by", index: 0 },
      { zone: "split_by", index: 0 },
      of,
    );
    expect([split.group_by, split.split_by]).toEqual([[], ["a"]]);
    const grouped = transfer(
      start,
      { zone: "columns", index: 1 },
      { zone: "group_by", index: 0 },
      of,
    );
    expect([grouped.group_by, grouped.columns]).toEqual([
      ["b", "a"],
      ["a", "b"],
    ]);
    expect(transfer(start, { zone: "sort", index: 0 }, { zone: "all" }, of).sort).toEqual([]);
  });

  it("keep what a condition says between filter and having", () => {
    const filtered = config({ filter: [["b", ">", 2]], having: [["b", "<", 9]] });
    const to = { zone: "having", index: 0 } as const;
    const moved = transfer(filtered, { zone: "filter", index: 0 }, to, fields(filtered));
    expect([moved.filter, moved.having]).toEqual([
      [],
      [
        ["b", ">", 2],
        ["b", "<", 9],
      ],
    ]);
  });

  it("change the aggregate under a name of its own", () => {
    const named = config({ aggregates: { most: { column: "b", aggregate: "max" } } });
    expect(setAggregate(named, "most", "min").aggregates.most).toEqual({
      column: "b",
      aggregate: "min",
    });
  });
});

describe("history", () => {
  it("goes back and forth, and forgets what was taken back when something else is done", () => {
    const history = new ConfigHistory<number>();
    history.record(1);
    history.record(2);
    expect(history.undo(3)).toBe(2);
    expect(history.undo(2)).toBe(1);
    expect(history.undo(1)).toBeUndefined();
    expect(history.redo(1)).toBe(2);
    history.record(2);
    expect(history.canRedo).toBe(false);
  });

  it("has an end", () => {
    const history = new ConfigHistory<number>(2);
    for (const each of [1, 2, 3]) history.record(each);
    expect([history.undo(4), history.undo(3), history.undo(2)]).toEqual([3, 2, undefined]);
  });
});
