import { describe, expect, it } from "vitest";
import { withoutUnknownColumns } from "../viewer/fit_config.js";
import { readViewerConfig } from "../viewer/read_config.js";

describe("readViewerConfig", () => {
  it("takes over a layout of perspective-viewer", () => {
    const read = readViewerConfig({
      version: "4.0.1",
      plugin: "Datagrid",
      plugin_config: { columns: {} },
      title: null,
      settings: true,
      theme: "Pro Dark",
      table: "trades",
      group_by: ["ticker"],
      split_by: [],
      columns: ["price", null, "qty"],
      filter: [["qty", ">", 5]],
      sort: [
        ["price", "desc"],
        ["qty", "none"],
      ],
      expressions: { '"price" * 2': '"price" * 2' },
      columns_config: { price: { number_fg_mode: "bar" } },
      group_rollup_mode: "flat",
      aggregates: { price: "avg", qty: ["weighted mean", ["price"]] },
    });
    expect(read.dropped).toEqual([]);
    expect(read.config).toEqual({
      plugin: "Datagrid",
      plugin_config: { columns: {} },
      columns_config: { price: { number_fg_mode: "bar" } },
      title: null,
      settings: true,
      theme: "dark",
      group_by: ["ticker"],
      split_by: [],
      columns: ["price", null, "qty"],
      filter: [["qty", ">", 5]],
      sort: [["price", "desc"]],
      expressions: { '"price" * 2': '"price" * 2' },
      group_rollup_mode: "flat",
      aggregates: { price: "avg", qty: ["weighted mean", ["price"]] },
    });
  });

  it("reads all that a view may be asked for", () => {
    const config = {
      windows: { up: { column: "price", aggregate: "diff" } },
      filter: [{ or: [["a", "==", 1], { not: ["b", "is null"] }] }, ["a", "<", { column: "b" }]],
      having: [["price", ">", 5]],
      sort: [["price", "col desc abs nulls last"]],
      aggregates: {
        ratio: { expression: 'sum("a") / sum("b")' },
        least: { column: "price", aggregate: ["quantile", [0.1]] },
      },
      group_by_depth: 1,
      split_rollup_mode: "rollup",
      group_limit: [5, null],
      limit_by: { limit: 2, columns: ["a"] },
      distinct: true,
      offset: 3,
      limit: null,
    };
    expect(readViewerConfig(config)).toEqual({ config, dropped: [] });
  });

  it("names the expressions of older layouts by their first lines", () => {
    const { config } = readViewerConfig({ expressions: ['// twice\n"a" * 2', '"a" + 1'] });
    expect(config.expressions).toEqual({ twice: '// twice\n"a" * 2', '"a" + 1': '"a" + 1' });
  });

  it("keeps what the config itself makes, in every part that may name it", () => {
    const config = {
      columns: ["ratio", "up", null, "c"],
      expressions: { c: '"a" * 2' },
      windows: { up: { column: "a", aggregate: "diff" as const } },
      aggregates: { ratio: { expression: 'sum("a")' } },
      group_by: ["ratio"],
      filter: [
        {
          or: [
            ["c", ">", 1] as [string, string, number],
            { not: ["gone", "==", 1] as [string, string, number] },
          ],
        },
      ],
      having: [["ratio", ">", 1] as [string, string, number]],
    };
    const { config: fitting, dropped } = withoutUnknownColumns(config, new Set(["a"]));
    expect(fitting).toEqual({ ...config, group_by: [], filter: [{ or: [["c", ">", 1]] }] });
    expect(dropped).toHaveLength(2);
  });

  it("knows the names of older versions", () => {
    const read = readViewerConfig({
      "row-pivots": ["a"],
      column_pivots: ["b"],
      filters: [["a", "==", "x"]],
      plugin: "hypergrid",
    });
    expect(read).toEqual({
      config: { group_by: ["a"], split_by: ["b"], filter: [["a", "==", "x"]], plugin: "Datagrid" },
      dropped: [],
    });
  });

  it("takes the theme nearest to one of another viewer", () => {
    const theme = (name: unknown) => readViewerConfig({ theme: name });
    const named = ["Pro Light", "Pro Dark", "Monokai", "Solarized", "Solarized Dark", "Vaporwave"];
    expect(named.map((name) => theme(name).config.theme)).toEqual([
      "light",
      "dark",
      "dark",
      "light",
      "dark",
      "dark",
    ]);
    expect(theme("Botanical").config.theme).toBe("dark");
    expect(theme("Material Dense Dark").config.theme).toBe("dark-dense");
    expect(theme("high-contrast")).toEqual({ config: { theme: "high-contrast" }, dropped: [] });
    expect(theme(null)).toEqual({ config: { theme: null }, dropped: [] });
    expect(theme("Plaid").config.theme).toBeNull();
    expect(theme("Plaid").dropped).toHaveLength(1);
  });

  it("names what it cannot carry over, and keeps the rest", () => {
    const { config, dropped } = readViewerConfig({
      plugin: "Crystal Ball",
      colour: "red",
      sort: [
        ["a", "sideways"],
        ["b", "asc"],
      ],
      columns: "a",
      expressions: { c: 1 },
    });
    expect(config).toEqual({
      plugin: "Datagrid",
      sort: [["b", "asc"]],
      columns: [],
      expressions: {},
    });
    expect(dropped).toHaveLength(5);
    expect(dropped.join("\n")).toMatch(/Crystal Ball[\s\S]*colour[\s\S]*sideways/);
  });

  it("refuses nothing, not even nonsense", () => {
    expect(readViewerConfig("x").dropped).toHaveLength(1);
    expect(readViewerConfig(null).config).toEqual({});
  });

  it("drops columns that the table does not have", () => {
    const { config, dropped } = withoutUnknownColumns(
      {
        columns: ["a", "gone"],
        group_by: ["gone"],
        sort: [["gone", "asc"]],
        filter: [["a", "==", 1]],
        aggregates: { gone: "sum" },
      },
      new Set(["a"]),
    );
    expect(config).toEqual({
      columns: ["a"],
      group_by: [],
      sort: [],
      filter: [["a", "==", 1]],
      aggregates: {},
    });
    expect(dropped).toHaveLength(4);
  });
});
