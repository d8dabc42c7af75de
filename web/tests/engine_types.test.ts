/**
 * The types that are written here are those of the engine: its class as wasm-bindgen describes
 * it, a window's shape, and the fields of a config.
 */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as Api from "../client/node.js";
import type { RowPathData, SampleData, ViewConfig, ViewWindow } from "../client/types.js";
import type * as Generated from "../wasm/millrace_engine.js";
import type { EngineApi } from "../worker/engine_api.js";

/** Compiles as long as the engine has what is called here, and gives what is expected. */
export const asApi = (engine: Generated.Engine): EngineApi => engine;
/** Compiles as long as the engine's window is ours, and ours the engine's. */
export const asOurs = (window: Generated.ViewWindow): ViewWindow => window;
export const asTheirs = (window: ViewWindow): Generated.ViewWindow => window;

const WINDOW: Record<keyof ViewWindow, true> = {
  start_row: true,
  end_row: true,
  start_col: true,
  end_col: true,
  table_rows: true,
  num_rows: true,
  num_columns: true,
  row_path: true,
  names: true,
  columns: true,
  sample: true,
};
const SAMPLE: Record<keyof SampleData, true> = { rows: true, among: true, ends: true };
const ROW_PATH: Record<keyof RowPathData, true> = { depth: true, state: true, levels: true };
const CONFIG: Record<keyof ViewConfig, true> = {
  columns: true,
  group_by: true,
  split_by: true,
  expressions: true,
  windows: true,
  aggregates: true,
  filter: true,
  filter_op: true,
  having: true,
  sort: true,
  group_by_depth: true,
  group_rollup_mode: true,
  split_rollup_mode: true,
  group_limit: true,
  limit_by: true,
  distinct: true,
  offset: true,
  limit: true,
};

const sorted = (object: object) => Object.keys(object).sort();

const built = new URL("../dist/node.js", import.meta.url);

describe.skipIf(!existsSync(built))("the types of the engine", async () => {
  if (!existsSync(built)) return;
  const { default: millrace } = (await import(built.href)) as typeof Api;

  it("has the fields of a window and of a config", async () => {
    const table = await millrace.table([{ x: 1, s: "a", b: true }]);
    const view = await table.view({ group_by: ["x"] });
    const window = await view.read({ downsample: { points: 9 } });
    expect(sorted(window)).toEqual(sorted(WINDOW));
    expect(sorted(window.sample ?? {})).toEqual(sorted(SAMPLE));
    expect(sorted(window.row_path ?? {})).toEqual(sorted(ROW_PATH));
    expect(sorted(await view.get_config())).toEqual(sorted(CONFIG));
  });

  it("hands out columns by their types", async () => {
    const schema = {
      i: "integer",
      f: "float",
      d: "date",
      t: "datetime",
      b: "boolean",
      s: "string",
    };
    const table = await millrace.table(schema);
    await table.update([{ i: 1, f: 0.5, d: 0, t: 0, b: true, s: "a" }, {}]);
    const { columns } = await (await table.view()).read();
    expect(columns.map((column) => column.type)).toEqual(Object.values(schema));
    for (const column of columns) {
      if (column.type === "string") {
        expect(column.codes).toBeInstanceOf(Int32Array);
        expect(column.codes[1]).toBe(-1);
        continue;
      }
      const array = column.type === "boolean" ? Uint8Array : Float64Array;
      expect(column.values).toBeInstanceOf(array);
      expect(column.valid).toEqual(new Uint8Array([1, 0]));
    }
  });
});
