import { describe, expect, it } from "vitest";
import type { ViewWindow, Window } from "../client/types.js";
import { pin, unpin } from "../grid/config_edits.js";
import { columnAt, columnIndex, nameAt, pinnedCount } from "../grid/grid_window.js";
import { keepSizes, savedSizes } from "../grid/saved_widths.js";
import { WindowReader } from "../grid/window_reader.js";
import { defaultConfig } from "../viewer/viewer_config.js";

/** A view of 30 columns, each of which holds its own number. */
function wide() {
  const reads: Window[] = [];
  const read = async (window: Window): Promise<ViewWindow> => {
    reads.push(window);
    const start = window.start_col ?? 0;
    const end = Math.min(30, window.end_col ?? 30);
    const columns = Array.from({ length: end - start }, (_, at) => start + at);
    return {
      start_row: 0,
      end_row: 1,
      start_col: start,
      end_col: end,
      table_rows: 1,
      num_rows: 1,
      num_columns: 30,
      names: columns.map((at) => `c${at}`),
      columns: columns.map((at) => ({ type: "integer", values: Float64Array.of(at) })),
    };
  };
  return { read, reads };
}

describe("pinned columns", () => {
  it("are read with each window, wherever the others are", async () => {
    const view = wide();
    const reader = new WindowReader(view, 2);
    for (const x0 of [0, 15]) {
      const window = await reader.covering({ x0, y0: 0, x1: x0 + 5, y1: 1 });
      for (const column of [0, 1, x0 + 2, x0 + 6]) {
        expect(nameAt(window, column)).toBe(`c${column}`);
        expect(columnAt(window, column)).toMatchObject({ values: Float64Array.of(column) });
      }
    }
    const count = view.reads.length;
    await reader.covering({ x0: 14, y0: 0, x1: 20, y1: 1 });
    expect(view.reads).toHaveLength(count);
  });

  it("are told from columns that were not read", async () => {
    const window = await new WindowReader(wide(), 1).covering({ x0: 10, y0: 0, x1: 12, y1: 1 });
    expect(columnIndex(window, 0)).toBe(0);
    expect(nameAt(window, 3)).toBeUndefined();
    expect(nameAt(window, -1)).toBeUndefined();
  });

  it("are the first ones of the view, and leave one that scrolls", () => {
    const columns = ["a", null, "b", "c"];
    expect(pinnedCount({ pinned: ["b", "a"] }, columns, [])).toBe(2);
    expect(pinnedCount({ pinned: ["b"] }, columns, [])).toBe(0);
    expect(pinnedCount({ pinned: ["a", "b", "c"] }, columns, [])).toBe(2);
    expect(pinnedCount({ pinned: ["a"] }, columns, ["x"])).toBe(0);
    expect(pinnedCount({ pinned: "a" }, columns, [])).toBe(0);
  });

  it("come first when pinned, and go behind the others when not", () => {
    const all = ["a", "b", "c"];
    const one = pin("c")(defaultConfig(), all);
    expect(one.columns).toEqual(["c", "a", "b"]);
    const two = pin("b")(one, all);
    expect([two.columns, two.plugin_config]).toEqual([["c", "b", "a"], { pinned: ["c", "b"] }]);
    const back = unpin("c")(two, all);
    expect([back.columns, back.plugin_config]).toEqual([["b", "c", "a"], { pinned: ["b"] }]);
    expect(unpin("b")(back, all).plugin_config).toEqual({});
  });
});

describe("widths", () => {
  it("are kept by the columns' names beside what else a layout has", () => {
    const config = {
      ...defaultConfig(),
      plugin_config: { columns: { a: { column_size_override: 99, other: 1 }, b: 5 } },
    };
    expect(savedSizes(config.plugin_config, ["x", "a"], 1)).toEqual({ 2: 99 });
    const kept = keepSizes({ 0: 120.4 }, ["x", "a"], 0)(config, []);
    expect(kept.plugin_config).toEqual({
      columns: { x: { column_size_override: 120 }, a: { other: 1 } },
    });
    const { plugin_config } = keepSizes({}, ["x", "a"], 0)(kept, []);
    expect(plugin_config).toEqual({ columns: { a: { other: 1 } } });
  });
});
