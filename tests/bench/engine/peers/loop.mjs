/**
 * The floor beside q1: a plain loop over the codes of a dictionary and a column of values, and
 * the sort of a hundred sums. No engine, no Worker, and the columns lie ready.
 */
import { tableFromIPC } from "/npm/@uwdata/flechette/src/index.js";
import { transpose } from "../answers.mjs";
import { WINDOW } from "../questions.mjs";

/** @implements {import("./peer.mjs").Peer} */
export class Peer {
  notes = [];

  async start() {}

  async load(bytes) {
    const table = tableFromIPC(bytes);
    const parts = table.getChild("id1").data;
    return {
      rows: table.numRows,
      names: parts[0].dictionary.toArray(),
      codes: parts.map(({ values }) => values),
      values: table.getChild("v1").data.map(({ values }) => values),
    };
  }

  async size({ rows }) {
    return rows;
  }

  async drop() {}

  async prepare(table) {
    return table;
  }

  async ask({ names, codes, values }) {
    const sums = new Float64Array(names.length);
    for (const [part, places] of codes.entries()) add(sums, places, values[part]);
    return { names, sums, order: names.map((_, at) => at).sort((a, b) => sums[b] - sums[a]) };
  }

  async first(view) {
    return this.window(view, 0, WINDOW);
  }

  async window({ names, sums, order }, from, to) {
    const rows = order.slice(from, to);
    return [rows.map((at) => names[at]), rows.map((at) => sums[at])];
  }

  async source(view) {
    const read = async (from, to) => transpose(await this.window(view, from, to), to - from);
    return { rows: view.names.length, read };
  }

  async close() {}
}

function add(sums, codes, values) {
  for (let row = 0; row < codes.length; row++) sums[codes[row]] += values[row];
}
