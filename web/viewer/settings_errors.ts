/**
 * Where in the settings an error of the engine belongs: beside what it speaks of.
 */
import { html, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import { errorWords } from "./error_words.js";
import type { Fields } from "./settings_fields.js";
import { OPTION_PLACES } from "./settings_options.js";
import type { Zone } from "./settings_zones.js";
import type { Say } from "./words.js";

export type ErrorPlace =
  | { part: "zone"; zone: Zone; index: number | undefined }
  | { part: "column"; column: string }
  | { part: "options" }
  | { part: "all" };

export function placeOf(error: MillraceError, fields: Fields): ErrorPlace {
  const where = error.where ?? "";
  const computed = /^(?:expressions|windows|aggregates)(?:\["(.*?)"\]|\.([^.[\]:]+))/.exec(where);
  const column = computed?.[1] ?? computed?.[2];
  if (column !== undefined && (fields.get(column)?.kind ?? "column") !== "column") {
    return { part: "column", column };
  }
  if (OPTION_PLACES.test(where)) return { part: "options" };
  const zone = /^(columns|group_by|split_by|sort|filter|having|aggregates)\b(?:\[(\d+)\])?/.exec(
    where,
  );
  if (!zone) return { part: "all" };
  return {
    part: "zone",
    zone: zone[1] === "aggregates" ? "columns" : (zone[1] as Zone),
    index: zone[2] === undefined ? undefined : Number(zone[2]),
  };
}

export function errorNote(error: MillraceError, say: Say): TemplateResult {
  const { message, expected } = errorWords(error);
  return html`<p class="note" role="alert" data-testid="config-error">
    ${message}${expected ? html`<br /><span>${say("error.expected", { expected })}</span>` : ""}
  </p>`;
}
