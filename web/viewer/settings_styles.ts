/** How the settings panel looks. */
import { css } from "lit";

export const settingsStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    font: 12.5px / 16px var(--millrace-font);
    color: var(--millrace-text);
    background: var(--millrace-surface);
  }
  * {
    box-sizing: border-box;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 4px;
    height: 40px;
    padding: 0 8px 0 16px;
    border-bottom: 1px solid var(--millrace-line);
  }
  h2 {
    flex: 1;
    margin: 0;
    font-size: 13px;
    font-weight: 600;
  }
  h3 {
    flex: 1;
    margin: 0;
    font-size: 11.5px;
    font-weight: 600;
    color: var(--millrace-muted);
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 8px 16px 24px;
    scrollbar-width: thin;
    scrollbar-color: var(--millrace-line-strong) transparent;
  }
  .zone {
    padding: 8px 0;
  }
  .zone.all {
    margin-top: 8px;
    border-top: 1px solid var(--millrace-line);
    padding-top: 16px;
  }
  .zone-head {
    display: flex;
    align-items: center;
    height: 24px;
    margin-bottom: 4px;
  }
  .count {
    color: var(--millrace-muted);
    font-size: 11.5px;
    font-variant-numeric: tabular-nums;
  }
  .empty {
    margin: 0;
    padding: 7px 10px;
    border: 1px dashed var(--millrace-line-strong);
    border-radius: var(--millrace-radius);
    color: var(--millrace-muted);
  }
  ul {
    display: grid;
    gap: 4px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    min-width: 0;
    border: 1px solid var(--millrace-line);
    border-radius: var(--millrace-radius);
    background: var(--millrace-raised);
  }
  li.column {
    border-color: transparent;
    background: none;
  }
  li.column:hover {
    background: var(--millrace-hover);
  }
  li.faulty {
    border-color: var(--millrace-bad);
  }
  li:focus-visible,
  button:focus-visible,
  select:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: 0;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 8px;
    height: 32px;
    padding: 0 4px 0 8px;
  }
  li.column .line {
    height: 28px;
  }
  .name {
    flex: 1;
    min-width: 24px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tools {
    display: flex;
    flex: none;
  }
  button {
    all: unset;
    box-sizing: border-box;
    cursor: pointer;
    text-align: center;
    border-radius: 5px;
    color: var(--millrace-muted);
  }
  button:hover:not([disabled]) {
    color: var(--millrace-text);
    background: var(--millrace-hover);
  }
  button[disabled] {
    opacity: 0.35;
    cursor: default;
  }
  .icon {
    width: 20px;
    height: 24px;
    font-size: 12px;
    line-height: 24px;
  }
  .head .icon {
    width: 28px;
    height: 28px;
    line-height: 28px;
  }
  .plain {
    height: 28px;
    padding: 0 8px;
    line-height: 28px;
  }
  select,
  input {
    min-width: 0;
    height: 24px;
    padding: 0 6px;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 5px;
    font: 400 12px / 22px var(--millrace-font);
    color: var(--millrace-text);
    background: var(--millrace-bg);
  }
  .line select {
    flex: none;
    width: 76px;
  }
  li[data-zone="sort"] .line select {
    width: 108px;
  }
  .filter {
    display: flex;
    gap: 4px;
    padding: 0 8px 8px;
  }
  .filter select {
    flex: 0 1 112px;
  }
  .filter input,
  .filter select:last-child {
    flex: 1 1 0;
  }
  input[aria-invalid="true"] {
    border-color: var(--millrace-bad);
  }
  .search {
    width: 100%;
    margin-bottom: 8px;
  }
  .problem {
    margin: -4px 8px 8px;
    color: var(--millrace-bad);
    font-size: 11.5px;
  }
  .note {
    margin: 8px 0 0;
    padding: 8px 10px;
    border-radius: var(--millrace-radius);
    background: var(--millrace-bad-soft);
    color: var(--millrace-bad);
    font-size: 12px;
    overflow-wrap: anywhere;
  }
  .note span {
    color: var(--millrace-text);
  }
`;
