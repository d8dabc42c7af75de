/**
 * From a config to the screen: makes the view of a table, has a plugin show it, and draws it anew
 * when it changes. The last view that worked stays until the next one is there.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { MillraceError } from "../client/errors.js";
import type { Table } from "../client/table.js";
import type { ColumnInfo, ViewWindow, Window } from "../client/types.js";
import type { View } from "../client/view.js";
import type { ConfigEdit } from "../grid/config_edits.js";
import { nextSort } from "../grid/shape.js";
import { DrawLoop } from "./draw_loop.js";
import { OpenRows } from "./open_rows.js";
import { drawTurn } from "./page_frame.js";
import type { PluginClick } from "./plugins.js";
import { computedTypes } from "./settings_fields.js";
import { Stage } from "./stage.js";
import { defaultConfig, type ViewerConfig, viewConfig } from "./viewer_config.js";
import type { Say } from "./words.js";

export interface ViewListener {
  /** A person changes the config where the view is shown. */
  edit(edit: ConfigEdit): void;
  /** Another view is on the screen, or the same one with other looks. */
  configured(config: ViewerConfig): void;
  drawn(): void;
  /** The view that is on the screen could not be read or changed. */
  failed(problem: MillraceError): void;
  click(click: PluginClick): void;
  select(selection: Required<Window> | undefined): void;
  /** The words that people read. */
  say: Say;
}

/** How much there is of table and view. */
export type Sizes = Pick<ViewWindow, "table_rows" | "num_rows" | "num_columns">;

export class ViewController implements ReactiveController {
  readonly stage: Stage;
  readonly loop = new DrawLoop(() => this.#draw());
  readonly #host: ReactiveControllerHost;
  readonly #listener: ViewListener;
  readonly #openRows = new OpenRows();
  readonly #resizes = new ResizeObserver(() => void this.stage.resize());
  #table: Table | undefined;
  #columns: ColumnInfo[] = [];
  /** The columns of the table's key. */
  #index: string[] = [];
  #view: View | undefined;
  /** What the view was made of. */
  #config: ViewerConfig = defaultConfig();
  /** The view was made for columns that have changed since. */
  #outdated = false;
  #sizes: Sizes | undefined;

  constructor(host: ReactiveControllerHost, listener: ViewListener) {
    this.#host = host;
    this.#listener = listener;
    this.stage = new Stage({
      sort: (column, additive, absolute) =>
        listener.edit((config) => ({
          ...config,
          sort: nextSort(config.sort, column, additive, absolute),
        })),
      toggle: (row, open) => void this.#toggle(row, open),
      edit: (edit) => listener.edit(edit),
      write: async (row) => {
        await this.#table?.update([row]);
      },
      turn: drawTurn,
      drawn: (sizes) => this.#noteSizes(sizes),
      click: (click) => listener.click(click),
      select: (selection) => listener.select(selection),
      say: (key, values) => listener.say(key, values),
    });
    host.addController(this);
  }

  hostConnected(): void {
    this.#resizes.observe(this.stage.element);
  }

  hostDisconnected(): void {
    this.#resizes.disconnect();
  }

  get view(): View | undefined {
    return this.#view;
  }

  get config(): ViewerConfig {
    return this.#config;
  }

  get table(): Table | undefined {
    return this.#table;
  }

  /** The table's columns. */
  get columns(): ColumnInfo[] {
    return this.#columns;
  }

  /** How much there was when the screen was drawn. */
  get sizes(): Sizes | undefined {
    return this.#sizes;
  }

  /** Takes the table whose views are shown from now on; answers whether it still is that. */
  async open(table: Table): Promise<boolean> {
    this.#table = table;
    const [columns, index] = await Promise.all([table.column_info(), table.get_index()]);
    if (table !== this.#table) return false;
    this.#columns = columns;
    this.#index = [index ?? []].flat();
    this.#host.requestUpdate();
    return true;
  }

  /** The table has other columns: the view has to be made anew. */
  async reopen(): Promise<void> {
    if (!this.#table) return;
    this.#columns = await this.#table.column_info();
    this.#outdated = true;
    this.#host.requestUpdate();
  }

  async close(): Promise<void> {
    const view = this.#view;
    this.#view = undefined;
    this.#table = undefined;
    this.#columns = [];
    this.#sizes = undefined;
    this.#openRows.clear();
    this.stage.clear();
    this.#host.requestUpdate();
    await view?.delete().catch(() => {});
  }

  /** Shows what the config asks for; where that cannot be had, what was there stays. */
  async show(config: ViewerConfig): Promise<void> {
    const asked = JSON.stringify(viewConfig(config));
    const sameAsked = asked === JSON.stringify(viewConfig(this.#config));
    if (this.#view && sameAsked && !this.#outdated) await this.#changeLooks(config, this.#view);
    else await this.#makeView(config);
  }

  /** Where the view itself stays as it is. */
  async #changeLooks(config: ViewerConfig, view: View): Promise<void> {
    const other = looksOf(config) !== looksOf(this.#config);
    if (other) await this.#stageView(config, view);
    this.#config = config;
    if (other) this.#listener.configured(config);
  }

  async #makeView(config: ViewerConfig): Promise<void> {
    if (!this.#table) return;
    const view = await this.#table.view(viewConfig(config));
    try {
      await this.#openRows.restore(view, config.group_by);
      // The read goes out behind what has it watched: nothing is missed, and one answer awaited.
      const watched = view.on_update(() => this.loop.mark());
      await Promise.all([watched, this.#stageView(config, view)]);
    } catch (error) {
      await view.delete().catch(() => {});
      throw error;
    }
    const old = this.#view;
    this.#view = view;
    this.#config = config;
    this.#outdated = false;
    this.loop.mark();
    await old?.delete().catch(() => {});
    this.#listener.configured(config);
  }

  /** Has the config's plugin draw the view. */
  async #stageView(config: ViewerConfig, view: View): Promise<void> {
    const { group_by, split_by, sort, aggregates, plugin_config, columns_config } = config;
    const computed = this.#table ? await computedTypes(this.#table, config) : {};
    await this.stage.show(config.plugin, view, {
      columns: config.columns ?? this.#columns.map((column) => column.name),
      index: this.#index,
      group_by,
      split_by,
      sort,
      aggregates,
      types: {
        ...Object.fromEntries(this.#columns.map((column) => [column.name, column.type])),
        ...computed,
      },
      plugin_config,
      columns_config,
    });
    // Another plugin may have other exports.
    this.#host.requestUpdate();
  }

  async #draw(): Promise<void> {
    try {
      await this.stage.draw();
      this.#listener.drawn();
    } catch (error) {
      const problem = MillraceError.from(error);
      // A view that was replaced while it was being read.
      if (problem.kind !== "deleted" && problem.kind !== "terminated") {
        this.#listener.failed(problem);
      }
    }
  }

  #noteSizes({ table_rows, num_rows, num_columns }: Sizes): void {
    const sizes = { table_rows, num_rows, num_columns };
    if (JSON.stringify(sizes) === JSON.stringify(this.#sizes)) return;
    this.#sizes = sizes;
    this.#host.requestUpdate();
  }

  async #toggle(row: number, open: boolean): Promise<void> {
    const view = this.#view;
    if (!view) return;
    try {
      await this.#openRows.note(view, row, open);
      await (open ? view.expand(row) : view.collapse(row));
      await this.loop.now();
    } catch (error) {
      this.#listener.failed(MillraceError.from(error));
    }
  }
}

/** What of a config is for its plugin alone, to tell whether it changed. */
function looksOf(config: ViewerConfig): string {
  const { plugin, plugin_config, columns_config, columns } = config;
  return JSON.stringify([plugin, plugin_config, columns_config, columns]);
}
