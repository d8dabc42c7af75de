/**
 * The few marks on buttons: drawn, so that no font has to have them. They say nothing to
 * assistive technology; the buttons have labels.
 */
import { html, type TemplateResult } from "lit";

function icon(path: string): TemplateResult {
  return html`<svg
    viewBox="0 0 16 16"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  ><path d=${path} /></svg>`;
}

export const closeIcon = icon("M4.5 4.5l7 7M11.5 4.5l-7 7");
export const moreIcon = icon("M3.5 8h.01M8 8h.01M12.5 8h.01");
export const undoIcon = icon("M5.5 3.5L2.5 6.5l3 3M2.5 6.5h7a4 4 0 0 1 0 8H7");
export const redoIcon = icon("M10.5 3.5l3 3-3 3M13.5 6.5h-7a4 4 0 0 0 0 8H9");
export const editIcon = icon(
  "M3 13l.6-2.6 7.1-7.1a1.2 1.2 0 0 1 1.7 0l.3.3a1.2 1.2 0 0 1 0 1.7L5.6 12.4z",
);
export const chevronIcon = icon("M6 4l4 4-4 4");
