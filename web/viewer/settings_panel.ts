/**
 * The settings panel: which columns stand where, and how.
 *
 * It edits a config that it is given and says what it should become (`edit`); whether that
 * makes a view is not known here. Columns are dragged, or moved by menus and keys: Alt with
 * the arrows moves an item, with Shift to another zone, Delete removes it.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import type { Table } from "../client/table.js";
import type { ColumnInfo, Schema } from "../client/types.js";
import { aggregateOf, aggregatesFor } from "./aggregates.js";
import { aggregateAgain, type ComputedKind, computedNamed } from "./computed_edits.js";
import "./computed_form.js";
import { define } from "./define.js";
import { closeIcon, redoIcon, undoIcon } from "./icons.js";
import type { MenuItem } from "./menu.js";
import { ColumnDrag } from "./settings_drag.js";
import { addTo, type From, removeFrom, type To, transfer } from "./settings_edits.js";
import { errorNote, placeOf } from "./settings_errors.js";
import { computedTypes, Fields, fieldsOf } from "./settings_fields.js";
import { type ItemHost, itemTemplate } from "./settings_item.js";
import { listTemplate } from "./settings_list.js";
import { hasOptions } from "./settings_options.js";
import { settingsStyles } from "./settings_styles.js";
import { canAdd, isGrouped, ZONES, type Zone, zoneColumns } from "./settings_zones.js";
import { typeBadgeStyles } from "./type_badge.js";
import { type Suggestion, suggestValues } from "./value_suggestions.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";
import { ElementWords, type Say, wordFor } from "./words.js";

export class MillraceSettings extends LitElement implements ItemHost {
  static override properties = {
    table: { attribute: false },
    columns: { attribute: false },
    config: { attribute: false },
    error: { attribute: false },
    canUndo: { attribute: false },
    canRedo: { attribute: false },
    types: { state: true },
    search: { state: true },
    said: { state: true },
    form: { state: true },
  };

  declare table: Table | undefined;
  /** The table's columns. */
  declare columns: ColumnInfo[];
  declare config: ViewerConfig;
  /** Why the config cannot be shown, if so. */
  declare error: MillraceError | undefined;
  declare canUndo: boolean;
  declare canRedo: boolean;
  /** The types of computed columns. */
  declare private types: Schema;
  declare private search: string;
  /** What assistive technology is told of a move. */
  declare private said: string;
  /** The computed column that is being made or changed. */
  declare private form: { kind: ComputedKind; name: string | undefined } | undefined;

  fields = new Fields([]);
  readonly #words = new ElementWords(this);
  /** What was typed into a box and not taken over yet: there undo is the browser's. */
  #typing: EventTarget | undefined;
  readonly #drag = new ColumnDrag(this, {
    source: (item) => this.#source(item),
    allows: (from, to) => this.#allows(from, to),
    drop: (from, to) => this.#moveTo(from, to),
  });

  constructor() {
    super();
    this.table = undefined;
    this.columns = [];
    this.config = defaultConfig();
    this.error = undefined;
    this.canUndo = false;
    this.canRedo = false;
    this.types = {};
    this.search = "";
    this.said = "";
    this.form = undefined;
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.addEventListener("input", (event) => {
      this.#typing = event.composedPath()[0];
    });
    this.addEventListener("focusout", () => {
      this.#typing = undefined;
    });
  }

  static override styles = [typeBadgeStyles, settingsStyles];

  get say(): Say {
    return this.#words.say;
  }

  // ---- edits ----

  edit(config: ViewerConfig): void {
    this.#typing = undefined;
    if (config === this.config) return;
    this.dispatchEvent(new CustomEvent<ViewerConfig>("edit", { detail: config }));
  }

  takeOut(zone: Zone, index: number): void {
    const column = zoneColumns(this.config, zone, this.fields)[index];
    this.edit(removeFrom(this.config, zone, index, this.fields));
    this.said = this.say("settings.removed.from", {
      column: column ?? "",
      zone: this.say(`zone.${zone}.name`),
    });
    void this.#focusItem(zone, index);
  }

  move(zone: Zone, index: number, to: To): void {
    this.#moveTo({ zone, index }, to);
  }

  #moveTo(from: From, to: To): void {
    const column = this.#columnOf(from);
    const moved = transfer(this.config, from, to, this.fields);
    if (moved === this.config) return;
    this.edit(moved);
    if (to.zone === "all") {
      this.said = this.say("settings.removed", { column });
      return;
    }
    const columns = zoneColumns(moved, to.zone, this.fields);
    // Conditions may name a column several times: the one that moved is the one meant.
    const index =
      columns[Math.min(to.index, columns.length - 1)] === column
        ? Math.min(to.index, columns.length - 1)
        : columns.lastIndexOf(column);
    this.said = this.say("settings.moved", {
      column,
      place: index + 1,
      count: columns.length,
      zone: this.say(`zone.${to.zone}.name`),
    });
    void this.#focusItem(to.zone, index);
  }

  #columnOf(from: From): string {
    if (from.zone === "all") return from.column;
    return zoneColumns(this.config, from.zone, this.fields)[from.index] ?? "";
  }

  /** The focus on an item, or on the last one, or on what adds one. */
  async #focusItem(zone: Zone, index: number): Promise<void> {
    await this.updateComplete;
    const items = this.renderRoot.querySelectorAll<HTMLElement>(`li[data-zone="${zone}"]`);
    const target = items[Math.min(index, items.length - 1)];
    if (target) target.focus();
    else {
      const adder = this.renderRoot.querySelector(`[data-testid="add-${zone}"]`);
      adder?.shadowRoot?.querySelector<HTMLElement>("button")?.focus();
    }
  }

  #onKey(event: KeyboardEvent): void {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y")) return;
    if (this.#typing !== undefined && this.#typing === event.composedPath()[0]) return;
    event.preventDefault();
    this.#step(key === "y" || event.shiftKey ? "redo" : "undo");
  }

  #step(way: "undo" | "redo"): void {
    this.dispatchEvent(new CustomEvent(way));
    void this.#keepFocus();
  }

  /** What had the focus may be gone: the panel must not lose it. */
  async #keepFocus(): Promise<void> {
    await this.updateComplete;
    if (this.shadowRoot?.activeElement) return;
    const buttons = this.renderRoot.querySelectorAll<HTMLButtonElement>(".head button");
    [...buttons].find((button) => !button.disabled)?.focus();
  }

  async suggest(column: string, type: string, text: string): Promise<Suggestion[]> {
    return this.table ? suggestValues(this.table, column, type, text, this.config) : [];
  }

  // ---- computed columns ----

  compute(name: string): void {
    const computed = computedNamed(this.config, name);
    if (computed) this.form = { kind: computed.kind, name };
  }

  create(kind: string): void {
    this.form = { kind: kind as ComputedKind, name: undefined };
  }

  addAggregate(column: string): void {
    const { config, fields } = this;
    const type = fields.typeOf(column);
    const present = aggregateOf(config.aggregates, column, type);
    const other = aggregatesFor(type).find((each) => each !== present) ?? "count";
    this.edit(aggregateAgain(config, column, other, fields));
  }

  async #leaveForm(): Promise<void> {
    this.form = undefined;
    await this.updateComplete;
    const adder = this.renderRoot.querySelector('[data-testid="new-column"]');
    adder?.shadowRoot?.querySelector<HTMLElement>("button")?.focus();
  }

  // ---- dragging ----

  #source(item: HTMLElement): { from: From; label: string } | undefined {
    const { zone, index, column } = item.dataset;
    if (zone === undefined)
      return column ? { from: { zone: "all", column }, label: column } : undefined;
    return { from: { zone, index: Number(index) } as From, label: column || this.say("item.free") };
  }

  #allows(from: From, to: To): boolean {
    if (to.zone === "all") return from.zone !== "all";
    const column = this.#columnOf(from);
    if (column === "") return from.zone === to.zone;
    return this.fields.fits(column, to.zone);
  }

  // ---- types of computed columns ----

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("config") || changed.has("columns") || changed.has("types")) {
      this.fields = fieldsOf(this.columns, this.config, this.types);
    }
  }

  protected override updated(changed: PropertyValues): void {
    const before = changed.get("config") as ViewerConfig | undefined;
    const asked = ({ expressions, windows }: ViewerConfig) =>
      JSON.stringify([expressions, windows]);
    if (changed.has("table") || (before && asked(before) !== asked(this.config))) {
      void this.#findTypes();
    }
  }

  async #findTypes(): Promise<void> {
    const { table, config } = this;
    if (!table) return;
    try {
      const types = await computedTypes(table, config);
      if (table === this.table) this.types = types;
    } catch {
      // The table went away; what comes next has types of its own.
    }
  }

  // ---- the screen ----

  override render() {
    const { say } = this;
    const { ghost } = this.#drag;
    return html`
      <div class="head">
        <h2>${say("settings.title")}</h2>
        ${this.#headButton("settings-undo", say("settings.undo"), undoIcon, !this.canUndo, () => this.#step("undo"))}
        ${this.#headButton("settings-redo", say("settings.redo"), redoIcon, !this.canRedo, () => this.#step("redo"))}
        <button
          class="plain"
          data-testid="settings-reset"
          @click=${() => this.dispatchEvent(new CustomEvent("reset"))}
        >${say("settings.reset")}</button>
        ${this.#headButton("settings-close", say("settings.close"), closeIcon, false, () => this.dispatchEvent(new CustomEvent("close")))}
      </div>
      ${this.form ? this.#form(this.form) : this.#body()}
      ${
        ghost
          ? html`<div class="ghost ${this.#drag.to ? "" : "nowhere"}" style="translate: ${ghost.x + 12}px ${ghost.y + 8}px" aria-hidden="true">${ghost.label}</div>`
          : nothing
      }
      <p class="said" role="status">${this.said}</p>
    `;
  }

  #form({ kind, name }: { kind: ComputedKind; name: string | undefined }): TemplateResult {
    return html`<div class="form">
      <millrace-computed
        data-testid="computed"
        .kind=${kind}
        .name=${name}
        .table=${this.table}
        .columns=${this.columns}
        .config=${this.config}
        .fields=${this.fields}
        @edit=${(event: CustomEvent<ViewerConfig>) => this.edit(event.detail)}
        @leave=${() => void this.#leaveForm()}
      ></millrace-computed>
    </div>`;
  }

  #body(): TemplateResult {
    const { error, say } = this;
    const place = error && placeOf(error, this.fields);
    return html`
      <div class="body ${this.#drag.from ? "dragging" : ""}"><div class="parts">
        <div class="zones" data-scrolls>
          ${error && place?.part === "all" ? errorNote(error, say) : nothing}
          ${ZONES.map((zone) => this.#zone(zone))}
          ${this.#options()}
        </div>
        ${listTemplate(this, {
          search: this.search,
          setSearch: (text) => {
            this.search = text;
          },
          dropping: this.#drag.to?.zone === "all",
          fault:
            error && place?.part === "column"
              ? { column: place.column, note: errorNote(error, say) }
              : undefined,
        })}
      </div></div>
    `;
  }

  #headButton(
    id: string,
    label: string,
    icon: TemplateResult,
    disabled: boolean,
    run: () => void,
  ): TemplateResult {
    return html`<button
      class="icon"
      aria-label=${label}
      title=${label}
      data-testid=${id}
      ?disabled=${disabled}
      @click=${run}
    >${icon}</button>`;
  }

  #zone(zone: Zone): TemplateResult | typeof nothing {
    const { say } = this;
    const title = say(`zone.${zone}`);
    const columns = zoneColumns(this.config, zone, this.fields);
    if (zone === "having" && columns.length === 0 && !isGrouped(this.config)) return nothing;
    const place = this.error && placeOf(this.error, this.fields);
    const hasError = place?.part === "zone" && place.zone === zone;
    const addable = (): MenuItem[] =>
      this.fields.all
        .filter((field) => canAdd(this.config, zone, field.name, this.fields))
        .map((field) => ({
          value: field.name,
          label: field.name,
          hint: wordFor(say, "type", field.type),
        }));
    const { to } = this.#drag;
    const dropAt = to?.zone === zone ? to.index : undefined;
    return html`
      <section
        class="zone ${dropAt === undefined ? "" : "dropping"}"
        part="zone"
        data-testid="zone-${zone}"
        data-drop-zone=${zone}
        aria-label=${title}
      >
        <div class="zone-head">
          <h3>
            ${title} ${columns.length === 0 ? html`<span class="empty">${say(`zone.${zone}.empty`)}</span>` : nothing}
          </h3>
          ${zone === "filter" && columns.length > 1 ? this.#filterOp() : nothing}
          <millrace-menu
            .items=${addable}
            text=${say("settings.add")}
            label=${say("settings.add.label", { zone: title })}
            data-testid="add-${zone}"
            @choose=${(event: CustomEvent<string>) =>
              this.edit(addTo(this.config, zone, event.detail, this.fields))}
          ></millrace-menu>
        </div>
        ${
          columns.length === 0
            ? nothing
            : html`<ul class=${dropAt === columns.length ? "drop-end" : ""}>
              ${columns.map((column, index) =>
                itemTemplate(this, {
                  zone,
                  index,
                  count: columns.length,
                  column,
                  faulty: hasError && place.index === index,
                  dropBefore: dropAt === index,
                }),
              )}
            </ul>`
        }
        ${hasError && this.error ? errorNote(this.error, say) : nothing}
      </section>
    `;
  }

  #options(): TemplateResult {
    const { error, say } = this;
    const faulty = error !== undefined && placeOf(error, this.fields).part === "options";
    return html`<details class="options" data-testid="options" ?open=${faulty}>
      <summary>${say("settings.options")}${hasOptions(this.config) ? html` <span class="set" title=${say("settings.options.set")}>•</span>` : nothing}</summary>
      <millrace-options
        .config=${this.config}
        .fields=${this.fields}
        @edit=${(event: CustomEvent<ViewerConfig>) => this.edit(event.detail)}
      ></millrace-options>
      ${faulty ? errorNote(error, say) : nothing}
    </details>`;
  }

  #filterOp(): TemplateResult {
    const { filter_op } = this.config;
    const { say } = this;
    return html`<select
      aria-label=${say("settings.filter-op")}
      data-testid="filter-op"
      .value=${filter_op}
      @change=${(event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value === "or" ? "or" : "and";
        this.edit({ ...this.config, filter_op: chosen });
      }}
    >
      <option value="and" ?selected=${filter_op === "and"}>${say("settings.filter-op.and")}</option>
      <option value="or" ?selected=${filter_op === "or"}>${say("settings.filter-op.or")}</option>
    </select>`;
  }
}

define("millrace-settings", MillraceSettings);
