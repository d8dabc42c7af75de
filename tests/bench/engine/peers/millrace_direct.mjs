/**
 * Millrace's engine by its wasm module alone, measured inside a Worker: what a batch costs
 * without the way to the page and back.
 */

import { rowsOf, viewConfig } from "./view_config.mjs";

/** @implements {import("./peer.mjs").Peer} */
export class Peer {
  notes = [];
  #worker;
  #waiting = new Map();
  #calls = 0;

  async start() {
    const script = new URL("./millrace_direct_worker.mjs", import.meta.url);
    this.#worker = new Worker(script, { type: "module" });
    this.#worker.onmessage = ({ data: { id, value, error } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(Object.assign(new Error(error.message), error));
      else resolve(value);
    };
    this.#worker.onerror = ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
    };
    await this.#call("start");
  }

  load(bytes, live) {
    const options = {};
    if (live?.index) options.index = live.index;
    if (live?.full) options.limit = live.rows;
    return this.#call("load", bytes, JSON.stringify(options));
  }

  size(table) {
    return this.#call("size", table);
  }

  drop(table) {
    return this.#call("drop", table);
  }

  async prepare(table, question) {
    return { table, question };
  }

  async ask({ table, question }) {
    const view = await this.#call("view", table, JSON.stringify(viewConfig(question)));
    return { view, question };
  }

  async first({ view }) {
    await this.#call("rows", view);
  }

  step(table, { view, question }, bytes) {
    const counted = question.kind === "rows" && question.filter !== undefined;
    return this.#call("step", table, view, bytes, counted);
  }

  async source({ view, question }) {
    return {
      rows: await this.#call("rows", view),
      read: async (from, to) => rowsOf(await this.#call("read", view, from, to), question),
    };
  }

  close({ view }) {
    return this.#call("close", view);
  }

  #call(method, ...args) {
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, args });
    });
  }
}
