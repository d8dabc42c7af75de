/**
 * Edits one test of one column: its operator, and an operand that fits the type.
 *
 * Says what the test should become (`edit`). What cannot be read stays in its box, with a
 * line below that says what would fit.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Scalar } from "../client/types.js";
import { boxDeclarations } from "./box_styles.js";
import { chipStyles } from "./chip_styles.js";
import "./combobox.js";
import type { Offer } from "./combobox.js";
import { comparesColumns, operandOf, type Test } from "./condition_edits.js";
import { define } from "./define.js";
import {
  operatorsFor,
  operatorsOfColumns,
  readOperand,
  takesList,
  takesOperand,
  takesRange,
  writeOperand,
} from "./filters.js";
import { closeIcon } from "./icons.js";
import type { Suggestion } from "./value_suggestions.js";
import { ElementWords, wordFor } from "./words.js";

/** Before the operators that compare with another column, in the menu. */
const WITH_COLUMN = "column ";

const SPANS = ["1m", "5m", "15m", "1h", "24h", "7d"] as const;

export class MillraceFilter extends LitElement {
  static override properties = {
    test: { attribute: false },
    type: { attribute: false },
    others: { attribute: false },
    suggest: { attribute: false },
    problem: { state: true },
  };

  declare test: Test;
  declare type: string;
  /** The columns that it can be compared with. */
  declare others: string[];
  /** The values that the column has and that fit what is typed. */
  declare suggest: ((text: string) => Promise<Suggestion[]>) | undefined;
  declare private problem: string | undefined;
  readonly #words = new ElementWords(this);

  constructor() {
    super();
    this.test = ["", "=="];
    this.type = "string";
    this.others = [];
    this.suggest = undefined;
    this.problem = undefined;
  }

  static override styles = [
    chipStyles,
    css`
    :host {
      display: block;
    }
    .line {
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
    }
    select,
    input {
      box-sizing: border-box;
      min-width: 0;
      ${boxDeclarations}
    }
    :is(select, input, button):focus-visible {
      outline: 2px solid var(--millrace-accent);
      outline-offset: 0;
    }
    input[aria-invalid="true"] {
      border-color: var(--millrace-bad);
    }
    .operator {
      flex: 0 1 108px;
    }
    .operand {
      flex: 1 1 100px;
    }
    .range {
      display: flex;
      flex: 1 1 100%;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px;
      color: var(--millrace-muted);
    }
    .range input {
      flex: 1 1 64px;
    }
    /* A time of day to the millisecond fills a line. */
    .range input[type="datetime-local"] {
      flex-basis: 160px;
    }
    .chips {
      flex: 1 1 100%;
    }
    .problem {
      margin: 4px 0 0;
      color: var(--millrace-bad);
      font-size: 11.5px;
    }
  `,
  ];

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("test")) this.problem = undefined;
  }

  #edit(test: Test): void {
    this.problem = undefined;
    if (JSON.stringify(test) === JSON.stringify(this.test)) return;
    this.dispatchEvent(new CustomEvent<Test>("edit", { detail: test }));
  }

  #operand(value: Scalar | Scalar[]): void {
    this.#edit([this.test[0], this.test[1], value]);
  }

  /** Takes over what was typed, if it can be read. */
  #apply(text: string): void {
    const read = readOperand(text, this.type, this.test[1], this.#words.say);
    if ("problem" in read) this.problem = read.problem;
    else this.#operand(read.value);
  }

  /** Another operator keeps the operand as far as it fits. */
  #choose(choice: string): void {
    const [column] = this.test;
    if (choice.startsWith(WITH_COLUMN)) {
      const other = comparesColumns(this.test) ? this.test[2].column : this.others[0];
      if (other) this.#edit([column, choice.slice(WITH_COLUMN.length), { column: other }]);
      return;
    }
    if (!takesOperand(choice)) {
      this.#edit([column, choice]);
      return;
    }
    const before = operandOf(this.test);
    const single = Array.isArray(before) ? (before[0] ?? null) : before;
    let operand: Scalar | Scalar[] = single;
    if (takesList(choice))
      operand = Array.isArray(before) ? before : single === null ? null : [single];
    else if (takesRange(choice)) operand = single === null ? null : [single, null];
    const spans = [choice, this.test[1]].filter((each) => each === "within").length === 1;
    this.#edit([column, choice, spans ? null : operand]);
  }

  override render() {
    const { say } = this.#words;
    const [column, operator] = this.test;
    const ofColumns = comparesColumns(this.test);
    const current = ofColumns ? WITH_COLUMN + operator : operator;
    const offered = operatorsFor(this.type);
    const known = ofColumns || offered.includes(operator);
    const option = (value: string, label: string) =>
      html`<option value=${value} ?selected=${value === current}>${label}</option>`;
    return html`
      <div class="line">
        <select
          class="operator"
          aria-label=${say("filter.operator", { column })}
          data-testid="operator"
          .value=${current}
          @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}
        >
          ${(known ? offered : [operator, ...offered]).map((each) => option(each, wordFor(say, "operator", each)))}
          ${
            this.others.length > 0
              ? html`<optgroup label=${say("filter.with-column")}>
                ${operatorsOfColumns(this.type).map((each) => option(WITH_COLUMN + each, say("filter.column", { operator: each })))}
              </optgroup>`
              : nothing
          }
        </select>
        ${this.#editor()}
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    `;
  }

  #editor(): TemplateResult | typeof nothing {
    const [column, operator] = this.test;
    const operand = operandOf(this.test);
    const { say } = this.#words;
    const label = say("filter.value", { column });
    if (comparesColumns(this.test)) return this.#columns(this.test[2].column);
    if (!takesOperand(operator)) return nothing;
    if (takesRange(operator)) return this.#range(Array.isArray(operand) ? operand : [operand]);
    if (takesList(operator)) return this.#list(Array.isArray(operand) ? operand : []);
    const text = writeOperand(operand, this.type);
    if (operator === "within") {
      return this.#box(text, label, say("filter.placeholder.span"), async (typed) =>
        SPANS.filter((span) => span.startsWith(typed)).map((span) => ({
          text: span,
          hint: say(`span.${span}`),
        })),
      );
    }
    if (this.type === "boolean") {
      return html`<select
        class="operand"
        aria-label=${label}
        data-testid="operand"
        .value=${text}
        @change=${(event: Event) => this.#apply((event.target as HTMLSelectElement).value)}
      >${(["", "true", "false"] as const).map(
        (each) =>
          html`<option value=${each} ?selected=${each === text}>${each ? say(`filter.${each}`) : "…"}</option>`,
      )}</select>`;
    }
    if (this.type === "date" || this.type === "datetime") {
      return this.#input(text, label, (typed) => this.#apply(typed));
    }
    const offers = operator === "==" || operator === "!=" ? this.#offers : undefined;
    return this.#box(text, label, say("filter.placeholder"), offers);
  }

  /** The column's values, as text that is read as the same value again. */
  readonly #offers = async (text: string): Promise<Offer[]> => {
    const found = (await this.suggest?.(text)) ?? [];
    return found.map(({ value, rows }) => ({
      text: writeOperand(value, this.type),
      ...(rows === undefined ? {} : { hint: this.#words.count(rows) }),
    }));
  };

  #box(
    text: string,
    label: string,
    placeholder: string,
    offers: ((text: string) => Promise<Offer[]>) | undefined,
  ): TemplateResult {
    return html`<millrace-combobox
      class="operand"
      .value=${text}
      .label=${label}
      .placeholder=${placeholder}
      .invalid=${this.problem !== undefined}
      .offers=${offers}
      @commit=${(event: CustomEvent<{ text: string }>) => this.#apply(event.detail.text)}
    ></millrace-combobox>`;
  }

  #input(
    text: string,
    label: string,
    apply: (text: string) => void,
    testid = "operand",
  ): TemplateResult {
    const time =
      this.type === "date" ? "date" : this.type === "datetime" ? "datetime-local" : "text";
    const read = (event: Event) => apply((event.target as HTMLInputElement).value);
    return html`<input
      class="operand"
      type=${time}
      step=${time === "datetime-local" ? "0.001" : nothing}
      inputmode=${this.type === "integer" || this.type === "float" ? "decimal" : nothing}
      autocomplete="off"
      spellcheck="false"
      aria-label=${label}
      aria-invalid=${this.problem !== undefined}
      data-testid=${testid}
      .value=${text}
      @change=${read}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Enter") read(event);
      }}
    />`;
  }

  #range([from = null, to = null]: Scalar[]): TemplateResult {
    const { type, test } = this;
    const { say } = this.#words;
    const column = test[0];
    const apply = (end: 0 | 1) => (text: string) => {
      const read = readOperand(text, type, "==", this.#words.say);
      if ("problem" in read) this.problem = read.problem;
      else this.#operand([from, to].with(end, read.value as Scalar));
    };
    const missing = (from === null) !== (to === null);
    return html`<div class="range">
        ${this.#input(writeOperand(from, type), say("filter.from", { column }), apply(0), "operand-from")}
        ${say("filter.and")}
        ${this.#input(writeOperand(to, type), say("filter.to", { column }), apply(1), "operand-to")}
      </div>
      ${missing ? html`<p class="problem hint">${say("filter.half")}</p>` : nothing}`;
  }

  #list(values: Scalar[]): TemplateResult {
    const [column] = this.test;
    const { say } = this.#words;
    const without = (index: number) => {
      const rest = values.toSpliced(index, 1);
      this.#operand(rest.length > 0 ? rest : null);
    };
    const add = (text: string, exact: boolean) => {
      // A value that was offered may have a comma in it.
      const read = readOperand(text, this.type, exact ? "==" : this.test[1], say);
      if ("problem" in read) this.problem = read.problem;
      else if (read.value !== null) {
        this.#operand([...new Set([...values, ...[read.value].flat()])]);
      }
    };
    return html`
      <millrace-combobox
        class="operand"
        .value=${""}
        .label=${say("filter.value", { column })}
        .placeholder=${say(values.length > 0 ? "filter.placeholder.more" : "filter.placeholder.list")}
        .invalid=${this.problem !== undefined}
        .clears=${true}
        .offers=${async (text: string) => {
          const chosen = new Set(values.map((value) => writeOperand(value, this.type)));
          return (await this.#offers(text)).filter((offer) => !chosen.has(offer.text));
        }}
        @commit=${(event: CustomEvent<{ text: string; exact: boolean }>) =>
          add(event.detail.text, event.detail.exact)}
        @back=${() => {
          if (values.length > 0) without(values.length - 1);
        }}
      ></millrace-combobox>
      ${
        values.length > 0
          ? html`<div class="chips" data-testid="chosen">
            ${values.map((value, index) => {
              const text = writeOperand(value, this.type) || say("value.empty");
              return html`<span class="chip">
                <span title=${text}>${text}</span>
                <button aria-label=${say("filter.without", { value: text })} @click=${() => without(index)}>${closeIcon}</button>
              </span>`;
            })}
          </div>`
          : nothing
      }
    `;
  }

  #columns(current: string): TemplateResult {
    const [column, operator] = this.test;
    const choices = this.others.includes(current) ? this.others : [current, ...this.others];
    return html`<select
      class="operand"
      aria-label=${this.#words.say("filter.other-column", { column })}
      data-testid="operand-column"
      .value=${current}
      @change=${(event: Event) =>
        this.#edit([column, operator, { column: (event.target as HTMLSelectElement).value }])}
    >${choices.map(
      (each) => html`<option value=${each} ?selected=${each === current}>${each}</option>`,
    )}</select>`;
  }
}

define("millrace-filter", MillraceFilter);
