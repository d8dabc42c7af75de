/**
 * Cells as text with tabs and as an HTML table, and both onto the clipboard.
 *
 * Numbers are copied with all their digits, as a spreadsheet wants them; what else there is
 * as the grid shows it, long texts whole.
 */
import { valueAt } from "../client/results.js";
import type { Scalar, ViewWindow } from "../client/types.js";
import { hasMilliseconds } from "./format.js";
import type { Formatters } from "./formatters.js";
import type { Area } from "./selection.js";
import { type GridShape, headerLevels, leafColumn } from "./shape.js";
import { treeLabel } from "./table_data.js";
import type { WindowSource } from "./window_reader.js";

/** What is more than this is not copied: a clipboard holds it in memory several times. */
export const MOST_CELLS = 500_000;
const CHUNK_CELLS = 100_000;

export interface Copied {
  text: string;
  html: string;
  rows: number;
  /** Rows that did not fit. */
  left: number;
}

export async function copyArea(
  view: WindowSource,
  area: Area,
  shape: GridShape,
  formatters: Formatters,
  headers: boolean,
): Promise<Copied> {
  const width = area.end_col - area.start_col;
  const most = Math.max(1, Math.floor(MOST_CELLS / width));
  const end_row = Math.min(area.end_row, area.start_row + most);
  const step = Math.max(1, Math.floor(CHUNK_CELLS / width));
  const rows: string[][] = [];
  let head: string[][] = [];
  for (let start = area.start_row; start < end_row; start += step) {
    const window = await view.read({
      ...area,
      start_row: start,
      end_row: Math.min(end_row, start + step),
    });
    if (headers && rows.length === 0) head = headerRows(window, shape);
    pushRows(rows, window, shape, formatters, width > 1 || window.num_columns === 1);
  }
  return {
    text: [...head, ...rows].map((row) => row.map(tabbed).join("\t")).join("\n"),
    html: `<table>${head.map((row) => htmlRow(row, "th")).join("")}${rows.map((row) => htmlRow(row, "td")).join("")}</table>`,
    rows: rows.length,
    left: area.end_row - end_row,
  };
}

/** A name alone. */
export function copyText(text: string): Copied {
  return { text, html: escaped(text), rows: 1, left: 0 };
}

function headerRows(window: ViewWindow, shape: GridShape): string[][] {
  const splits = shape.split_by.length;
  const corner = window.row_path ? [shape.group_by.join(" › ")] : [];
  const paths = window.names.map((path) => headerLevels(path, splits));
  return Array.from({ length: splits + 1 }, (_, level) => [
    ...(level === splits ? corner : corner.map(() => "")),
    ...paths.map((path) => path[level] ?? ""),
  ]);
}

/** Of a grouped view rows begin with their names, but where one column alone is wanted. */
function pushRows(
  rows: string[][],
  window: ViewWindow,
  shape: GridShape,
  formatters: Formatters,
  named: boolean,
): void {
  const texts = window.columns.map((column, at) => {
    const leaf = leafColumn(window.names[at] ?? "", shape.split_by.length);
    return formatters.format(leaf, column.type, hasMilliseconds(column));
  });
  for (let row = 0; row < window.end_row - window.start_row; row++) {
    const { row_path } = window;
    const cells = window.columns.map((column, at) => {
      const value = valueAt(column, row);
      const isTime = column.type === "date" || column.type === "datetime";
      return isTime && value !== null ? (texts[at]?.(value) ?? "") : plainText(value);
    });
    rows.push(row_path && named ? [treeLabel(row_path, row, shape, formatters), ...cells] : cells);
  }
}

function plainText(value: Scalar): string {
  return value === null ? "" : String(value);
}

/** A cell in text with tabs: quoted where it would fall into several. */
function tabbed(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function htmlRow(cells: string[], tag: "td" | "th"): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] ?? "");
}

/** Puts both forms onto the clipboard; to be called in answer to a key or a click. */
export async function writeClipboard(copied: Promise<Copied>): Promise<void> {
  if (navigator.clipboard && typeof ClipboardItem !== "undefined") {
    const part = (type: string, text: (copied: Copied) => string) =>
      copied.then((all) => new Blob([text(all)], { type }));
    await navigator.clipboard.write([
      new ClipboardItem({
        "text/plain": part("text/plain", ({ text }) => text),
        "text/html": part("text/html", ({ html }) => html),
      }),
    ]);
    return;
  }
  // A page that came by plain HTTP has the old way only.
  const { text, html } = await copied;
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.clipboardData?.setData("text/html", html);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", put, { capture: true, once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", put, { capture: true });
  if (!done) throw new Error("The browser does not let this page copy.");
}
