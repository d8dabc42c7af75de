/**
 * The settings panel: which columns stand where, and how.
 *
 * It edits a config that it is given and says what it should become (`edit`); whether that
 * makes a view is not known here. Everything is done by buttons, menus and keys: Alt with
 * the arrows moves an item, Delete removes it. Items are `<li>`s with the zone and index in
 * data attributes, which is where dragging would hook in.
 */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import type { ColumnInfo, Condition, Filter, Sort, SortDirection } from "../client/types.js";
import { defaultAggregate } from "../grid/shape.js";
import { aggregatesFor } from "./aggregates.js";
import { define } from "./define.js";
import { errorWords } from "./error_words.js";
import { operatorsFor, readOperand, takesList, takesOperand, writeOperand } from "./filters.js";
import "./menu.js";
import type { MenuItem } from "./menu.js";
import {
  addTo,
  canAdd,
  moveIn,
  removeFrom,
  setAggregate,
  setFilter,
  setSort,
  ZONES,
  type Zone,
  zoneColumns,
} from "./settings_edits.js";
import { settingsStyles } from "./settings_styles.js";
import { typeBadge, typeBadgeStyles } from "./type_badge.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";

const DIRECTIONS: [SortDirection, string][] = [
  ["asc", "ascending"],
  ["desc", "descending"],
  ["asc abs", "ascending, absolute"],
  ["desc abs", "descending, absolute"],
  ["col asc", "columns ascending"],
  ["col desc", "columns descending"],
];

export class MillraceSettings extends LitElement {
  static override properties = {
    columns: { attribute: false },
    config: { attribute: false },
    error: { attribute: false },
    problems: { state: true },
    search: { state: true },
  };

  /** The table's columns. */
  declare columns: ColumnInfo[];
  declare config: ViewerConfig;
  /** Why the config cannot be shown, if so. */
  declare error: MillraceError | undefined;
  /** Filter index to what is wrong with the text in its input. */
  declare problems: Record<number, string>;
  declare search: string;

  constructor() {
    super();
    this.columns = [];
    this.config = defaultConfig();
    this.error = undefined;
    this.problems = {};
    this.search = "";
  }

  static override styles = [typeBadgeStyles, settingsStyles];

  get #names(): string[] {
    return this.columns.map((column) => column.name);
  }

  #typeOf(name: string): string {
    return this.columns.find((column) => column.name === name)?.type ?? "string";
  }

  #edit(config: ViewerConfig): void {
    if (config === this.config) return;
    this.dispatchEvent(new CustomEvent<ViewerConfig>("edit", { detail: config }));
  }

  #add(zone: Zone, column: string): void {
    this.#edit(addTo(this.config, zone, column, this.#typeOf(column), this.#names));
  }

  #remove(zone: Zone, index: number): void {
    if (zone === "filter") this.problems = {};
    this.#edit(removeFrom(this.config, zone, index, this.#names));
  }

  /** `from`: the button that was used, which keeps the focus on the item's new place. */
  async #move(zone: Zone, index: number, by: -1 | 1, from = ""): Promise<void> {
    const moved = moveIn(this.config, zone, index, by, this.#names);
    if (moved === this.config) return;
    if (zone === "filter") this.problems = {};
    this.#edit(moved);
    await this.updateComplete;
    this.renderRoot
      .querySelector<HTMLElement>(`li[data-zone="${zone}"][data-index="${index + by}"] ${from}`)
      ?.focus();
  }

  #onItemKey(event: KeyboardEvent, zone: Zone, index: number): void {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      void this.#move(zone, index, event.key === "ArrowUp" ? -1 : 1);
    } else if (
      (event.key === "Delete" || event.key === "Backspace") &&
      event.target === event.currentTarget
    ) {
      event.preventDefault();
      this.#remove(zone, index);
    }
  }

  override render() {
    const generalError = this.error && !this.#errorPlace() ? this.error : undefined;
    return html`
      <div class="head">
        <h2>Configure</h2>
        <button
          class="plain"
          data-testid="settings-reset"
          @click=${() => this.dispatchEvent(new CustomEvent("reset"))}
        >Reset</button>
        <button
          class="icon"
          aria-label="Close settings"
          title="Close settings"
          data-testid="settings-close"
          @click=${() => this.dispatchEvent(new CustomEvent("close"))}
        >✕</button>
      </div>
      <div class="body">
        ${generalError ? errorNote(generalError) : nothing}
        ${ZONES.map(({ zone, title, empty }) => this.#zone(zone, title, empty))}
        ${this.#allColumns()}
      </div>
    `;
  }

  /** Which zone and item the engine's error speaks of. */
  #errorPlace(): { zone: Zone; index: number | undefined } | undefined {
    const match = /^(columns|group_by|split_by|sort|filter|aggregates)(?:\[(\d+)\])?/.exec(
      this.error?.where ?? "",
    );
    if (!match) return undefined;
    const zone = match[1] === "aggregates" ? "columns" : (match[1] as Zone);
    return { zone, index: match[2] === undefined ? undefined : Number(match[2]) };
  }

  #zone(zone: Zone, title: string, empty: string): TemplateResult {
    const columns = zoneColumns(this.config, zone, this.#names);
    const place = this.#errorPlace();
    const hasError = place?.zone === zone;
    const addable: MenuItem[] = this.columns
      .filter((column) => canAdd(this.config, zone, column.name, this.#names))
      .map((column) => ({ value: column.name, label: column.name, hint: column.type }));
    return html`
      <section class="zone" part="zone" data-testid="zone-${zone}" aria-label=${title}>
        <div class="zone-head">
          <h3>${title}</h3>
          <millrace-menu
            .items=${addable}
            text="+ Add"
            label="Add to ${title}"
            data-testid="add-${zone}"
            @choose=${(event: CustomEvent<string>) => this.#add(zone, event.detail)}
          ></millrace-menu>
        </div>
        ${
          columns.length === 0
            ? html`<p class="empty">${empty}</p>`
            : html`<ul>
              ${columns.map((column, index) =>
                this.#item(zone, column, index, columns.length, hasError && place?.index === index),
              )}
            </ul>`
        }
        ${hasError && this.error ? errorNote(this.error) : nothing}
      </section>
    `;
  }

  #item(zone: Zone, column: string, index: number, count: number, faulty: boolean): TemplateResult {
    const type = this.#typeOf(column);
    return html`
      <li
        tabindex="0"
        class=${faulty ? "faulty" : ""}
        data-zone=${zone}
        data-index=${index}
        data-column=${column}
        data-testid="item-${zone}"
        aria-label="${column}, ${index + 1} of ${count}. Alt and arrows move it, Delete removes it."
        @keydown=${(event: KeyboardEvent) => this.#onItemKey(event, zone, index)}
      >
        <div class="line">
          ${typeBadge(this.#typeOf(column))}
          <span class="name" title=${column}>${column}</span>
          ${zone === "columns" && this.#isAggregated() ? this.#aggregate(column, type) : nothing}
          ${zone === "sort" ? this.#direction(index) : nothing}
          <span class="tools">
            <button
              class="icon"
              aria-label="Move ${column} up"
              title="Move up (Alt+↑)"
              ?disabled=${index === 0}
              data-move="up"
              @click=${() => this.#move(zone, index, -1, '[data-move="up"]')}
            >↑</button>
            <button
              class="icon"
              aria-label="Move ${column} down"
              title="Move down (Alt+↓)"
              ?disabled=${index === count - 1}
              data-move="down"
              @click=${() => this.#move(zone, index, 1, '[data-move="down"]')}
            >↓</button>
            <button
              class="icon"
              aria-label="Remove ${column}"
              title="Remove (Delete)"
              data-testid="remove"
              @click=${() => this.#remove(zone, index)}
            >✕</button>
          </span>
        </div>
        ${zone === "filter" ? this.#filter(index, type) : nothing}
      </li>
    `;
  }

  #isAggregated(): boolean {
    return this.config.group_by.length > 0 || this.config.split_by.length > 0;
  }

  #aggregate(column: string, type: string): TemplateResult | typeof nothing {
    const set = this.config.aggregates[column];
    const plain = typeof set === "object" && "aggregate" in set ? set.aggregate : set;
    if (typeof plain === "object" && "expression" in plain) return nothing;
    const current = typeof plain === "string" ? plain : (plain?.[0] ?? defaultAggregate(type));
    const offered = aggregatesFor(type);
    const choices = offered.includes(current) ? offered : [current, ...offered];
    return html`<select
      aria-label="Aggregate of ${column}"
      data-testid="aggregate"
      .value=${current}
      @change=${(event: Event) =>
        this.#edit(setAggregate(this.config, column, (event.target as HTMLSelectElement).value))}
    >${choices.map(
      (choice) => html`<option value=${choice} ?selected=${choice === current}>${choice}</option>`,
    )}</select>`;
  }

  #direction(index: number): TemplateResult | typeof nothing {
    const sort = this.config.sort[index];
    if (!sort) return nothing;
    const [column, current] = sort;
    return html`<select
      aria-label="Direction of ${column}"
      data-testid="direction"
      .value=${current}
      @change=${(event: Event) => {
        const direction = (event.target as HTMLSelectElement).value as SortDirection;
        const changed: Sort = [column, direction];
        this.#edit(setSort(this.config, index, changed));
      }}
    >${DIRECTIONS.map(
      ([value, label]) =>
        html`<option value=${value} ?selected=${value === current}>${label}</option>`,
    )}</select>`;
  }

  #filter(index: number, type: string): TemplateResult | typeof nothing {
    const filter = this.config.filter[index];
    if (!filter || !isPlain(filter)) return nothing;
    const [column, operator] = filter;
    const operand = filter[2] ?? null;
    const problem = this.problems[index];
    const operators = operatorsFor(type);
    return html`
      <div class="filter">
        <select
          aria-label="Operator for ${column}"
          data-testid="operator"
          .value=${operator}
          @change=${(event: Event) => {
            const chosen = (event.target as HTMLSelectElement).value;
            const text = writeOperand(operand, type);
            const read = readOperand(text, type, chosen);
            const changed: Filter = takesOperand(chosen)
              ? [column, chosen, "value" in read ? read.value : null]
              : [column, chosen];
            this.#edit(setFilter(this.config, index, changed));
          }}
        >${(operators.includes(operator) ? operators : [operator, ...operators]).map(
          (each) => html`<option value=${each} ?selected=${each === operator}>${each}</option>`,
        )}</select>
        ${takesOperand(operator) ? this.#operand(index, filter, type, problem) : nothing}
      </div>
      ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    `;
  }

  #operand(
    index: number,
    filter: Filter,
    type: string,
    problem: string | undefined,
  ): TemplateResult {
    const [column, operator] = filter;
    const text = writeOperand(filter[2], type);
    const apply = (value: string) => {
      const read = readOperand(value, type, operator);
      if ("problem" in read) {
        this.problems = { ...this.problems, [index]: read.problem };
        return;
      }
      const { [index]: _, ...others } = this.problems;
      this.problems = others;
      this.#edit(setFilter(this.config, index, [column, operator, read.value]));
    };
    const label = `Value for ${column}`;
    if (type === "boolean") {
      return html`<select
        aria-label=${label}
        data-testid="operand"
        @change=${(event: Event) => apply((event.target as HTMLSelectElement).value)}
      >${["", "true", "false"].map(
        (each) => html`<option value=${each} ?selected=${each === text}>${each || "…"}</option>`,
      )}</select>`;
    }
    const list = takesList(operator);
    const inputType = list
      ? "text"
      : type === "date"
        ? "date"
        : type === "datetime"
          ? "datetime-local"
          : "text";
    return html`<input
      type=${inputType}
      step=${inputType === "datetime-local" ? "0.001" : nothing}
      inputmode=${type === "integer" || type === "float" ? "decimal" : nothing}
      placeholder=${list ? "a, b, c" : "value"}
      autocomplete="off"
      spellcheck="false"
      aria-label=${label}
      aria-invalid=${problem ? "true" : "false"}
      data-testid="operand"
      .value=${text}
      @change=${(event: Event) => apply((event.target as HTMLInputElement).value)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Enter") apply((event.target as HTMLInputElement).value);
        event.stopPropagation();
      }}
    />`;
  }

  #allColumns(): TemplateResult {
    const wanted = this.search.trim().toLowerCase();
    const shown = this.columns.filter((column) => column.name.toLowerCase().includes(wanted));
    return html`
      <section class="zone all" data-testid="all-columns" aria-label="All columns">
        <div class="zone-head"><h3>All columns</h3><span class="count">${this.columns.length}</span></div>
        ${
          this.columns.length > 12
            ? html`<input
              type="search"
              class="search"
              placeholder="Find a column"
              aria-label="Find a column"
              .value=${this.search}
              @input=${(event: Event) => {
                this.search = (event.target as HTMLInputElement).value;
              }}
            />`
            : nothing
        }
        <ul>
          ${shown.map(
            (column) => html`<li class="column" data-testid="column" data-column=${column.name}>
              <div class="line">
                ${typeBadge(column.type)}
                <span class="name" title="${column.name}: ${column.exact}">${column.name}</span>
                <millrace-menu
                  text="Add to ▾"
                  label="Add to: ${column.name}"
                  .items=${this.#targets(column.name)}
                  @choose=${(event: CustomEvent<string>) =>
                    this.#add(event.detail as Zone, column.name)}
                ></millrace-menu>
              </div>
            </li>`,
          )}
        </ul>
      </section>
    `;
  }

  #targets(column: string): MenuItem[] {
    return ZONES.map(({ zone, title }) => {
      const free = canAdd(this.config, zone, column, this.#names);
      return { value: zone, label: title, disabled: !free, ...(free ? {} : { hint: "there" }) };
    });
  }
}

/** Whether a condition is of the kind that can be edited here. */
function isPlain(condition: Condition): condition is Filter {
  if (!Array.isArray(condition)) return false;
  const operand = condition[2];
  return typeof operand !== "object" || operand === null || Array.isArray(operand);
}

function errorNote(error: MillraceError): TemplateResult {
  const { message, expected } = errorWords(error);
  return html`<p class="note" role="alert" data-testid="config-error">
    ${message}${expected ? html`<br /><span>Expected: ${expected}</span>` : nothing}
  </p>`;
}

define("millrace-settings", MillraceSettings);
