/** How cells look inside: bars, labels, links, pictures and lines. */
import { css, unsafeCSS } from "lit";
import { TREE_MOST } from "./header_decorator.js";

export const cellStyles = css`
  regular-table :is(td, .pinned) {
    max-width: 480px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* Names of groups do not scroll: they leave room for what they head. */
  regular-table tbody th:not(.pinned) {
    max-width: ${unsafeCSS(TREE_MOST)};
    overflow: hidden;
  }
  regular-table .tree-cell {
    box-sizing: border-box;
    max-width: 100%;
  }
  regular-table .tree-label {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  regular-table :is(td, .pinned) a {
    color: var(--millrace-accent);
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  regular-table :is(td, .pinned) img {
    display: block;
    height: calc(var(--row-height, 24px) - 4px);
    margin: 1px 0 2px;
  }
  regular-table :is(td, .pinned) .label {
    padding: 2px 8px;
    border-radius: 9px;
  }
  regular-table :is(td, .pinned) .line-text {
    display: flex;
    gap: 12px;
    align-items: center;
    justify-content: space-between;
    height: calc(var(--row-height, 24px) - 1px);
  }
  regular-table .sparkline {
    display: block;
    max-height: calc(var(--row-height, 24px) - 2px);
    overflow: visible;
  }
  regular-table .sparkline polyline {
    fill: none;
    stroke: var(--millrace-accent);
    stroke-width: 1.25;
    stroke-linejoin: round;
  }
`;
