/**
 * The line at the foot: is it live, how much is there, how fresh, what went wrong.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { FeedStatus, RelayStatus } from "../client/relay_types.js";
import { connectionWords, lagWords } from "./connection_words.js";
import { define } from "./define.js";
import { exportMenu } from "./export_menu.js";
import type { Sizes } from "./view_controller.js";
import { ElementWords, type Say } from "./words.js";

export class MillraceStatus extends LitElement {
  static override properties = {
    relay: { attribute: false },
    feed: { attribute: false },
    sizes: { attribute: false },
    paused: { type: Boolean },
    loaded: { type: Boolean },
    settingsOpen: { type: Boolean },
    pictures: { type: Boolean },
    exported: { attribute: false },
  };

  declare relay: RelayStatus | undefined;
  declare feed: FeedStatus | undefined;
  /** Of table and view when the screen was drawn; before that the feed knows better. */
  declare sizes: Sizes | undefined;
  declare paused: boolean;
  /** Whether there is a table to speak of. */
  declare loaded: boolean;
  declare settingsOpen: boolean;
  /** Whether what is shown makes pictures of itself. */
  declare pictures: boolean;
  /** How much of an export is there, from 0 to 1, while one goes on. */
  declare exported: number | undefined;
  readonly #words = new ElementWords(this);
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.relay = undefined;
    this.feed = undefined;
    this.sizes = undefined;
    this.paused = false;
    this.loaded = false;
    this.settingsOpen = false;
    this.pictures = false;
    this.exported = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Words that count seconds must move without news.
    this.#clock = setInterval(() => this.requestUpdate(), 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  static override styles = [
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 16px;
        height: max(32px, var(--millrace-target) + 8px);
        padding: 0 8px 0 12px;
        font: 12px / 16px var(--millrace-font);
        font-variant-numeric: tabular-nums;
        color: var(--millrace-muted);
        background: var(--millrace-surface);
        border-top: 1px solid var(--millrace-line);
        white-space: nowrap;
        overflow: hidden;
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        color: var(--millrace-text);
        font-weight: 600;
      }
      .dot {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--millrace-faint);
      }
      @media (forced-colors: active) {
        .dot {
          forced-color-adjust: none;
        }
      }
      [data-tone="good"] .dot {
        background: var(--millrace-good);
      }
      [data-tone="busy"] .dot {
        background: var(--millrace-accent);
      }
      [data-tone="warn"] .dot {
        background: var(--millrace-warn);
      }
      [data-tone="bad"] .dot {
        background: var(--millrace-bad);
      }
      [data-tone="warn"] {
        color: var(--millrace-warn);
      }
      [data-tone="bad"] {
        color: var(--millrace-bad);
      }
      @media (prefers-reduced-motion: no-preference) {
        [data-tone="busy"] .dot,
        [data-tone="warn"] .dot {
          animation: pulse 1.2s ease-in-out infinite alternate;
        }
      }
      @keyframes pulse {
        to {
          opacity: 0.35;
        }
      }
      .figure b {
        font-weight: 600;
        color: var(--millrace-text);
      }
      .space {
        flex: 1;
      }
      .badge {
        padding: 1px 7px;
        border-radius: 9px;
        font-size: 11px;
        font-weight: 600;
        color: var(--millrace-warn);
        background: var(--millrace-warn-soft);
      }
      button {
        all: unset;
        height: max(24px, var(--millrace-target));
        padding: 0 8px;
        border-radius: 5px;
        line-height: max(24px, var(--millrace-target));
        cursor: pointer;
        color: var(--millrace-muted);
      }
      button:hover,
      button[aria-pressed="true"],
      button[aria-expanded="true"] {
        color: var(--millrace-text);
        background: var(--millrace-hover);
      }
      button:focus-visible {
        outline: 2px solid var(--millrace-accent);
        outline-offset: -2px;
      }
      .bad {
        color: var(--millrace-warn);
        padding: 0 4px;
      }
      .tip {
        position: fixed;
        inset: auto;
        margin: 0;
        max-width: min(420px, calc(100vw - 16px));
        padding: 8px 12px;
        border: 1px solid var(--millrace-line-strong);
        border-radius: 8px;
        background: var(--millrace-raised);
        color: var(--millrace-text);
        box-shadow: var(--millrace-shadow);
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .tip code {
        display: block;
        margin-top: 4px;
        color: var(--millrace-muted);
        font: 11.5px / 16px ui-monospace, "SF Mono", Menlo, Consolas, monospace;
      }
      .actions {
        display: flex;
        gap: 4px;
      }
      @container (max-width: 720px) {
        .wide {
          display: none;
        }
        :host {
          gap: 12px;
        }
      }
      @container (max-width: 440px) {
        [data-testid="status-rate"] {
          display: none;
        }
      }
    `,
  ];

  #tell(name: string): void {
    this.dispatchEvent(new CustomEvent(name));
  }

  /** What opens the settings, once they are closed. */
  focusToggle(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-testid="settings-toggle"]')?.focus();
  }

  #tip(id: string, open: boolean): void {
    const tip = this.renderRoot.querySelector<HTMLElement>(`#${id}`);
    const anchor = this.renderRoot.querySelector<HTMLElement>(`[aria-describedby="${id}"]`);
    if (!tip || !anchor) return;
    if (!open) {
      if (tip.matches(":popover-open")) tip.hidePopover();
      return;
    }
    if (!tip.matches(":popover-open")) tip.showPopover();
    const box = anchor.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${Math.max(8, box.top - size.height - 8)}px`;
  }

  override render() {
    const now = Date.now();
    const { say, count } = this.#words;
    const words = connectionWords(this.relay, this.feed, now, say);
    const feed = this.loaded ? this.feed : undefined;
    const rows = this.sizes?.table_rows ?? feed?.table_rows;
    const lag = feed ? lagWords(feed, now, say) : undefined;
    return html`
      <span
        class="state"
        data-tone=${words.tone}
        data-testid="status-state"
        role="status"
        tabindex="0"
        aria-describedby="state-tip"
        @mouseenter=${() => this.#tip("state-tip", true)}
        @mouseleave=${() => this.#tip("state-tip", false)}
        @focus=${() => this.#tip("state-tip", true)}
        @blur=${() => this.#tip("state-tip", false)}
      ><span class="dot"></span>${words.word}</span>
      <div class="tip" id="state-tip" role="tooltip" popover="manual" data-testid="status-detail">${words.detail}</div>
      ${rows === undefined ? nothing : figure("status-rows", count(rows), say("status.rows"), rows)}
      ${
        feed && feed.phase !== "history"
          ? figure(
              "status-rate",
              count(feed.rows_per_second),
              say("status.rate"),
              feed.rows_per_second,
            )
          : nothing
      }
      ${lag ? html`<span class="figure wide" data-testid="status-lag" data-value=${feed?.lag_ms ?? nothing} title=${say("status.lag.hint")}>${lag}</span>` : nothing}
      ${
        feed?.lag_messages
          ? html`<span class="figure wide" data-testid="status-behind" data-value=${feed.lag_messages} title=${say("status.behind.hint")}><b>${count(feed.lag_messages)}</b> ${say("status.behind")}</span>`
          : nothing
      }
      ${feed && feed.bad_count > 0 ? this.#bad(feed) : nothing}
      ${
        feed && feed.resets > 0
          ? html`<span class="badge wide" data-testid="status-resets" title=${feed.reset_reason ?? ""}>${feed.resets === 1 ? say("status.reset") : say("status.resets", { count: feed.resets })}</span>`
          : nothing
      }
      <span class="space"></span>
      ${
        this.sizes
          ? html`<span class="figure wide" data-testid="status-view" title=${say("status.view.hint")}>${count(this.sizes.num_rows)} × ${count(this.sizes.num_columns)}</span>`
          : nothing
      }
      ${this.paused ? html`<span class="badge" data-testid="status-paused">${say("status.paused")}</span>` : nothing}
      <span class="actions">
        ${
          this.loaded
            ? exportMenu(
                this.exported,
                this.pictures,
                (request) => this.dispatchEvent(new CustomEvent("export", { detail: request })),
                () => this.#tell("export-cancel"),
                say,
              )
            : nothing
        }
        <slot name="actions"></slot>
        <button
          data-testid="pause"
          aria-pressed=${this.paused ? "true" : "false"}
          title=${say("status.pause.hint")}
          @click=${() => this.#tell("pause")}
        >${say(this.paused ? "status.resume" : "status.pause")}</button>
        <button
          data-testid="settings-toggle"
          aria-expanded=${this.settingsOpen ? "true" : "false"}
          @pointerenter=${() => this.#tell("settings-near")}
          @focus=${() => this.#tell("settings-near")}
          @click=${() => this.#tell("settings")}
        >${say("status.configure")}</button>
      </span>
    `;
  }

  #bad(feed: FeedStatus): TemplateResult {
    const last = feed.bad_last;
    const { say, count } = this.#words;
    const reason = last?.reason ?? say("status.skipped.unknown");
    return html`
      <button
        class="bad"
        data-testid="status-bad"
        data-value=${feed.bad_count}
        aria-describedby="bad-tip"
        @mouseenter=${() => this.#tip("bad-tip", true)}
        @mouseleave=${() => this.#tip("bad-tip", false)}
        @focus=${() => this.#tip("bad-tip", true)}
        @blur=${() => this.#tip("bad-tip", false)}
      >${say("status.skipped", { count: count(feed.bad_count) })}</button>
      <div class="tip" id="bad-tip" role="tooltip" popover="manual" data-testid="status-bad-detail">
        ${say("status.skipped.detail")}
        ${last ? lastWords(last, reason, say) : nothing}
        ${last?.sample ? html`<code>${last.sample}</code>` : nothing}
      </div>
    `;
  }
}

function lastWords(
  { partition, offset }: NonNullable<FeedStatus["bad_last"]>,
  reason: string,
  say: Say,
): string {
  return partition === undefined
    ? say("status.skipped.last", { reason })
    : say("status.skipped.last.at", { partition, offset: offset ?? "?", reason });
}

function figure(testid: string, text: string, unit: string, value: number): TemplateResult {
  return html`<span class="figure" data-testid=${testid} data-value=${value}><b>${text}</b> ${unit}</span>`;
}

define("millrace-status", MillraceStatus);

declare global {
  interface HTMLElementTagNameMap {
    "millrace-status": MillraceStatus;
  }
}
