/**
 * The entry to one engine: makes tables, or opens the feeds of a relay.
 *
 * A client of `millrace.worker()` owns its Worker. A client of `millrace.websocket(url)`
 * shares engine and connection with every other one for the same relay on this page; its
 * `terminate` lets go of its own part alone.
 */

import { sortData } from "./data.js";
import type { EnginePort } from "./engine_port.js";
import { MillraceError } from "./errors.js";
import type { RelayHandle } from "./relay.js";
import { Table } from "./table.js";
import type { TableData, TableOptions } from "./types.js";
import { View } from "./view.js";

export type ErrorCallback = (error: MillraceError) => void;

/** Makes and opens tables: of an engine in the page, or the feeds of a relay. */
export class Client {
  readonly #port: EnginePort;
  readonly #relay: RelayHandle | undefined;
  /** Of `on_error` and of `on_hosted_tables_update`. */
  readonly #listeners = new Map<number, () => void>();
  #nextListener = 1;
  #terminated = false;

  constructor(port: EnginePort, relay?: RelayHandle) {
    this.#port = port;
    this.#relay = relay;
  }

  /**
   * A new table: empty, of a schema, or with the rows of `data` and the columns found in them.
   * Of a view of this client it is a live one, whose rows are the view's and follow them.
   */
  async table(data: TableData | View, options: TableOptions = {}): Promise<Table> {
    this.#alive();
    checkOptions(options);
    if (data instanceof View) return this.#tableOfView(data, options);
    const sorted = sortData(data, options.format);
    const shared = {
      options: {
        index: options.index ?? null,
        limit: options.limit ?? null,
        list_flatten: options.list_flatten ?? null,
      },
      name: options.name ?? null,
    };
    const id =
      "schema" in sorted
        ? await this.#port.call("create_table", { schema: sorted.schema, ...shared })
        : await this.#port.call("create_table_from", { ...sorted, ...shared }, [
            sorted.bytes.buffer,
          ]);
    return new Table(this.#port, id, { client: this, name: options.name });
  }

  async #tableOfView(view: View, options: TableOptions): Promise<Table> {
    const { name, format, ...rest } = options;
    const params = { view: View.idOn(this.#port, view), options: rest, name: name ?? null };
    const id = await this.#port.call("create_table_of_view", params);
    return new Table(this.#port, id, { client: this, name });
  }

  /** A table by its name: a feed of the relay, or one that `table` was given a name for. */
  async open_table(name: string): Promise<Table> {
    this.#alive();
    if (this.#relay) {
      const lease = await this.#relay.open(name);
      return new Table(this.#port, lease.table, { client: this, name, release: lease.release });
    }
    const id = await this.#port.call("find_table", { name });
    if (id === null) {
      const names = await this.get_hosted_table_names();
      throw new MillraceError({
        kind: "unknown_table",
        message: `There is no table "${name}".`,
        where: "name",
        expected: names.length > 0 ? `one of: ${names.join(", ")}` : "the name of a table",
      });
    }
    return new Table(this.#port, id, { client: this, name });
  }

  /** Names of the relay's feeds, or of this engine's named tables. */
  async get_hosted_table_names(): Promise<string[]> {
    this.#alive();
    return this.#relay ? this.#relay.feeds() : this.#port.call("table_names", {});
  }

  /** Calls back with errors that no call is waiting for: a refused frame, a lost engine. */
  on_error(callback: ErrorCallback): number {
    const relay = this.#relay?.id;
    const id = this.#nextListener++;
    const stop = this.#port.listen((event) => {
      if (event.event === "fatal" || event.event === "view_error") {
        callback(new MillraceError(event.error));
      } else if (event.event === "relay_error" && event.relay === relay) {
        callback(new MillraceError(event.error));
      }
    });
    this.#listeners.set(id, stop);
    return id;
  }

  /** No longer tells of errors; `id` is what `on_error` answered. */
  remove_error(id: number): void {
    this.#stop(id);
  }

  /**
   * Calls back when what `get_hosted_table_names` answers has changed: when a table with a
   * name came to this engine or left it, or the relay has other feeds. The returned id is for
   * `remove_hosted_tables_update`.
   */
  async on_hosted_tables_update(callback: () => void): Promise<number> {
    this.#alive();
    const id = this.#nextListener++;
    const stop = this.#relay
      ? onFeeds(this.#relay, callback)
      : this.#port.listen((event) => {
          if (event.event === "hosted_tables") callback();
        });
    this.#listeners.set(id, stop);
    return id;
  }

  /** No longer tells of hosted tables; `id` is what `on_hosted_tables_update` answered. */
  async remove_hosted_tables_update(id: number): Promise<void> {
    this.#stop(id);
  }

  #stop(id: number): void {
    this.#listeners.get(id)?.();
    this.#listeners.delete(id);
  }

  /** Byte counts of the engine's memory. */
  system_info(): Promise<Record<string, unknown>> {
    this.#alive();
    return this.#port.call("system_info", {});
  }

  /** The relay behind this client: its state and its feeds', for a status line. */
  get relay(): RelayHandle | undefined {
    return this.#relay;
  }

  /** Ends the client: of a relay its connection, else its engine with all tables. */
  async terminate(): Promise<void> {
    if (this.#terminated) return;
    this.#terminated = true;
    for (const stop of this.#listeners.values()) stop();
    this.#listeners.clear();
    if (this.#relay) await this.#relay.close();
    else this.#port.terminate();
  }

  #alive(): void {
    if (this.#terminated) {
      throw new MillraceError({ kind: "terminated", message: "The client was terminated." });
    }
  }
}

/** Calls back when the relay's list of feeds is another; answers a function that stops it. */
function onFeeds(relay: RelayHandle, callback: () => void): () => void {
  let before = relay.status.feeds.join("\n");
  return relay.listen(() => {
    const now = relay.status.feeds.join("\n");
    if (relay.status.state !== "connected" || now === before) return;
    before = now;
    callback();
  });
}

const OPTIONS = new Set(["name", "index", "limit", "format", "list_flatten"]);

function checkOptions(options: TableOptions): void {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key)) {
      throw new MillraceError({
        kind: "unknown_option",
        message: `Unknown table option "${key}".`,
        where: key,
        expected: [...OPTIONS].join(", "),
      });
    }
  }
}
