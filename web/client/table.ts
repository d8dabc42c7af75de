/**
 * A table in the engine, seen from the page.
 *
 * A `Table` of a relay's feed is filled by the relay: it can be viewed and deleted (which
 * only lets go of it), but not written to.
 */

import { Callbacks } from "./callbacks.js";
import type { TableId } from "./calls.js";
import type { Client } from "./client.js";
import { sortRows } from "./data.js";
import type { EnginePort } from "./engine_port.js";
import { MillraceError } from "./errors.js";
import type {
  ColumnInfo,
  DeleteOptions,
  Expressions,
  RowData,
  Schema,
  ValidatedExpressions,
  ViewConfig,
  WindowTerm,
  WriteOptions,
} from "./types.js";
import { View } from "./view.js";

export interface TableOrigin {
  client: Client;
  name: string | undefined;
  /** Present for a feed's table: lets go of it instead of deleting it. */
  release?: () => Promise<void>;
}

/** Rows with named columns, kept in the engine; views of it follow every change. */
export class Table {
  readonly #port: EnginePort;
  readonly #id: TableId;
  readonly #origin: TableOrigin;
  readonly #onDelete = new Callbacks<[]>();
  #unlisten: (() => void) | undefined;
  #deleted = false;

  /** Made by `client.table(…)` and `client.open_table(…)`. */
  constructor(port: EnginePort, id: TableId, origin: TableOrigin) {
    this.#port = port;
    this.#id = id;
    this.#origin = origin;
  }

  /** Appends rows, all of them or none. */
  async update(data: RowData, options: WriteOptions = {}): Promise<void> {
    this.#refuseIfFed("update");
    const sorted = sortRows(data, options.format);
    const params = { table: this.#id, port: options.port_id ?? 0, ...sorted };
    await this.#port.call("update", params, [sorted.bytes.buffer]);
  }

  /**
   * A number for one who writes to the table: `update(…, { port_id })` makes updates of its
   * own, and `on_update` tells it.
   */
  make_port(): Promise<number> {
    return this.#port.call("make_port", { table: this.#id });
  }

  /**
   * Takes out the rows with these keys: values of the one key column, or objects with a
   * value for each, or data of any format with the key columns, as `on_remove` tells them.
   * Keys that are not there are passed over; answers how many were.
   */
  async remove(keys: readonly unknown[] | RowData, options: WriteOptions = {}): Promise<number> {
    this.#refuseIfFed("remove");
    const [first, ...others] = await this.#index();
    const isRow = (key: unknown) =>
      typeof key === "object" && key !== null && !(key instanceof Date);
    const single = first !== undefined && others.length === 0;
    const plain = single && Array.isArray(keys) && !keys.some(isRow);
    const sorted = sortRows(plain ? { [first]: keys } : keys, options.format);
    return this.#port.call("remove", { table: this.#id, ...sorted }, [sorted.bytes.buffer]);
  }

  /** Puts these rows in the place of all that there are, in one change. */
  async replace(data: RowData, options: WriteOptions = {}): Promise<void> {
    this.#refuseIfFed("replace");
    const sorted = sortRows(data, options.format);
    await this.#port.call("replace", { table: this.#id, ...sorted }, [sorted.bytes.buffer]);
  }

  /** The column that tells rows apart, or the columns; none where all rows are kept. */
  async get_index(): Promise<string | string[] | undefined> {
    const index = await this.#index();
    return index.length > 1 ? index : index[0];
  }

  #index(): Promise<string[]> {
    return this.#port.call("table_index", { table: this.#id });
  }

  /**
   * The types of expressions, and what is wrong with which. They may use `windows`, and these
   * them, as in a view.
   */
  validate_expressions(
    expressions: Expressions,
    { windows = {} }: { windows?: Record<string, WindowTerm> } = {},
  ): Promise<ValidatedExpressions> {
    return this.#port.call("validate_expressions", { table: this.#id, expressions, windows });
  }

  /** Removes all rows. */
  async clear(): Promise<void> {
    this.#refuseIfFed("clear");
    await this.#port.call("clear", { table: this.#id });
  }

  /** The names of the columns, in order. */
  async columns(): Promise<string[]> {
    return (await this.column_info()).map((column) => column.name);
  }

  /** The columns' types, by Perspective's names. */
  async schema(): Promise<Schema> {
    const columns = await this.column_info();
    return Object.fromEntries(columns.map((column) => [column.name, column.type]));
  }

  /** Names, everyday types and exact Arrow types, in order. */
  column_info(): Promise<ColumnInfo[]> {
    return this.#port.call("table_columns", { table: this.#id });
  }

  /** How many rows there are. */
  size(): Promise<number> {
    return this.#port.call("table_size", { table: this.#id });
  }

  /** The greatest number of rows, if that was set. */
  async get_limit(): Promise<number | undefined> {
    return (await this.#port.call("table_limit", { table: this.#id })) ?? undefined;
  }

  /** The name that the table was made or opened under. */
  get_name(): string | undefined {
    return this.#origin.name;
  }

  /** The client that made it. */
  get_client(): Client {
    return this.#origin.client;
  }

  /** A view of the table, kept up to date until it is deleted. */
  async view(config: ViewConfig = {}): Promise<View> {
    const id = await this.#port.call("create_view", { table: this.#id, config });
    return new View(this.#port, id);
  }

  /** Calls back when the table was replaced by one of other columns (a feed whose schema changed). */
  on_replace(callback: () => void): () => void {
    return this.#port.listen((event) => {
      if (event.event === "table_replaced" && event.table === this.#id) callback();
    });
  }

  /** Calls back once, when the table is deleted; the returned id is for `remove_delete`. */
  on_delete(callback: () => void): number {
    this.#unlisten ??= this.#port.listen((event) => {
      if (event.event === "table_deleted" && event.table === this.#id) this.#gone();
    });
    return this.#onDelete.add(callback);
  }

  /** No longer tells of the deletion; what `on_delete` answered, or its callback. */
  remove_delete(id: number | (() => void)): void {
    this.#onDelete.remove(id);
  }

  /**
   * An error while views on it live, unless `lazy`: then it waits until they are deleted. A
   * feed's table is let go of.
   */
  async delete(options: DeleteOptions = {}): Promise<void> {
    if (this.#deleted) return;
    if (this.#origin.release) {
      this.#deleted = true;
      await this.#origin.release();
    } else {
      const lazy = options.lazy ?? false;
      await this.#port.call("delete_table", { table: this.#id, lazy });
    }
    this.#gone();
  }

  #gone(): void {
    this.#deleted = true;
    this.#unlisten?.();
    this.#unlisten = undefined;
    for (const callback of this.#onDelete.takeAll()) callback();
  }

  #refuseIfFed(verb: string): void {
    if (!this.#origin.release) return;
    throw new MillraceError({
      kind: "read_only",
      message: `Table "${this.#origin.name}" is filled by its relay; it cannot be written to from here.`,
      where: verb,
      expected: "a table made with client.table(…)",
    });
  }
}
