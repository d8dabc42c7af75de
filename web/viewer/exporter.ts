/** What a viewer shows, exported: it joins the view, the plugin that draws it and the config. */
import { MillraceError } from "../client/errors.js";
import type { Table } from "../client/table.js";
import type { View } from "../client/view.js";
import {
  type ExportMethod,
  type ExportOptions,
  exportMethod,
  fileName,
  htmlPage,
  MEDIA_TYPES,
  saveFile,
  type TextMethod,
  textPieces,
} from "./exporting.js";

/** What an export is made of. */
export interface Shown {
  table: Table;
  view: View;
  /** What `save()` answers. */
  config: object;
  /** The picture that a chart makes of itself; of a grid there is none. */
  picture: ((type: "png" | "svg") => Promise<Blob>) | undefined;
  title: string;
  /** The address of the element's script. */
  script: string;
}

/** Text, bytes or a picture, by the method. */
export async function exportShown(
  shown: Shown,
  name: string,
  options: ExportOptions = {},
): Promise<string | ArrayBuffer | Blob> {
  const parts = await exportParts(shown, exportMethod(name), options);
  if (parts.length === 1) return parts[0] as string | ArrayBuffer | Blob;
  return parts.join("");
}

/** Saves it as a file. */
export async function downloadShown(
  shown: Shown,
  name: string,
  options: ExportOptions = {},
): Promise<void> {
  const method = exportMethod(name);
  const parts = await exportParts(shown, method, options);
  saveFile(parts, mediaType(method), fileName(shown.title, method));
}

/** Puts it on the clipboard: text as text, a picture as a picture. */
export async function copyShown(
  shown: Promise<Shown>,
  name: string,
  options: ExportOptions = {},
): Promise<void> {
  const method = exportMethod(name);
  if (method === "arrow" || method === "arrow-all") {
    throw new MillraceError({
      kind: "invalid_config",
      message: "Arrow is not copied: the clipboard takes text and pictures.",
      where: "method",
      expected: "csv, json, ndjson, html, config, png or svg; or download(method)",
    });
  }
  // The clipboard has to be asked in the user's own event, before anything is awaited.
  const made = shown
    .then((shown) => exportParts(shown, method, options))
    .then((parts) => new Blob(parts, { type: copiedType(method) }));
  await navigator.clipboard.write([new ClipboardItem({ [copiedType(method)]: made })]);
}

/** Types that browsers put on the clipboard are few. */
function copiedType(method: ExportMethod): string {
  return method === "png" ? "image/png" : "text/plain";
}

function mediaType(method: ExportMethod): string {
  return MEDIA_TYPES[method.replace("-all", "")] ?? "application/octet-stream";
}

async function exportParts(
  shown: Shown,
  method: ExportMethod,
  options: ExportOptions,
): Promise<(string | ArrayBuffer | Blob)[]> {
  options.signal?.throwIfAborted();
  if (method.endsWith("-all")) {
    const rest = method.slice(0, -"-all".length) as TextMethod | "arrow";
    return ofWholeTable(shown.table, (view) => exportParts({ ...shown, view }, rest, options));
  }
  switch (method) {
    case "config":
      return [JSON.stringify(shown.config, null, 2)];
    case "arrow":
      return [await shown.view.to_arrow()];
    case "html": {
      const rows = await ofWholeTable(shown.table, (view) => view.to_arrow());
      return [htmlPage(shown.script, rows, shown.config, shown.title)];
    }
    case "png":
    case "svg":
      if (shown.picture) return [await shown.picture(method)];
      throw new MillraceError({
        kind: "invalid_config",
        message: "The grid makes no picture of itself.",
        where: "method",
        expected: "a chart; of the grid csv, json, ndjson, arrow or html",
      });
    default: {
      const parts: string[] = [];
      const client = shown.table.get_client();
      for await (const piece of textPieces(client, shown.view, method as TextMethod, options)) {
        parts.push(piece);
      }
      return parts;
    }
  }
}

/** What `use` makes of a view of all columns and rows, which lives as long as that takes. */
async function ofWholeTable<T>(table: Table, use: (view: View) => Promise<T>): Promise<T> {
  const view = await table.view();
  try {
    return await use(view);
  } finally {
    await view.delete();
  }
}
