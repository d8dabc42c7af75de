import { describe, expect, it } from "vitest";
import { readAttributes } from "../viewer/attributes.js";

function read(attributes: Record<string, string>) {
  return readAttributes({ getAttribute: (name) => attributes[name] ?? null });
}

describe("readAttributes", () => {
  it("takes JSON, and a column's name where columns are meant", () => {
    const { config, problems } = read({
      "group-by": "ticker",
      columns: '["price", "a b"]',
      sort: '[["price", "desc"]]',
      aggregates: '{"price": "mean"}',
    });
    expect(problems).toEqual([]);
    expect(config).toEqual({
      group_by: ["ticker"],
      columns: ["price", "a b"],
      sort: [["price", "desc"]],
      aggregates: { price: "mean" },
    });
  });

  it("names each that cannot be read, and takes the others", () => {
    const { config, problems } = read({
      "group-by": "ticker",
      "split-by": '["side"',
      columns: '["price", 1]',
      sort: "price",
      filter: '["price", ">", 1]',
      aggregates: "[]",
    });
    expect(config).toEqual({ group_by: ["ticker"] });
    expect(problems.map((problem) => [problem.where, problem.kind])).toEqual([
      ["columns", "bad_attribute"],
      ["split-by", "bad_attribute"],
      ["sort", "bad_attribute"],
      ["filter", "bad_attribute"],
      ["aggregates", "bad_attribute"],
    ]);
    expect(problems[2]?.message).toBe(
      'The attribute sort cannot be read: not a list (expected for example [["column", "desc"]])',
    );
  });
});
