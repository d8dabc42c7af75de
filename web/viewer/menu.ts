/**
 * A button with a menu, by pointer and by keyboard (the menu button pattern of WAI-ARIA).
 *
 * Knows items and choices, nothing of columns. The list lies in the browser's top layer, so
 * that no scrolling panel cuts it off.
 */

import { css, html, LitElement, nothing } from "lit";
import { define } from "./define.js";

export interface MenuItem {
  value: string;
  label: string;
  /** A word at the right, e.g. that it is there already. */
  hint?: string;
  disabled?: boolean;
}

export class MillraceMenu extends LitElement {
  static override properties = {
    label: { type: String },
    text: { type: String },
    items: { attribute: false },
  };

  /** What the button is called by assistive technology. */
  declare label: string;
  /** What the button shows. */
  declare text: string;
  declare items: MenuItem[];

  constructor() {
    super();
    this.label = "";
    this.text = "+";
    this.items = [];
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
        min-width: 24px;
        height: 24px;
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
        overflow: auto;
        border: 1px solid var(--millrace-line-strong);
        border-radius: 8px;
        background: var(--millrace-raised);
        color: var(--millrace-text);
        box-shadow: var(--millrace-shadow);
        scrollbar-width: thin;
      }
      .item {
        display: flex;
        gap: 16px;
        justify-content: space-between;
        width: 100%;
        height: 28px;
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
      .hint {
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

  #open(focusLast = false): void {
    const list = this.#list;
    const opener = this.renderRoot.querySelector<HTMLElement>(".opener");
    if (!list || !opener || this.items.length === 0) return;
    list.showPopover();
    const box = opener.getBoundingClientRect();
    const size = list.getBoundingClientRect();
    const below = box.bottom + 4 + size.height <= innerHeight;
    list.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - size.height)}px`;
    list.style.left = `${Math.max(8, Math.min(box.right - size.width, innerWidth - size.width - 8))}px`;
    const items = this.#enabled();
    items.at(focusLast ? -1 : 0)?.focus();
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
    this.#open(event.key === "ArrowUp");
  }

  #onListKey(event: KeyboardEvent): void {
    const items = this.#enabled();
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    let next: HTMLElement | undefined;
    if (event.key === "ArrowDown") next = items[(at + 1) % items.length];
    else if (event.key === "ArrowUp") next = items.at(at - 1);
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
        aria-expanded="false"
        aria-label=${this.label}
        title=${this.label}
        ?disabled=${this.items.length === 0}
        @click=${() => (this.#isOpen() ? this.#close() : this.#open())}
        @keydown=${this.#onOpenerKey}
      >${this.text}</button>
      <div
        class="list"
        part="menu"
        popover="auto"
        role="menu"
        aria-label=${this.label}
        @keydown=${this.#onListKey}
        @toggle=${(event: ToggleEvent) => {
          const open = String(event.newState === "open");
          this.renderRoot.querySelector(".opener")?.setAttribute("aria-expanded", open);
        }}
      >
        ${this.items.map(
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
    `;
  }
}

define("millrace-menu", MillraceMenu);
