/**
 * Holds one engine: its tables and views under ids of our own, and the rhythm of its ticks.
 *
 * However many batches arrive in a turn of the event loop, views are brought up to date
 * once, behind them, and each watched view that changed is told once. A table can be
 * replaced behind its id (a feed's new history), and its views live on.
 */
import type {
  EngineEvent,
  EngineTableOptions,
  TableId,
  TextFormat,
  ViewId,
} from "../client/calls.js";
import { MillraceError } from "../client/errors.js";
import type {
  ArrowWindow,
  ColumnData,
  ColumnInfo,
  DataFormat,
  Dimensions,
  Expressions,
  ReadWindow,
  RowDelta,
  Schema,
  TextWindow,
  ValidatedExpressions,
  ViewConfig,
  ViewWindow,
  WindowTerm,
} from "../client/types.js";
import type { EngineApi } from "./engine_api.js";

/** The engine's own number of a table or view. */
export type Handle = number;

interface HostTable {
  handle: Handle;
  name: string | null;
  views: Set<ViewId>;
  /** How many ports were made; they have the numbers from 1 on. */
  ports: number;
  /** The port of the changes that wait for the next tick, where some do. */
  port: number | undefined;
  /** Whether the engine remembers which keys leave. */
  tellsRemoved: boolean;
  /** Called when there is no view on it any more. */
  whenUnused: (() => void)[];
  /** The view that it is made of, if it is. */
  of: ViewId | undefined;
}

interface HostView {
  handle: Handle;
  table: TableId;
  /** The engine's table on which it was made; not the present one if it could not follow. */
  home: Handle;
  /** As the user gave it, to make the view again on another table. */
  config: ViewConfig;
  watched: boolean;
  /** Whether those who watch want to know the rows that changed. */
  rows: boolean;
  /** Whether somebody wants to know the keys that leave the table. */
  removes: boolean;
  /** The tables that are made of it. */
  tables: Set<TableId>;
}

/** When the rest of a new view is put in order: its first rows have been read by then. */
const ORDER_MS = 50;

/** How often the time is handed in where rows or values change with it. */
const CLOCK_MS = 1_000;

/** In Node a timer alone keeps no program going. */
function letEnd(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}

/** Runs the callback once the messages that wait now have been handled. */
export type Later = (callback: () => void) => void;

export class EngineHost {
  readonly engine: EngineApi;
  readonly #emit: (event: EngineEvent) => void;
  readonly #later: Later;
  readonly #tables = new Map<TableId, HostTable>();
  readonly #views = new Map<ViewId, HostView>();
  readonly #viewOfHandle = new Map<Handle, ViewId>();
  #nextId = 1;
  #dirty = false;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(engine: EngineApi, emit: (event: EngineEvent) => void, later: Later) {
    this.engine = engine;
    this.#emit = emit;
    this.#later = later;
  }

  // ---- tables ----

  createTable(schema: Schema, options: EngineTableOptions, name: string | null): TableId {
    this.#checkName(name);
    this.engine.set_clock(Date.now());
    const handle = this.engine.create_table(JSON.stringify(schema), JSON.stringify(options));
    return this.adopt(handle, name);
  }

  createTableFrom(
    format: DataFormat,
    bytes: Uint8Array,
    options: EngineTableOptions,
    name: string | null,
  ): TableId {
    this.#checkName(name);
    this.engine.set_clock(Date.now());
    const text = JSON.stringify(options);
    const handle =
      format === "arrow"
        ? this.engine.create_table_from_arrow(bytes, text)
        : this.engine.create_table_from_text(format, bytes, text);
    return this.adopt(handle, name);
  }

  /** A table whose rows are those of a view, and follow them. */
  createTableOfView(view: ViewId, options: EngineTableOptions, name: string | null): TableId {
    this.#checkName(name);
    this.settle();
    const text = JSON.stringify(options);
    const id = this.adopt(this.engine.create_table_from_view(this.view(view), text), name);
    this.#view(view).tables.add(id);
    this.#table(id).of = view;
    return id;
  }

  /** Gives an engine table an id of its own. */
  adopt(handle: Handle, name: string | null): TableId {
    const id = this.#nextId++;
    this.#tables.set(id, {
      handle,
      name,
      views: new Set(),
      ports: 0,
      port: undefined,
      tellsRemoved: false,
      whenUnused: [],
      of: undefined,
    });
    if (name !== null) this.#emit({ event: "hosted_tables" });
    this.#keepClock();
    return id;
  }

  findTable(name: string): TableId | null {
    for (const [id, table] of this.#tables) if (table.name === name) return id;
    return null;
  }

  tableNames(): string[] {
    return [...this.#tables.values()].flatMap((table) => (table.name === null ? [] : table.name));
  }

  /** A number by which updates of one sender are told from those of others. */
  makePort(id: TableId): number {
    return ++this.#table(id).ports;
  }

  update(id: TableId, format: DataFormat, bytes: Uint8Array, port = 0): number {
    const table = this.#beginWrite(id, port);
    const rows =
      format === "arrow"
        ? this.engine.update_arrow(table, bytes)
        : this.engine.update_text(table, format, bytes);
    this.touch();
    return rows;
  }

  /** A frame of a keyed feed: rows, and which of them are gone. */
  follow(id: TableId, frame: Uint8Array): number {
    const rows = this.engine.follow_arrow(this.#beginWrite(id), frame);
    this.touch();
    return rows;
  }

  remove(id: TableId, format: DataFormat, bytes: Uint8Array): number {
    const removed = this.engine.remove_rows(this.#beginWrite(id), format, bytes);
    this.touch();
    return removed;
  }

  replace(id: TableId, format: DataFormat, bytes: Uint8Array): void {
    this.engine.replace_rows(this.#beginWrite(id), format, bytes);
    this.touch();
  }

  validateExpressions(
    id: TableId,
    expressions: Expressions,
    windows: Record<string, WindowTerm>,
  ): ValidatedExpressions {
    const [texts, terms] = [JSON.stringify(expressions), JSON.stringify(windows)];
    const text = this.engine.validate_expressions(this.table(id), texts, terms);
    return JSON.parse(text) as ValidatedExpressions;
  }

  clear(id: TableId): void {
    this.engine.clear_table(this.#beginWrite(id));
    this.touch();
  }

  /**
   * The engine's table, to write to. What waits there and came by another port is told of
   * first, so that each port has updates of its own.
   */
  #beginWrite(id: TableId, port = 0): Handle {
    const table = this.#table(id);
    if (!Number.isInteger(port) || port < 0 || port > table.ports) {
      throw new MillraceError({
        kind: "not_found",
        message: `The table has no port ${port}.`,
        where: "port_id",
        expected: "a number that make_port() of this table has answered, or none",
      });
    }
    if (table.port !== undefined && table.port !== port) this.settle();
    table.port = port;
    return table.handle;
  }

  columns(id: TableId): ColumnInfo[] {
    return JSON.parse(this.engine.table_schema(this.table(id))) as ColumnInfo[];
  }

  size(id: TableId): number {
    // What is made of a view follows it at the next tick.
    if (this.#table(id).of !== undefined) this.settle();
    return this.engine.table_size(this.table(id));
  }

  limit(id: TableId): number | null {
    return this.engine.table_limit(this.table(id)) ?? null;
  }

  deleteTable(id: TableId): void {
    const { handle, name, of } = this.#table(id);
    this.engine.delete_table(handle);
    this.#tables.delete(id);
    this.#keepClock();
    if (of !== undefined) this.#views.get(of)?.tables.delete(id);
    this.#emit({ event: "table_deleted", table: id });
    if (name !== null) this.#emit({ event: "hosted_tables" });
  }

  /** Answers when there is no view on the table. */
  async whenUnused(id: TableId): Promise<void> {
    const table = this.#table(id);
    if (table.views.size > 0) {
      await new Promise<void>((resolve) => table.whenUnused.push(resolve));
    }
  }

  /** Deletes the table with every view on it: for a feed that nobody holds any more. */
  dropTable(id: TableId): void {
    for (const view of this.#table(id).views) {
      for (const table of this.#view(view).tables) this.dropTable(table);
      this.deleteView(view);
    }
    this.deleteTable(id);
  }

  /** Puts the rows of `fresh` into the table, in one change; `fresh` is used up. */
  swapTable(id: TableId, fresh: Handle): void {
    this.engine.swap_table(this.table(id), fresh);
    this.touch();
  }

  /**
   * Puts a table of other columns behind the id. Its views are made again from their
   * configs; one that no longer can be shows its old rows, and its error is told.
   */
  replaceTable(id: TableId, fresh: Handle): void {
    const table = this.#table(id);
    const old = table.handle;
    for (const viewId of table.views) {
      const view = this.#view(viewId);
      try {
        if (view.tables.size > 0) throw keepsTables();
        const handle = this.engine.create_view(fresh, JSON.stringify(view.config));
        this.#viewOfHandle.delete(view.handle);
        this.engine.delete_view(view.handle);
        view.handle = handle;
        view.home = fresh;
        if (view.rows) this.engine.watch_rows(handle, true);
        this.#viewOfHandle.set(handle, viewId);
      } catch (error) {
        const fields = MillraceError.from(error).toFields();
        this.#emit({ event: "view_error", view: viewId, error: fields });
      }
    }
    table.handle = fresh;
    table.tellsRemoved = false;
    this.#tellRemoved(table);
    this.#dropIfEmpty(old);
    this.#keepClock();
    this.#emit({ event: "table_replaced", table: id });
    for (const viewId of table.views) this.#notify(viewId);
  }

  // ---- views ----

  createView(id: TableId, config: ViewConfig): ViewId {
    // Made of the present time, to which all others are brought.
    this.touch();
    this.settle();
    const table = this.#table(id);
    const handle = this.engine.create_view(table.handle, JSON.stringify(config));
    const view = this.#nextId++;
    this.#views.set(view, {
      handle,
      table: id,
      home: table.handle,
      config,
      watched: false,
      rows: false,
      removes: false,
      tables: new Set(),
    });
    this.#viewOfHandle.set(handle, view);
    table.views.add(view);
    this.#keepClock();
    const later = setTimeout(() => {
      const held = this.#views.get(view);
      if (held) this.engine.complete_order(held.handle);
    }, ORDER_MS);
    letEnd(later);
    return view;
  }

  viewConfig(id: ViewId): Required<ViewConfig> {
    return JSON.parse(this.engine.view_config(this.view(id))) as Required<ViewConfig>;
  }

  viewSchema(id: ViewId): Schema {
    return JSON.parse(this.engine.view_schema(this.view(id))) as Schema;
  }

  expressionSchema(id: ViewId): Schema {
    return JSON.parse(this.engine.view_expression_schema(this.view(id))) as Schema;
  }

  minMax(id: ViewId, column: string): ColumnData {
    this.settle();
    return this.engine.view_min_max(this.view(id), column);
  }

  columnPaths(id: ViewId): string[] {
    this.settle();
    return this.engine.view_column_paths(this.view(id));
  }

  dimensions(id: ViewId): Dimensions {
    this.settle();
    return JSON.parse(this.engine.view_dimensions(this.view(id))) as Dimensions;
  }

  read(id: ViewId, window: ReadWindow): ViewWindow {
    this.settle();
    return this.engine.read_view(this.view(id), JSON.stringify(window));
  }

  toArrow(id: ViewId, window: ArrowWindow): Uint8Array {
    this.settle();
    return this.engine.view_to_arrow(this.view(id), JSON.stringify(window));
  }

  toText(id: ViewId, format: TextFormat, window: TextWindow): string {
    this.settle();
    const [view, text] = [this.view(id), JSON.stringify(window)];
    switch (format) {
      case "csv":
        return this.engine.view_to_csv(view, text);
      case "json":
        return this.engine.view_to_json(view, text);
      case "columns":
        return this.engine.view_to_columns_string(view, text);
      case "ndjson":
        return this.engine.view_to_ndjson(view, text);
    }
  }

  expand(id: ViewId, row: number): number {
    this.settle();
    const added = this.engine.expand(this.view(id), row);
    this.#notify(id);
    return added;
  }

  collapse(id: ViewId, row: number): number {
    this.settle();
    const removed = this.engine.collapse(this.view(id), row);
    this.#notify(id);
    return removed;
  }

  setDepth(id: ViewId, depth: number): void {
    this.settle();
    this.engine.set_depth(this.view(id), depth);
    this.#notify(id);
  }

  watch(id: ViewId, on: boolean): void {
    this.#view(id).watched = on;
  }

  watchRows(id: ViewId, on: boolean): void {
    this.settle();
    this.engine.watch_rows(this.view(id), on);
    this.#view(id).rows = on;
  }

  watchRemoves(id: ViewId, on: boolean): void {
    this.settle();
    const view = this.#view(id);
    view.removes = on;
    this.#tellRemoved(this.#table(view.table));
  }

  /** Has the engine remember which keys leave a table, where somebody wants to know. */
  #tellRemoved(table: HostTable): void {
    const wanted = [...table.views].some((view) => this.#views.get(view)?.removes);
    if (wanted === table.tellsRemoved) return;
    table.tellsRemoved = wanted;
    this.engine.watch_removed_keys(table.handle, wanted);
  }

  deleteView(id: ViewId): void {
    const view = this.#view(id);
    this.engine.delete_view(view.handle);
    this.#viewOfHandle.delete(view.handle);
    this.#views.delete(id);
    const table = this.#tables.get(view.table);
    if (!table) return;
    table.views.delete(id);
    if (view.home !== table.handle) this.#dropIfEmpty(view.home);
    this.#keepClock();
    this.#tellRemoved(table);
    if (table.views.size === 0) for (const resolve of table.whenUnused.splice(0)) resolve();
  }

  /** A table that was replaced lives on for views that could not follow, and no longer. */
  #dropIfEmpty(replaced: Handle): void {
    for (const view of this.#views.values()) if (view.home === replaced) return;
    this.engine.delete_table(replaced);
  }

  // ---- time ----

  /** A table has changed: brings the views up to date behind what else waits now. */
  touch(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#later(() => this.settle());
  }

  /** Brings the views up to date now, before anything reads them, and tells who watches. */
  settle(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    this.engine.set_clock(Date.now());
    const changed = this.engine.tick();
    const ports = new Map<TableId, number>();
    for (const [id, table] of this.#tables) {
      if (table.port !== undefined) ports.set(id, table.port);
      table.port = undefined;
      if (table.tellsRemoved) this.#notifyRemoved(table);
    }
    for (const handle of changed) {
      const id = this.#viewOfHandle.get(handle);
      const view = id === undefined ? undefined : this.#views.get(id);
      if (id === undefined || !view) continue;
      this.#notify(id, this.#delta(id, handle), ports.get(view.table));
    }
  }

  /** Tells which keys left a table. */
  #notifyRemoved(table: HostTable): void {
    const keys = this.engine.take_removed_keys(table.handle);
    if (!keys) return;
    for (const view of table.views) {
      if (!this.#views.get(view)?.removes) continue;
      this.#emit({ event: "view_remove", view, port_id: 0, indices: keys.slice() });
    }
  }

  /** What follows the clock does so also while nothing else happens, and only then it ticks. */
  #keepClock(): void {
    if (!this.engine.follows_clock()) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    } else if (this.#clock === undefined) {
      this.#clock = setInterval(() => this.touch(), CLOCK_MS);
      letEnd(this.#clock);
    }
  }

  close(): void {
    clearInterval(this.#clock);
    this.#views.clear();
  }

  #delta(id: ViewId, handle: Handle): RowDelta | undefined {
    const view = this.#views.get(id);
    if (!view?.watched || !view.rows) return undefined;
    const delta = this.engine.take_delta(handle);
    const buffer = (bytes: Uint8Array) => bytes.slice().buffer as ArrayBuffer;
    const { cleared } = delta;
    const result = { delta: buffer(delta.rows), removed: buffer(delta.removed), cleared };
    delta.free();
    return result;
  }

  table(id: TableId): Handle {
    return this.#table(id).handle;
  }

  view(id: ViewId): Handle {
    return this.#view(id).handle;
  }

  #notify(id: ViewId, delta?: RowDelta, port_id = 0): void {
    if (!this.#views.get(id)?.watched) return;
    this.#emit({ event: "view_update", view: id, port_id, ...(delta ? { delta } : {}) });
  }

  #table(id: TableId): HostTable {
    const table = this.#tables.get(id);
    if (table) return table;
    throw new MillraceError({ kind: "deleted", message: "The table was deleted.", where: "table" });
  }

  #view(id: ViewId): HostView {
    const view = this.#views.get(id);
    if (view) return view;
    throw new MillraceError({ kind: "deleted", message: "The view was deleted.", where: "view" });
  }

  #checkName(name: string | null): void {
    if (name === null || this.findTable(name) === null) return;
    throw new MillraceError({
      kind: "name_taken",
      message: `There is a table "${name}" already.`,
      where: "name",
      expected: "a name that no other table has",
    });
  }
}

/** Why a view does not follow its feed to other columns. */
function keepsTables(): MillraceError {
  return new MillraceError({
    kind: "in_use",
    message: "Tables are made of the view, whose columns stay: it keeps its old rows.",
    expected: "a view and tables made anew",
  });
}

/** The options of an engine table, as its JSON. */
export function tableOptions(limit: number | null, index: string[] = []): string {
  return JSON.stringify({
    ...(limit === null ? {} : { limit }),
    ...(index.length === 0 ? {} : { index }),
  });
}
