/** How the settings panel looks. */
import { css } from "lit";
import { boxDeclarations } from "./box_styles.js";

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

  /* ---- the panel's parts ---- */
  .head {
    display: flex;
    flex: none;
    align-items: center;
    gap: 2px;
    height: max(40px, var(--millrace-target) + 8px);
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
    container-type: size;
  }
  .parts {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .zones {
    flex: 1 1 0;
    min-height: 0;
    overflow: auto;
    padding: 8px 16px;
    scrollbar-width: thin;
    scrollbar-color: var(--millrace-line-strong) transparent;
  }
  .list {
    display: flex;
    flex: 0 1 38%;
    flex-direction: column;
    min-height: 140px;
    padding: 8px 16px 0;
    border-top: 1px solid var(--millrace-line);
  }
  .list ul {
    flex: 1;
    align-content: start;
    gap: 0;
    min-height: 0;
    margin: 0 -8px;
    padding: 0 0 8px;
    overflow: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--millrace-line-strong) transparent;
  }
  /* Too low for two parts that scroll: both scroll as one. */
  @container (max-height: 360px) {
    .parts {
      display: block;
      overflow: auto;
    }
    .list ul {
      overflow: visible;
    }
  }
  .form {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 16px;
    scrollbar-width: thin;
  }
  .zone {
    margin: 0 -8px;
    padding: 4px 8px;
    border-radius: 8px;
  }
  .zone-head {
    display: flex;
    flex: none;
    align-items: center;
    height: max(24px, var(--millrace-target));
  }
  .zone-head + * {
    margin-top: 4px;
  }
  .count {
    margin-left: 4px;
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  .empty {
    margin-left: 8px;
    font-weight: 400;
  }
  .none {
    margin: 8px 0;
    color: var(--millrace-muted);
  }
  .options {
    margin: 4px 0 8px;
  }
  .options summary {
    height: max(24px, var(--millrace-target));
    border-radius: 5px;
    font-size: 11.5px;
    font-weight: 600;
    line-height: max(24px, var(--millrace-target));
    color: var(--millrace-muted);
    cursor: pointer;
  }
  .options .set {
    color: var(--millrace-accent);
  }
  .options millrace-options {
    padding-top: 4px;
  }
  .said {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
  }

  /* ---- items ---- */
  ul {
    display: grid;
    gap: 4px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    position: relative;
    min-width: 0;
    border: 1px solid var(--millrace-line);
    border-radius: var(--millrace-radius);
    background: var(--millrace-raised);
  }
  li[data-draggable] > .line {
    cursor: grab;
    user-select: none;
  }
  li.free {
    border-style: dashed;
    color: var(--millrace-muted);
    background: none;
  }
  li.faulty {
    border-color: var(--millrace-bad);
  }
  li.column {
    border-color: transparent;
    background: none;
    content-visibility: auto;
    contain-intrinsic-size: auto max(28px, var(--millrace-target) + 4px);
  }
  li.column:hover {
    background: var(--millrace-hover);
  }
  li.hidden-column .name {
    color: var(--millrace-muted);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 8px;
    height: max(30px, var(--millrace-target) + 4px);
    padding: 0 4px 0 8px;
  }
  li.column .line {
    height: max(28px, var(--millrace-target) + 4px);
  }
  .grip {
    display: grid;
    flex: none;
    place-content: center;
    min-width: var(--millrace-target);
    min-height: var(--millrace-target);
    touch-action: none;
  }
  .name {
    flex: 1;
    min-width: 24px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name em {
    font-style: normal;
    font-weight: 600;
    color: var(--millrace-accent);
  }
  .tools {
    display: flex;
    flex: none;
    align-items: center;
    margin-left: -4px;
  }
  .detail {
    color: var(--millrace-muted);
  }
  .operand-line {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 0 8px 8px 42px;
    color: var(--millrace-muted);
  }
  .operand-line :is(select, input) {
    flex: 1;
  }
  li > millrace-filter {
    padding: 0 8px 8px;
  }
  .terms {
    margin: 0 8px 8px;
    padding-left: 8px;
    border-left: 2px solid var(--millrace-line-strong);
  }
  .terms .line {
    height: max(28px, var(--millrace-target) + 4px);
    padding-left: 6px;
  }
  .terms li > millrace-filter {
    padding: 0 6px 6px;
  }
  .terms .terms {
    margin: 0 4px 6px;
  }

  /* ---- dragging ---- */
  .dragging,
  .dragging * {
    cursor: grabbing !important;
  }
  .dropping {
    background: var(--millrace-accent-soft);
  }
  .dragging .zone:has(.empty) {
    box-shadow: inset 0 0 0 1px var(--millrace-line-strong);
  }
  .dragging .dropping:has(.empty) {
    box-shadow: inset 0 0 0 1px var(--millrace-accent);
  }
  .drop-before::before,
  .drop-end > li:last-child::after {
    content: "";
    position: absolute;
    z-index: 1;
    inset: -4px 0 auto;
    height: 2px;
    border-radius: 1px;
    background: var(--millrace-accent);
  }
  .drop-end > li:last-child::after {
    inset: auto 0 -4px;
  }
  .ghost {
    position: fixed;
    z-index: 10;
    inset: 0 auto auto 0;
    max-width: 220px;
    padding: 4px 10px;
    overflow: hidden;
    border: 1px solid var(--millrace-accent);
    border-radius: var(--millrace-radius);
    text-overflow: ellipsis;
    white-space: nowrap;
    background: var(--millrace-raised);
    box-shadow: var(--millrace-shadow);
    pointer-events: none;
  }
  .ghost.nowhere {
    border-color: var(--millrace-line-strong);
    color: var(--millrace-muted);
  }

  /* ---- controls ---- */
  :is(li, button, select, input, textarea, summary):focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: 0;
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
    display: grid;
    place-content: center;
    flex: none;
    width: max(22px, var(--millrace-target));
    height: max(24px, var(--millrace-target));
  }
  .head .icon {
    width: max(28px, var(--millrace-target));
    height: max(28px, var(--millrace-target));
  }
  .plain {
    height: max(28px, var(--millrace-target));
    padding: 0 8px;
    line-height: max(28px, var(--millrace-target));
  }
  select,
  input:not([type="checkbox"]) {
    min-width: 0;
    ${boxDeclarations}
  }
  input::placeholder {
    color: var(--millrace-muted);
  }
  .check {
    display: grid;
    flex: none;
    place-content: center;
    min-width: var(--millrace-target);
    min-height: var(--millrace-target);
  }
  input[type="checkbox"] {
    flex: none;
    width: max(14px, var(--millrace-target) / 2);
    height: max(14px, var(--millrace-target) / 2);
    margin: 0;
    accent-color: var(--millrace-accent);
  }
  input[aria-invalid="true"] {
    border-color: var(--millrace-bad);
  }
  .line > select {
    flex: none;
    width: max(92px, var(--millrace-target) * 2.6);
  }
  .line > select.direction {
    width: max(112px, var(--millrace-target) * 3.4);
  }
  .zone-head select {
    width: 92px;
    margin-right: 4px;
  }
  .joiner {
    width: max(96px, var(--millrace-target) * 2.8);
  }
  .search {
    flex: none;
    width: 100%;
    margin-bottom: 4px;
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
