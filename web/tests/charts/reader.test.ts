import { expect, test } from "vitest";
import { KINDS } from "../../charts/kinds.js";
import { readChartOptions } from "../../charts/options.js";
import { ChartReader, limitsOf, readNotes } from "../../charts/reader.js";
import type { ReadWindow, ViewWindow } from "../../client/types.js";
import { sayPlain } from "../../viewer/words.js";
import { context, floats } from "./window.js";

/** A view of so many rows and columns, which tells how it is read. */
function view(size: { rows: number; columns: number }) {
  const reads: ReadWindow[] = [];
  const { window } = context({ columns: { n: floats() } });
  const read = async (wanted: ReadWindow): Promise<ViewWindow> => {
    reads.push(wanted);
    const end_row = Math.min(size.rows, wanted.end_row ?? size.rows);
    return {
      ...window,
      start_row: Math.min(wanted.start_row ?? 0, end_row),
      end_row,
      start_col: 0,
      end_col: Math.min(size.columns, wanted.end_col ?? size.columns),
      num_rows: size.rows,
      num_columns: size.columns,
    };
  };
  return { reads, reader: new ChartReader({ read }) };
}

const { shape } = context({ columns: { n: floats() } });
const options = readChartOptions({});

test("of too many rows the newest are read, at once while they grow", async () => {
  const size = { rows: 250_000, columns: 1 };
  const { reads, reader } = view(size);
  const limits = limitsOf(KINDS["Y Scatter"], shape, options);
  const first = await reader.read(limits);
  expect([first.start_row, first.end_row]).toEqual([150_000, 250_000]);
  expect(readNotes(first, shape, sayPlain)).toEqual(["last 100,000 of 250,000 rows"]);
  reads.length = 0;
  size.rows += 500;
  const next = await reader.read(limits);
  expect([next.start_row, next.end_row, reads.length]).toEqual([150_000, 250_500, 1]);
});

test("a view that shrank is read from its new end", async () => {
  const size = { rows: 250_000, columns: 1 };
  const { reader } = view(size);
  const limits = limitsOf(KINDS["Y Scatter"], shape, options);
  await reader.read(limits);
  size.rows = 10;
  const window = await reader.read(limits);
  expect([window.start_row, window.end_row]).toEqual([0, 10]);
});

test("many series take from the rows; both are told of", async () => {
  const split = { ...shape, split_by: ["key"], group_by: ["at"], types: { at: "string" } };
  const { reader } = view({ rows: 30_000, columns: 2_000 });
  const window = await reader.read(limitsOf(KINDS["Y Line"], split, options));
  expect([window.end_row, window.end_col]).toEqual([20_000, 100]);
  expect(readNotes(window, split, sayPlain)).toEqual([
    "first 20,000 of 30,000 rows",
    "first 100 of 2,000 series",
  ]);
});

const bounds = { start_row: 0, start_col: 0, end_col: 1 };

test("of a line the engine is asked for what its pixels show", async () => {
  const { reads, reader } = view({ rows: 250_000, columns: 1 });
  const limits = limitsOf(KINDS["Y Line"], shape, options);
  await reader.read(limits, { pixels: 800, range: undefined });
  // The size of the view first, once.
  expect(reads).toEqual([
    { end_row: 0, end_col: 0 },
    { ...bounds, downsample: { method: "m4", points: 800 } },
  ]);
  // The first row of a view is 1 on the axis.
  await reader.read(limits, { pixels: 800, range: { min: 1, max: 5_001 } });
  const downsample = { method: "m4", points: 800, from: 0, to: 5_000 };
  expect(reads.slice(2)).toEqual([{ ...bounds, downsample }]);
});

test("a line over groups is asked for by their keys, as the config says", async () => {
  const grouped = { ...shape, group_by: ["at"], types: { at: "datetime" } };
  const { reads, reader } = view({ rows: 250_000, columns: 1 });
  const lttb = readChartOptions({ downsample: "lttb" });
  const limits = limitsOf(KINDS["Y Area"], grouped, lttb);
  await reader.read(limits, { pixels: 800, range: { min: 1_000, max: 2_000 } });
  const downsample = { method: "lttb", points: 800, from: 1_000, to: 2_000 };
  expect(reads[1]).toEqual({ ...bounds, downsample });
  const newest = limitsOf(KINDS["Y Line"], shape, readChartOptions({ max_rows: 1_000 }));
  await reader.read(newest, { pixels: 800, range: undefined });
  expect(reads[2]).toMatchObject({ start_row: 249_000, downsample: { points: 800 } });
});

test("what is no line over numbers or times is read as it is", () => {
  const line = (plugin: keyof typeof KINDS, more = {}, config = {}) =>
    limitsOf(KINDS[plugin], { ...shape, ...more }, readChartOptions(config)).line;
  expect(line("Y Line")).toBeDefined();
  expect(line("Y Line", {}, { downsample: false })).toBeUndefined();
  expect(line("Y Line", {}, { categories: true })).toBeUndefined();
  expect(line("Y Line", { group_by: ["a"], types: { a: "string" } })).toBeUndefined();
  expect(line("Y Line", { group_by: ["a", "b"], types: { a: "date" } })).toBeUndefined();
  // Of a cloud of points M4 would leave the outline.
  for (const plugin of ["Y Scatter", "X/Y Scatter", "X/Y Line", "Y Bar"] as const) {
    expect(line(plugin), plugin).toBeUndefined();
  }
});

test("many lines have fewer points each, and too many are read as they are", async () => {
  const split = { ...shape, split_by: ["key"] };
  const points = async (columns: number, rows: number) => {
    const { reads, reader } = view({ rows, columns });
    const many = readChartOptions({ max_series: 2_000 });
    await reader.read(limitsOf(KINDS["Y Line"], split, many), { pixels: 2_000, range: undefined });
    return reads[1]?.downsample?.points;
  };
  expect(await points(4, 1_000_000)).toBe(2_000);
  expect(await points(50, 1_000_000)).toBe(200);
  // Of a million rows the newest tenth is looked at for a hundred lines.
  const { reads, reader } = view({ rows: 1_000_000, columns: 100 });
  await reader.read(limitsOf(KINDS["Y Line"], split, options), { pixels: 50, range: undefined });
  expect(reads[1]).toMatchObject({ start_row: 900_000, downsample: { points: 50 } });
  // All rows of few are fewer than those of many pixels.
  expect(await points(500, 1_000)).toBe(250);
  expect(await points(2_000, 1_000_000)).toBeUndefined();
});
