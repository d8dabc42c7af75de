/**
 * Chooses what shows the view: a button that says what does now, and a menu of all plugins
 * (the menu button pattern of WAI-ARIA, with one item of a group checked).
 */

import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { define } from "./define.js";
import { NAMES, type PluginName } from "./plugins.js";
import { ElementWords } from "./words.js";

/** Paths in a box of 16 by 16: `f` filled, `s` stroked. */
interface Icon {
  f?: string;
  s?: string;
}

const ICONS: Record<PluginName, Icon> = {
  Datagrid: { s: "M2 3h12v10H2zM2 6.5h12M2 10h12M6.5 3v10" },
  "Y Line": { s: "M2 12l3.5-5 3 3L14 3.5" },
  "Y Area": { f: "M2 13V9l4-4 3 3 5-4v9z" },
  "Y Bar": { f: "M2 8h3v6H2zM6.5 3h3v11h-3zM11 6h3v8h-3z" },
  "X Bar": { f: "M2 2h6v3H2zM2 6.5h11v3H2zM2 11h8v3H2z" },
  "Y Scatter": { f: dots([3, 10], [6.5, 5.5], [9.5, 9], [13, 4]) },
  "X/Y Scatter": { f: dots([4, 11, 2.4], [9, 5.5, 3], [13, 11, 1.6]) },
  "X/Y Line": { s: "M3 12l5-1-3-6 8-2" },
  Pie: { f: "M7 3a5.5 5.5 0 105.5 6H7zM9 1.5V7h5.5A5.5 5.5 0 009 1.5z" },
  Donut: { s: "M8 2.8a5.2 5.2 0 105.2 5.2M10.5 3.4a5.2 5.2 0 012.3 2.3" },
  Treemap: { f: "M2 2h7v12H2zM10 2h4v6h-4zM10 9h4v5h-4z" },
  Sunburst: {
    f: dots([8, 8, 2]),
    s: "M8 2.5A5.5 5.5 0 0113.5 8M12 12a5.5 5.5 0 01-8.5-1M2.5 8A5.5 5.5 0 015 3.5",
  },
  Heatmap: {
    f: "M2 2h3.5v3.5H2zM10.5 2H14v3.5h-3.5zM6.2 6.2h3.5v3.5H6.2zM2 10.5h3.5V14H2zM10.5 10.5H14V14h-3.5z",
  },
  Candlestick: { f: "M3.5 5h3v6h-3zM9.5 4h3v5h-3z", s: "M5 2.5v11M11 2v10" },
  OHLC: { s: "M5 3v10M2.5 10H5M5 5.5h2.5M11 2v10M8.5 9.5H11M11 4h2.5" },
  Histogram: { f: "M1.5 11h2.6v3H1.5zM4.6 7h2.6v7H4.6zM7.7 3h2.6v11H7.7zM10.8 8h2.6v6h-2.6z" },
  "Box Plot": { s: "M8 1.5v3M8 11v3.5M5.5 14.5h5M5.5 1.5h5M4.5 4.5h7V11h-7zM4.5 8h7" },
  Density: { s: "M1.5 13c3 0 3.5-9 6.5-9s3.5 9 6.5 9" },
  Gauge: { s: "M2.5 12a6 6 0 1111 0M8 10l3-4" },
  "Big Number": { s: "M3 5l2.5-2v10M9 5.2a2.2 2.2 0 114 1.3L9 13h4.5" },
};

/** Discs: centre, and radius where it is not the common one. */
function dots(...places: [x: number, y: number, radius?: number][]): string {
  return places
    .map(
      ([x, y, r = 1.5]) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    )
    .join("");
}

function icon({ f, s }: Icon): TemplateResult {
  return html`<svg viewBox="0 0 16 16" aria-hidden="true">
    ${f ? svg`<path d=${f} fill="currentColor"></path>` : nothing}
    ${s ? svg`<path d=${s} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"></path>` : nothing}
  </svg>`;
}

export class MillracePluginPicker extends LitElement {
  static override properties = { plugin: { type: String } };

  /** What shows the view now. */
  declare plugin: PluginName;
  readonly #words = new ElementWords(this);

  constructor() {
    super();
    this.plugin = "Datagrid";
  }

  static override styles = [
    css`
      :host {
        display: inline-block;
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 8px;
        cursor: pointer;
        white-space: nowrap;
      }
      svg {
        flex: none;
        width: 16px;
        height: 16px;
      }
      .opener {
        height: max(24px, var(--millrace-target));
        min-width: var(--millrace-target);
        justify-content: center;
        padding: 0 8px 0 6px;
        gap: 6px;
        border-radius: 5px;
        font: 12px / 24px var(--millrace-font);
        color: var(--millrace-muted);
      }
      .opener svg {
        width: 14px;
        height: 14px;
      }
      .opener:hover,
      .opener[aria-expanded="true"] {
        color: var(--millrace-text);
        background: var(--millrace-hover);
      }
      button:focus-visible {
        outline: 2px solid var(--millrace-accent);
        outline-offset: -2px;
      }
      .list {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 6px;
        max-width: calc(100vw - 16px);
        max-height: calc(100vh - 16px);
        overflow: auto;
        border: 1px solid var(--millrace-line-strong);
        border-radius: 8px;
        color: var(--millrace-text);
        background: var(--millrace-raised);
        box-shadow: var(--millrace-shadow);
        scrollbar-width: thin;
      }
      .list:popover-open {
        display: grid;
        grid-template-columns: repeat(2, minmax(148px, 1fr));
        grid-template-rows: repeat(${Math.ceil(NAMES.length / 2)}, auto);
        grid-auto-flow: column;
        gap: 1px 4px;
      }
      .item {
        height: max(30px, var(--millrace-target));
        padding: 0 12px 0 8px;
        border-radius: 5px;
        font: 12.5px / 30px var(--millrace-font);
      }
      .item svg {
        color: var(--millrace-muted);
      }
      .item:hover,
      .item:focus-visible {
        background: var(--millrace-accent-soft);
      }
      .item[aria-checked="true"] {
        font-weight: 600;
        color: var(--millrace-accent);
      }
      .item[aria-checked="true"] svg {
        color: inherit;
      }
      @container (max-width: 440px) {
        .opener span {
          display: none;
        }
      }
    `,
  ];

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".list");
  }

  get #opener(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".opener");
  }

  #items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>(".item")];
  }

  #isOpen(): boolean {
    return this.#list?.matches(":popover-open") ?? false;
  }

  #open(): void {
    const list = this.#list;
    const opener = this.#opener;
    if (!list || !opener) return;
    list.showPopover();
    const box = opener.getBoundingClientRect();
    const size = list.getBoundingClientRect();
    const above = box.top - 4 - size.height;
    list.style.top = `${above >= 8 ? above : Math.max(8, Math.min(box.bottom + 4, innerHeight - size.height - 8))}px`;
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    (this.#items()[NAMES.indexOf(this.plugin)] ?? this.#items()[0])?.focus();
  }

  #close(): void {
    if (this.#isOpen()) this.#list?.hidePopover();
  }

  #choose(plugin: PluginName): void {
    this.#close();
    this.#opener?.focus();
    if (plugin === this.plugin) return;
    this.dispatchEvent(new CustomEvent<PluginName>("choose", { detail: plugin }));
  }

  #onKey(event: KeyboardEvent): void {
    const items = this.#items();
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const rows = Math.ceil(items.length / 2);
    const targets: Record<string, number> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      ArrowRight: at + rows < items.length ? at + rows : at,
      ArrowLeft: at - rows >= 0 ? at - rows : at,
      Home: 0,
      End: items.length - 1,
    };
    let next = items[targets[event.key] ?? -1];
    if (event.key === "Escape") {
      this.#close();
      this.#opener?.focus();
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Tab") this.#close();
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      next = order.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter));
    }
    if (!next) return;
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  override render() {
    const { say } = this.#words;
    const name = say(`plugin.${this.plugin}`);
    return html`
      <button
        class="opener"
        part="plugin-button"
        data-testid="plugin-button"
        aria-haspopup="menu"
        aria-expanded="false"
        aria-label=${say("plugin.label", { name })}
        title=${say("plugin.hint")}
        @click=${() => (this.#isOpen() ? this.#close() : this.#open())}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          this.#open();
        }}
      >${icon(ICONS[this.plugin])}<span>${name}</span></button>
      <div
        class="list"
        part="plugin-menu"
        popover="auto"
        role="menu"
        aria-label=${say("plugin.menu")}
        data-testid="plugin-menu"
        @keydown=${this.#onKey}
        @toggle=${(event: ToggleEvent) => {
          this.#opener?.setAttribute("aria-expanded", String(event.newState === "open"));
        }}
      >
        ${NAMES.map(
          (plugin) => html`<button
            class="item"
            role="menuitemradio"
            aria-checked=${plugin === this.plugin ? "true" : "false"}
            tabindex="-1"
            data-plugin=${plugin}
            @click=${() => this.#choose(plugin)}
          >${icon(ICONS[plugin])}<span>${say(`plugin.${plugin}`)}</span></button>`,
        )}
      </div>
    `;
  }
}

define("millrace-plugin-picker", MillracePluginPicker);
