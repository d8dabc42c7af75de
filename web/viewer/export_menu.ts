/** The menu by which a person exports what is shown, and how far that is. */
import { html, type nothing, type TemplateResult } from "lit";
import "./menu.js";
import type { MenuItem } from "./menu.js";
import type { Say } from "./words.js";

/** What the menu asks for. */
export interface ExportRequest {
  action: "download" | "copy";
  method: string;
}

/** What there is to choose; `pictures`: whether what is shown makes pictures. */
function itemsOf(say: Say, pictures: boolean): MenuItem[] {
  const whole = say("export.whole");
  const picture = say("export.picture");
  const files: MenuItem[] = [
    { value: "download csv", label: "CSV" },
    { value: "download json", label: "JSON" },
    { value: "download ndjson", label: say("export.json-lines") },
    { value: "download arrow", label: "Arrow" },
    { value: "download csv-all", label: "CSV", hint: whole },
    { value: "download arrow-all", label: "Arrow", hint: whole },
    { value: "download html", label: say("export.html") },
    { value: "download config", label: say("export.config") },
  ];
  const ofPictures: MenuItem[] = [
    { value: "download png", label: "PNG", hint: picture },
    { value: "download svg", label: "SVG", hint: picture },
  ];
  const copies: MenuItem[] = [
    { value: "copy csv", label: say("export.copy", { format: "CSV" }) },
    { value: "copy json", label: say("export.copy", { format: "JSON" }) },
    { value: "copy config", label: say("export.copy-config") },
  ];
  return [...files, ...(pictures ? ofPictures : []), ...copies];
}

/**
 * The menu; while an export goes on, `exported` of it being there, its progress and a way to
 * give it up. `pictures`: whether what is shown makes pictures.
 */
export function exportMenu(
  exported: number | undefined,
  pictures: boolean,
  tell: (request: ExportRequest) => void,
  cancel: () => void,
  say: Say,
): TemplateResult | typeof nothing {
  if (exported !== undefined) {
    const percent = Math.round(exported * 100);
    return html`<button
      data-testid="export-cancel"
      aria-label=${say("export.progress.label", { percent })}
      title=${say("export.cancel")}
      @click=${cancel}
    >${say("export.progress", { percent })} ✕</button>`;
  }
  return html`<millrace-menu
    text=${say("export.text")}
    label=${say("export.label")}
    data-testid="export"
    .items=${itemsOf(say, pictures)}
    @choose=${(event: CustomEvent<string>) => {
      const [action, method] = event.detail.split(" ") as [ExportRequest["action"], string];
      tell({ action, method });
    }}
  ></millrace-menu>`;
}
