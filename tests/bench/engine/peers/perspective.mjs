/**
 * Perspective by its documented API: the engine in a Worker, views with a sort, windows of
 * `to_columns`.
 */
import perspective from "/npm/@perspective-dev/client/dist/esm/perspective.js";
import { WINDOW } from "../questions.mjs";
import { viewConfig, viewSource } from "./view_config.mjs";

const NPM = "/npm/@perspective-dev";

/** @implements {import("./peer.mjs").Peer} */
export class Peer {
  notes = [
    "A read of Perspective may come before the batch that was sent ahead of it: live, its `on_update` is awaited, and then the view is read.",
  ];
  #client;

  async start() {
    perspective.init_server(fetch(`${NPM}/server/dist/wasm/perspective-server.wasm`));
    perspective.init_client(fetch(`${NPM}/client/dist/wasm/perspective-js.wasm`));
    this.#client = await perspective.worker();
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
    const made = { view: await table.view(config), question, updates: 0, seen: 0 };
    if (question.live) {
      await made.view.on_update(() => {
        made.updates++;
        made.wake?.();
      });
    }
    return made;
  }

  async refresh(made) {
    while (made.updates === made.seen) {
      await new Promise((resolve) => {
        made.wake = resolve;
      });
    }
    made.seen++;
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
