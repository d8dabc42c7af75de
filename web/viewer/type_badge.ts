/**
 * The small mark that says what type a column has, and whether it is computed.
 */
import { css, html, type TemplateResult } from "lit";
import { type Say, wordFor } from "./words.js";

const MARKS: Record<string, string> = {
  integer: "12",
  float: "1.2",
  string: "Aa",
  boolean: "✓✗",
  date: "D",
  datetime: "D:T",
};

export function typeBadge(say: Say, type = "", kind = "column"): TemplateResult {
  const title = wordFor(say, "type", type);
  return html`<span
    class="badge"
    data-type=${type}
    data-kind=${kind}
    title=${kind === "column" ? title : say("type.computed", { type: title })}
    aria-hidden="true"
  >${MARKS[type] ?? "?"}</span>`;
}

export const typeBadgeStyles = css`
  .badge {
    display: block;
    flex: none;
    width: 26px;
    height: 16px;
    border-radius: 4px;
    font: 600 9.5px / 16px var(--millrace-font);
    letter-spacing: 0.01em;
    text-align: center;
    color: var(--millrace-muted);
    background: var(--millrace-surface);
    box-shadow: inset 0 0 0 1px var(--millrace-line);
  }
  .badge:not([data-kind="column"]) {
    font-style: italic;
    color: var(--millrace-accent);
    background: var(--millrace-accent-soft);
    box-shadow: none;
  }
`;
