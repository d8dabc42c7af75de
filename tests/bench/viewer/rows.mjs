/**
 * The rows: trades, as Arrow, the same each time. Written once by the engine in Node.
 *
 * The first letter of a text tells its column, so that a page can be asked what it shows.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Rows of a batch, and batches of a second. */
export const BATCH_ROWS = 10_000;
export const BATCHES_A_SECOND = 10;
/** Batches that are made; a feed that takes longer begins again with the first. */
export const BATCHES = 350;

const CHUNK = 50_000;
const START = Date.UTC(2026, 0, 5, 9, 30);
/** A million rows are ten minutes. */
const MS_A_ROW = 0.6;

const SCHEMA = {
  seq: "integer",
  time: "datetime",
  ticker: "string",
  client: "string",
  venue: "string",
  side: "string",
  price: "float",
  change: "float",
  volume: "integer",
};

/** The same numbers each time. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const code = (letter, width, number) => `${letter}${String(number).padStart(width, "0")}`;

/** Columns of the rows from one number to another. */
function columns(from, to) {
  const random = generator(from + 1);
  const made = Object.fromEntries(Object.keys(SCHEMA).map((name) => [name, []]));
  for (let row = from; row < to; row++) {
    const ticker = Math.floor(random() ** 2 * 100);
    const change = Math.round((random() - 0.5) * 400) / 100;
    made.seq.push(row);
    made.time.push(START + Math.floor(row * MS_A_ROW));
    made.ticker.push(code("T", 3, ticker));
    made.client.push(code("C", 2, Math.floor(random() * 20)));
    made.venue.push(code("V", 2, Math.floor(random() * 5)));
    made.side.push(random() < 0.5 ? "buy" : "sell");
    made.price.push(Math.round((50 + ticker * 3 + change) * 100) / 100);
    made.change.push(change);
    made.volume.push(10 + Math.floor(random() ** 3 * 900));
  }
  return made;
}

/** Arrow of the rows from one number to another. */
async function arrow(millrace, from, to) {
  const table = await millrace.table(SCHEMA);
  for (let at = from; at < to; at += CHUNK) {
    await table.update(columns(at, Math.min(at + CHUNK, to)), { format: "columns" });
  }
  const view = await table.view();
  const bytes = await view.to_arrow({ compression: null });
  await view.delete();
  await table.delete();
  return new Uint8Array(bytes);
}

/** A file is there whole or not at all. */
async function once(file, make) {
  if (existsSync(file)) return;
  writeFileSync(`${file}.part`, await make());
  renameSync(`${file}.part`, file);
}

/**
 * The folder with `rows.arrow`, and with the batches if there is a feed, made if need be.
 *
 * @param {string} engine The built package's entry for Node.
 */
export async function makeRows(target, engine, rows, feed) {
  const folder = join(target, "bench/viewer", String(rows));
  mkdirSync(folder, { recursive: true });
  const { default: millrace } = await import(engine);
  await once(join(folder, "rows.arrow"), () => arrow(millrace, 0, rows));
  for (let batch = 0; feed && batch < BATCHES; batch++) {
    const from = rows + batch * BATCH_ROWS;
    const file = join(folder, `batch-${String(batch).padStart(3, "0")}.arrow`);
    await once(file, () => arrow(millrace, from, from + BATCH_ROWS));
  }
  return folder;
}
