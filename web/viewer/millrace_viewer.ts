/**
 * `<millrace-viewer>`: a live table on a page.
 *
 * It joins the parts, each of which keeps its own state: the source that rows come from, the
 * config that is asked for, the view on the screen, and whether anybody looks at it. Here are
 * the attributes, the methods and events for programs, and what stands where.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Client } from "../client/client.js";
import { MillraceError } from "../client/errors.js";
import type { TokenSource } from "../client/relay.js";
import type { Table } from "../client/table.js";
import type { Window } from "../client/types.js";
import type { View } from "../client/view.js";
import { cellStyles } from "../grid/cell_styles.js";
import { popupStyles } from "../grid/popup_styles.js";
import { gridStyles } from "../grid/styles.js";
import { type ThemeName, themeNamed } from "../themes/names.js";
import { themeStyles } from "../themes/tokens.js";
import { ActivityController } from "./activity_controller.js";
import { CONFIG_ATTRIBUTES } from "./attributes.js";
import { clickDetail } from "./click_detail.js";
import { ConfigController } from "./config_controller.js";
import { define } from "./define.js";
import type { ExportRequest } from "./export_menu.js";
import { ExportTask } from "./export_task.js";
import { copyShown, downloadShown, exportShown, type Shown } from "./exporter.js";
import type { ExportOptions } from "./exporting.js";
import { cover, notice, type Remedies, type Situation } from "./notices.js";
import "./plugin_picker.js";
import type { PluginName } from "./plugins.js";
import { readViewerConfig } from "./read_config.js";
import { SettingsScript } from "./settings_script.js";
import { settingsStandIn } from "./settings_stand_in.js";
import { scriptRelay } from "./source.js";
import { SourceController } from "./source_controller.js";
import "./status_line.js";
import { UrlController } from "./url_controller.js";
import { ViewController } from "./view_controller.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";
import { viewerStyles } from "./viewer_styles.js";
import { ElementWords, wordsChanged } from "./words.js";

/** What `save` answers: plain JSON. */
export type SavedConfig = ViewerConfig & { columns: (string | null)[] };

/** The element `<millrace-viewer>`: a live table, pivoted, filtered, sorted and drawn. */
export class MillraceViewer extends LitElement {
  static override properties = {
    src: { type: String },
    feed: { type: String },
    theme: { type: String, reflect: true },
    settings: { type: Boolean, reflect: true },
    urlState: { type: String, attribute: "url-state" },
    token: { attribute: false },
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

  readonly #view = new ViewController(this, {
    edit: (edit) => this.#config.edit(edit(this.#config.draft, this.#columnNames)),
    configured: (config) => this.#tell("config-update", structuredClone(config)),
    drawn: () => this.#tell("view-update"),
    failed: (problem) => this.#config.fail(problem),
    click: (click) => {
      const detail = clickDetail(click, this.#view.config);
      this.#tell("click", detail);
      this.#tell("select", {
        selected: true,
        selection: this.#view.stage.getSelection(),
        ...detail,
      });
    },
    select: (selection) => this.#tell("select", { selected: selection !== undefined, selection }),
    say: (key, values) => this.#words.say(key, values),
  });
  readonly #config = new ConfigController(this, this.#view, () => this.#url.changed());
  readonly #source = new SourceController(this, {
    opened: async (table) => {
      if (await this.#view.open(table)) await this.#config.open();
    },
    replaced: async () => {
      await this.#view.reopen();
      await this.#config.reopen();
    },
    closing: async () => {
      this.#config.close();
      await this.#view.close();
    },
  });
  readonly #activity = new ActivityController(this, this.#view.loop);
  readonly #exporting = new ExportTask(this);
  readonly #settingsScript = new SettingsScript(this);
  readonly #words = new ElementWords(this, () => this.#view.loop.mark());
  readonly #url = new UrlController(this, async () => {
    await this.#settled();
    const { theme, settings } = this;
    return this.#view.view && { ...this.#view.config, theme, settings };
  });

  constructor() {
    super();
    this.src = null;
    this.feed = null;
    this.theme = null;
    this.settings = false;
    this.urlState = null;
    this.token = undefined;
  }

  // ---- attributes ----

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (old === value) return;
    if (name === "lang") wordsChanged();
    if (name in CONFIG_ATTRIBUTES && this.hasUpdated) void this.#config.applyAttributes();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // A page that comes from another viewer may name that one's themes.
    if (this.theme) this.theme = themeNamed(this.theme) ?? this.theme;
    if (changed.has("settings") && this.hasUpdated) this.#tell("toggle-settings", this.settings);
  }

  protected override firstUpdated(): void {
    this.#config.start();
    const inAddress = this.#url.start();
    if (!inAddress) return;
    this.#takeLooks(inAddress);
    this.#config.startFrom(inAddress);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("src") || changed.has("feed") || changed.has("token")) this.#source.open();
    if (changed.has("theme") || changed.has("settings")) this.#url.changed();
    if (changed.has("settings") && this.settings) void this.#settingsScript.load();
  }

  /** What of a config is the element's own. */
  #takeLooks({ theme, settings }: Partial<ViewerConfig>): void {
    if (theme !== undefined) this.theme = theme;
    if (settings !== undefined) this.settings = settings;
  }

  #tell(event: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(`millrace-${event}`, { detail, bubbles: true }));
  }

  // ---- for programs ----

  /** Shows a table, or offers the tables of a client. */
  async load(source: Table | Client | Promise<Table | Client>): Promise<void> {
    await this.#source.load(source);
  }

  /** The whole config, as plain JSON. */
  async save(): Promise<SavedConfig> {
    await this.#settled();
    const { config } = this.#view;
    const { theme, settings } = this;
    const columns = config.columns ?? this.#columnNames;
    return structuredClone({ ...config, columns, theme, settings });
  }

  /**
   * Takes over a saved config, also an older one or a Perspective viewer's, as far as it
   * goes; what does not fit is named on the console. Fields that are absent stay.
   */
  async restore(config: Partial<ViewerConfig> | Record<string, unknown>): Promise<void> {
    const read = readViewerConfig(config);
    await this.#settled();
    const fitting = this.#config.fit(read.config);
    for (const line of [...read.dropped, ...fitting.dropped]) {
      console.warn(`millrace-viewer: restore dropped ${line}`);
    }
    this.#takeLooks(fitting.config);
    await this.#config.restore(fitting.config);
  }

  /** Back to what the attributes say. */
  async reset(): Promise<void> {
    await this.#config.reset();
  }

  /** Resolves when the screen shows the current view with what is there now. */
  async flush(): Promise<void> {
    await this.updateComplete;
    if (!this.#view.view && this.#source.stuck) return;
    await this.#settled();
    if (this.#view.view) await this.#view.loop.now();
    if (this.settings) await this.#settingsScript.load();
    await this.updateComplete;
  }

  /** The table that is shown, once there is one. */
  async getTable(): Promise<Table> {
    await this.#settled();
    if (this.#source.table) return this.#source.table;
    throw this.#source.problem ?? nothingLoaded("table");
  }

  /** The view that is on the screen; another one after each change of the config. */
  async getView(): Promise<View> {
    await this.#settled();
    if (this.#view.view) return this.#view.view;
    throw this.#config.problem ?? this.#source.problem ?? nothingLoaded("view");
  }

  /** The client whose table is shown. */
  async getClient(): Promise<Client> {
    await this.updateComplete;
    if (!this.#source.client) await this.#settled();
    if (this.#source.client) return this.#source.client;
    throw nothingLoaded("client");
  }

  /** The selected cells as a window of the view, ends exclusive; null where none are. */
  getSelection(): Required<Window> | null {
    return this.#view.stage.getSelection() ?? null;
  }

  /** Selects cells of the view, or none; bounds that are left out are the view's own. */
  setSelection(selection?: Window | null): void {
    this.#view.stage.setSelection(selection ?? undefined);
  }

  /** Opens the settings panel, or closes it. */
  async toggleConfig(open: boolean = !this.settings): Promise<void> {
    this.settings = open;
    await this.updateComplete;
    if (open) await this.#settingsScript.load();
    await this.resize();
  }

  /** Draws at most once in `ms` milliseconds; 0: each frame if need be. */
  setThrottle(ms: number): void {
    this.#view.loop.throttle = Math.max(0, ms);
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

  /** Only needed where a size changed that no observer sees. */
  async resize(): Promise<void> {
    await this.#view.stage.resize();
  }

  /** Frees view and connection and takes the element off the page. */
  async delete(): Promise<void> {
    await this.#source.close();
    this.remove();
  }

  /** Nothing is under way any more. */
  async #settled(): Promise<void> {
    await this.updateComplete;
    await this.#source.settled();
    await this.#config.settled();
  }

  get #columnNames(): string[] {
    return this.#view.columns.map((column) => column.name);
  }

  async #whatIsShown(): Promise<Shown> {
    const [table, view, config] = [await this.getTable(), await this.getView(), await this.save()];
    return {
      table,
      view,
      config,
      picture: this.#view.stage.picture,
      title: config.title ?? this.feed ?? (await table.get_name()) ?? "millrace",
      script: import.meta.url,
    };
  }

  // ---- the screen ----

  /** What a person can do where something is wrong. */
  readonly #remedies: Remedies = {
    retry: () => void this.#source.relay?.retry(),
    reopen: () => this.#source.reopen(),
    chooseAgain: () => {
      this.src ??= scriptRelay();
      this.feed = null;
    },
    choose: (feed) => {
      this.feed = feed;
    },
    giveUp: () => this.#config.giveUp(),
    configure: () => void this.#showSettings(true),
    reset: () => void this.#config.tryConfig(defaultConfig()),
  };

  override render() {
    const { draft, problem } = this.#config;
    const { say } = this.#words;
    const situation: Situation = {
      hasView: this.#view.view !== undefined,
      configuring: this.settings,
      started: this.#source.client !== undefined || this.src !== null || this.feed !== null,
      source: this.#source,
      problem,
    };
    return html`
      <div class="frame">
        <div class="stage">
          ${draft.title ? html`<h2 class="title" part="title">${draft.title}</h2>` : nothing}
          ${notice(situation, this.#remedies, say)}
          <div class="grid" part="grid" data-testid="grid">
            ${this.#view.stage.element}
            ${cover(situation, this.#remedies, say)}
          </div>
        </div>
        ${this.settings ? this.#settingsPart() : nothing}
        ${this.#statusLine()}
      </div>
    `;
  }

  #settingsPart(): TemplateResult {
    const script = this.#settingsScript;
    if (script.ready) return this.#settingsPanel();
    const actions = {
      retry: () => void script.load(),
      close: () => void this.#showSettings(false),
    };
    return settingsStandIn(script, actions, this.#words.say);
  }

  #settingsPanel(): TemplateResult {
    const config = this.#config;
    return html`<millrace-settings
      part="settings"
      data-testid="settings"
      .table=${this.#source.table}
      .columns=${this.#view.columns}
      .config=${config.draft}
      .error=${config.problem}
      .canUndo=${config.canUndo}
      .canRedo=${config.canRedo}
      @edit=${(event: CustomEvent<ViewerConfig>) => config.edit(event.detail)}
      @undo=${() => config.undo()}
      @redo=${() => config.redo()}
      @reset=${() => void config.reset().catch(() => {})}
      @close=${() => void this.#showSettings(false)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Escape") void this.#showSettings(false);
      }}
    ></millrace-settings>`;
  }

  #statusLine(): TemplateResult {
    const { draft } = this.#config;
    return html`<millrace-status
      part="status"
      data-testid="status"
      .relay=${this.#source.relayStatus}
      .feed=${this.#source.feedStatus}
      .sizes=${this.#view.sizes}
      .paused=${this.#activity.paused}
      .loaded=${this.#view.view !== undefined}
      .settingsOpen=${this.settings}
      .pictures=${this.#view.stage.picture !== undefined}
      .exported=${this.#exporting.part}
      @export=${(event: CustomEvent<ExportRequest>) => void this.#export(event.detail)}
      @export-cancel=${() => this.#exporting.cancel()}
      @pause=${() => {
        this.#activity.paused = !this.#activity.paused;
      }}
      @settings=${() => void this.#showSettings(!this.settings)}
      @settings-near=${() => this.#settingsScript.preload()}
    >
      <millrace-plugin-picker
        slot="actions"
        data-testid="plugin"
        .plugin=${draft.plugin}
        @choose=${(event: CustomEvent<PluginName>) =>
          void this.#config.tryConfig({ ...draft, plugin: event.detail })}
      ></millrace-plugin-picker>
    </millrace-status>`;
  }

  /** What the menu asks for; a failure is shown as any other. */
  async #export({ action, method }: ExportRequest): Promise<void> {
    try {
      await this.#exporting.run((options) => this[action](method, options));
    } catch (error) {
      this.#config.fail(MillraceError.from(error));
    }
  }

  async #showSettings(open: boolean): Promise<void> {
    const toggled = this.toggleConfig(open);
    await this.updateComplete;
    if (open) await this.#settingsScript.focus();
    else this.renderRoot.querySelector("millrace-status")?.focusToggle();
    await toggled;
  }
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
