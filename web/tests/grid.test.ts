import { describe, expect, it } from "vitest";
import type { ViewWindow, Window } from "../client/types.js";
import { ActiveCell } from "../grid/active_cell.js";
import { ColumnWidths } from "../grid/column_widths.js";
import { headerLevels, leafColumn, nextSort } from "../grid/shape.js";
import { WindowReader } from "../grid/window_reader.js";

describe("headers", () => {
  it("fall into the levels of the split", () => {
    expect(headerLevels("close", 0)).toEqual(["close"]);
    expect(headerLevels("a|b|close", 2)).toEqual(["a", "b", "close"]);
    expect(headerLevels("a|x|y", 1)).toEqual(["a", "x|y"]);
    expect(leafColumn("a|close", 1)).toBe("close");
  });

  it("have nothing on the levels below a group that a rollup shows", () => {
    expect(headerLevels("close", 2)).toEqual(["", "", "close"]);
    expect(headerLevels("a|close", 2)).toEqual(["a", "", "close"]);
    expect(leafColumn("close", 2)).toBe("close");
  });

  it("sort descending, ascending, not at all", () => {
    expect(nextSort([], "a", false)).toEqual([["a", "desc"]]);
    expect(nextSort([["a", "desc"]], "a", false)).toEqual([["a", "asc"]]);
    expect(nextSort([["a", "asc"]], "a", false)).toEqual([]);
    expect(nextSort([["a", "asc"]], "b", false)).toEqual([["b", "desc"]]);
    expect(nextSort([["a", "asc"]], "b", true)).toEqual([
      ["a", "asc"],
      ["b", "desc"],
    ]);
    expect(
      nextSort(
        [
          ["a", "desc"],
          ["b", "asc"],
        ],
        "a",
        true,
      ),
    ).toEqual([
      ["a", "asc"],
      ["b", "asc"],
    ]);
  });
});

describe("ColumnWidths", () => {
  it("grow in steps and never shrink", () => {
    const widths = new ColumnWidths(7);
    widths.see("a", 6);
    const narrow = widths.minimum("a");
    widths.see("a", 3);
    expect(widths.minimum("a")).toBe(narrow);
    expect(narrow % 8).toBe(0);
    widths.see("a", 12);
    expect(widths.minimum("a")).toBeGreaterThan(narrow);
  });
});

describe("ActiveCell", () => {
  const extent = { rows: 10, columns: 3, hasTree: true, page: 4 };

  it("stays within header, tree and cells", () => {
    const cell = new ActiveCell();
    cell.move("ArrowLeft", false, extent);
    cell.move("ArrowLeft", false, extent);
    cell.move("ArrowUp", false, extent);
    cell.move("ArrowUp", false, extent);
    expect(cell.place).toEqual({ row: -1, column: 0 });
    cell.move("End", true, extent);
    cell.move("PageDown", false, extent);
    expect(cell.place).toEqual({ row: 9, column: 2 });
  });

  it("comes back when rows go away", () => {
    const cell = new ActiveCell();
    cell.place = { row: 9, column: 2 };
    cell.clamp({ ...extent, rows: 2, columns: 1, hasTree: false });
    expect(cell.place).toEqual({ row: 1, column: 0 });
  });
});

describe("WindowReader", () => {
  const view = (rows: number) => {
    const reads: Window[] = [];
    let running = 0;
    return {
      reads,
      overlapped: false,
      async read(window: Window): Promise<ViewWindow> {
        reads.push(window);
        running++;
        if (running > 1) this.overlapped = true;
        await Promise.resolve();
        running--;
        return {
          start_row: Math.min(window.start_row ?? 0, rows),
          end_row: Math.min(window.end_row ?? rows, rows),
          start_col: 0,
          end_col: 2,
          table_rows: rows,
          num_rows: rows,
          num_columns: 2,
          names: [],
          columns: [],
        };
      },
    };
  };

  const screenAt = (y0: number) => ({ x0: 0, y0, x1: 2, y1: y0 + 30 });

  it("reads nothing for a rectangle that it has", async () => {
    const source = view(1_000);
    const reader = new WindowReader(source);
    const window = await reader.covering(screenAt(0));
    expect(await reader.covering(screenAt(0))).toBe(window);
    expect(source.reads).toHaveLength(1);
    await reader.covering(screenAt(500));
    expect(source.reads).toHaveLength(2);
  });

  it("reads ahead of who scrolls, and lets nobody wait for it", async () => {
    const source = view(1_000);
    const reader = new WindowReader(source);
    const window = await reader.covering(screenAt(0));
    expect(await reader.covering(screenAt(4))).toBe(window);
    expect(source.reads[1]).toMatchObject({ start_row: 0, end_row: 34 + 16 + 4 * 30 });
    await Promise.resolve();
    await reader.covering(screenAt(60));
    expect(source.reads).toHaveLength(2);
    await reader.covering(screenAt(90));
    expect(source.reads[2]).toMatchObject({ start_row: 74, end_row: 120 + 16 + 4 * 30 });
    await reader.covering(screenAt(80));
    await reader.covering(screenAt(970));
    expect(source.reads.at(-1)).toMatchObject({ start_row: 954 });
    const count = source.reads.length;
    await reader.covering(screenAt(971));
    expect(source.reads).toHaveLength(count);
  });

  it("keeps what is on the screen where one turns back while it reads ahead", async () => {
    const source = view(1_000);
    const reader = new WindowReader(source);
    await reader.covering(screenAt(0));
    await reader.covering(screenAt(100));
    await reader.refresh();
    await reader.covering(screenAt(104));
    expect(source.reads.at(-1)).toMatchObject({ start_row: 88 });
    await reader.covering(screenAt(84));
    await new Promise((done) => setTimeout(done));
    expect(reader.window?.start_row).toBe(84);
  });

  it("is content with what a view has at its end", async () => {
    const source = view(10);
    const reader = new WindowReader(source);
    await reader.covering({ x0: 0, y0: 0, x1: 9, y1: 30 });
    await reader.covering({ x0: 0, y0: 0, x1: 9, y1: 30 });
    expect(source.reads).toHaveLength(1);
  });

  it("never has two reads at a time", async () => {
    const source = view(1_000);
    const reader = new WindowReader(source);
    await Promise.all([reader.refresh(), reader.refresh(), reader.refresh()]);
    expect(source.overlapped).toBe(false);
  });
});
