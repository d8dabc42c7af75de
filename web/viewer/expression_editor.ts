/**
 * A box for an expression: coloured, completed as one types, with a line under what is wrong.
 *
 * The text is typed into a textarea whose own letters are transparent; behind it stands the
 * same text in colours. So selection, undo and input methods are the browser's.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define } from "./define.js";
import {
  allCompletions,
  type Callable,
  type Completion,
  type Completions,
  completionsAt,
} from "./expression_completion.js";
import { editorStyles } from "./expression_styles.js";
import { offsetOf, tokensOf } from "./expression_tokens.js";
import { ElementWords, wordFor } from "./words.js";

/** What is wrong with an expression, and where, counted from 1. */
export interface ExpressionError {
  message: string;
  line: number;
  column: number;
}

const NOTHING: Completions = { from: 0, to: 0, found: [] };

export class MillraceExpression extends LitElement {
  static override properties = {
    value: { attribute: false },
    columns: { attribute: false },
    functions: { attribute: false },
    error: { attribute: false },
    offered: { state: true },
    active: { state: true },
  };

  declare value: string;
  declare columns: { name: string; type: string }[];
  declare functions: Callable[];
  declare error: ExpressionError | undefined;
  declare private offered: Completions;
  declare private active: number;
  readonly #words = new ElementWords(this);

  constructor() {
    super();
    this.value = "";
    this.columns = [];
    this.functions = [];
    this.error = undefined;
    this.offered = NOTHING;
    this.active = 0;
  }

  static override styles = editorStyles;

  get #area(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }

  override focus(): void {
    this.#area?.focus();
  }

  /** Puts text where the caret is, as if it were typed. */
  insert(text: string, caret = text.length): void {
    const area = this.#area;
    if (!area) return;
    this.#replace(area.selectionStart, area.selectionEnd, text, caret);
  }

  #replace(from: number, to: number, text: string, caret: number): void {
    const area = this.#area;
    if (!area) return;
    area.focus();
    area.setSelectionRange(from, to);
    // Of all ways to change the text only this one leaves the box's own undo as it should be.
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, to, "end");
      this.#changed();
    }
    area.setSelectionRange(from + caret, from + caret);
    this.#close();
  }

  #changed(): void {
    this.value = this.#area?.value ?? "";
    this.dispatchEvent(new CustomEvent<string>("change-text", { detail: this.value }));
  }

  #offer(offered: Completions): void {
    this.offered = offered;
    this.active = 0;
  }

  #close(): void {
    if (this.offered.found.length > 0) this.offered = NOTHING;
  }

  #take(completion: Completion): void {
    const { from, to } = this.offered;
    this.#replace(from, to, completion.text, completion.caret);
  }

  #onKey(event: KeyboardEvent): void {
    const { found } = this.offered;
    const { key } = event;
    const caret = this.#area?.selectionEnd ?? 0;
    if (key === " " && event.ctrlKey) {
      event.preventDefault();
      const near = completionsAt(this.value, caret, this.columns, this.functions);
      this.#offer(
        near.found.length > 0 ? near : allCompletions(caret, this.columns, this.functions),
      );
    } else if (found.length === 0) {
      return;
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      const by = key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + by + found.length) % found.length;
    } else if ((key === "Enter" && !event.ctrlKey && !event.metaKey) || key === "Tab") {
      event.preventDefault();
      const completion = found[this.active];
      if (completion) this.#take(completion);
    } else if (key === "Escape") {
      event.stopPropagation();
      this.#close();
    } else if (key === "ArrowLeft" || key === "ArrowRight" || key === "Home" || key === "End") {
      this.#close();
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("offered") && !changed.has("active")) return;
    const list = this.renderRoot.querySelector<HTMLElement>(".list");
    if (!list) return;
    if (this.offered.found.length === 0) {
      if (list.matches(":popover-open")) list.hidePopover();
      return;
    }
    list.showPopover();
    const at = this.#place(this.offered.from);
    const { width, height } = list.getBoundingClientRect();
    const below = at.bottom + 4 + height <= innerHeight;
    list.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - 4 - height)}px`;
    list.style.left = `${Math.max(8, Math.min(at.left - 8, innerWidth - width - 8))}px`;
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  /** Where on the screen a character of the text is. */
  #place(offset: number): DOMRect {
    const mirror = this.renderRoot.querySelector(".mirror");
    const walker = document.createTreeWalker(mirror as Node, NodeFilter.SHOW_TEXT);
    let rest = offset;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { length } = node as Text;
      if (rest <= length) {
        const range = document.createRange();
        range.setStart(node, Math.max(0, rest - 1));
        range.setEnd(node, rest);
        const rect = range.getBoundingClientRect();
        return rest === 0 ? rect : new DOMRect(rect.right, rect.top, 0, rect.height);
      }
      rest -= length;
    }
    return (this.#area as Element).getBoundingClientRect();
  }

  override render() {
    const { found } = this.offered;
    const { say } = this.#words;
    return html`
      <div class="box ${this.error ? "invalid" : ""}">
        <pre class="mirror" aria-hidden="true">${this.#pieces()}${"\n"}</pre>
        <textarea
          rows="3"
          aria-label=${say("computed.text")}
          aria-invalid=${this.error !== undefined}
          aria-autocomplete="list"
          aria-controls="completions"
          aria-activedescendant=${found.length > 0 ? `completion-${this.active}` : nothing}
          autocapitalize="off"
          autocomplete="off"
          spellcheck="false"
          data-testid="expression"
          .value=${this.value}
          @input=${() => {
            this.#changed();
            const caret = this.#area?.selectionEnd ?? 0;
            this.#offer(completionsAt(this.value, caret, this.columns, this.functions));
          }}
          @keydown=${this.#onKey}
          @click=${() => this.#close()}
          @blur=${() => this.#close()}
        ></textarea>
      </div>
      <div
        class="list"
        id="completions"
        popover="manual"
        role="listbox"
        aria-label=${say("computed.completions")}
        data-testid="completions"
        @pointerdown=${(event: Event) => event.preventDefault()}
      >${found.map(
        (each, index) => html`<div
          role="option"
          id="completion-${index}"
          data-kind=${each.kind}
          aria-selected=${index === this.active}
          @click=${() => this.#take(each)}
        >
          <span class="label">${each.label}</span><span class="hint">${each.kind === "column" ? wordFor(say, "type", each.hint) : each.hint}</span>
          ${index === this.active && each.help ? html`<span class="help">${each.help}</span>` : nothing}
        </div>`,
      )}</div>
    `;
  }

  /** The text in colours; what is wrong, with a line under it. */
  #pieces(): TemplateResult[] {
    const { value, error } = this;
    const wrong = error ? offsetOf(value, error.line, error.column) : -1;
    const tokens = tokensOf(value);
    const pieces = tokens.map(({ kind, start, end }) => {
      const isWrong = start <= wrong && wrong < end;
      return html`<span data-kind=${kind} class=${isWrong ? "wrong" : ""}>${value.slice(start, end)}</span>`;
    });
    // What is missing at the end has no letters of its own.
    if (wrong >= value.length) pieces.push(html`<span class="wrong"> </span>`);
    return pieces;
  }
}

define("millrace-expression", MillraceExpression);
