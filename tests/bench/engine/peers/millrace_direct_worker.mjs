/**
 * The Worker of `millrace_direct.mjs`: calls the engine's wasm module without anything between.
 */
import init, { Engine } from "/wasm/millrace_engine.js";
import { WINDOW } from "../questions.mjs";

const FIRST = JSON.stringify({ start_row: 0, end_row: WINDOW });
let engine;

const methods = {
  async start() {
    await init({ module_or_path: new URL("/wasm/millrace_engine_bg.wasm", import.meta.url) });
    engine = new Engine();
  },
  load: (bytes, options) => engine.create_table_from_arrow(new Uint8Array(bytes), options),
  size: (table) => engine.table_size(table),
  drop: (table) => engine.delete_table(table),
  view: (table, config) => engine.create_view(table, config),
  rows: (view) => JSON.parse(engine.view_dimensions(view)).num_view_rows,
  close: (view) => engine.delete_view(view),

  /** Milliseconds from the batch's bytes to the first rows of the view. */
  step(table, view, bytes, counted) {
    const batch = new Uint8Array(bytes);
    const start = performance.now();
    engine.update_arrow(table, batch);
    engine.tick();
    if (counted) engine.view_dimensions(view);
    engine.read_view(view, FIRST);
    return performance.now() - start;
  },

  /** A window as `to_columns` gives it. */
  read(view, start_row, end_row) {
    const window = engine.read_view(view, JSON.stringify({ start_row, end_row }));
    const columns = window.columns.map((column, at) => [window.names[at], values(column)]);
    const result = Object.fromEntries(columns);
    if (window.row_path) {
      const levels = window.row_path.levels.map(values);
      result.__ROW_PATH__ = Array.from(window.row_path.depth, (depth, row) =>
        levels.slice(0, depth).map((level) => level[row]),
      );
    }
    return result;
  },
};

function values({ codes, dictionary, values: numbers }) {
  return Array.from(codes ?? numbers, (value) => (codes ? dictionary[value] : value));
}

globalThis.onmessage = async ({ data: { id, method, args } }) => {
  try {
    globalThis.postMessage({ id, value: await methods[method](...args) });
  } catch (error) {
    const { name = "Error", message = String(error), kind } = error ?? {};
    globalThis.postMessage({ id, error: { name, message, kind } });
  }
};
