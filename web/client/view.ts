/**
 * A live query over a table.
 *
 * A `View` holds no rows: each read asks the engine for a window of what is there now.
 */

import { Callbacks } from "./callbacks.js";
import type { TextFormat, ViewId } from "./calls.js";
import type { EnginePort } from "./engine_port.js";
import { MillraceError } from "./errors.js";
import { valueAt, windowToColumns, windowToRows } from "./results.js";
import { windowToTypedArrays } from "./typed_arrays.js";
import type {
  ArrowWindow,
  Columns,
  ColumnWindow,
  Dimensions,
  ReadWindow,
  RemoveEvent,
  Row,
  Scalar,
  Schema,
  TextWindow,
  TypedArraysCallback,
  TypedArrayWindow,
  UpdateEvent,
  ViewConfig,
  ViewWindow,
} from "./types.js";

export type UpdateCallback = (event: UpdateEvent) => void;
export type RemoveCallback = (event: RemoveEvent) => void;

/** What a config makes of a table: read by windows, and kept up to date with every write. */
export class View {
  readonly #port: EnginePort;
  readonly #id: ViewId;
  readonly #callbacks = new Map<number, { callback: UpdateCallback; rows: boolean }>();
  readonly #watched = { on: false, rows: false };
  readonly #onRemove = new Callbacks<[RemoveEvent]>();
  readonly #onDelete = new Callbacks<[]>();
  #nextCallback = 1;
  #unlisten: (() => void) | undefined;
  #unlistenRemoves: (() => void) | undefined;
  #deleted = false;

  /** Made by `table.view(config)`. */
  constructor(port: EnginePort, id: ViewId) {
    this.#port = port;
    this.#id = id;
  }

  /** The view's id, for a client whose engine it is in. */
  static idOn(port: EnginePort, view: View): ViewId {
    if (view.#port === port) return view.#id;
    throw new MillraceError({
      kind: "unsupported_data",
      message: "The view is of another client, whose engine this one does not reach.",
      where: "data",
      expected: "a view of a table of this client",
    });
  }

  /** The window as typed arrays, moved here: what the grid and the charts draw from. */
  read(window: ReadWindow = {}): Promise<ViewWindow> {
    return this.#port.call("read", { view: this.#id, window });
  }

  /** A window as columns by their names; of groups `__ROW_PATH__` as well. */
  async to_columns(window: TextWindow = {}): Promise<Columns> {
    if (isPlain(window)) return windowToColumns(await this.read(window));
    return JSON.parse(await this.to_columns_string(window)) as Columns;
  }

  /** A window as rows; of groups with `__ROW_PATH__`. */
  async to_json(window: TextWindow = {}): Promise<Row[]> {
    if (isPlain(window)) return windowToRows(await this.read(window));
    return JSON.parse(await this.to_json_string(window)) as Row[];
  }

  /** JSON text, an array of rows. Integers and decimals have all their digits. */
  to_json_string(window: TextWindow = {}): Promise<string> {
    return this.#text("json", window);
  }

  /** JSON text, an object of columns. */
  to_columns_string(window: TextWindow = {}): Promise<string> {
    return this.#text("columns", window);
  }

  /** JSON lines, an object a row. */
  to_ndjson(window: TextWindow = {}): Promise<string> {
    return this.#text("ndjson", window);
  }

  /** CSV with a header; dates and datetimes are ISO 8601. */
  to_csv(window: ReadWindow = {}): Promise<string> {
    return this.#text("csv", window);
  }

  #text(format: TextFormat, window: TextWindow): Promise<string> {
    return this.#port.call("to_text", { view: this.#id, format, window });
  }

  /** An Arrow IPC stream. */
  async to_arrow(window: ArrowWindow = {}): Promise<ArrayBuffer> {
    const bytes = await this.#port.call("to_arrow", { view: this.#id, window });
    return bytes.slice().buffer;
  }

  /** Calls back with the window as typed arrays; answers when the callback has. */
  async with_typed_arrays(
    window: TypedArrayWindow | null | undefined,
    callback: TypedArraysCallback,
  ): Promise<void> {
    const { float32 = false, ...bounds } = window ?? {};
    const read = await this.read(bounds);
    const group_by = read.row_path ? (await this.get_config()).group_by : [];
    await callback(...windowToTypedArrays(read, group_by, float32));
  }

  /** The names of the columns, of split ones with the values they are split by. */
  async column_paths(window: ColumnWindow = {}): Promise<string[]> {
    const paths = await this.#port.call("view_column_paths", { view: this.#id });
    return paths.slice(window.start_col ?? 0, window.end_col ?? undefined);
  }

  /** The types of the view's own expressions. */
  expression_schema(): Promise<Schema> {
    return this.#port.call("view_expression_schema", { view: this.#id });
  }

  /**
   * The least and the greatest value of a column: of the rows of a flat view, of the
   * innermost groups of a grouped one. Null where there are no values.
   */
  async get_min_max(name: string): Promise<[min: Scalar, max: Scalar]> {
    const ends = await this.#port.call("view_min_max", { view: this.#id, column: name });
    return [valueAt(ends, 0), valueAt(ends, 1)];
  }

  /** The types of what the columns show, after aggregation. */
  schema(): Promise<Schema> {
    return this.#port.call("view_schema", { view: this.#id });
  }

  /** The sizes of table and view. */
  dimensions(): Promise<Dimensions> {
    return this.#port.call("view_dimensions", { view: this.#id });
  }

  /** How many rows the view has, open groups and the total included. */
  async num_rows(): Promise<number> {
    return (await this.dimensions()).num_view_rows;
  }

  /** How many columns the view has. */
  async num_columns(): Promise<number> {
    return (await this.dimensions()).num_view_columns;
  }

  /** The whole config, defaults filled in. */
  get_config(): Promise<Required<ViewConfig>> {
    return this.#port.call("view_config", { view: this.#id });
  }

  /**
   * Calls back once per processed update; the returned id is for `remove_update`. In mode
   * `row` it is told which rows came, changed and went.
   */
  async on_update(callback: UpdateCallback, options: { mode?: "row" } = {}): Promise<number> {
    const { mode } = options;
    if (mode !== undefined && mode !== "row") {
      throw new MillraceError({
        kind: "invalid_config",
        message: `Unknown mode "${String(mode)}".`,
        where: "mode",
        expected: '"row", or none',
      });
    }
    const id = this.#nextCallback++;
    this.#callbacks.set(id, { callback, rows: mode === "row" });
    this.#unlisten ??= this.#port.listen((event) => {
      if (event.event !== "view_update" || event.view !== this.#id) return;
      for (const { callback, rows } of [...this.#callbacks.values()]) {
        // Opened and closed groups are an update too, but of no rows.
        const { port_id } = event;
        if (!rows) callback({ port_id });
        else if (event.delta) callback({ port_id, ...event.delta });
      }
    });
    await this.#watch();
    return id;
  }

  /** No longer tells of updates; `id` is what `on_update` answered. */
  async remove_update(id: number): Promise<void> {
    this.#callbacks.delete(id);
    if (this.#callbacks.size === 0) {
      this.#unlisten?.();
      this.#unlisten = undefined;
    }
    await this.#watch();
  }

  /** Tells the engine's side what there are callbacks for, where that has changed. */
  async #watch(): Promise<void> {
    const on = this.#callbacks.size > 0;
    const rows = [...this.#callbacks.values()].some((each) => each.rows);
    if (on !== this.#watched.on) {
      this.#watched.on = on;
      await this.#port.call("watch", { view: this.#id, on });
    }
    if (rows !== this.#watched.rows) {
      this.#watched.rows = rows;
      await this.#port.call("watch_rows", { view: this.#id, on: rows });
    }
  }

  /**
   * Calls back with the keys that left the table: those of rows that were removed, fell to a
   * bound, or were not among those that replaced all. Never of a table without an index. The
   * returned id is for `remove_remove`.
   */
  async on_remove(callback: RemoveCallback): Promise<number> {
    const id = this.#onRemove.add(callback);
    if (!this.#unlistenRemoves) {
      this.#unlistenRemoves = this.#port.listen((event) => {
        if (event.event !== "view_remove" || event.view !== this.#id) return;
        const { port_id, indices } = event;
        for (const callback of this.#onRemove.all()) callback({ port_id, indices });
      });
      await this.#port.call("watch_removes", { view: this.#id, on: true });
    }
    return id;
  }

  /** No longer tells of removals; `id` is what `on_remove` answered. */
  async remove_remove(id: number): Promise<void> {
    this.#onRemove.remove(id);
    if (this.#onRemove.size > 0 || !this.#unlistenRemoves) return;
    this.#unlistenRemoves();
    this.#unlistenRemoves = undefined;
    if (!this.#deleted) await this.#port.call("watch_removes", { view: this.#id, on: false });
  }

  /** Opens the row; answers how many rows it brought. */
  expand(row: number): Promise<number> {
    return this.#port.call("expand", { view: this.#id, row });
  }

  /** Closes the row; answers how many rows it took away. */
  collapse(row: number): Promise<number> {
    return this.#port.call("collapse", { view: this.#id, row });
  }

  /** Opens all groups down to a level, and closes those below. */
  async set_depth(depth: number): Promise<void> {
    await this.#port.call("set_depth", { view: this.#id, depth });
  }

  /** Calls back once, when the view is deleted; the returned id is for `remove_delete`. */
  on_delete(callback: () => void): number {
    return this.#onDelete.add(callback);
  }

  /** No longer tells of the deletion; what `on_delete` answered, or its callback. */
  remove_delete(id: number | (() => void)): void {
    this.#onDelete.remove(id);
  }

  /** Frees the view. Deleting twice is harmless. */
  async delete(): Promise<void> {
    if (this.#deleted) return;
    this.#deleted = true;
    try {
      await this.#port.call("delete_view", { view: this.#id });
    } catch (error) {
      this.#deleted = false;
      throw error;
    }
    this.#unlisten?.();
    this.#unlistenRemoves?.();
    this.#callbacks.clear();
    for (const callback of this.#onDelete.takeAll()) callback();
  }
}

/** Whether a window asks for nothing that only text has. */
function isPlain(window: TextWindow): boolean {
  return (
    !window.formatted && !window.id && !window.index && (window.exact ?? "number") === "number"
  );
}
