import { describe, expect, it } from "vitest";
import type { ViewWindow, Window } from "../client/types.js";
import { copyArea, MOST_CELLS } from "../grid/clipboard.js";
import { hide, keepOnly, leaveOut, moveTo, setStyle, sortBy } from "../grid/config_edits.js";
import { Matcher, matchesIn, scan } from "../grid/finder.js";
import { Formatters } from "../grid/formatters.js";
import { readEditMode, Selection } from "../grid/selection.js";
import { type GridShape, nextSort } from "../grid/shape.js";
import { OpenRows } from "../viewer/open_rows.js";
import { defaultConfig } from "../viewer/viewer_config.js";
import { sayPlain } from "../viewer/words.js";

const SHAPE: GridShape = { group_by: [], split_by: [], sort: [], aggregates: {}, types: {} };
const PLAIN = new Formatters({}, "en", sayPlain);
const SIZE = { rows: 10, columns: 4 };

describe("Selection", () => {
  it("is a rectangle, whichever way it is drawn", () => {
    const selection = new Selection();
    selection.start({ row: 5, column: 2 });
    selection.extend({ row: 3, column: 1 });
    expect(selection.area(SIZE)).toEqual({ start_row: 3, end_row: 6, start_col: 1, end_col: 3 });
    expect(selection.contains(4, 1)).toBe(true);
    expect(selection.contains(4, 3)).toBe(false);
    selection.all(SIZE);
    expect(selection.area({ rows: 2, columns: 2 })?.end_row).toBe(2);
  });

  it("has whole rows and columns by its mode, and from a row's name on", () => {
    const selection = new Selection();
    selection.start({ row: 1, column: -1 });
    expect(selection.area(SIZE)).toEqual({ start_row: 1, end_row: 2, start_col: 0, end_col: 4 });
    selection.mode = "SELECT_COLUMN";
    selection.start({ row: -1, column: 2 });
    expect(selection.area(SIZE)).toEqual({ start_row: 0, end_row: 10, start_col: 2, end_col: 3 });
    selection.mode = "READ_ONLY";
    selection.start({ row: 1, column: 1 });
    expect(selection.area(SIZE)).toBeUndefined();
  });

  it("knows the modes of layouts, old and new", () => {
    expect(readEditMode({})).toBe("SELECT_REGION");
    expect(readEditMode({ editable: true })).toBe("EDIT");
    expect(readEditMode({ edit_mode: "SELECT_ROW" })).toBe("SELECT_ROW");
    expect(readEditMode({ edit_mode: "FLY" })).toBe("SELECT_REGION");
  });
});

describe("edits of the config", () => {
  const all = ["a", "b", "c"];
  const config = defaultConfig();

  it("move and hide columns, also where all are shown", () => {
    expect(moveTo("c", "a")(config, all).columns).toEqual(["c", "a", "b"]);
    expect(moveTo("a", "c")(config, all).columns).toEqual(["b", "c", "a"]);
    expect(moveTo("x", "c")(config, all)).toBe(config);
    expect(hide("b")(config, all).columns).toEqual(["a", "c"]);
  });

  it("keep a value beside what was filtered before", () => {
    const either = {
      ...config,
      filter: [
        ["a", "==", 1] as [string, string, number],
        ["a", "==", 2] as [string, string, number],
      ],
      filter_op: "or" as const,
    };
    const kept = keepOnly([["b", null]])(either, all);
    expect(kept.filter).toEqual([{ or: either.filter }, ["b", "is null"]]);
    expect(kept.filter_op).toBe("and");
    expect(keepOnly([["b", null]])(kept, all).filter).toHaveLength(2);
    expect(leaveOut("a", 3)(config, all).filter).toEqual([["a", "!=", 3]]);
  });

  it("sort, and set styles until nothing is left of one", () => {
    const sorted = sortBy("a", "desc abs")(config, all);
    expect(sorted.sort).toEqual([["a", "desc abs"]]);
    expect(sortBy("a", undefined)(sorted, all).sort).toEqual([]);
    const styled = setStyle("a", { format: "bold" })(config, all);
    expect(styled.columns_config).toEqual({ a: { format: "bold" } });
    expect(setStyle("a", { format: undefined })(styled, all).columns_config).toEqual({});
  });

  it("sort by size with each click on", () => {
    const first = nextSort([], "a", false, true);
    expect(first).toEqual([["a", "desc abs"]]);
    expect(nextSort(first, "a", false, true)).toEqual([["a", "asc abs"]]);
    expect(nextSort([["a", "asc abs"]], "a", false, true)).toEqual([]);
    expect(nextSort(first, "a", false)).toEqual([["a", "desc"]]);
  });
});

/** A view of one column of numbers and one of strings. */
function source(rows: number, names = (row: number) => `name ${row}`) {
  const read = async (window: Window): Promise<ViewWindow> => {
    const start = window.start_row ?? 0;
    const end = Math.min(rows, window.end_row ?? rows);
    const at = Array.from({ length: Math.max(0, end - start) }, (_, row) => start + row);
    return {
      start_row: start,
      end_row: end,
      start_col: 0,
      end_col: 2,
      table_rows: rows,
      num_rows: rows,
      num_columns: 2,
      names: ["n", "s"],
      columns: [
        { type: "integer", values: Float64Array.from(at, (row) => row * 1_000) },
        {
          type: "string",
          codes: Int32Array.from(at, (_, index) => index),
          dictionary: at.map(names),
        },
      ],
    };
  };
  return { read };
}

describe("copies", () => {
  it("quote what would fall into several cells, and escape markup", async () => {
    const view = source(2, (row) => (row === 0 ? 'a\t"b"' : "<i>"));
    const area = { start_row: 0, end_row: 2, start_col: 0, end_col: 2 };
    const { text, html } = await copyArea(view, area, SHAPE, PLAIN, true);
    expect(text).toBe('n\ts\n0\t"a\t""b"""\n1000\t<i>');
    expect(html).toContain("<tr><td>1000</td><td>&lt;i&gt;</td></tr>");
  });

  it("have an end", async () => {
    const rows = MOST_CELLS / 2 + 7;
    const area = { start_row: 0, end_row: rows, start_col: 0, end_col: 2 };
    const copied = await copyArea(
      source(rows, () => "x"),
      area,
      SHAPE,
      PLAIN,
      false,
    );
    expect([copied.rows, copied.left]).toEqual([MOST_CELLS / 2, 7]);
  });
});

describe("finding", () => {
  it("goes by letters in any case, and by digits however they are grouped", async () => {
    const window = await source(12).read({});
    const places = (text: string) => matchesIn(window, new Matcher(text), SHAPE, PLAIN);
    expect(places("NAME 11")).toEqual([{ row: 11, column: 1 }]);
    expect(places("11,000")).toEqual([{ row: 11, column: 0 }]);
    expect(places("nothing")).toEqual([]);
  });

  it("reads a view in steps, to its end or until told to stop", async () => {
    const stop = new AbortController();
    let count = 0;
    await scan(source(60_000), new Matcher("99"), SHAPE, PLAIN, stop.signal, (places) => {
      count += places.length;
    });
    expect(count).toBeGreaterThan(1_000);
    const before = count;
    stop.abort();
    await scan(source(60_000), new Matcher("99"), SHAPE, PLAIN, stop.signal, () => {
      count++;
    });
    expect(count).toBe(before);
  });
});

describe("OpenRows", () => {
  /** A tree of two levels: each of the groups has two rows below it. */
  function tree(groups: string[]) {
    const open = new Set<string>();
    const rows = () =>
      groups.flatMap((group) => [
        [group],
        ...(open.has(group)
          ? [
              [group, "x"],
              [group, "y"],
            ]
          : []),
      ]);
    const level = (paths: string[][], depth: number) => ({
      type: "string" as const,
      codes: Int32Array.from(paths, (path, at) => (path.length > depth ? at : -1)),
      dictionary: paths.map((path) => path[depth] ?? ""),
    });
    return {
      open,
      read: async ({ start_row = 0, end_row = 0 }: Window): Promise<ViewWindow> => {
        const paths = rows().slice(start_row, end_row);
        return {
          start_row,
          end_row: start_row + paths.length,
          start_col: 0,
          end_col: 0,
          table_rows: 0,
          num_rows: rows().length,
          num_columns: 0,
          names: [],
          columns: [],
          row_path: {
            depth: Uint8Array.from(paths, (path) => path.length),
            state: Uint8Array.from(paths, (path) =>
              path.length > 1 ? 0 : open.has(path[0] ?? "") ? 2 : 1,
            ),
            levels: [level(paths, 0), level(paths, 1)],
          },
        };
      },
      expand: async (row: number) => {
        open.add(rows()[row]?.[0] ?? "");
        return 2;
      },
      collapse: async (row: number) => {
        open.delete(rows()[row]?.[0] ?? "");
        return 2;
      },
    };
  }

  it("opens the same rows in the next view, wherever they stand", async () => {
    const rows = new OpenRows();
    const first = tree(["a", "b", "c"]);
    await rows.restore(first, ["g", "h"]);
    await rows.note(first, 2, true);
    await rows.note(first, 0, true);
    const next = tree(["c", "b", "a"]);
    await rows.restore(next, ["g", "h"]);
    expect([...next.open].sort()).toEqual(["a", "c"]);

    const other = tree(["a", "b", "c"]);
    await rows.restore(other, ["other", "h"]);
    expect(other.open.size).toBe(0);
  });
});
