/**
 * DuckDB-Wasm by prepared SQL, its bundle `eh` in a Worker. It is asked for the first rows and
 * no more, so that it may sort only those.
 */
import * as duckdb from "/npm/@duckdb/duckdb-wasm/dist/duckdb-browser.mjs";
import { transpose } from "../answers.mjs";
import { BATCH_ROWS, COLUMNS, VARIANTS, WINDOW } from "../questions.mjs";
import { number, sqlOf, windowOf } from "./sql.mjs";

const DIST = "/npm/@duckdb/duckdb-wasm/dist";

/** @implements {import("./peer.mjs").Peer} */
export class Peer {
  notes = [
    "DuckDB's statements are prepared before, and ask for the first 50 rows alone (`LIMIT 50`); a jump is a statement of its own with an `OFFSET`. It has no live views: what is live inserts the batch and runs the statement again, a ring deletes the oldest rows by `rowid`, an upsert is `INSERT OR REPLACE` from a staged table.",
  ];
  #connection;
  #tables = 0;

  async start() {
    const worker = new Worker(`${DIST}/duckdb-browser-eh.worker.js`);
    const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
    await database.instantiate(`${DIST}/duckdb-eh.wasm`);
    await database.open({ query: { castBigIntToDouble: true, castDecimalToDouble: true } });
    this.#connection = await database.connect();
  }

  async load(bytes, live) {
    const name = `t${this.#tables++}`;
    const table = { name, ...live };
    if (live?.index) {
      // A primary key cannot be given to a table that was made of Arrow.
      await this.#insert(`${name}_loaded`, bytes, true);
      await this.#run(`CREATE TABLE ${name} AS FROM ${name}_loaded`);
      await this.#run(`ALTER TABLE ${name} ADD PRIMARY KEY ("${live.index}")`);
      await this.#run(`DROP TABLE ${name}_loaded`);
    } else await this.#insert(name, bytes, true);
    if (live?.full) table.first = 0;
    return table;
  }

  async size({ name }) {
    const result = await this.#run(`SELECT count(*) AS n FROM ${name}`);
    return number(result.getChildAt(0).get(0));
  }

  async drop({ name }) {
    await this.#run(`DROP TABLE ${name}`);
  }

  async append(table, bytes) {
    const { name, index, full } = table;
    if (index) {
      await this.#insert(`${name}_batch`, bytes, true);
      await this.#run(`INSERT OR REPLACE INTO ${name} FROM ${name}_batch`);
      await this.#run(`DROP TABLE ${name}_batch`);
      return;
    }
    await this.#insert(name, bytes, false);
    if (full) {
      table.first += BATCH_ROWS;
      await this.#run(`DELETE FROM ${name} WHERE rowid < ${table.first}`);
    }
  }

  async prepare(table, question, reading = {}) {
    const variants = Object.fromEntries(
      Object.entries(reading).map(([fn, name]) => [fn, VARIANTS[fn].indexOf(name)]),
    );
    const sql = sqlOf(question, table.name, variants);
    return {
      question,
      sql,
      first: await this.#statement(windowOf(sql.rows, WINDOW)),
      jump: question.jump && (await this.#statement(windowOf(sql.rows, WINDOW, "?"))),
      count: sql.count && (await this.#statement(sql.count)),
    };
  }

  async ask(plan) {
    return plan;
  }

  async first({ first, count }) {
    const rows = count && number((await count.query()).getChildAt(0).get(0));
    return { rows, columns: columnsOf(await first.query()) };
  }

  async window({ jump }, from) {
    return columnsOf(await jump.query(from));
  }

  async source({ sql, question, count }) {
    if (question.kind === "rows") {
      const rows = number((await this.#run(count ? sql.count : sql.all)).getChildAt(0).get(0));
      const read = async (from, to) => {
        const columns = columnsOf(await this.#run(windowOf(sql.rows, to - from, from)));
        return transpose(
          COLUMNS.map((name) => columns[name]),
          to - from,
        );
      };
      return { rows, read };
    }
    const result = await this.#run(sql.rows);
    const names = result.schema.fields.map(({ name }) => name);
    if (question.split) names.sort((a, b) => order(a) - order(b));
    const columns = columnsOf(result);
    return {
      rows: result.numRows,
      read: async (from, to) =>
        transpose(
          names.map((name) => columns[name].slice(from, to)),
          to - from,
        ),
    };
  }

  async close() {}

  async release({ first, jump, count }) {
    for (const statement of [first, jump, count]) await statement?.close();
  }

  /** A prepared statement; a pivot that looks up its columns cannot be one. */
  async #statement(sql) {
    if (sql.includes("PIVOT")) return { query: () => this.#run(sql), close: async () => {} };
    return this.#connection.prepare(sql);
  }

  #run(sql) {
    return this.#connection.query(sql);
  }

  #insert(name, bytes, create) {
    return this.#connection.insertArrowFromIPCStream(new Uint8Array(bytes), { name, create });
  }
}

const order = (name) => (/^\d/.test(name) ? Number(name) : -1);

/** An Arrow table as plain arrays. */
function columnsOf(result) {
  const entries = result.schema.fields.map(({ name }, at) => {
    const values = Array.from(result.getChildAt(at));
    return [name, values.map((value) => (typeof value === "bigint" ? number(value) : value))];
  });
  return Object.fromEntries(entries);
}
