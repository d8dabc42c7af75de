/**
 * How the datagrid looks. Rows and header rows have the height `ROW_HEIGHT`, on which the
 * grid's reckoning of scroll positions relies.
 */
import { css } from "lit";

export const gridStyles = css`
  regular-table {
    font: var(--millrace-font-size) / 23px var(--millrace-font);
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
  regular-table tbody {
    transform: translate(0, var(--regular-table--transform-y, 0));
  }
  regular-table tbody td,
  regular-table thead th:not(.rt-group-corner) {
    transform: translate(var(--regular-table--transform-x, 0), 0);
  }
  regular-table tbody tr:first-child td,
  regular-table tbody tr:first-child th {
    clip-path: polygon(
      0 var(--regular-table--clip-y, 0),
      0 100%,
      100% 100%,
      100% var(--regular-table--clip-y, 0)
    );
  }
  regular-table tbody tr td:first-of-type {
    clip-path: polygon(
      var(--regular-table--clip-x, 0) 0,
      var(--regular-table--clip-x, 0) 100%,
      100% 100%,
      100% 0
    );
  }
  regular-table tbody tr:first-child td:first-of-type {
    clip-path: polygon(
      var(--regular-table--clip-x, 0) var(--regular-table--clip-y, 0),
      var(--regular-table--clip-x, 0) 100%,
      100% 100%,
      100% var(--regular-table--clip-y, 0)
    );
  }
  regular-table th,
  regular-table td {
    box-sizing: border-box;
    height: 24px;
    padding: 0 12px;
    white-space: nowrap;
    font-weight: 400;
    text-align: left;
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
    font-size: 11.5px;
  }
  regular-table thead tr:last-child th,
  regular-table thead tr:last-child::after {
    border-bottom-color: var(--millrace-line-strong);
  }
  regular-table thead tr:not(.rt-autosize) th {
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 0;
    text-align: left;
    color: var(--millrace-text);
    font-weight: 600;
  }
  regular-table thead tr:not(.rt-autosize) th:not(.rt-group-corner) + th {
    border-left: 1px solid var(--millrace-line);
  }
  /* The name of the first group stays in sight while its columns scroll away. */
  regular-table thead tr:not(.rt-autosize) th.rt-group-corner + th > span:first-child,
  regular-table thead tr:not(.rt-autosize) th:first-child > span:first-child {
    margin-left: var(--regular-table--clip-x, 0);
  }
  regular-table thead th.rt-group-corner {
    z-index: 1;
  }
  regular-table thead th[data-kind="number"] {
    text-align: right;
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
    margin-right: 4px;
    color: var(--millrace-muted);
    font-size: 10.5px;
    opacity: 0.86;
  }
  regular-table thead th[data-sort]::after {
    margin-left: 4px;
    color: var(--millrace-accent);
    font-size: 10px;
  }
  regular-table thead th[data-sort="asc"]::after {
    content: "▲" attr(data-sort-index);
  }
  regular-table thead th[data-sort="desc"]::after {
    content: "▼" attr(data-sort-index);
  }
  regular-table .rt-column-resize {
    position: absolute;
    inset: 0 0 0 auto;
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
  regular-table tbody th {
    background: var(--millrace-bg);
    border-right: 1px solid var(--millrace-line);
  }
  regular-table thead tr th.rt-group-corner {
    border-right: 1px solid var(--millrace-line);
  }
  regular-table td[data-kind="number"],
  regular-table td[data-kind="null"] {
    text-align: right;
  }
  regular-table td[data-kind="null"] {
    color: var(--millrace-faint);
  }
  regular-table td[data-kind="date"],
  regular-table td[data-kind="datetime"],
  regular-table td[data-kind="boolean"] {
    color: var(--millrace-muted);
  }
  regular-table td[data-negative],
  regular-table td[data-tick="down"] {
    color: var(--millrace-down);
  }
  regular-table td[data-tick="up"] {
    color: var(--millrace-up);
  }
  regular-table tr[data-depth="0"] th,
  regular-table tr[data-depth="0"] td,
  regular-table tr[data-depth="0"]::after {
    background-color: var(--millrace-surface);
    font-weight: 600;
  }
  regular-table tbody tr:hover th,
  regular-table tbody tr:hover td,
  regular-table tbody tr:hover::after {
    background-color: var(--millrace-hover);
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
    height: 23px;
    padding-left: calc(var(--depth, 0) * 16px + 20px);
    position: relative;
  }
  regular-table .tree-cell.total {
    padding-left: 0;
  }
  regular-table .chevron {
    all: unset;
    position: absolute;
    left: calc(var(--depth, 0) * 16px - 2px);
    width: 20px;
    height: 23px;
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
  regular-table .chevron:hover {
    color: var(--millrace-accent);
  }
  regular-table th[data-active] .chevron {
    color: var(--millrace-accent);
  }
`;
