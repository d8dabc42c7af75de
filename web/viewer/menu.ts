/**
 * A button with a menu, by pointer and by keyboard (the menu button pattern of WAI-ARIA).
 *
 * Knows items and choices, nothing of columns. The list lies in the browser's top layer, so
 * that no scrolling panel cuts it off. It is there only while it is open; where it is long, a
 * box above it finds items.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { define } from "./define.js";
import { ElementWords } from "./words.js";

export interface MenuItem {
  value: string;
  label: string;
  /** A word at the right, e.g. that it is there already. */
  hint?: string;
  disabled?: boolean;
}

/** From so many items on there is a box to find one. */
const MANY = 12;

export class MillraceMenu extends LitElement {
  static override properties = {
    label: { type: String },
    text: {},
    items: { attribute: false },
    shown: { state: true },
    wanted: { state: true },
  };

  /** What the button is called by assistive technology. */
  declare label: string;
  /** What the button shows. */
  declare text: string | TemplateResult;
  /** The items, or what gives them when the menu opens. */
  declare items: MenuItem[] | (() => MenuItem[]);
  declare private shown: boolean;
  /** What is looked for among the items. */
  declare private wanted: string;
  readonly #words = new ElementWords(this);

  constructor() {
    super();
    this.label = "";
    this.text = "+";
    this.items = [];
    this.shown = false;
    this.wanted = "";
  }

  static override styles = [
    css`
      :host {
        display: inline-block;
      }
      button {
        all: unset;
        box-sizing: border-box;
        font: 500 11.5px / 22px var(--millrace-font);
        cursor: pointer;
      }
      .opener {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        min-width: max(24px, var(--millrace-target));
        height: max(24px, var(--millrace-target));
        padding: 0 6px;
        border-radius: 5px;
        text-align: center;
        color: var(--millrace-muted);
      }
      .opener:hover,
      .opener[aria-expanded="true"] {
        color: var(--millrace-text);
        background: var(--millrace-hover);
      }
      .opener[disabled] {
        opacity: 0.45;
        cursor: default;
      }
      button:focus-visible {
        outline: 2px solid var(--millrace-accent);
        outline-offset: 1px;
      }
      .list {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 4px;
        min-width: 176px;
        max-height: min(360px, 60vh);
        border: 1px solid var(--millrace-line-strong);
        border-radius: 8px;
        background: var(--millrace-raised);
        color: var(--millrace-text);
        box-shadow: var(--millrace-shadow);
      }
      .list:popover-open {
        display: flex;
        flex-direction: column;
      }
      .items {
        overflow: auto;
        scrollbar-width: thin;
      }
      .search {
        flex: none;
        box-sizing: border-box;
        width: 100%;
        height: max(28px, var(--millrace-target));
        margin: 0 0 4px;
        padding: 0 8px;
        border: 1px solid var(--millrace-line-strong);
        border-radius: 5px;
        font: 400 max(12.5px, var(--millrace-typed-size)) / 26px var(--millrace-font);
        color: var(--millrace-text);
        background: var(--millrace-bg);
      }
      .search:focus-visible {
        outline: 2px solid var(--millrace-accent);
        outline-offset: 0;
      }
      .none {
        margin: 0;
        padding: 6px 10px;
        font: 400 12.5px / 16px var(--millrace-font);
        color: var(--millrace-muted);
      }
      .item {
        display: flex;
        gap: 16px;
        align-items: center;
        justify-content: space-between;
        width: 100%;
        max-width: 320px;
        height: max(28px, var(--millrace-target));
        padding: 0 10px;
        border-radius: 5px;
        font: 400 12.5px / 28px var(--millrace-font);
      }
      .item:focus-visible,
      .item:hover {
        background: var(--millrace-accent-soft);
        outline: none;
      }
      .item[disabled] {
        color: var(--millrace-muted);
        opacity: 0.6;
        cursor: default;
      }
      .item span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .hint {
        flex: none;
        color: var(--millrace-muted);
        font-size: 11px;
      }
    `,
  ];

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".list");
  }

  #isOpen(): boolean {
    return this.#list?.matches(":popover-open") ?? false;
  }

  async #open(focusLast = false): Promise<void> {
    const list = this.#list;
    const opener = this.renderRoot.querySelector<HTMLElement>(".opener");
    if (!list || !opener || this.#items.length === 0) return;
    this.wanted = "";
    this.shown = true;
    await this.updateComplete;
    list.showPopover();
    const box = opener.getBoundingClientRect();
    const size = list.getBoundingClientRect();
    const below = box.bottom + 4 + size.height <= innerHeight;
    list.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - size.height)}px`;
    list.style.left = `${Math.max(8, Math.min(box.right - size.width, innerWidth - size.width - 8))}px`;
    // What is found must not make the list jump about.
    list.style.minWidth = `${size.width}px`;
    const search = this.renderRoot.querySelector<HTMLElement>(".search");
    (search ?? this.#enabled().at(focusLast ? -1 : 0))?.focus();
  }

  get #items(): MenuItem[] {
    return typeof this.items === "function" ? this.items() : this.items;
  }

  get #found(): MenuItem[] {
    const wanted = this.wanted.trim().toLowerCase();
    return this.#items.filter((item) => item.label.toLowerCase().includes(wanted));
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      const first = this.#found.find((item) => !item.disabled);
      if (first) this.#choose(first);
    } else if (
      event.key === "Escape" ||
      event.key === "Tab" ||
      /^Arrow(Up|Down)$/.test(event.key)
    ) {
      return;
    }
    // Letters are for the box, not for jumping to items.
    event.stopPropagation();
  }

  #enabled(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>(".item:not([disabled])")];
  }

  #close(): void {
    if (this.#isOpen()) this.#list?.hidePopover();
  }

  #choose(item: MenuItem): void {
    if (item.disabled) return;
    this.#close();
    this.renderRoot.querySelector<HTMLElement>(".opener")?.focus();
    this.dispatchEvent(new CustomEvent<string>("choose", { detail: item.value }));
  }

  #onOpenerKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    void this.#open(event.key === "ArrowUp");
  }

  #onListKey(event: KeyboardEvent): void {
    const items = this.#enabled();
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    let next: HTMLElement | undefined;
    if (event.key === "ArrowDown") next = items[(at + 1) % items.length];
    else if (event.key === "ArrowUp") next = items.at(Math.max(at, 0) - 1);
    else if (event.key === "Home") next = items[0];
    else if (event.key === "End") next = items.at(-1);
    else if (event.key === "Tab") this.#close();
    else if (event.key === "Escape") {
      this.#close();
      this.renderRoot.querySelector<HTMLElement>(".opener")?.focus();
      event.stopPropagation();
    } else if (event.key.length === 1) {
      const letter = event.key.toLowerCase();
      const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      next = order.find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
    }
    if (next) {
      next.focus();
      event.preventDefault();
    }
  }

  override render() {
    return html`
      <button
        class="opener"
        part="menu-button"
        aria-haspopup="menu"
        aria-expanded=${this.shown}
        aria-label=${this.label}
        title=${this.label}
        ?disabled=${Array.isArray(this.items) && this.items.length === 0}
        @click=${() => (this.#isOpen() ? this.#close() : void this.#open())}
        @keydown=${this.#onOpenerKey}
      >${this.text}</button>
      <div
        class="list"
        part="menu"
        popover="auto"
        @keydown=${this.#onListKey}
        @toggle=${(event: ToggleEvent) => {
          this.shown = event.newState === "open";
        }}
      >${this.shown ? this.#content() : nothing}</div>
    `;
  }

  #content(): TemplateResult {
    const found = this.#found;
    const { say } = this.#words;
    return html`
      ${
        this.#items.length > MANY
          ? html`<input
            class="search"
            type="search"
            placeholder=${say("menu.find")}
            aria-label=${say("menu.find")}
            autocomplete="off"
            spellcheck="false"
            .value=${this.wanted}
            @input=${(event: Event) => {
              this.wanted = (event.target as HTMLInputElement).value;
            }}
            @keydown=${this.#onSearchKey}
          />`
          : nothing
      }
      <div class="items" role="menu" aria-label=${this.label}>
        ${found.map(
          (item) => html`<button
            class="item"
            role="menuitem"
            tabindex="-1"
            data-value=${item.value}
            ?disabled=${item.disabled ?? false}
            @click=${() => this.#choose(item)}
          ><span>${item.label}</span>${item.hint ? html`<span class="hint">${item.hint}</span>` : nothing}</button>`,
        )}
      </div>
      ${found.length === 0 ? html`<p class="none">${say("menu.none")}</p>` : nothing}
    `;
  }
}

define("millrace-menu", MillraceMenu);
