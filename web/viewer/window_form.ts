/**
 * The fields of a window function: what it computes, over which rows, in which order.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { WindowTerm } from "../client/types.js";
import { chipStyles } from "./chip_styles.js";
import { define } from "./define.js";
import { formStyles } from "./form_styles.js";
import { closeIcon } from "./icons.js";
import { Fields } from "./settings_fields.js";
import {
  fitsWindow,
  frameOf,
  hasFrame,
  hasOffset,
  needsColumn,
  orderOf,
  WINDOW_FUNCTIONS,
  type WindowFunction,
  withFrame,
  withFunction,
  withOrder,
} from "./windows.js";
import { ElementWords, wordFor } from "./words.js";

type Choice = [value: string, label: string];

export class MillraceWindow extends LitElement {
  static override properties = {
    term: { attribute: false },
    fields: { attribute: false },
  };

  declare term: WindowTerm;
  /** What it may read. */
  declare fields: Fields;
  readonly #words = new ElementWords(this);

  constructor() {
    super();
    this.term = { aggregate: "row_number" };
    this.fields = new Fields([]);
  }

  static override styles = [formStyles, chipStyles];

  #edit(term: WindowTerm): void {
    this.dispatchEvent(new CustomEvent<WindowTerm>("change-term", { detail: term }));
  }

  override render() {
    const { term } = this;
    const { say } = this.#words;
    const of = term.aggregate;
    const { column, direction } = orderOf(term);
    const names = (fits: (name: string) => boolean): Choice[] =>
      this.fields.names.filter(fits).map((name) => [name, name]);
    const fitting = names((name) => {
      const field = this.fields.get(name);
      return field !== undefined && fitsWindow(of, field);
    });
    const functions = WINDOW_FUNCTIONS.map((each): Choice => [each, say(`window.${each}`)]);
    return html`
      ${this.#select(say("window.compute"), "window-function", of, functions, (chosen) =>
        this.#edit(withFunction(term, chosen as WindowFunction, this.fields.all)),
      )}
      ${
        needsColumn(of)
          ? this.#select(say("window.of"), "window-column", term.column ?? "", fitting, (chosen) =>
              this.#edit({ ...term, column: chosen }),
            )
          : nothing
      }
      ${hasOffset(of) ? this.#number(say("window.offset"), "window-offset", term.offset ?? 1, { min: 1, step: 1 }, (offset) => ({ offset })) : nothing}
      ${of === "ema" ? this.#number(say("window.alpha"), "window-alpha", term.alpha ?? 0.2, { min: 0.001, max: 1 }, (alpha) => ({ alpha })) : nothing}
      ${this.#partition()}
      ${this.#select(
        say("window.order"),
        "window-order",
        column,
        [["", say("window.order.none")], ...names((name) => this.fields.fits(name, "filter"))],
        (chosen) => this.#edit(withOrder(term, chosen, direction)),
      )}
      ${
        column
          ? this.#select(
              say("window.direction"),
              "window-direction",
              direction,
              [
                ["asc", say("direction.asc")],
                ["desc", say("direction.desc")],
              ],
              (chosen) => this.#edit(withOrder(term, column, chosen === "desc" ? "desc" : "asc")),
            )
          : nothing
      }
      ${hasFrame(of) ? this.#frame(column) : nothing}
    `;
  }

  #frame(order: string): TemplateResult {
    const { term } = this;
    const { say } = this.#words;
    const frame = frameOf(term);
    const type = this.fields.typeOf(order);
    const choices: Choice[] = [
      ["cumulative", say("window.frame.cumulative")],
      ["rows", say("window.frame.rows")],
      ...(order ? [["range", say("window.frame.range")] as Choice] : []),
    ];
    return html`
      ${this.#select(say("window.frame"), "window-frame", frame, choices, (chosen) =>
        this.#edit(withFrame(term, chosen as typeof frame, type)),
      )}
      ${frame === "rows" ? this.#number(say("window.rows"), "window-rows", term.rows ?? 0, { min: 0, step: 1 }, (rows) => ({ rows })) : nothing}
      ${
        frame === "range"
          ? html`<label>
            <span>${say("window.range")}</span>
            <input
              type="text"
              autocomplete="off"
              placeholder=${say("window.range.example")}
              data-testid="window-range"
              .value=${String(term.range ?? "")}
              @input=${(event: Event) => {
                const text = (event.target as HTMLInputElement).value.trim();
                if (text === "") return;
                this.#edit({ ...term, range: Number.isNaN(Number(text)) ? text : Number(text) });
              }}
            />
          </label>`
          : nothing
      }
    `;
  }

  #partition(): TemplateResult {
    const { term } = this;
    const { say } = this.#words;
    const chosen = term.partition_by ?? [];
    const set = (columns: string[]) => {
      const { partition_by: _, ...rest } = term;
      this.#edit(columns.length > 0 ? { ...rest, partition_by: columns } : rest);
    };
    return html`<div class="field" role="group" aria-label=${say("window.each")}>
      <span>${say("window.each")}</span>
      <div class="chips" data-testid="window-partition">
        ${chosen.map(
          (column) => html`<span class="chip">
            <span>${column}</span>
            <button
              type="button"
              aria-label=${say("window.each.remove", { column })}
              @click=${() => set(chosen.filter((each) => each !== column))}
            >${closeIcon}</button>
          </span>`,
        )}
        <millrace-menu
          text=${say(chosen.length === 0 ? "window.each.all" : "settings.add")}
          label=${say("window.each.add")}
          .items=${() =>
            this.fields.all
              .filter(({ name, kind }) => kind !== "aggregate" && !chosen.includes(name))
              .map(({ name, type }) => ({
                value: name,
                label: name,
                hint: wordFor(say, "type", type),
              }))}
          @choose=${(event: CustomEvent<string>) => set([...chosen, event.detail])}
        ></millrace-menu>
      </div>
    </div>`;
  }

  #select(
    label: string,
    testid: string,
    current: string,
    choices: Choice[],
    choose: (value: string) => void,
  ): TemplateResult {
    const known = choices.some(([value]) => value === current);
    const all: Choice[] = known ? choices : [[current, current], ...choices];
    return html`<label>
      <span>${label}</span>
      <select
        data-testid=${testid}
        .value=${current}
        @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
      >${all.map(
        ([value, words]) =>
          html`<option value=${value} ?selected=${value === current}>${words}</option>`,
      )}</select>
    </label>`;
  }

  #number(
    label: string,
    testid: string,
    value: number,
    bounds: { min: number; max?: number; step?: number },
    change: (value: number) => Partial<WindowTerm>,
  ): TemplateResult {
    return html`<label>
      <span>${label}</span>
      <input
        type="number"
        min=${bounds.min}
        max=${bounds.max ?? nothing}
        step=${bounds.step ?? "any"}
        data-testid=${testid}
        .value=${String(value)}
        @input=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          if (input.value === "" || !input.checkValidity()) return;
          this.#edit({ ...this.term, ...change(Number(input.value)) });
        }}
      />
    </label>`;
  }
}

define("millrace-window", MillraceWindow);
