import { describe, expect, it } from "vitest";
import type { Condition, WindowTerm } from "../client/types.js";
import { aggregatesFor, aggregateType, operandOf } from "../viewer/aggregates.js";
import {
  changeAt,
  conditionOf,
  inGroup,
  partsOf,
  withoutGroup,
} from "../viewer/condition_edits.js";
import { operatorsFor } from "../viewer/filters.js";
import { suggestionView } from "../viewer/value_suggestions.js";
import { frameOf, withFrame, withFunction, withOrder } from "../viewer/windows.js";

const A: Condition = ["a", ">", 1];
const B: Condition = ["b", "is null"];

describe("conditions", () => {
  it("are read and written as they were, but for twice not", () => {
    const nested: Condition = { not: { or: [A, { and: [B, { not: A }] }] } };
    expect(conditionOf(partsOf(nested))).toEqual(nested);
    expect(partsOf({ not: { not: A } })).toEqual({ negated: false, test: A });
  });

  it("are changed by their path", () => {
    const list: Condition[] = [A, { not: { or: [A, B] } }];
    const changed = changeAt(list, [1, 0], (parts) => [{ ...parts, negated: true }]);
    expect(changed).toEqual([A, { not: { or: [{ not: A }, B] } }]);
    expect(changeAt(list, [9], () => [])).toBe(list);
    expect(changeAt(list, [0, 0], () => [])).toEqual(list);
  });

  it("take their group along when the last of it goes", () => {
    expect(changeAt([{ and: [{ or: [A] }] }, B], [0, 0, 0], () => [])).toEqual([B]);
  });

  it("are grouped, and ungrouped unless that would say something else", () => {
    expect(changeAt([A, B], [1], inGroup)).toEqual([A, { or: [B] }]);
    expect(changeAt([{ or: [A, B] }], [0], withoutGroup)).toEqual([A, B]);
    expect(changeAt([{ not: { or: [A, B] } }], [0], withoutGroup)).toEqual([
      { not: { or: [A, B] } },
    ]);
  });
});

describe("what a type offers", () => {
  it("has operators and aggregates that fit it", () => {
    expect(operatorsFor("integer")).toContain("in");
    expect(operatorsFor("date")).toContain("between");
    expect(aggregatesFor("string")).not.toContain("weighted mean");
    expect(operandOf("weighted mean")).toBe("number column");
    expect(operandOf(["quantile", [0.9]])).toBe("part");
    expect(operandOf("sum")).toBeUndefined();
  });

  it("gives the type of its aggregates", () => {
    expect(aggregateType("distinct count", "string")).toBe("integer");
    expect(aggregateType("mean", "integer")).toBe("float");
    expect(aggregateType("mean", "datetime")).toBe("datetime");
    expect(aggregateType("median", "integer")).toBe("float");
    expect(aggregateType("max", "date")).toBe("date");
  });
});

describe("suggestions", () => {
  const none = { expressions: {}, windows: {} };

  it("are the values by how many rows have them", () => {
    const view = suggestionView("a", "string", "x", none);
    expect(view.filter).toEqual([
      ["a", "is not null"],
      ["a", "contains", "x"],
    ]);
    expect(view.sort).toEqual([["a", "desc"]]);
    expect(view.limit).toBeGreaterThan(0);
    expect("expressions" in view).toBe(false);
  });

  it("know computed columns", () => {
    const view = suggestionView("e", "string", "", { ...none, expressions: { e: '"a"' } });
    expect(view.expressions).toEqual({ e: '"a"' });
  });
});

describe("windows", () => {
  const fields = [
    { name: "s", type: "string", kind: "column", detail: "" },
    { name: "n", type: "integer", kind: "column", detail: "" },
  ] as const;
  const start: WindowTerm = { column: "n", aggregate: "sum", rows: 3, partition_by: ["s"] };

  it("keep what the other function goes by too, and nothing else", () => {
    expect(withFunction(start, "avg", [...fields])).toEqual({ ...start, aggregate: "avg" });
    expect(withFunction(start, "rank", [...fields])).toEqual({
      aggregate: "rank",
      partition_by: ["s"],
    });
    expect(withFunction(start, "lag", [...fields])).toEqual({
      column: "n",
      aggregate: "lag",
      partition_by: ["s"],
      offset: 1,
    });
    const ofText: WindowTerm = { column: "s", aggregate: "lag" };
    expect(withFunction(ofText, "ema", [...fields])).toEqual({
      column: "n",
      aggregate: "ema",
      alpha: 0.2,
    });
  });

  it("have one frame", () => {
    expect(frameOf(start)).toBe("rows");
    expect(withFrame(start, "range", "datetime").range).toBe("5m");
    expect(withFrame(start, "range", "integer").rows).toBeUndefined();
    expect(frameOf(withFrame(start, "cumulative", ""))).toBe("cumulative");
  });

  it("have an order, or that of the table", () => {
    expect(withOrder(start, "n", "desc").order_by).toEqual(["n", "desc"]);
    expect(withOrder(start, "n", "asc").order_by).toBe("n");
    expect("order_by" in withOrder({ ...start, order_by: "n" }, "", "asc")).toBe(false);
  });
});
