import { describe, expect, it } from "vitest";
import functions from "../../docs/expressions.md?functions";
import {
  aggregateAgain,
  deleteField,
  nameProblem,
  renameField,
  setComputed,
  usesOf,
} from "../viewer/computed_edits.js";
import { completionsAt } from "../viewer/expression_completion.js";
import { columnsIn, offsetOf, tokensOf, withColumnRenamed } from "../viewer/expression_tokens.js";
import { fieldsOf } from "../viewer/settings_fields.js";
import { defaultConfig, type ViewerConfig } from "../viewer/viewer_config.js";

const kinds = (text: string) =>
  tokensOf(text)
    .filter((token) => token.kind !== "space")
    .map((token) => `${token.kind} ${text.slice(token.start, token.end)}`);

describe("tokens", () => {
  it("are those of the language", () => {
    expect(kinds(`case when "a ""b""" >= 1.5e3 then Upper ('it''s') end // why`)).toEqual([
      "word case",
      "word when",
      'column "a ""b"""',
      "operator >",
      "operator =",
      "number 1.5e3",
      "word then",
      "function Upper",
      "operator (",
      "text 'it''s'",
      "operator )",
      "word end",
      "comment // why",
    ]);
  });

  it("take any text, all of it", () => {
    for (const text of ['"open', "'open", "/* open", "€ 😀 \\", "", "1.2.3", '"a" "']) {
      expect(
        tokensOf(text)
          .map(({ start, end }) => text.slice(start, end))
          .join(""),
      ).toBe(text);
    }
  });

  it("know columns from texts and comments", () => {
    const text = `"a" || '"b"' // "c"`;
    expect([...columnsIn(text)]).toEqual(["a"]);
    expect(withColumnRenamed(text, "a", 'x"y')).toBe(`"x""y" || '"b"' // "c"`);
  });

  it("are found by line and character", () => {
    expect(offsetOf('"a" +\n  "b"', 2, 3)).toBe(8);
    expect(offsetOf("'😀' + x", 1, 7)).toBe(7);
    expect(offsetOf("x", 9, 9)).toBeLessThanOrEqual(1);
  });
});

describe("completion", () => {
  const columns = [
    { name: "sold", type: "integer" },
    { name: "unsold", type: "integer" },
  ];
  const callable = [
    { name: "round", signature: "round(x, digits)", help: "" },
    { name: "now", signature: "now()", help: "" },
  ];
  const at = (marked: string) => {
    const caret = marked.indexOf("|");
    const text = marked.replace("|", "");
    const { from, to, found } = completionsAt(text, caret, columns, callable);
    return found.map((each) => text.slice(0, from) + each.text + text.slice(to));
  };

  it("offers functions and columns by what is typed, the best first", () => {
    expect(at("1 + so|")).toEqual(['1 + "sold"', '1 + "unsold"']);
    expect(at("ro| + 1")[0]).toBe("round() + 1");
    expect(at("ro|(1)")).toEqual(["round(1)"]);
    expect(at("no|")).toContain("now()");
  });

  it("offers columns in double quotes, and keeps what is behind the caret", () => {
    expect(at('f("so|)')[0]).toBe('f("sold")');
    expect(at('f("s|ol")')[0]).toBe('f("sold")');
    expect(at('"sold"|')).toEqual([]);
  });

  it("offers nothing in texts, comments and numbers", () => {
    for (const marked of ["'so|'", "// so|", "1|", "|"]) expect(at(marked)).toEqual([]);
  });
});

describe("the documented functions", () => {
  it("are all there, with how they are called", () => {
    const named = new Map(functions.map((each) => [each.name, each]));
    expect(named.get("round")?.signature).toBe("round(x, digits)");
    expect(named.get("bucket")?.help).toContain("greatest multiple of the width");
    expect(named.get("now")?.gives).toBe("timestamp(ms)");
    expect(named.get("ceil")?.gives).toBe("the type of x, at its widest");
    expect(named.has("epoch")).toBe(false);
    expect(functions.length).toBeGreaterThan(95);
  });
});

describe("computed columns", () => {
  const config: ViewerConfig = {
    ...defaultConfig(),
    columns: ["a"],
    expressions: { e: '"a" * 2', f: '"e" + 1' },
    windows: { w: { column: "e", aggregate: "sum", partition_by: ["e"], order_by: ["e", "desc"] } },
    aggregates: {
      a: ["weighted mean", ["e"]],
      r: { expression: 'sum("e")' },
      m: { column: "e", aggregate: ["max by", ["e"]] },
    },
    group_by: ["e"],
    sort: [["e", "asc"]],
    filter: [{ not: ["e", ">", 1] }, ["a", "<", { column: "e" }], ["e", "is null"]],
    having: [{ or: [["e", ">", 1]] }],
    limit_by: { limit: 1, columns: ["e"] },
  };
  const fields = fieldsOf([{ name: "a", type: "integer", exact: "int64" }], config, {});

  it("are renamed wherever they are named", () => {
    const renamed = renameField(config, "e", "x");
    expect(JSON.stringify(renamed)).not.toContain('"e"');
    expect(renameField(renamed, "x", "e")).toEqual(config);
  });

  it("know what uses them", () => {
    expect(usesOf(config, "e", fields)).toEqual({
      zones: ["group_by", "sort", "filter", "having"],
      computed: ["f", "w", "a", "r", "m"],
    });
    expect(usesOf(config, "f", fields)).toEqual({ zones: [], computed: [] });
  });

  it("are taken out where they stand", () => {
    const without = deleteField(config, "e");
    expect(without.expressions).toEqual({ f: '"e" + 1' });
    expect([without.group_by, without.sort, without.filter, without.having]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it("are shown when they are new", () => {
    const made = setComputed(config, undefined, "n", { kind: "expression", text: "1" }, fields);
    expect([made.columns, made.expressions.n]).toEqual([["a", "n"], "1"]);
    const again = aggregateAgain(config, "a", "max", fields);
    expect(again.columns).toEqual(["a", "max of a"]);
    expect(again.aggregates["max of a"]).toEqual({ column: "a", aggregate: "max" });
  });

  it("have names of their own", () => {
    expect(nameProblem("e", undefined, fields)).toContain("already");
    expect(nameProblem("e", "e", fields)).toBeUndefined();
    expect(nameProblem(" ", undefined, fields)).toBeDefined();
  });
});
