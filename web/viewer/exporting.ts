/**
 * A view as text, bytes or a page, to be saved or copied.
 *
 * What is exported is of one moment, also where it takes several reads: a long one reads from
 * a copy of the view's rows, so that it can tell how far it is, and be given up.
 */
import type { Client } from "../client/client.js";
import { MillraceError } from "../client/errors.js";
import type { View } from "../client/view.js";

/** What can be had of every view; charts add pictures. */
export const TEXT_METHODS = ["csv", "json", "ndjson"] as const;

export type TextMethod = (typeof TEXT_METHODS)[number];

/**
 * `png` and `svg` are pictures, of charts only; `html` is a page with the rows in it; `config`
 * is what `save()` answers. With `-all` behind it: all columns and rows of the table.
 */
export type ExportMethod =
  | TextMethod
  | "arrow"
  | `${TextMethod | "arrow"}-all`
  | "html"
  | "config"
  | "png"
  | "svg";

const METHODS: readonly ExportMethod[] = [
  ...TEXT_METHODS,
  "arrow",
  "csv-all",
  "json-all",
  "ndjson-all",
  "arrow-all",
  "html",
  "config",
  "png",
  "svg",
];

export const MEDIA_TYPES: Record<string, string> = {
  csv: "text/csv",
  json: "application/json",
  ndjson: "application/x-ndjson",
  arrow: "application/vnd.apache.arrow.stream",
  html: "text/html",
  config: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
};

/** The end of a file's name. */
export function extension(method: ExportMethod): string {
  return method === "config" ? "config.json" : method.replace("-all", "");
}

/** The method of this name; an error where there is none. */
export function exportMethod(name: string): ExportMethod {
  const method = METHODS.find((each) => each === name);
  if (method) return method;
  throw new MillraceError({
    kind: "invalid_config",
    message: `There is no export "${name}".`,
    where: "method",
    expected: METHODS.join(", "),
  });
}

export interface ExportOptions {
  signal?: AbortSignal;
  /** Told how much of it is there, from 0 to 1. */
  progress?: (part: number) => void;
}

/** Cells that are read at once. */
const PIECE = 2_000_000;

/** The text of all rows, in pieces. */
export async function* textPieces(
  client: Client,
  view: View,
  format: TextMethod,
  options: ExportOptions = {},
  piece = PIECE,
): AsyncGenerator<string> {
  const { num_view_rows: rows, num_view_columns: columns } = await view.dimensions();
  const step = Math.max(1, Math.floor(piece / Math.max(1, columns)));
  // A copy's text is not the view's where the view has a tree: its paths become columns.
  const isTree = async () => (await view.read({ end_row: 0, end_col: 0 })).row_path !== undefined;
  if (rows <= step || (await isTree())) {
    yield await whole(view, format);
    options.progress?.(1);
    return;
  }
  const table = await client.table(await view.to_arrow());
  const copy = await table.view();
  try {
    yield* copiedPieces(copy, format, rows, step, options);
  } finally {
    await copy.delete();
    await table.delete();
  }
}

async function* copiedPieces(
  copy: View,
  format: TextMethod,
  rows: number,
  step: number,
  { signal, progress }: ExportOptions,
): AsyncGenerator<string> {
  const header = format === "csv" ? await copy.to_csv({ end_row: 0 }) : "";
  if (format === "json") yield "[";
  for (let start_row = 0; start_row < rows; start_row += step) {
    signal?.throwIfAborted();
    const bounds = { start_row, end_row: Math.min(rows, start_row + step) };
    if (format === "csv") {
      const text = await copy.to_csv(bounds);
      yield start_row === 0 ? text : text.slice(header.length);
    } else if (format === "ndjson") {
      yield await copy.to_ndjson(bounds);
    } else {
      const text = await copy.to_json_string(bounds);
      yield (start_row === 0 ? "" : ",") + text.slice(1, -1);
    }
    progress?.(bounds.end_row / rows);
  }
  if (format === "json") yield "]";
}

function whole(view: View, format: TextMethod): Promise<string> {
  if (format === "csv") return view.to_csv();
  return format === "json" ? view.to_json_string() : view.to_ndjson();
}

/**
 * A page that shows these rows by the config. The element's script it loads from `script`,
 * the rows are in it.
 */
export function htmlPage(script: string, rows: ArrayBuffer, config: object, title: string): string {
  // "<" would end the script element that the text stands in.
  const json = JSON.stringify(config).replaceAll("<", "\\u003c");
  const name = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<meta charset="utf-8">
<title>${name}</title>
<style>body { margin: 0 } millrace-viewer { height: 100vh }</style>
<millrace-viewer></millrace-viewer>
<script type="module">
import millrace from ${JSON.stringify(script).replaceAll("<", "\\u003c")};
const rows = Uint8Array.from(atob("${base64(rows)}"), (letter) => letter.charCodeAt(0));
const viewer = document.querySelector("millrace-viewer");
const client = await millrace.worker();
await viewer.load(client.table(rows));
await viewer.restore(${json});
</script>
`;
}

function base64(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  let text = "";
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** Has the browser save it as a file. */
export function saveFile(parts: BlobPart[], type: string, name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the address over when the click returns, but reads it later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A file's name without what systems refuse in one. */
export function fileName(name: string, method: ExportMethod): string {
  const plain = [...name]
    .map((letter) => ('\\/:*?"<>|'.includes(letter) || letter < " " ? "_" : letter))
    .join("");
  return `${plain.slice(0, 100).trim() || "millrace"}.${extension(method)}`;
}
