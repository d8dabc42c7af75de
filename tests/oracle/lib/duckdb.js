/**
 * DuckDB in this process: takes the rows, answers SQL with exact values.
 *
 * Rows go in by its appender and come out by its own value classes: nothing on this way is
 * shared with the engine.
 */
import {
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampValue,
} from "@duckdb/node-api";
import { COLUMNS } from "./columns.js";

/** The most rows that go into one of its chunks. */
const CHUNK = 2048;

/** Makes DuckDB's value of ours, by DuckDB type; the types not here take ours as they are. */
const INTO = {
  TINYINT: Number,
  DATE: (days) => new DuckDBDateValue(Number(days)),
  "DECIMAL(20, 2)": (unscaled) => new DuckDBDecimalValue(unscaled, 20, 2),
  TIMESTAMP_S: (ticks) => new DuckDBTimestampSecondsValue(ticks),
  TIMESTAMP_MS: (ticks) => new DuckDBTimestampMillisecondsValue(ticks),
  TIMESTAMP: (ticks) => new DuckDBTimestampValue(ticks),
  TIMESTAMP_NS: (ticks) => new DuckDBTimestampNanosecondsValue(ticks),
};

export class DuckDB {
  #instance;
  #connection;

  static async open() {
    const database = new DuckDB();
    database.#instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    database.#connection = await database.#instance.connect();
    return database;
  }

  /** Puts `rows` into the table `rows`, in place of what it held; `row` numbers them. */
  async load(rows) {
    const fields = COLUMNS.map((column) => `"${column.name}" ${column.duck}`);
    await this.#connection.run(`CREATE OR REPLACE TABLE rows ("row" BIGINT, ${fields.join(", ")})`);
    const appender = await this.#connection.createAppender("rows");
    const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
    for (let start = 0; start < rows.length; start += CHUNK) {
      const part = rows.slice(start, start + CHUNK);
      const chunk = DuckDBDataChunk.create(types);
      chunk.setColumns([
        part.map((_, i) => BigInt(start + i)),
        ...COLUMNS.map((column, c) => {
          const into = INTO[column.duck] ?? ((value) => value);
          return part.map((row) => (row[c] === null ? null : into(row[c])));
        }),
      ]);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** The rows of the answer, as arrays of exact values. */
  async query(sql) {
    const answer = await this.#connection.runAndReadAll(sql);
    return answer.getRows().map((row) => row.map(exact));
  }

  close() {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

function exact(value) {
  if (value instanceof DuckDBDateValue) return BigInt(value.days);
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis;
  if (value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos;
  return value;
}
