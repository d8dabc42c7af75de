/**
 * Millrace by its public API, as a page uses it: the engine in a Worker, windows of views.
 */
import millrace from "/dist/millrace.js";
import { WINDOW } from "../questions.mjs";
import { viewConfig, viewSource } from "./view_config.mjs";

/** @implements {import("./peer.mjs").Peer} */
export class Peer {
  notes = [];
  #client;

  async start() {
    this.#client = await millrace.worker();
  }

  async load(bytes, live) {
    const options = {};
    if (live?.index) options.index = live.index;
    if (live?.full) options.limit = live.rows;
    return this.#client.table(bytes, options);
  }

  size(table) {
    return table.size();
  }

  drop(table) {
    return table.delete();
  }

  append(table, bytes) {
    return table.update(bytes);
  }

  async prepare(table, question) {
    return { table, question, config: viewConfig(question) };
  }

  async ask({ table, question, config }) {
    return { view: await table.view(config), question };
  }

  async first({ view, question }) {
    const rows = question.kind === "rows" && question.filter ? await view.num_rows() : undefined;
    return { rows, columns: await view.to_columns({ start_row: 0, end_row: WINDOW }) };
  }

  window({ view }, start_row, end_row) {
    return view.to_columns({ start_row, end_row });
  }

  source(made) {
    return viewSource(made);
  }

  close({ view }) {
    return view.delete();
  }
}
