/**
 * Answers the calls of a page: the one place where names of calls meet the host's methods.
 */
import type {
  EngineCalls,
  EngineEvent,
  Method,
  Params,
  ReadAnswer,
  RelayId,
  Result,
} from "../client/calls.js";
import { MillraceError } from "../client/errors.js";
import type { ViewWindow } from "../client/types.js";
import type { EngineApi } from "./engine_api.js";
import { EngineHost, type Later } from "./engine_host.js";
import { RelayConnection } from "./relay/connection.js";

/** A call's answer, now or later. */
type Handlers = {
  [M in Method]: (params: Params<M>) => Result<M> | Promise<Result<M>>;
};

export class Dispatcher {
  readonly #relays = new Map<RelayId, RelayConnection>();
  readonly #handlers: Handlers;
  readonly #engine: EngineApi;
  readonly #host: EngineHost;
  readonly #fetchZones: () => Promise<Uint8Array>;
  #zones: Promise<void> | undefined;
  #nextRelay = 1;

  /** `fetchZones` gets `millrace_zones.bin`, at most once. */
  constructor(
    engine: EngineApi,
    emit: (event: EngineEvent) => void,
    later: Later,
    fetchZones: () => Promise<Uint8Array>,
  ) {
    this.#engine = engine;
    this.#fetchZones = fetchZones;
    const host = new EngineHost(engine, emit, later);
    this.#host = host;
    this.#handlers = {
      create_table: (p) => host.createTable(p.schema, p.options, p.name),
      create_table_from: (p) => host.createTableFrom(p.format, p.bytes, p.options, p.name),
      create_table_of_view: (p) => host.createTableOfView(p.view, p.options, p.name),
      find_table: (p) => host.findTable(p.name),
      table_names: () => host.tableNames(),
      update: (p) => host.update(p.table, p.format, p.bytes, p.port),
      make_port: (p) => host.makePort(p.table),
      remove: (p) => host.remove(p.table, p.format, p.bytes),
      replace: (p) => done(() => host.replace(p.table, p.format, p.bytes)),
      table_index: (p) => engine.table_index(host.table(p.table)),
      validate_expressions: (p) => host.validateExpressions(p.table, p.expressions, p.windows),
      clear: (p) => done(() => host.clear(p.table)),
      table_columns: (p) => host.columns(p.table),
      table_size: (p) => host.size(p.table),
      table_limit: (p) => host.limit(p.table),
      delete_table: async (p) => {
        if (p.lazy) await host.whenUnused(p.table);
        return done(() => host.deleteTable(p.table));
      },

      create_view: (p) => host.createView(p.table, p.config),
      view_config: (p) => host.viewConfig(p.view),
      view_schema: (p) => host.viewSchema(p.view),
      view_expression_schema: (p) => host.expressionSchema(p.view),
      view_min_max: (p) => host.minMax(p.view, p.column),
      view_column_paths: (p) => host.columnPaths(p.view),
      view_dimensions: (p) => host.dimensions(p.view),
      read: (p) => host.read(p.view, p.window),
      read_all: (p) => p.reads.map(({ view, window }) => answer(() => host.read(view, window))),
      to_arrow: (p) => host.toArrow(p.view, p.window),
      to_text: (p) => host.toText(p.view, p.format, p.window),
      expand: (p) => host.expand(p.view, p.row),
      collapse: (p) => host.collapse(p.view, p.row),
      set_depth: (p) => done(() => host.setDepth(p.view, p.depth)),
      watch: (p) => done(() => host.watch(p.view, p.on)),
      watch_rows: (p) => done(() => host.watchRows(p.view, p.on)),
      watch_removes: (p) => done(() => host.watchRemoves(p.view, p.on)),
      delete_view: (p) => done(() => host.deleteView(p.view)),

      system_info: () => systemInfo(engine),

      relay_connect: (p) => {
        const id = this.#nextRelay++;
        this.#relays.set(id, new RelayConnection(host, id, p.url, p.with_token, emit));
        return id;
      },
      relay_feeds: (p) => this.#relay(p.relay).feeds(),
      relay_open: (p) => this.#relay(p.relay).open(p.feed),
      relay_release: (p) => done(() => this.#relay(p.relay).release(p.feed)),
      relay_retry: (p) => done(() => this.#relay(p.relay).retry()),
      relay_token: (p) => done(() => this.#relay(p.relay).answerToken(p.ticket, p.token)),
      relay_close: (p) => {
        this.#relays.get(p.relay)?.close();
        this.#relays.delete(p.relay);
        return null;
      },
    };
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const handler = this.#handlers[method] as EngineCalls[Method] as (
      p: Params<M>,
    ) => Result<M> | Promise<Result<M>>;
    try {
      return await this.#withZones(() => handler(params));
    } catch (error) {
      throw MillraceError.from(error);
    }
  }

  /**
   * Makes a call, and once more if it named a time zone before their data was there. It did
   * nothing then: it failed, or only looked.
   */
  async #withZones<T>(call: () => T | Promise<T>): Promise<T> {
    try {
      const result = call();
      // Asked before anything else runs: another call's zones are none of this one's business.
      if (!this.#engine.take_missed_zones()) return result;
    } catch (error) {
      // An engine that has stopped is not asked.
      if (error instanceof WebAssembly.RuntimeError || !this.#engine.take_missed_zones())
        throw error;
    }
    await this.#loadZones();
    return call();
  }

  #loadZones(): Promise<void> {
    this.#zones ??= this.#fetchZones().then(
      (bytes) => this.#engine.load_zones(bytes),
      (error: unknown) => {
        this.#zones = undefined;
        const { message } = MillraceError.from(error);
        throw new MillraceError({
          kind: "zones",
          message: `The data of time zones could not be loaded: ${message}`,
          where: "millrace_zones.bin",
          expected: "millrace_zones.bin beside the engine's wasm",
        });
      },
    );
    return this.#zones;
  }

  close(): void {
    this.#host.close();
    for (const relay of this.#relays.values()) relay.close();
    this.#relays.clear();
    this.#engine.free();
  }

  #relay(id: RelayId): RelayConnection {
    const relay = this.#relays.get(id);
    if (relay) return relay;
    throw new MillraceError({ kind: "terminated", message: "The connection was closed." });
  }
}

/** Bytes: of the tables, of the views, and of the engine's memory as a whole. */
function systemInfo(engine: EngineApi): Record<string, unknown> {
  const held = JSON.parse(engine.memory()) as { tables: number; views: number; heap: number };
  const used_size = held.tables + held.views;
  return { ...held, heap_size: held.heap, used_size, timestamp: Date.now() };
}

/** One of several reads: its failure is its own, unless the engine itself has stopped. */
function answer(read: () => ViewWindow): ReadAnswer {
  try {
    return read();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return { error: MillraceError.from(error).toFields() };
  }
}

/** For calls that have no answer but that they are done. */
function done(work: () => void): null {
  work();
  return null;
}
