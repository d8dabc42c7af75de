import { expect, test } from "vitest";
import { KINDS } from "../../charts/kinds.js";
import { readChartOptions } from "../../charts/options.js";
import { ChartReader, limitsOf, readNotes } from "../../charts/reader.js";
import type { ViewWindow, Window } from "../../client/types.js";
import { sayPlain } from "../../viewer/words.js";
import { context, floats } from "./window.js";

/** A view of so many rows and columns, which tells how it is read. */
function view(size: { rows: number; columns: number }) {
  const reads: Window[] = [];
  const { window } = context({ columns: { n: floats() } });
  const read = async (wanted: Window): Promise<ViewWindow> => {
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
  const limits = limitsOf(KINDS["Y Line"], shape, options);
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
  const limits = limitsOf(KINDS["Y Line"], shape, options);
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
