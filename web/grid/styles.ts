/**
 * How the datagrid looks. Rows and header rows have the height `--row-height`, which the
 * grid sets (`row_height.ts`) and reckons scroll positions with.
 */
import { css } from "lit";

export const gridStyles = css`
  .datagrid {
    overflow: hidden;
  }
  .stand-in {
    position: absolute;
    inset: 0;
    z-index: 3;
    pointer-events: none;
    outline: none;
  }
  .stand-in:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: -2px;
  }
  .datagrid .row-probe {
    position: absolute;
    visibility: hidden;
    width: 0;
    height: var(--millrace-row-height, 24px);
    font-size: var(--millrace-font-size);
    transition: 1ms step-end;
    transition-property: height, font-size;
  }
  regular-table {
    font: var(--millrace-font-size) / calc(var(--row-height, 24px) - 1px) var(--millrace-font);
    font-variant-numeric: tabular-nums;
    color: var(--millrace-text);
    background: var(--millrace-bg);
    outline: none;
    scrollbar-width: thin;
    scrollbar-color: var(--millrace-line-strong) transparent;
  }
  regular-table table {
    position: absolute;
    min-width: 100%;
    border-collapse: separate;
    border-spacing: 0;
    outline: none;
  }
  /* What is scrolled away of the first row lies under the headers, what is of the first column
     under the names of rows: nothing is cut. */
  regular-table thead {
    position: relative;
    z-index: 1;
  }
  regular-table[data-cut] :is(tbody th, thead th.rt-group-corner) {
    transform: translate(var(--cut));
  }
  regular-table th,
  regular-table td {
    box-sizing: border-box;
    height: var(--row-height, 24px);
    padding: 0 12px;
    white-space: nowrap;
    font-weight: 400;
    text-align: start;
    border-bottom: 1px solid var(--millrace-line);
  }
  /* What the columns leave free, so that lines and hover reach the right edge. */
  regular-table tr::after {
    content: "";
    display: table-cell;
    width: 100%;
    border-bottom: 1px solid var(--millrace-line);
  }

  /* ---- header ---- */
  regular-table thead th,
  regular-table thead tr::after {
    position: relative;
    background: var(--millrace-surface);
    color: var(--millrace-muted);
    font-size: calc(var(--millrace-font-size) - 1px);
  }
  regular-table thead tr:last-child th,
  regular-table thead tr:last-child::after {
    border-bottom-color: var(--millrace-line-strong);
  }
  regular-table thead tr:not(.rt-autosize) th {
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 0;
    text-align: start;
    color: var(--millrace-text);
    font-weight: 600;
  }
  regular-table thead tr:not(.rt-autosize) th:not(.rt-group-corner) + th {
    border-inline-start: 1px solid var(--millrace-line);
  }
  /* The name of the first group stays in sight while its columns scroll away. */
  regular-table thead tr:not(.rt-autosize) th.rt-group-corner + th > span:first-child,
  regular-table thead tr:not(.rt-autosize) th:first-child > span:first-child {
    margin-inline-start: max(var(--cut, 0px), -1 * var(--cut, 0px));
  }
  regular-table thead th.rt-group-corner {
    z-index: 1;
  }
  regular-table thead th[data-kind="number"] {
    text-align: end;
  }
  regular-table thead tr.rt-autosize th[data-kind="number"],
  regular-table thead tr.rt-autosize th[data-kind="text"] {
    cursor: pointer;
    user-select: none;
  }
  regular-table thead tr.rt-autosize th:hover,
  regular-table thead th[aria-sort="ascending"],
  regular-table thead th[aria-sort="descending"] {
    color: var(--millrace-text);
  }
  regular-table thead th[data-agg]::before {
    content: attr(data-agg) " ";
    margin-inline-end: 4px;
    color: var(--millrace-muted);
    font-size: calc(var(--millrace-font-size) - 2px);
  }
  regular-table thead th[data-sort]::after {
    margin-inline-start: 4px;
    color: var(--millrace-accent);
    font-size: 10px;
  }
  regular-table thead th[data-sort="asc"]::after {
    content: "▲" attr(data-sort-index);
  }
  regular-table thead th[data-sort="desc"]::after {
    content: "▼" attr(data-sort-index);
  }
  regular-table thead th[data-sort-abs]::after {
    text-decoration: overline;
  }
  regular-table .column-menu {
    all: unset;
    position: absolute;
    inset-block: 0;
    inset-inline-end: 8px;
    width: max(20px, var(--millrace-target));
    display: grid;
    place-items: center;
    opacity: 0;
    cursor: pointer;
    background: var(--millrace-surface);
  }
  regular-table .column-menu::before {
    content: "";
    width: 2.5px;
    height: 2.5px;
    border-radius: 50%;
    background: currentColor;
    box-shadow:
      0 -5px currentColor,
      0 5px currentColor;
  }
  regular-table th:hover > .column-menu,
  regular-table th[data-active]:focus-within > .column-menu {
    opacity: 1;
  }
  /* Where nothing hovers it is always there, for the name leaves it room. */
  @media (hover: none) {
    regular-table .column-menu {
      inset-block-end: -1px;
      inset-inline-end: 0;
      opacity: 1;
      background: none;
    }
    regular-table thead th:has(.column-menu) {
      padding-inline-end: var(--millrace-target);
    }
    /* A long press opens a menu, and selects no text. */
    regular-table {
      user-select: none;
      -webkit-touch-callout: none;
    }
  }
  regular-table .column-menu:hover {
    color: var(--millrace-accent);
  }
  regular-table th[data-drop="before"] {
    box-shadow: inset 3px 0 var(--millrace-accent);
  }
  regular-table th[data-drop="after"] {
    box-shadow: inset -3px 0 var(--millrace-accent);
  }
  regular-table[data-dragging] {
    cursor: grabbing;
  }
  /* A finger that goes sideways there moves the border. */
  regular-table :is(.column-menu, .rt-column-resize) {
    touch-action: pan-y;
  }
  regular-table .rt-column-resize {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    width: 8px;
    cursor: col-resize;
  }
  regular-table .rt-column-resize:hover {
    background: linear-gradient(
      to left,
      var(--millrace-accent) 2px,
      transparent 2px
    );
  }
  regular-table .rt-cell-clip {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  /* ---- body ---- */
  /* What a cell's own colour lies over is in --under. */
  regular-table tbody th {
    --under: var(--millrace-bg);
    background: var(--millrace-bg);
    border-inline-end: 1px solid var(--millrace-line);
  }
  regular-table thead tr th.rt-group-corner {
    border-inline-end: 1px solid var(--millrace-line);
  }
  regular-table tbody :is(td, .pinned)[data-kind="number"],
  regular-table tbody :is(td, .pinned)[data-kind="null"] {
    text-align: end;
  }
  regular-table tbody :is(td, .pinned)[data-kind="null"] {
    color: var(--millrace-faint);
  }
  regular-table tbody :is(td, .pinned)[data-kind="date"],
  regular-table tbody :is(td, .pinned)[data-kind="datetime"],
  regular-table tbody :is(td, .pinned)[data-kind="boolean"] {
    color: var(--millrace-muted);
  }
  regular-table tbody :is(td, .pinned)[data-negative],
  regular-table tbody :is(td, .pinned)[data-tick="down"] {
    color: var(--millrace-down);
  }
  regular-table tbody :is(td, .pinned)[data-tick="up"] {
    color: var(--millrace-up);
  }
  regular-table tr[data-depth="0"] th,
  regular-table tr[data-depth="0"] td,
  regular-table tr[data-depth="0"]::after {
    --under: var(--millrace-surface);
    background-color: var(--millrace-surface);
    font-weight: 600;
  }
  regular-table tbody tr:hover th,
  regular-table tbody tr:hover td,
  regular-table tbody tr:hover::after {
    --under: var(--millrace-hover);
    background-color: var(--millrace-hover);
  }
  /* Numbers keep their sign before them, and texts their own direction. */
  regular-table:dir(rtl) tbody :is(td, .pinned) {
    text-align: right;
    unicode-bidi: plaintext;
  }
  regular-table:dir(rtl) tbody :is(td, .pinned):is([data-kind="number"], [data-kind="null"]) {
    direction: ltr;
    text-align: left;
  }
  regular-table td[aria-selected="true"],
  regular-table tbody th[aria-selected="true"],
  regular-table tbody tr:hover td[aria-selected="true"] {
    --under: var(--millrace-accent-soft);
    background-color: var(--millrace-accent-soft);
  }
  regular-table [data-found] {
    box-shadow: inset 0 -2px var(--millrace-warn);
  }
  regular-table:not([data-mode="READ_ONLY"]) tbody {
    user-select: none;
  }
  /* Backgrounds and shadows that say something are the system's where it forces its colours. */
  @media (forced-colors: active) {
    regular-table td[aria-selected="true"],
    regular-table tbody th[aria-selected="true"] {
      forced-color-adjust: none;
      color: HighlightText;
      background-color: Highlight;
    }
    regular-table [data-found] {
      text-decoration: underline 2px;
    }
    regular-table th[data-drop] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    regular-table .column-menu::before {
      forced-color-adjust: none;
      background: CanvasText;
      color: CanvasText;
    }
  }
  regular-table td:focus,
  regular-table th:focus {
    outline: 2px solid var(--millrace-accent);
    outline-offset: -2px;
  }

  /* ---- the tree ---- */
  regular-table .tree-cell {
    display: inline-flex;
    align-items: center;
    height: calc(var(--row-height, 24px) - 1px);
    padding-inline-start: calc(var(--depth, 0) * 16px + 20px);
    position: relative;
  }
  regular-table .tree-cell.total {
    padding-inline-start: 0;
  }
  regular-table .chevron {
    all: unset;
    position: absolute;
    inset-inline-start: calc(var(--depth, 0) * 16px - 2px - max(0px, var(--millrace-target) - 20px) / 2);
    width: max(20px, var(--millrace-target));
    height: calc(var(--row-height, 24px) - 1px);
    display: grid;
    place-items: center;
    color: var(--millrace-muted);
    cursor: pointer;
  }
  regular-table .chevron[hidden] {
    display: none;
  }
  regular-table .chevron::before {
    content: "";
    width: 5px;
    height: 5px;
    border: solid currentColor;
    border-width: 0 1.5px 1.5px 0;
    transform: translateX(-1px) rotate(-45deg);
  }
  regular-table .chevron[data-state="open"]::before {
    transform: translateY(-1px) rotate(45deg);
  }
  regular-table:dir(rtl) .chevron[data-state="closed"]::before {
    transform: translateX(1px) rotate(135deg);
  }
  regular-table .chevron:hover {
    color: var(--millrace-accent);
  }
  regular-table th[data-active] .chevron {
    color: var(--millrace-accent);
  }
`;
