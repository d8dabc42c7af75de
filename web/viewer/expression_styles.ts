/** How the box for an expression looks. */
import { css } from "lit";

export const editorStyles = css`
  :host {
    display: block;
  }
  .box {
    display: grid;
    max-height: 240px;
    overflow: auto;
    border: 1px solid var(--millrace-line-strong);
    border-radius: var(--millrace-radius);
    background: var(--millrace-bg);
  }
  .box:focus-within {
    outline: 2px solid var(--millrace-accent);
    outline-offset: 0;
  }
  .box.invalid {
    border-color: var(--millrace-bad);
  }
  .mirror,
  textarea {
    grid-area: 1 / 1;
    box-sizing: border-box;
    min-height: 72px;
    margin: 0;
    padding: 8px 10px;
    border: 0;
    font: max(12.5px, var(--millrace-typed-size)) / 1.52 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    tab-size: 2;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .mirror {
    color: var(--millrace-text);
    pointer-events: none;
  }
  textarea {
    resize: none;
    overflow: hidden;
    color: transparent;
    caret-color: var(--millrace-text);
    background: none;
    outline: none;
  }
  textarea::selection {
    color: transparent;
    background: color-mix(in srgb, var(--millrace-accent) 30%, transparent);
  }
  [data-kind="column"] {
    color: var(--millrace-accent);
  }
  [data-kind="text"] {
    color: var(--millrace-up);
  }
  [data-kind="number"] {
    color: var(--millrace-warn);
  }
  [data-kind="comment"] {
    color: var(--millrace-muted);
    font-style: italic;
  }
  .mirror [data-kind="function"],
  .mirror [data-kind="word"] {
    font-weight: 600;
  }
  .wrong {
    text-decoration: underline wavy var(--millrace-bad);
    text-decoration-skip-ink: none;
    text-underline-offset: 3px;
  }
  .list {
    position: fixed;
    inset: auto;
    box-sizing: border-box;
    width: min(320px, calc(100vw - 16px));
    max-height: 236px;
    margin: 0;
    padding: 4px;
    overflow: auto;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 8px;
    color: var(--millrace-text);
    background: var(--millrace-raised);
    box-shadow: var(--millrace-shadow);
    font: 400 12.5px / 16px var(--millrace-font);
    scrollbar-width: thin;
  }
  [role="option"] {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 2px 12px;
    align-content: center;
    box-sizing: border-box;
    min-height: var(--millrace-target);
    padding: 4px 8px;
    border-radius: 5px;
    cursor: pointer;
  }
  [role="option"][aria-selected="true"],
  [role="option"]:hover {
    background: var(--millrace-accent-soft);
  }
  .label,
  .hint {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .hint,
  .help {
    color: var(--millrace-muted);
    font-size: 11.5px;
  }
  .help {
    grid-column: 1 / -1;
  }
`;
