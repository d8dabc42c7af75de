/** How what lies above the grid looks: menus, forms, the find bar, the editor of a cell. */
import { css } from "lit";

export const popupStyles = css`
  .grid-popup {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 4px;
    min-width: 184px;
    max-height: min(480px, 80vh);
    overflow: auto;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 8px;
    background: var(--millrace-raised);
    color: var(--millrace-text);
    box-shadow: var(--millrace-shadow);
    font: 400 12.5px / 20px var(--millrace-font);
    scrollbar-width: thin;
  }
  .grid-menu button {
    all: unset;
    box-sizing: border-box;
    display: flex;
    gap: 24px;
    justify-content: space-between;
    width: 100%;
    height: max(28px, var(--millrace-target));
    padding: 0 10px;
    border-radius: 5px;
    line-height: max(28px, var(--millrace-target));
    cursor: pointer;
  }
  .grid-menu button.apart {
    position: relative;
    margin-top: 9px;
  }
  .grid-menu button.apart::before {
    content: "";
    position: absolute;
    inset: -5px 0 auto;
    border-top: 1px solid var(--millrace-line);
  }
  .grid-menu button:hover,
  .grid-menu button:focus-visible {
    background: var(--millrace-accent-soft);
  }
  .grid-menu button:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: -2px;
  }
  .grid-menu button[disabled] {
    color: var(--millrace-muted);
    opacity: 0.6;
    cursor: default;
    background: none;
  }
  .grid-menu .hint {
    color: var(--millrace-muted);
    font-size: 11px;
  }

  /* ---- forms ---- */
  .style-form,
  .go-to-row {
    padding: 12px;
  }
  .style-form strong {
    display: block;
    margin-bottom: 8px;
    max-width: 260px;
    overflow: hidden;
    text-overflow: ellipsis;
    font-weight: 600;
  }
  .style-form label {
    display: grid;
    grid-template-columns: 88px 160px;
    align-items: center;
    gap: 8px;
    margin-bottom: 6px;
    color: var(--millrace-muted);
  }
  .grid-popup input,
  .grid-popup select,
  .find-bar input {
    box-sizing: border-box;
    height: max(26px, var(--millrace-target));
    padding: 0 6px;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 5px;
    font: inherit;
    font-size: max(12.5px, var(--millrace-typed-size));
    color: var(--millrace-text);
    background: var(--millrace-bg);
  }
  .grid-popup input::placeholder,
  .find-bar input::placeholder {
    color: var(--millrace-muted);
    opacity: 1;
  }
  .grid-popup input:focus-visible,
  .grid-popup select:focus-visible,
  .find-bar input:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: -1px;
  }
  .style-form .buttons {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 12px;
  }
  .style-form button,
  .go-to-row button {
    all: unset;
    height: max(26px, var(--millrace-target));
    padding: 0 10px;
    border-radius: 5px;
    line-height: max(26px, var(--millrace-target));
    font-weight: 500;
    cursor: pointer;
    color: var(--millrace-accent);
  }
  .style-form button:hover,
  .go-to-row button:hover {
    background: var(--millrace-accent-soft);
  }
  .style-form button:focus-visible,
  .go-to-row button:focus-visible {
    outline: 2px solid var(--millrace-accent);
  }
  .go-to-row input {
    width: 96px;
    margin: 0 4px;
  }

  /* ---- find ---- */
  .find-bar {
    position: absolute;
    inset: 8px 20px auto auto;
    z-index: 2;
    display: flex;
    align-items: center;
    gap: 4px;
    max-width: calc(100% - 28px);
    padding: 5px;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 8px;
    background: var(--millrace-raised);
    box-shadow: var(--millrace-shadow);
    font: 12.5px / 20px var(--millrace-font);
  }
  .find-bar input {
    flex: 1;
    min-width: 64px;
    width: 168px;
  }
  .find-bar .count {
    min-width: 64px;
    padding: 0 6px;
    color: var(--millrace-muted);
    font-size: 11.5px;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .find-bar .icon {
    all: unset;
    width: max(26px, var(--millrace-target));
    height: max(26px, var(--millrace-target));
    display: grid;
    place-items: center;
    border-radius: 5px;
    color: var(--millrace-muted);
    cursor: pointer;
  }
  .find-bar .icon:hover {
    color: var(--millrace-text);
    background: var(--millrace-hover);
  }
  .find-bar .icon:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: -2px;
  }
  .find-bar .icon::before {
    content: "";
    width: 6px;
    height: 6px;
    border: solid currentColor;
    border-width: 1.5px 0 0 1.5px;
    transform: translateY(2px) rotate(45deg);
  }
  .find-bar .icon[data-icon="down"]::before {
    transform: translateY(-2px) rotate(225deg);
  }
  .find-bar .icon[data-icon="close"]::before {
    content: "×";
    width: auto;
    height: auto;
    border: 0;
    font-size: 17px;
    line-height: 1;
    transform: none;
  }

  /* ---- editing ---- */
  .cell-editor {
    position: absolute;
    z-index: 2;
  }
  .cell-editor input {
    box-sizing: border-box;
    width: 100%;
    height: var(--row-height, 24px);
    padding: 0 11px;
    border: 0;
    outline: 2px solid var(--millrace-accent);
    outline-offset: -2px;
    font: var(--millrace-font-size) / calc(var(--row-height, 24px) - 1px) var(--millrace-font);
    color: var(--millrace-text);
    background: var(--millrace-bg);
  }
  .cell-editor .problem:not(:empty) {
    position: absolute;
    width: max-content;
    max-width: 260px;
    margin-top: 2px;
    padding: 4px 8px;
    border-radius: 5px;
    font: 12px / 16px var(--millrace-font);
    color: var(--millrace-bad);
    background: var(--millrace-bad-soft);
    box-shadow: var(--millrace-shadow);
  }
  .datagrid .said:not(:empty) {
    position: absolute;
    inset: auto auto 12px 50%;
    z-index: 2;
    padding: 6px 12px;
    border-radius: 8px;
    transform: translateX(-50%);
    font: 12px / 16px var(--millrace-font);
    color: var(--millrace-text);
    background: var(--millrace-raised);
    box-shadow: var(--millrace-shadow);
    border: 1px solid var(--millrace-line-strong);
  }
`;
