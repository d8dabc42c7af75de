/** How the forms of the settings panel look. */
import { css } from "lit";
import { boxDeclarations } from "./box_styles.js";

export const formStyles = css`
  :host {
    display: block;
    font: 12.5px / 16px var(--millrace-font);
    color: var(--millrace-text);
  }
  * {
    box-sizing: border-box;
  }
  form {
    display: grid;
    gap: 8px;
  }
  h3,
  p {
    margin: 0;
  }
  h3 {
    font-size: 13px;
    font-weight: 600;
  }
  .hint,
  .count {
    color: var(--millrace-muted);
  }
  .count {
    font-weight: 400;
  }
  label,
  .field {
    display: grid;
    grid-template-columns: 104px minmax(0, 1fr);
    align-items: center;
    gap: 8px;
    min-height: max(28px, var(--millrace-target) + 4px);
  }
  label > span,
  .field > span {
    color: var(--millrace-muted);
  }
  select,
  input:not([type="checkbox"]) {
    width: 100%;
    min-width: 0;
    ${boxDeclarations}
    height: max(26px, var(--millrace-target));
    line-height: 24px;
  }
  input[type="checkbox"] {
    justify-self: start;
    width: max(14px, var(--millrace-target) / 2);
    height: max(14px, var(--millrace-target) / 2);
    margin: 0;
    accent-color: var(--millrace-accent);
  }
  input::placeholder {
    color: var(--millrace-muted);
  }
  input[aria-invalid="true"] {
    border-color: var(--millrace-bad);
  }
  :is(button, select, input, summary):focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: 0;
  }
  .problem,
  .verdict.bad {
    color: var(--millrace-bad);
  }
  .verdict {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    min-height: 18px;
    color: var(--millrace-muted);
    overflow-wrap: anywhere;
  }
  .verdict.bad {
    display: block;
  }
  .buttons {
    display: flex;
    gap: 8px;
  }
  .buttons button,
  .note button {
    all: unset;
    box-sizing: border-box;
    height: max(28px, var(--millrace-target));
    padding: 0 14px;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 6px;
    line-height: max(26px, var(--millrace-target) - 2px);
    font-weight: 500;
    cursor: pointer;
    background: var(--millrace-raised);
  }
  .buttons button:focus-visible,
  .note button:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: 1px;
  }
  .buttons .primary {
    border-color: var(--millrace-accent);
    color: var(--millrace-bg);
    background: var(--millrace-accent);
  }
  .buttons button[disabled] {
    opacity: 0.5;
    cursor: default;
  }
  .buttons .danger,
  .note .danger {
    color: var(--millrace-bad);
  }
  .buttons .danger {
    margin-left: auto;
  }
  .note {
    display: grid;
    gap: 8px;
    justify-items: start;
    padding: 8px 10px;
    border-radius: var(--millrace-radius);
    background: var(--millrace-bad-soft);
    overflow-wrap: anywhere;
  }
  details {
    border-top: 1px solid var(--millrace-line);
    padding-top: 8px;
  }
  summary {
    margin-bottom: 8px;
    border-radius: 5px;
    line-height: max(16px, var(--millrace-target));
    font-weight: 600;
    color: var(--millrace-muted);
    cursor: pointer;
  }
  ul {
    margin: 4px 0 0;
    padding: 0;
    list-style: none;
  }
  li button {
    all: unset;
    display: grid;
    box-sizing: border-box;
    width: 100%;
    min-height: var(--millrace-target);
    padding: 4px 6px;
    border-radius: 5px;
    align-content: center;
    cursor: pointer;
  }
  li button:hover {
    background: var(--millrace-hover);
  }
  li button:focus-visible {
    outline: 2px solid var(--millrace-accent);
  }
  li code {
    font: 12px / 16px ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  }
  li span {
    color: var(--millrace-muted);
    font-size: 11.5px;
  }
`;
