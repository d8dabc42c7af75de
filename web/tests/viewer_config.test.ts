import { describe, expect, it } from "vitest";
import { readViewerConfig, withoutUnknownColumns } from "../viewer/viewer_config.js";

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
      expressions: {},
      aggregates: { price: "avg", qty: ["weighted mean", ["price"]] },
    });
    expect(read.dropped).toEqual([]);
    expect(read.config).toEqual({
      plugin: "Datagrid",
      settings: true,
      theme: "dark",
      group_by: ["ticker"],
      split_by: [],
      columns: ["price", "qty"],
      filter: [["qty", ">", 5]],
      sort: [["price", "desc"]],
      aggregates: { price: "avg", qty: ["weighted mean", ["price"]] },
    });
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

  it("names what it cannot carry over, and keeps the rest", () => {
    const { config, dropped } = readViewerConfig({
      plugin: "Y Line",
      colour: "red",
      sort: [
        ["a", "sideways"],
        ["b", "asc"],
      ],
      columns: "a",
      expressions: { c: "1" },
    });
    expect(config).toEqual({ plugin: "Datagrid", sort: [["b", "asc"]], columns: [] });
    expect(dropped).toHaveLength(5);
    expect(dropped.join("\n")).toMatch(/Y Line[\s\S]*colour[\s\S]*sideways/);
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
