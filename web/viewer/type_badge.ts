/**
 * The small mark that says what type a column has, and whether it is computed.
 */
import { css, html, type TemplateResult } from "lit";

const MARKS: Record<string, [mark: string, title: string]> = {
  integer: ["12", "integer"],
  float: ["1.2", "float"],
  string: ["Aa", "string"],
  boolean: ["✓✗", "boolean"],
  date: ["D", "date"],
  datetime: ["D:T", "date and time"],
};

export function typeBadge(type: string | undefined, kind = "column"): TemplateResult {
  const [mark, title] = MARKS[type ?? ""] ?? ["?", type ?? "unknown"];
  return html`<span
    class="badge"
    data-type=${type ?? ""}
    data-kind=${kind}
    title=${kind === "column" ? title : `${title}, computed`}
    aria-hidden="true"
  >${mark}</span>`;
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
