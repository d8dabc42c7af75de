/**
 * The engine's tables behind one feed: the shown one, and beside it the one that a new
 * history fills until it takes the other's place.
 */
import type { TableId } from "../../client/calls.js";
import type { ColumnInfo } from "../../client/types.js";
import { type EngineHost, type Handle, tableOptions } from "../engine_host.js";
import type { FeedStore, TableBounds } from "./feed_session.js";
import type { FeedColumn } from "./messages.js";

/** A table that is being filled; it gets its columns from the first frame if not before. */
interface Filling {
  handle: Handle | undefined;
  options: string;
}

export class FeedTable implements FeedStore {
  readonly #host: EngineHost;
  readonly #feed: string;
  readonly #appeared: (table: TableId) => void;
  #shown: TableId | undefined;
  #filling: Filling | undefined;
  #keyed = false;

  /** `appeared` is called once, when there is a table to show. */
  constructor(host: EngineHost, feed: string, appeared: (table: TableId) => void) {
    this.#host = host;
    this.#feed = feed;
    this.#appeared = appeared;
  }

  get rows(): number {
    return this.#shown === undefined ? 0 : this.#host.size(this.#shown);
  }

  begin(columns: FeedColumn[], { limit, key = [] }: TableBounds): void {
    this.#discard();
    this.#keyed = key.length > 0;
    const filling: Filling = { handle: undefined, options: tableOptions(limit ?? null, key) };
    this.#filling = filling;
    const schema = Object.fromEntries(
      columns.map((column) => [column.name, engineType(column.type)]),
    );
    try {
      if (columns.length > 0) {
        filling.handle = this.#host.engine.create_table(JSON.stringify(schema), filling.options);
      }
    } catch (error) {
      // A type that only the frames themselves can tell; the first one makes the table. One of a
      // keyed feed could not: its keys may be of rows that are gone.
      if (this.#keyed) throw error;
    }
    this.#showIfFirst();
  }

  append(frame: Uint8Array): number {
    const { engine } = this.#host;
    const filling = this.#filling;
    if (!filling) {
      if (this.#shown === undefined) throw new Error(`feed ${this.#feed} has no table`);
      return this.#keyed
        ? this.#host.follow(this.#shown, frame)
        : this.#host.update(this.#shown, "arrow", frame);
    }
    if (filling.handle !== undefined) {
      return this.#keyed
        ? engine.follow_arrow(filling.handle, frame)
        : engine.update_arrow(filling.handle, frame);
    }
    filling.handle = engine.create_table_from_arrow(frame, filling.options);
    const rows = engine.table_size(filling.handle);
    this.#showIfFirst();
    return rows;
  }

  commit(): void {
    const filling = this.#filling;
    if (!filling) return;
    if (this.#shown === undefined) {
      // Nothing came at all and the columns were not understood: wait for the first frame.
      return;
    }
    this.#filling = undefined;
    if (filling.handle === undefined) {
      this.#host.clear(this.#shown);
    } else if (this.#sameColumns(this.#host.table(this.#shown), filling.handle)) {
      this.#host.swapTable(this.#shown, filling.handle);
    } else {
      this.#host.replaceTable(this.#shown, filling.handle);
    }
  }

  drop(): void {
    this.#discard();
    if (this.#shown !== undefined) this.#host.dropTable(this.#shown);
    this.#shown = undefined;
  }

  /** The very first history is shown while it comes in: there is nothing older to show. */
  #showIfFirst(): void {
    const handle = this.#filling?.handle;
    if (this.#shown !== undefined || handle === undefined) return;
    this.#filling = undefined;
    this.#shown = this.#host.adopt(handle, null);
    this.#appeared(this.#shown);
  }

  #discard(): void {
    const handle = this.#filling?.handle;
    if (handle !== undefined) this.#host.engine.delete_table(handle);
    this.#filling = undefined;
  }

  #sameColumns(a: Handle, b: Handle): boolean {
    const columns = (handle: Handle) =>
      (JSON.parse(this.#host.engine.table_schema(handle)) as ColumnInfo[])
        .map((column) => `${column.name}\u0000${column.exact}`)
        .join("\u0001");
    return columns(a) === columns(b);
  }
}

/** Arrow's names of types that the engine calls otherwise. */
function engineType(type: string): string {
  switch (type) {
    case "utf8":
    case "large_utf8":
      return "string";
    case "bool":
      return "boolean";
    default:
      return type.replace(/^decimal128\(/, "decimal(");
  }
}
