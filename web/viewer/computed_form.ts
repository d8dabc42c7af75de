/**
 * The form in which a computed column is made and changed: an expression, a window, or an
 * expression over aggregates.
 *
 * It works on a copy and says what the config should become (`edit`) when it is saved; each
 * state of it is tried, so that what can be saved can be shown.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Table } from "../client/table.js";
import type { ColumnInfo, WindowTerm } from "../client/types.js";
import {
  type Computed,
  type ComputedKind,
  computedNamed,
  deleteField,
  freeName,
  nameProblem,
  setComputed,
  usesOf,
} from "./computed_edits.js";
import { define } from "./define.js";
import "./expression_editor.js";
import type { MillraceExpression } from "./expression_editor.js";
import { callables } from "./expression_functions.js";
import { formStyles } from "./form_styles.js";
import { Fields } from "./settings_fields.js";
import { Trial, type Verdict } from "./trial.js";
import { typeBadge, typeBadgeStyles } from "./type_badge.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";
import "./window_form.js";
import { ElementWords, wordFor } from "./words.js";

/** So long after the last change it is tried, ms. */
const PATIENCE_MS = 150;

export class MillraceComputed extends LitElement {
  static override properties = {
    kind: { attribute: false },
    name: { attribute: false },
    table: { attribute: false },
    columns: { attribute: false },
    config: { attribute: false },
    fields: { attribute: false },
    typedName: { state: true },
    computed: { state: true },
    verdict: { state: true },
    deleting: { state: true },
    find: { state: true },
  };

  declare kind: ComputedKind;
  /** The column that is changed; a new one is made where it is absent. */
  declare name: string | undefined;
  declare table: Table | undefined;
  declare columns: ColumnInfo[];
  declare config: ViewerConfig;
  declare fields: Fields;
  /** The name as it is typed. */
  declare private typedName: string;
  declare private computed: Computed;
  declare private verdict: Verdict | undefined;
  declare private deleting: boolean;
  declare private find: string;
  readonly #words = new ElementWords(this);
  #trial: Trial | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** What there was at first, to tell whether something was typed. */
  #first = "";

  constructor() {
    super();
    this.kind = "expression";
    this.name = undefined;
    this.table = undefined;
    this.columns = [];
    this.config = defaultConfig();
    this.fields = new Fields([]);
    this.typedName = "";
    this.computed = { kind: "expression", text: "" };
    this.verdict = undefined;
    this.deleting = false;
    this.find = "";
    this.addEventListener("keydown", (event) => this.#onKey(event));
  }

  static override styles = [typeBadgeStyles, formStyles];

  protected override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated) return;
    if (changed.has("table") && this.table) this.#trial = new Trial(this.table, this.columns);
    const { name, kind } = this;
    const there = name === undefined ? undefined : computedNamed(this.config, name);
    this.typedName = name ?? freeName(kind === "aggregate" ? "ratio" : kind, this.fields);
    this.computed = there ?? emptyOf(kind, this.columns);
    this.#first = this.#state();
    if (there || kind === "window") this.#try(0);
  }

  protected override firstUpdated(): void {
    const box = this.renderRoot.querySelector<HTMLInputElement>("[data-testid=computed-name]");
    if (this.name !== undefined) this.#editor?.focus();
    else {
      box?.focus();
      box?.select();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#asked++;
    void this.#trial?.end();
  }

  get #editor(): MillraceExpression | null {
    return this.renderRoot.querySelector("millrace-expression");
  }

  #state(): string {
    return JSON.stringify([this.typedName, this.computed]);
  }

  #set(computed: Computed): void {
    this.computed = computed;
    this.#try(PATIENCE_MS);
  }

  #try(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#judge(), wait);
  }

  async #judge(): Promise<Verdict | undefined> {
    clearTimeout(this.#timer);
    const { computed, name } = this;
    const asked = ++this.#asked;
    if (!this.#trial || textOf(computed)?.trim() === "") {
      this.verdict = undefined;
      return undefined;
    }
    // Under the name it has, so that what reads it can be told from it.
    const tried = name ?? (this.typedName || "new");
    const config = setComputed(
      { ...this.config, columns: null },
      name,
      tried,
      computed,
      this.fields,
    );
    const verdict = await this.#trial.of(tried, computed, config);
    if (asked === this.#asked) this.verdict = verdict;
    return verdict;
  }

  async #save(): Promise<void> {
    if (nameProblem(this.typedName, this.name, this.fields)) return;
    const verdict = await this.#judge();
    if (!verdict || "message" in verdict) return;
    const saved = setComputed(
      this.config,
      this.name,
      this.typedName.trim(),
      this.computed,
      this.fields,
    );
    this.dispatchEvent(new CustomEvent<ViewerConfig>("edit", { detail: saved }));
    this.#leave();
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent("leave"));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      // What was typed is not thrown away by a key that also closes lists.
      if (this.#state() === this.#first) this.#leave();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      void this.#save();
    }
    // Undo and redo are the boxes' own here: nothing of the config has changed yet.
    if ((event.ctrlKey || event.metaKey) && /^[zy]$/i.test(event.key)) event.stopPropagation();
  }

  override render() {
    const { kind, name, verdict } = this;
    const { say } = this.#words;
    const problem = nameProblem(this.typedName, name, this.fields, say);
    const bad = verdict && "message" in verdict ? verdict : undefined;
    return html`
      <form
        @submit=${(event: Event) => {
          event.preventDefault();
          void this.#save();
        }}
      >
        <h3>${say(`computed.${name === undefined ? "new" : "edit"}.${kind}`)}</h3>
        <p class="hint">${say(`computed.hint.${kind}`)}</p>
        <label>
          <span>${say("computed.name")}</span>
          <input
            type="text"
            autocomplete="off"
            spellcheck="false"
            aria-invalid=${problem !== undefined}
            data-testid="computed-name"
            .value=${this.typedName}
            @input=${(event: Event) => {
              this.typedName = (event.target as HTMLInputElement).value;
            }}
          />
        </label>
        ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
        ${this.#body(bad?.error)}
        ${this.#verdictLine()}
        <div class="buttons">
          <button class="primary" data-testid="computed-save" ?disabled=${!verdict || !!bad || !!problem}>
            ${say(name === undefined ? "computed.add" : "computed.save")}
          </button>
          <button type="button" data-testid="computed-cancel" @click=${() => this.#leave()}>${say("computed.cancel")}</button>
          ${
            name === undefined
              ? nothing
              : html`<button
                type="button"
                class="danger"
                data-testid="computed-delete"
                @click=${() => this.#delete(false)}
              >${say("computed.delete")}</button>`
          }
        </div>
        ${this.deleting && name !== undefined ? this.#deleteNote(name) : nothing}
        ${kind === "window" ? nothing : this.#browser()}
      </form>
    `;
  }

  #body(error: MillraceExpression["error"]): TemplateResult {
    const { computed } = this;
    if (computed.kind === "window") {
      return html`<millrace-window
        .term=${computed.term}
        .fields=${this.#readable()}
        @change-term=${(event: CustomEvent<WindowTerm>) =>
          this.#set({ kind: "window", term: event.detail })}
      ></millrace-window>`;
    }
    const text = textOf(computed);
    if (text === undefined) {
      return html`<p class="hint">${this.#words.say("computed.hint.column")}</p>`;
    }
    return html`<millrace-expression
      .value=${text}
      .columns=${this.#readable().all}
      .functions=${callables(computed.kind, this.#words.say)}
      .error=${error}
      @change-text=${(event: CustomEvent<string>) =>
        this.#set(
          computed.kind === "aggregate"
            ? { kind: "aggregate", term: { expression: event.detail } }
            : { kind: "expression", text: event.detail },
        )}
    ></millrace-expression>`;
  }

  /** What may be read: not itself, and of rows only what rows have. */
  #readable(): Fields {
    return new Fields(
      this.fields.all.filter(
        ({ name, kind }) =>
          name !== this.name && (kind !== "aggregate" || this.kind === "aggregate"),
      ),
    );
  }

  #verdictLine(): TemplateResult {
    const { verdict } = this;
    const { say } = this.#words;
    if (!verdict) return html`<p class="verdict" role="status"></p>`;
    if ("type" in verdict) {
      return html`<p class="verdict" role="status" data-testid="computed-type">
        ${typeBadge(say, verdict.type)} ${wordFor(say, "type", verdict.type)}
      </p>`;
    }
    const { error, message } = verdict;
    return html`<p class="verdict bad" role="alert" data-testid="computed-error">
      ${error ? html`<b>${say("computed.place", { line: error.line, column: error.column })}</b> ` : nothing}${message}
    </p>`;
  }

  // ---- deletion ----

  #delete(sure: boolean): void {
    const { name } = this;
    if (name === undefined) return;
    const { zones, computed } = usesOf(this.config, name, this.fields);
    if (!sure && (zones.length > 0 || computed.length > 0)) {
      this.deleting = true;
      return;
    }
    const without = deleteField(this.config, name);
    this.dispatchEvent(new CustomEvent<ViewerConfig>("edit", { detail: without }));
    this.#leave();
  }

  #deleteNote(name: string): TemplateResult {
    const { zones, computed } = usesOf(this.config, name, this.fields);
    const { say } = this.#words;
    const stands = zones.map((zone) => say(`zone.${zone}.name`)).join(", ");
    const readers = computed.map((each) => `“${each}”`).join(", ");
    const read = computed.length === 1 ? "computed.delete.read.one" : "computed.delete.read";
    return html`<div class="note" role="alert" data-testid="delete-note">
      ${
        computed.length > 0
          ? html`<p>${say(read, { readers, name })}</p>`
          : html`<p>${say("computed.delete.stands", { name, zones: stands })}</p>
            <button type="button" class="danger" data-testid="delete-sure" @click=${() => this.#delete(true)}>
              ${say("computed.delete.sure")}
            </button>`
      }
    </div>`;
  }

  // ---- the functions ----

  /** All functions with what they do, to look through and to put in. */
  #browser(): TemplateResult {
    const wanted = this.find.trim().toLowerCase();
    const { say } = this.#words;
    const all = callables(this.kind, say);
    const found = all.filter(
      ({ name, help }) => name.includes(wanted) || help.toLowerCase().includes(wanted),
    );
    return html`<details>
      <summary>${say("computed.functions")} <span class="count">${all.length}</span></summary>
      <input
        type="search"
        placeholder=${say("computed.find")}
        aria-label=${say("computed.find")}
        data-testid="find-function"
        autocomplete="off"
        spellcheck="false"
        .value=${this.find}
        @input=${(event: Event) => {
          this.find = (event.target as HTMLInputElement).value;
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === "Enter") event.preventDefault();
        }}
      />
      <ul>${found.map(
        ({ name, signature, help }) => html`<li>
          <button
            type="button"
            data-function=${name}
            title=${say("computed.put")}
            @click=${() => this.#editor?.insert(`${name}()`, name.length + 1)}
          ><code>${signature}</code><span>${help}</span></button>
        </li>`,
      )}</ul>
    </details>`;
  }
}

function textOf(computed: Computed): string | undefined {
  if (computed.kind === "expression") return computed.text;
  if (computed.kind === "window") return undefined;
  const { term } = computed;
  return typeof term === "object" && "expression" in term ? term.expression : undefined;
}

function emptyOf(kind: ComputedKind, columns: ColumnInfo[]): Computed {
  if (kind === "expression") return { kind, text: "" };
  if (kind === "aggregate") return { kind, term: { expression: "" } };
  const number = columns.find(({ type }) => type === "integer" || type === "float");
  const time = columns.find(({ type }) => type === "datetime" || type === "date");
  const order = time ? { order_by: time.name } : {};
  if (!number) return { kind, term: { aggregate: "row_number", ...order } };
  return { kind, term: { column: number.name, aggregate: "sum", cumulative: true, ...order } };
}

define("millrace-computed", MillraceComputed);
