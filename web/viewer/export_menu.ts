/** The menu by which a person exports what is shown, and how far that is. */
import { html, type nothing, type TemplateResult } from "lit";
import "./menu.js";
import type { MenuItem } from "./menu.js";

/** What the menu asks for. */
export interface ExportRequest {
  action: "download" | "copy";
  method: string;
}

const FILES: MenuItem[] = [
  { value: "download csv", label: "CSV" },
  { value: "download json", label: "JSON" },
  { value: "download ndjson", label: "JSON lines" },
  { value: "download arrow", label: "Arrow" },
  { value: "download csv-all", label: "CSV", hint: "the whole table" },
  { value: "download arrow-all", label: "Arrow", hint: "the whole table" },
  { value: "download html", label: "Page with the rows in it" },
  { value: "download config", label: "Configuration" },
];
const PICTURES: MenuItem[] = [
  { value: "download png", label: "PNG", hint: "picture" },
  { value: "download svg", label: "SVG", hint: "picture" },
];
const COPIES: MenuItem[] = [
  { value: "copy csv", label: "Copy as CSV" },
  { value: "copy json", label: "Copy as JSON" },
  { value: "copy config", label: "Copy configuration" },
];

/**
 * The menu; while an export goes on, `exported` of it being there, its progress and a way to
 * give it up. `pictures`: whether what is shown makes pictures.
 */
export function exportMenu(
  exported: number | undefined,
  pictures: boolean,
  tell: (request: ExportRequest) => void,
  cancel: () => void,
): TemplateResult | typeof nothing {
  if (exported !== undefined) {
    const percent = Math.round(exported * 100);
    return html`<button
      data-testid="export-cancel"
      aria-label="Exporting, ${percent} %. Cancel"
      title="Cancel the export"
      @click=${cancel}
    >Exporting ${percent} % ✕</button>`;
  }
  return html`<millrace-menu
    text="Export"
    label="Export what is shown"
    data-testid="export"
    .items=${[...FILES, ...(pictures ? PICTURES : []), ...COPIES]}
    @choose=${(event: CustomEvent<string>) => {
      const [action, method] = event.detail.split(" ") as [ExportRequest["action"], string];
      tell({ action, method });
    }}
  ></millrace-menu>`;
}
