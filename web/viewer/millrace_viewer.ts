/**
 * `<millrace-viewer>`: a live table on a page.
 *
 * It joins the parts: where rows come from (source), what is asked of them (config), the
 * grid, the settings panel and the status line. The last view that worked stays on the
 * screen until the next one is there; nothing is read while nobody can see it.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Client } from "../client/client.js";
import { MillraceError } from "../client/errors.js";
import type { TokenSource } from "../client/relay.js";
import type { FeedStatus, RelayStatus } from "../client/relay_types.js";
import { Table } from "../client/table.js";
import type { ColumnInfo, Condition, Window } from "../client/types.js";
import type { View } from "../client/view.js";
import { cellStyles } from "../grid/cell_styles.js";
import { popupStyles } from "../grid/popup_styles.js";
import { nextSort } from "../grid/shape.js";
import { gridStyles } from "../grid/styles.js";
import { type ThemeName, themeNamed } from "../themes/names.js";
import { themeStyles } from "../themes/tokens.js";
import { CONFIG_ATTRIBUTES, readAttributes } from "./attributes.js";
import { ConfigHistory } from "./config_history.js";
import { connectionWords } from "./connection_words.js";
import { blankCover, chooseCover, errorCover, refusedCover, waitingCover } from "./covers.js";
import { define } from "./define.js";
import { DrawLoop } from "./draw_loop.js";
import { errorWords } from "./error_words.js";
import { copyShown, downloadShown, exportShown, type Shown } from "./exporter.js";
import type { ExportOptions } from "./exporting.js";
import { withoutUnknownColumns } from "./fit_config.js";
import { OpenRows } from "./open_rows.js";
import "./plugin_picker.js";
import type { PluginClick, PluginName } from "./plugins.js";
import { readViewerConfig } from "./read_config.js";
import { expressionsToType } from "./settings_fields.js";
import "./settings_panel.js";
import type { ExportRequest } from "./export_menu.js";
import { givenSource, relaySource, type Source, scriptOrigin } from "./source.js";
import { Stage } from "./stage.js";
import "./status_line.js";
import { UrlState } from "./url_state.js";
import { defaultConfig, type ViewerConfig, viewConfig } from "./viewer_config.js";
import { viewerStyles } from "./viewer_styles.js";
import { ElementWords, wordsChanged } from "./words.js";

/** An element that is moved in the document is not taken for one that was removed. */
const GRACE_MS = 1_000;

/** What `save` answers: plain JSON. */
export type SavedConfig = ViewerConfig & { columns: (string | null)[] };

export class MillraceViewer extends LitElement {
  static override properties = {
    src: { type: String },
    feed: { type: String },
    theme: { type: String, reflect: true },
    settings: { type: Boolean, reflect: true },
    urlState: { type: String, attribute: "url-state" },
    token: { attribute: false },
    draft: { state: true },
    tableColumns: { state: true },
    problem: { state: true },
    sourceProblem: { state: true },
    relayStatus: { state: true },
    feedStatus: { state: true },
    feeds: { state: true },
    viewSize: { state: true },
    tableRows: { state: true },
    paused: { state: true },
    hasView: { state: true },
    exported: { state: true },
  };

  static override get observedAttributes(): string[] {
    // biome-ignore lint/complexity/noThisInStatic: Lit sets up the class that the getter is called on.
    return [...super.observedAttributes, "lang", ...Object.keys(CONFIG_ATTRIBUTES)];
  }

  static override styles = [themeStyles, viewerStyles, gridStyles, cellStyles, popupStyles];

  /** Address of the relay; absent: the origin of this script. */
  declare src: string | null;
  declare feed: string | null;
  /** Null: follows the system. */
  declare theme: ThemeName | null;
  /** Whether the settings panel is open. */
  declare settings: boolean;
  /** The key under which the page's address holds what is set; null: it does not. */
  declare urlState: string | null;
  /** Asked before each connection. */
  declare token: TokenSource | undefined;

  /** What is asked for; differs from `#config` while it is tried or has failed. */
  declare private draft: ViewerConfig;
  declare private tableColumns: ColumnInfo[];
  declare private problem: MillraceError | undefined;
  declare private sourceProblem: MillraceError | undefined;
  declare private relayStatus: RelayStatus | undefined;
  declare private feedStatus: FeedStatus | undefined;
  declare private feeds: string[] | undefined;
  declare private viewSize: { rows: number; columns: number } | undefined;
  declare private tableRows: number | undefined;
  declare private paused: boolean;
  declare private hasView: boolean;
  /** How much of an export is there, from 0 to 1, while one goes on. */
  declare private exported: number | undefined;

  readonly #stage: Stage;
  readonly #loop = new DrawLoop(() => this.#draw());
  readonly #history = new ConfigHistory<ViewerConfig>();
  #config: ViewerConfig = defaultConfig();
  #source: Source | undefined;
  /** The columns of the table's key. */
  #index: string[] = [];
  readonly #openRows = new OpenRows();
  readonly #words = new ElementWords(this);
  #view: View | undefined;
  #openKey: string | undefined;
  #generation = 0;
  #applied: Promise<void> = Promise.resolve();
  #newest: ViewerConfig | undefined;
  #loading: Promise<void> = Promise.resolve();
  #stopListening: (() => void)[] = [];
  #visible = true;
  /** The view was made for columns that have changed since. */
  #outdated = false;
  /** What is set was set for a table shown before, or in an address: the next may be another. */
  #setElsewhere = false;
  #url: UrlState | undefined;
  #exporting: AbortController | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  /** What the user had loaded when the element was taken out of the document. */
  #parked: Table | Client | undefined;
  readonly #resizes = new ResizeObserver(() => void this.#stage.resize());
  readonly #sight = new IntersectionObserver((entries) => {
    this.#visible = entries.at(-1)?.isIntersecting ?? true;
    this.#updateActivity();
  });
  readonly #onVisibility = () => this.#updateActivity();

  constructor() {
    super();
    this.src = null;
    this.feed = null;
    this.theme = null;
    this.settings = false;
    this.urlState = null;
    this.token = undefined;
    this.draft = this.#config;
    this.tableColumns = [];
    this.problem = undefined;
    this.sourceProblem = undefined;
    this.relayStatus = undefined;
    this.feedStatus = undefined;
    this.feeds = undefined;
    this.viewSize = undefined;
    this.tableRows = undefined;
    this.paused = false;
    this.hasView = false;
    this.exported = undefined;
    this.#stage = new Stage({
      sort: (column, additive, absolute) => {
        const sort = nextSort(this.draft.sort, column, additive, absolute);
        this.#edit({ ...this.draft, sort });
      },
      toggle: (row, open) => void this.#toggle(row, open),
      click: (click) => this.#onGridClick(click),
      edit: (edit) => {
        const all = this.tableColumns.map((column) => column.name);
        this.#edit(edit(this.draft, all));
      },
      select: (selection) => this.#tellSelection({ selected: selection !== undefined, selection }),
      write: async (row) => {
        await (await this.getTable()).update([row]);
      },
      drawn: (window) => {
        this.tableRows = window.table_rows;
        const { rows, columns } = this.viewSize ?? {};
        if (rows !== window.num_rows || columns !== window.num_columns) {
          this.viewSize = { rows: window.num_rows, columns: window.num_columns };
        }
      },
    });
  }

  // ---- life in the document ----

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#leaving);
    this.#url?.listen();
    this.#resizes.observe(this);
    this.#sight.observe(this);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#updateActivity();
    this.#comeBack();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#url?.stop();
    this.#resizes.disconnect();
    this.#sight.disconnect();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#loop.active = false;
    this.#leaving = setTimeout(() => {
      const source = this.#source;
      this.#parked = source && !source.own ? (source.table ?? source.client) : undefined;
      this.#openKey = undefined;
      void this.#letGo();
    }, GRACE_MS);
  }

  /** Back in the document after everything was let go of. */
  #comeBack(): void {
    if (!this.hasUpdated || this.#source) return;
    const parked = this.#parked;
    this.#parked = undefined;
    if (parked) void this.load(parked).catch(() => {});
    else this.#openFromAttributes();
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (name === "lang" && old !== value) wordsChanged();
    if (name in CONFIG_ATTRIBUTES && old !== value && this.hasUpdated) {
      void this.#applyAttributes();
    }
  }

  protected override willUpdate(changed: PropertyValues): void {
    // A page that comes from another viewer may name that one's themes.
    if (this.theme) this.theme = themeNamed(this.theme) ?? this.theme;
    if (changed.has("settings") && this.hasUpdated) {
      this.dispatchEvent(
        new CustomEvent("millrace-toggle-settings", { detail: this.settings, bubbles: true }),
      );
    }
  }

  protected override firstUpdated(): void {
    this.draft = { ...this.draft, ...this.#attributes() };
    this.#followUrl();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("src") || changed.has("feed") || changed.has("token"))
      this.#openFromAttributes();
    const before = changed.get("draft") as ViewerConfig | undefined;
    const titled = before !== undefined && before.title !== this.draft.title;
    if (changed.has("settings") || changed.has("problem") || titled) void this.#stage.resize();
    if (before || changed.has("theme") || changed.has("settings")) this.#url?.changed();
  }

  // ---- the public interface ----

  /** Shows a table, or offers the tables of a client. */
  async load(source: Table | Client | Promise<Table | Client>): Promise<void> {
    const generation = ++this.#generation;
    // The same feed may be asked for again afterwards.
    this.#openKey = undefined;
    const loading = (async () => {
      const given = await source;
      if (generation !== this.#generation) return;
      await this.#letGo();
      if (given instanceof Table) {
        this.#take(givenSource(given.get_client(), given));
        await this.#showTable(given, generation);
      } else {
        this.#take(givenSource(given, undefined));
        await this.#openTable(generation);
      }
    })();
    this.#loading = loading.catch(() => {});
    await loading;
  }

  /** The whole config, as plain JSON. */
  async save(): Promise<SavedConfig> {
    await this.#settled();
    const columns = this.#config.columns ?? this.tableColumns.map((column) => column.name);
    return structuredClone({
      ...this.#config,
      columns,
      theme: this.theme,
      settings: this.settings,
    });
  }

  /**
   * Takes over a saved config, also an older one or a Perspective viewer's, as far as it
   * goes; what does not fit is named on the console. Fields that are absent stay.
   */
  async restore(config: Partial<ViewerConfig> | Record<string, unknown>): Promise<void> {
    const read = readViewerConfig(config);
    await this.#settled();
    const known = new Set(this.tableColumns.map((column) => column.name));
    const fitting = known.size > 0 ? withoutUnknownColumns(read.config, known) : read;
    const dropped = known.size > 0 ? [...read.dropped, ...fitting.dropped] : read.dropped;
    for (const line of dropped) console.warn(`millrace-viewer: restore dropped ${line}`);
    if (fitting.config.theme !== undefined) this.theme = fitting.config.theme;
    if (fitting.config.settings !== undefined) this.settings = fitting.config.settings;
    const merged = { ...this.draft, ...fitting.config };
    if (this.#view) this.#history.record(this.draft);
    // What was set for a table of other columns goes as well.
    await this.#applyConfig(known.size > 0 ? this.#fitting(merged) : merged);
  }

  /** Back to what the attributes say. */
  async reset(): Promise<void> {
    this.problem = undefined;
    if (this.#view) this.#history.record(this.draft);
    await this.#applyConfig({ ...defaultConfig(), ...this.#attributes() });
  }

  /** Resolves when the screen shows the current view with what is there now. */
  async flush(): Promise<void> {
    await this.updateComplete;
    if (this.#isStuck()) return;
    await this.#settled();
    if (this.#view) await this.#loop.now();
    await this.updateComplete;
  }

  async getTable(): Promise<Table> {
    await this.#settled();
    if (this.#source?.table) return this.#source.table;
    throw this.sourceProblem ?? nothingLoaded("table");
  }

  async getView(): Promise<View> {
    await this.#settled();
    if (this.#view) return this.#view;
    throw this.problem ?? this.sourceProblem ?? nothingLoaded("view");
  }

  async getClient(): Promise<Client> {
    await this.updateComplete;
    if (this.#source) return this.#source.client;
    await this.#settled();
    if (this.#source) return (this.#source as Source).client;
    throw nothingLoaded("client");
  }

  /** The selected cells as a window of the view, ends exclusive; null where none are. */
  getSelection(): Required<Window> | null {
    return this.#stage.getSelection() ?? null;
  }

  /** Selects cells of the view, or none; bounds that are left out are the view's own. */
  setSelection(selection?: Window | null): void {
    this.#stage.setSelection(selection ?? undefined);
  }

  async toggleConfig(open: boolean = !this.settings): Promise<void> {
    this.settings = open;
    await this.updateComplete;
    await this.#stage.resize();
  }

  /** Draws at most once in `ms` milliseconds; 0: each frame if need be. */
  setThrottle(ms: number): void {
    this.#loop.throttle = Math.max(0, ms);
  }

  /**
   * What is shown, by `method`: `csv`, `json`, `ndjson`, `html` and `config` as text, `arrow` as
   * bytes, `png` and `svg` of charts as pictures. `csv-all` and the like are of all columns and
   * rows of the table.
   */
  async export(method: string, options: ExportOptions = {}): Promise<string | ArrayBuffer | Blob> {
    return exportShown(await this.#whatIsShown(), method, options);
  }

  /** Saves what `export` answers as a file. */
  async download(method: string, options: ExportOptions = {}): Promise<void> {
    await downloadShown(await this.#whatIsShown(), method, options);
  }

  /** Puts what `export` answers on the clipboard. */
  async copy(method: string, options: ExportOptions = {}): Promise<void> {
    await copyShown(this.#whatIsShown(), method, options);
  }

  async #whatIsShown(): Promise<Shown> {
    const [table, view, config] = [await this.getTable(), await this.getView(), await this.save()];
    return {
      table,
      view,
      config,
      picture: this.#stage.picture,
      title: config.title ?? this.feed ?? (await table.get_name()) ?? "millrace",
      script: import.meta.url,
    };
  }

  /** Only needed where a size changed that no observer sees. */
  async resize(): Promise<void> {
    await this.#stage.resize();
  }

  /** Frees view and connection and takes the element off the page. */
  async delete(): Promise<void> {
    this.#generation++;
    this.#openKey = undefined;
    await this.#letGo();
    this.remove();
  }

  // ---- where rows come from ----

  #openFromAttributes(): void {
    const { src, feed } = this;
    if (src === null && feed === null) return;
    const key = `${src}\u0000${feed}`;
    if (key === this.#openKey) return;
    this.#openKey = key;
    const generation = ++this.#generation;
    const given = src === null && this.#source && !this.#source.own ? this.#source.client : null;
    const loading = (async () => {
      await this.#letGo();
      if (given) {
        this.#take(givenSource(given, undefined));
        await this.#openTable(generation);
        return;
      }
      const source = await relaySource(src ?? scriptOrigin(), this.token);
      if (generation !== this.#generation) {
        await source.dispose();
        return;
      }
      this.#take(source);
      await this.#openTable(generation);
    })();
    this.#loading = loading.catch((error: unknown) => {
      if (generation === this.#generation) this.sourceProblem = MillraceError.from(error);
    });
  }

  /** Opens the feed by its name, or asks which. */
  async #openTable(generation: number): Promise<void> {
    const source = this.#source;
    if (!source) return;
    if (this.feed === null) {
      this.feeds = await source.client.get_hosted_table_names();
      return;
    }
    source.feed = this.feed;
    this.#onRelay();
    const table = await source.client.open_table(this.feed);
    if (generation !== this.#generation) {
      if (source.relay) await table.delete();
      return;
    }
    await this.#showTable(table, generation);
  }

  #take(source: Source): void {
    this.#source = source;
    this.sourceProblem = undefined;
    const { relay } = source;
    if (relay) this.#stopListening.push(relay.listen(() => this.#onRelay()));
    const errors = source.client.on_error((error) => {
      if (error.kind === "engine" || error.kind === "worker") this.sourceProblem = error;
    });
    this.#stopListening.push(() => source.client.remove_error(errors));
    this.#onRelay();
  }

  async #showTable(table: Table, generation: number): Promise<void> {
    const source = this.#source;
    if (!source) return;
    source.table = table;
    const [columns, index] = await Promise.all([table.column_info(), table.get_index()]);
    this.tableColumns = columns;
    this.#index = [index ?? []].flat();
    this.#stopListening.push(
      table.on_replace(() => {
        void this.#onReplaced(table);
      }),
    );
    if (generation !== this.#generation) return;
    if (this.#setElsewhere) await this.#carryOver();
    else await this.#tryConfig(this.draft);
    this.#setElsewhere = true;
  }

  /** What was set for another table goes on as far as it fits this one. */
  async #carryOver(): Promise<void> {
    this.problem = undefined;
    await this.#tryConfig(this.#fitting(this.draft));
    // Columns of one name may be of another type: then nothing of it is worth keeping.
    if (this.problem) await this.#tryConfig({ ...defaultConfig(), ...this.#attributes() });
    if (this.problem) await this.#tryConfig(defaultConfig());
  }

  /** The feed's columns have changed: asks for the same view, and shows it if it cannot be had. */
  async #onReplaced(table: Table): Promise<void> {
    this.tableColumns = await table.column_info();
    this.#outdated = true;
    await this.#tryConfig({ ...this.draft });
  }

  /** The config as far as it fits the table: for one that was made for another table. */
  #fitting(config: ViewerConfig): ViewerConfig {
    const known = new Set(this.tableColumns.map((column) => column.name));
    const fitting = { ...config, ...withoutUnknownColumns(config, known).config };
    return fitting.columns?.length === 0 ? { ...fitting, columns: null } : fitting;
  }

  async #letGo(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    const view = this.#view;
    const source = this.#source;
    this.#view = undefined;
    this.#source = undefined;
    this.#history.clear();
    this.hasView = false;
    this.#stage.clear();
    this.tableColumns = [];
    this.relayStatus = undefined;
    this.feedStatus = undefined;
    this.feeds = undefined;
    this.viewSize = undefined;
    this.tableRows = undefined;
    this.#openRows.clear();
    await view?.delete().catch(() => {});
    await source?.dispose();
  }

  #onRelay(): void {
    const source = this.#source;
    const relay = source?.relay;
    if (!source || !relay) return;
    const before = this.relayStatus?.state;
    this.relayStatus = relay.status;
    this.feedStatus = source.feed === undefined ? undefined : relay.feedStatus(source.feed);
    // A feed that was not there may be there after the relay came back.
    const back =
      before !== undefined && before !== "connected" && relay.status.state === "connected";
    if (back && this.sourceProblem && !source.table) this.#reopen();
  }

  #reopen(): void {
    this.sourceProblem = undefined;
    this.#openKey = undefined;
    this.#openFromAttributes();
  }

  // ---- what is asked of them ----

  /** Takes what the page's address says, and keeps it there from now on. */
  #followUrl(): void {
    if (this.urlState === null) return;
    const { theme, settings } = this;
    const defaults = { ...defaultConfig(), ...readAttributes(this).config, theme, settings };
    this.#url = new UrlState(this.urlState, defaults, {
      settled: async () => {
        await this.#settled();
        const { theme, settings } = this;
        return this.#view && { ...this.#config, theme, settings };
      },
      restore: (config) => this.restore(config),
    });
    this.#url.listen();
    const state = this.#url.read();
    if (!state) return;
    const { config, dropped } = readViewerConfig(state);
    for (const line of dropped) console.warn(`millrace-viewer: the address's ${line}`);
    if (config.theme !== undefined) this.theme = config.theme;
    if (config.settings !== undefined) this.settings = config.settings;
    this.draft = { ...this.draft, ...config };
    this.#setElsewhere = true;
  }

  /** What the attributes set; one that cannot be read is shown as the problem. */
  #attributes(): Partial<ViewerConfig> {
    const { config, problems } = readAttributes(this);
    for (const problem of problems) console.error(problem);
    if (problems[0]) this.problem = problems[0];
    return config;
  }

  async #applyAttributes(): Promise<void> {
    this.problem = undefined;
    const attributes = this.#attributes();
    if (this.problem) return;
    await this.#tryConfig({ ...this.draft, ...attributes });
  }

  /** A change by a person, which can be taken back. */
  #edit(config: ViewerConfig): void {
    this.#history.record(this.draft);
    void this.#tryConfig(config);
  }

  #step(config: ViewerConfig | undefined): void {
    if (!config) return;
    this.problem = undefined;
    void this.#tryConfig(config);
  }

  /** As `#applyConfig`, for changes whose failure a person sees on the screen. */
  async #tryConfig(config: ViewerConfig): Promise<void> {
    await this.#applyConfig(config).catch(() => {});
  }

  /** Makes the view that the config asks for; of several in a row only the newest counts. */
  #applyConfig(config: ViewerConfig): Promise<void> {
    this.draft = config;
    this.#newest = config;
    const applied = this.#applied.catch(() => {}).then(() => this.#makeView(config));
    this.#applied = applied;
    // Errors are for who awaits this very change; later changes start afresh.
    applied.catch(() => {});
    return applied;
  }

  async #makeView(config: ViewerConfig): Promise<void> {
    const table = this.#source?.table;
    if (config !== this.#newest || !table) return;
    const asked = JSON.stringify(viewConfig(config));
    const sameAsked = asked === JSON.stringify(viewConfig(this.#config));
    if (this.#view && sameAsked && !this.#outdated) {
      const looksOther = looksOf(config) !== looksOf(this.#config);
      if (looksOther) await this.#show(config, this.#view);
      this.problem = undefined;
      this.#config = config;
      if (looksOther) this.#tellConfig(config);
      return;
    }
    let view: View | undefined;
    try {
      view = await table.view(viewConfig(config));
      const made = view;
      await this.#openRows.restore(made, config.group_by);
      await made.on_update(() => this.#loop.mark());
      await this.#show(config, made);
    } catch (error) {
      await view?.delete().catch(() => {});
      const problem = MillraceError.from(error);
      if (config === this.#newest && problem.kind !== "terminated") this.problem = problem;
      throw problem;
    }
    const old = this.#view;
    this.#view = view;
    this.#config = config;
    this.#outdated = false;
    if (this.problem?.kind !== "bad_attribute") this.problem = undefined;
    this.hasView = true;
    this.#loop.mark();
    await old?.delete().catch(() => {});
    this.#tellConfig(config);
  }

  #tellConfig(config: ViewerConfig): void {
    this.dispatchEvent(
      new CustomEvent("millrace-config-update", { detail: structuredClone(config), bubbles: true }),
    );
  }

  /** Has the config's plugin draw the view. */
  async #show(config: ViewerConfig, view: View): Promise<void> {
    const { group_by, split_by, sort, aggregates, plugin_config, columns_config } = config;
    const computed = expressionsToType(config);
    const types = await (Object.keys(computed).length > 0
      ? this.#source?.table?.validate_expressions(computed)
      : undefined);
    await this.#stage.show(config.plugin, view, {
      columns: config.columns ?? this.tableColumns.map((column) => column.name),
      index: this.#index,
      group_by,
      split_by,
      sort,
      aggregates,
      types: {
        ...Object.fromEntries(this.tableColumns.map((column) => [column.name, column.type])),
        ...types?.expression_schema,
      },
      plugin_config,
      columns_config,
    });
    // Another plugin may have other exports.
    this.requestUpdate();
  }

  async #settled(): Promise<void> {
    await this.updateComplete;
    await this.#loading;
    await this.#applied.catch(() => {});
  }

  /** Waiting would take until a person does something. */
  #isStuck(): boolean {
    return (
      !this.#view &&
      (this.sourceProblem !== undefined ||
        this.relayStatus?.state === "refused" ||
        this.relayStatus?.state === "closed")
    );
  }

  // ---- the screen ----

  async #draw(): Promise<void> {
    try {
      await this.#stage.draw();
      this.dispatchEvent(new CustomEvent("millrace-view-update", { bubbles: true }));
    } catch (error) {
      const problem = MillraceError.from(error);
      // A view that was replaced while it was being read.
      if (problem.kind !== "deleted" && problem.kind !== "terminated") this.problem = problem;
    }
  }

  #updateActivity(): void {
    this.#loop.active = this.isConnected && this.#visible && !document.hidden && !this.paused;
  }

  async #toggle(row: number, open: boolean): Promise<void> {
    const view = this.#view;
    if (!view) return;
    try {
      await this.#openRows.note(view, row, open);
      await (open ? view.expand(row) : view.collapse(row));
      await this.#loop.now();
    } catch (error) {
      this.problem = MillraceError.from(error);
    }
  }

  #onGridClick(click: PluginClick): void {
    const { group_by, filter } = this.#config;
    const path: Condition[] = (click.row_path ?? []).map((value, level) => [
      group_by[level] ?? "",
      "==",
      value,
    ]);
    const detail = {
      row: click.row_path ? { __ROW_PATH__: click.row_path, ...click.values } : click.values,
      column_names: click.column === undefined ? [] : [click.column],
      config: { filter: [...filter, ...path] },
    };
    this.dispatchEvent(new CustomEvent("millrace-click", { detail, bubbles: true }));
    this.#tellSelection({ selected: true, selection: this.getSelection() ?? undefined, ...detail });
  }

  #tellSelection(detail: Record<string, unknown>): void {
    this.dispatchEvent(new CustomEvent("millrace-select", { detail, bubbles: true }));
  }

  /** What the menu asks for; a failure is shown as any other. */
  async #export({ action, method }: ExportRequest): Promise<void> {
    this.#exporting?.abort();
    const exporting = new AbortController();
    this.#exporting = exporting;
    const progress = (part: number) => {
      if (this.#exporting === exporting) this.exported = part;
    };
    this.exported = 0;
    try {
      await this[action](method, { signal: exporting.signal, progress });
    } catch (error) {
      if (!exporting.signal.aborted) this.problem = MillraceError.from(error);
    }
    if (this.#exporting !== exporting) return;
    this.#exporting = undefined;
    this.exported = undefined;
  }

  #setPaused(paused: boolean): void {
    this.paused = paused;
    this.#updateActivity();
    if (!paused) this.#loop.mark();
  }

  async #showSettings(open: boolean): Promise<void> {
    await this.toggleConfig(open);
    const target = open
      ? this.renderRoot
          .querySelector("millrace-settings")
          ?.shadowRoot?.querySelector<HTMLElement>("[data-testid=settings-close]")
      : this.renderRoot
          .querySelector("millrace-status")
          ?.shadowRoot?.querySelector<HTMLElement>("[data-testid=settings-toggle]");
    target?.focus();
  }

  override render() {
    return html`
      <div class="frame">
        <div class="stage">
          ${this.draft.title ? html`<h2 class="title" part="title">${this.draft.title}</h2>` : nothing}
          ${this.#note()}
          <div class="grid" part="grid" data-testid="grid">
            ${this.#stage.element}
            ${this.hasView ? nothing : this.#cover()}
          </div>
        </div>
        ${
          this.settings
            ? html`<millrace-settings
              part="settings"
              data-testid="settings"
              .table=${this.#source?.table}
              .columns=${this.tableColumns}
              .config=${this.draft}
              .error=${this.problem}
              .canUndo=${this.#history.canUndo}
              .canRedo=${this.#history.canRedo}
              @edit=${(event: CustomEvent<ViewerConfig>) => this.#edit(event.detail)}
              @undo=${() => this.#step(this.#history.undo(this.draft))}
              @redo=${() => this.#step(this.#history.redo(this.draft))}
              @reset=${() => void this.reset().catch(() => {})}
              @close=${() => void this.#showSettings(false)}
              @keydown=${(event: KeyboardEvent) => {
                if (event.key === "Escape") void this.#showSettings(false);
              }}
            ></millrace-settings>`
            : nothing
        }
        <millrace-status
          part="status"
          data-testid="status"
          .relay=${this.relayStatus}
          .feed=${this.feedStatus}
          .rows=${this.tableRows}
          .viewSize=${this.viewSize}
          .paused=${this.paused}
          .loaded=${this.hasView}
          .settingsOpen=${this.settings}
          .pictures=${this.#stage.picture !== undefined}
          .exported=${this.exported}
          @export=${(event: CustomEvent<ExportRequest>) => void this.#export(event.detail)}
          @export-cancel=${() => {
            this.#exporting?.abort();
            this.exported = undefined;
          }}
          @pause=${() => this.#setPaused(!this.paused)}
          @settings=${() => void this.#showSettings(!this.settings)}
        >
          <millrace-plugin-picker
            slot="actions"
            data-testid="plugin"
            .plugin=${this.draft.plugin}
            @choose=${(event: CustomEvent<PluginName>) =>
              void this.#tryConfig({ ...this.draft, plugin: event.detail })}
          ></millrace-plugin-picker>
        </millrace-status>
      </div>
    `;
  }

  /** Something is wrong, but there are rows to look at. */
  #note(): TemplateResult | typeof nothing {
    const retry = () => void this.#source?.relay?.retry();
    if (this.sourceProblem && this.hasView) {
      return html`<div class="note bad" role="alert" data-testid="note"><span>${this.sourceProblem.message}</span></div>`;
    }
    if (this.problem && !this.settings) {
      const { where } = this.problem;
      const { message, expected } = errorWords(this.problem);
      return html`<div class="note bad" role="alert" data-testid="note">
        <span>
          ${where ? html`<code>${where}</code> ` : nothing}${message}
          ${expected ? `Expected: ${expected}` : nothing}
        </span>
        <button @click=${() => this.#undo()}>Undo</button>
        <button @click=${() => void this.#showSettings(true)}>Configure</button>
      </div>`;
    }
    if (this.hasView && this.feedStatus?.phase === "failed") {
      return html`<div class="note bad" role="alert" data-testid="note">
        <span>${this.feedStatus.error?.message ?? "The feed stopped."}</span>
        <button @click=${retry}>Try again</button>
      </div>`;
    }
    if (this.hasView && this.relayStatus?.state === "refused") {
      const { detail, remedy } = this.relayStatus;
      return html`<div class="note bad" role="alert" data-testid="note">
        <span>${detail} ${remedy ? html`To let it in, add under <code>[server]</code> in its configuration: <code>${remedy}</code>` : nothing}</span>
        <button @click=${retry}>Try again</button>
      </div>`;
    }
    return nothing;
  }

  /** Back to the config of the view on the screen. */
  #undo(): void {
    this.problem = undefined;
    this.#history.record(this.draft);
    this.draft = this.#config;
    this.#newest = this.#config;
  }

  #cover(): TemplateResult {
    const relay = this.relayStatus;
    if (this.sourceProblem) {
      const unknown = this.sourceProblem.kind === "unknown_feed";
      return errorCover(
        this.sourceProblem,
        unknown
          ? { label: "Choose another feed", run: () => this.#chooseAgain() }
          : { label: "Try again", run: () => this.#reopen() },
      );
    }
    if (relay?.state === "refused") {
      return refusedCover(relay, () => void this.#source?.relay?.retry());
    }
    if (this.problem) {
      return errorCover(this.problem, {
        label: "Reset",
        run: () => void this.#tryConfig(defaultConfig()),
      });
    }
    if (this.feeds) {
      const host = relay ? new URL(relay.url).host : "The client";
      return chooseCover(this.feeds, host, (feed) => {
        this.feed = feed;
      });
    }
    if (relay) {
      const connected = relay.state === "connected";
      // Of a feed that is not connected only its old rows could be told, and none are shown.
      const status = connected ? this.feedStatus : undefined;
      const words = connectionWords(relay, status, Date.now(), this.#words.say);
      return waitingCover(connected ? `${words.word}…` : words.detail);
    }
    if (this.#source || this.src !== null || this.feed !== null) return waitingCover("Starting…");
    return blankCover();
  }

  #chooseAgain(): void {
    this.src ??= scriptOrigin();
    this.feed = null;
    this.sourceProblem = undefined;
  }
}

/** What of a config is for its plugin alone, to tell whether it changed. */
function looksOf(config: ViewerConfig): string {
  const { plugin, plugin_config, columns_config, columns } = config;
  return JSON.stringify([plugin, plugin_config, columns_config, columns]);
}

function nothingLoaded(what: string): MillraceError {
  return new MillraceError({
    kind: "not_loaded",
    message: `The viewer has no ${what} yet.`,
    expected: "the attributes src and feed, or a call of load(table)",
  });
}

define("millrace-viewer", MillraceViewer);

declare global {
  interface HTMLElementTagNameMap {
    "millrace-viewer": MillraceViewer;
  }
}
