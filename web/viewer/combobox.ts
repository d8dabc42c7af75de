/**
 * A box to type in that offers values while one types (the editable combobox of WAI-ARIA).
 *
 * What is typed counts whether it is offered or not. The list lies in the browser's top
 * layer, so that no scrolling panel cuts it off.
 */
import { css, html, LitElement, nothing } from "lit";
import { MillraceError } from "../client/errors.js";
import { boxDeclarations } from "./box_styles.js";
import { define } from "./define.js";
import { errorWords } from "./error_words.js";
import { ElementWords } from "./words.js";

export interface Offer {
  /** What is typed into the box when it is chosen. */
  text: string;
  hint?: string;
}

/** So long after the last key the offers are asked for, ms. */
const PATIENCE_MS = 120;

export class MillraceCombobox extends LitElement {
  static override properties = {
    value: { attribute: false },
    label: { attribute: false },
    placeholder: { attribute: false },
    invalid: { attribute: false },
    offers: { attribute: false },
    clears: { attribute: false },
    found: { state: true },
    active: { state: true },
    problem: { state: true },
    busy: { state: true },
    shown: { state: true },
  };

  declare value: string;
  declare label: string;
  declare placeholder: string;
  declare invalid: boolean;
  /** What fits the text; none are offered where it is absent. */
  declare offers: ((text: string) => Promise<Offer[]>) | undefined;
  /** Whether the box is empty again after a choice: for lists. */
  declare clears: boolean;
  declare private found: Offer[];
  /** The offer that Enter takes; −1: what is typed. */
  declare private active: number;
  declare private problem: string | undefined;
  declare private busy: boolean;
  declare private shown: boolean;
  readonly #words = new ElementWords(this);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The text of the last commit, so that leaving the box does not repeat it. */
  #committed = "";

  constructor() {
    super();
    this.value = "";
    this.label = "";
    this.placeholder = "";
    this.invalid = false;
    this.offers = undefined;
    this.clears = false;
    this.found = [];
    this.active = -1;
    this.problem = undefined;
    this.busy = false;
    this.shown = false;
  }

  static override styles = css`
    :host {
      display: block;
      min-width: 0;
    }
    input {
      box-sizing: border-box;
      width: 100%;
      ${boxDeclarations}
    }
    input::placeholder {
      color: var(--millrace-muted);
    }
    input:focus-visible {
      outline: 2px solid var(--millrace-accent);
      outline-offset: 0;
    }
    input[aria-invalid="true"] {
      border-color: var(--millrace-bad);
    }
    .list {
      position: fixed;
      inset: auto;
      box-sizing: border-box;
      margin: 0;
      padding: 4px;
      max-height: 240px;
      overflow: auto;
      border: 1px solid var(--millrace-line-strong);
      border-radius: 8px;
      background: var(--millrace-raised);
      color: var(--millrace-text);
      box-shadow: var(--millrace-shadow);
      scrollbar-width: thin;
      font: 400 12.5px / 16px var(--millrace-font);
    }
    [role="option"] {
      display: flex;
      gap: 12px;
      align-items: center;
      justify-content: space-between;
      box-sizing: border-box;
      min-height: var(--millrace-target);
      padding: 5px 8px;
      border-radius: 5px;
      cursor: pointer;
    }
    [role="option"] span:first-child {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    [role="option"][aria-selected="true"],
    [role="option"]:hover {
      background: var(--millrace-accent-soft);
    }
    .hint {
      flex: none;
      color: var(--millrace-muted);
      font-variant-numeric: tabular-nums;
    }
    .none {
      margin: 0;
      padding: 5px 8px;
      color: var(--millrace-muted);
    }
  `;

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector("input");
  }

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector(".list");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  override focus(): void {
    this.#input?.focus();
  }

  /** Asks for what fits, now or when no key has come for a moment. */
  #ask(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#find(), wait);
  }

  async #find(): Promise<void> {
    const { offers } = this;
    const input = this.#input;
    if (!offers || !input) return;
    const asked = ++this.#asked;
    this.busy = true;
    let found: Offer[] = [];
    let problem: string | undefined;
    try {
      // What stands there already is no search.
      found = await offers(input.value === this.value && !this.clears ? "" : input.value.trim());
    } catch (error) {
      problem = errorWords(MillraceError.from(error)).message;
    }
    if (asked !== this.#asked) return;
    this.busy = false;
    this.found = found;
    this.problem = problem;
    this.active = -1;
    await this.updateComplete;
    if (this.shadowRoot?.activeElement === input) this.#open();
  }

  #open(): void {
    const list = this.#list;
    const box = this.#input?.getBoundingClientRect();
    if (!list || !box) return;
    list.showPopover();
    list.style.width = `${Math.max(box.width, 160)}px`;
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - Math.max(box.width, 160) - 8))}px`;
    const { height } = list.getBoundingClientRect();
    const below = box.bottom + 4 + height <= innerHeight;
    list.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - height)}px`;
  }

  #isOpen(): boolean {
    return this.#list?.matches(":popover-open") ?? false;
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#asked++;
    this.busy = false;
    if (this.#isOpen()) this.#list?.hidePopover();
  }

  #commit(text: string, exact: boolean): void {
    const input = this.#input;
    if (input) input.value = this.clears ? "" : text;
    this.#committed = this.clears ? "" : text;
    this.dispatchEvent(new CustomEvent("commit", { detail: { text, exact } }));
  }

  #onKey(event: KeyboardEvent): void {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!this.#isOpen()) this.#ask(0);
      else this.#step(key === "ArrowDown" ? 1 : -1);
    } else if (key === "Enter") {
      const offer = this.found[this.active];
      if (this.#isOpen() && offer) this.#commit(offer.text, true);
      else this.#commit(this.#input?.value ?? "", false);
      this.#close();
    } else if (key === "Escape" && this.#isOpen()) {
      this.#close();
      event.stopPropagation();
    } else if (key === "Backspace" && this.clears && this.#input?.value === "") {
      this.dispatchEvent(new CustomEvent("back"));
    }
  }

  #step(by: number): void {
    const count = this.found.length + 1;
    this.active = ((this.active + 1 + by + count) % count) - 1;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }),
    );
  }

  override render() {
    const { say } = this.#words;
    return html`
      <input
        type="text"
        role=${this.offers ? "combobox" : nothing}
        aria-label=${this.label}
        aria-autocomplete=${this.offers ? "list" : nothing}
        aria-expanded=${this.offers ? this.shown : nothing}
        aria-controls=${this.offers ? "offers" : nothing}
        aria-activedescendant=${this.active >= 0 ? `offer-${this.active}` : nothing}
        aria-invalid=${this.invalid}
        aria-busy=${this.busy}
        placeholder=${this.placeholder}
        autocomplete="off"
        spellcheck="false"
        data-testid="operand"
        .value=${this.value}
        @focus=${() => {
          this.#committed = this.#input?.value ?? "";
        }}
        @click=${() => this.#ask(0)}
        @input=${() => this.#ask(PATIENCE_MS)}
        @keydown=${this.#onKey}
        @blur=${() => {
          this.#close();
          const text = this.#input?.value ?? "";
          if (text !== this.#committed) this.#commit(text, false);
        }}
      />
      <div
        class="list"
        id="offers"
        popover="manual"
        role="listbox"
        aria-label=${this.label}
        data-testid="offers"
        @pointerdown=${(event: Event) => event.preventDefault()}
        @toggle=${(event: ToggleEvent) => {
          this.shown = event.newState === "open";
        }}
      >
        ${this.found.map(
          (offer, index) => html`<div
            role="option"
            id="offer-${index}"
            aria-selected=${index === this.active}
            @click=${() => {
              this.#commit(offer.text, true);
              this.#close();
            }}
          ><span>${offer.text === "" ? say("value.empty") : offer.text}</span>${
            offer.hint ? html`<span class="hint">${offer.hint}</span>` : nothing
          }</div>`,
        )}
        ${this.found.length === 0 ? html`<p class="none">${this.problem ?? say("filter.none")}</p>` : nothing}
      </div>
    `;
  }
}

define("millrace-combobox", MillraceCombobox);
