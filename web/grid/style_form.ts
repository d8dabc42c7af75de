/**
 * The form of a column's style: what most people want of it. Each choice is on the screen at
 * once; what the form does not know of a style stays as it is.
 */
import type { Say, WordKey } from "../viewer/words.js";
import { isRightAligned } from "./format.js";
import { popupForm } from "./popup_form.js";
import { type Corner, showAt } from "./popup_menu.js";

export type StyleFields = Record<string, unknown>;

/** A value, and the key of its word. */
type Choice = readonly [value: string, word: WordKey];

const NUMBER_STYLES: readonly Choice[] = [
  ["", "style.as-is"],
  ["decimal", "style.decimal"],
  ["percent", "style.percent"],
  ["USD", "style.usd"],
  ["EUR", "style.eur"],
  ["GBP", "style.gbp"],
  ["JPY", "style.jpy"],
  ["compact", "style.compact"],
];
const FOREGROUNDS: readonly Choice[] = [
  ["color", "style.sign"],
  ["disabled", "style.plain"],
  ["bar", "style.bar"],
  ["label-bar", "style.label-bar"],
];
const BACKGROUNDS: readonly Choice[] = [
  ["disabled", "style.none"],
  ["color", "style.sign"],
  ["gradient", "style.gradient"],
  ["pulse", "style.pulse"],
];
const TEXT_FORMATS: readonly Choice[] = [
  ["none", "style.text"],
  ["bold", "style.bold"],
  ["italics", "style.italics"],
  ["link", "style.link"],
  ["image", "style.image"],
];
const COLOR_MODES: readonly Choice[] = [
  ["none", "style.none"],
  ["foreground", "style.text"],
  ["background", "style.background"],
  ["series", "style.series"],
];
const DATE_STYLES: readonly Choice[] = [
  ["short", "style.short"],
  ["medium", "style.medium"],
  ["long", "style.long"],
  ["full", "style.full"],
];
/** How dates are written without a style: no words. */
const ISO_DAY = "2026-01-31";

/** Opens the form; `set` is told of each change, `closed` when it is gone. */
export function openStyleForm(
  parent: HTMLElement,
  column: string,
  type: string,
  style: StyleFields,
  at: Corner,
  set: (fields: StyleFields) => void,
  closed: () => void,
  say: Say,
): void {
  const form = popupForm("style-form", say("style.label", { column }), closed);
  const title = document.createElement("strong");
  title.textContent = column;
  form.append(title);
  if (isRightAligned(type)) numberFields(form, style, set, say);
  else if (type === "date" || type === "datetime") timeFields(form, type, style, set, say);
  else textFields(form, style, set, say);
  const row = document.createElement("div");
  row.className = "buttons";
  row.append(
    button(say("style.clear"), "style-clear", () => {
      set(Object.fromEntries(Object.keys(style).map((name) => [name, undefined])));
      form.hidePopover();
    }),
    button(say("style.done"), "style-done", () => form.hidePopover()),
  );
  form.append(row);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.hidePopover();
  });
  parent.append(form);
  showAt(form, at);
  form.querySelector<HTMLElement>("select, input")?.focus();
}

function numberFields(
  form: HTMLElement,
  style: StyleFields,
  set: (fields: StyleFields) => void,
  say: Say,
): void {
  const format = (style.number_format ?? {}) as Intl.NumberFormatOptions;
  const kind = select(
    say("style.format"),
    "style-number",
    words(NUMBER_STYLES, say),
    numberKind(format),
  );
  const decimals = input(say("style.decimals"), "style-decimals", "number");
  decimals.min = "0";
  decimals.max = "10";
  decimals.value = String(format.maximumFractionDigits ?? style.fixed ?? "");
  const change = () =>
    set({ number_format: numberOptions(kind.value, decimals), fixed: undefined });
  kind.addEventListener("change", change);
  decimals.addEventListener("change", change);
  const front = select(
    say("style.number"),
    "style-foreground",
    words(FOREGROUNDS, say),
    String(style.number_fg_mode ?? "color"),
  );
  front.addEventListener("change", () => set({ number_fg_mode: front.value }));
  const back = select(
    say("style.background"),
    "style-background",
    words(BACKGROUNDS, say),
    String(style.number_bg_mode ?? "disabled"),
  );
  back.addEventListener("change", () => set({ number_bg_mode: back.value }));
  for (const each of [kind, decimals, front, back]) form.append(labelled(each));
}

function numberKind(format: Intl.NumberFormatOptions): string {
  if (format.style === "currency") return format.currency ?? "";
  if (format.notation === "compact") return "compact";
  return format.style ?? (Object.keys(format).length > 0 ? "decimal" : "");
}

function numberOptions(
  kind: string,
  decimals: HTMLInputElement,
): Intl.NumberFormatOptions | undefined {
  const digits = decimals.value === "" ? undefined : decimals.valueAsNumber;
  const fraction =
    digits === undefined || !decimals.checkValidity()
      ? {}
      : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (kind === "") return digits === undefined ? undefined : fraction;
  if (kind === "compact") return { notation: "compact", ...fraction };
  if (kind === "decimal" || kind === "percent") return { style: kind, ...fraction };
  return { style: "currency", currency: kind, ...fraction };
}

function timeFields(
  form: HTMLElement,
  type: "date" | "datetime",
  style: StyleFields,
  set: (fields: StyleFields) => void,
  say: Say,
): void {
  const format = (style.date_format ?? {}) as Intl.DateTimeFormatOptions;
  const date = select(
    say("style.date"),
    "style-date",
    [["", ISO_DAY], ...words(DATE_STYLES, say)],
    format.dateStyle ?? "",
  );
  const fields = [date as HTMLSelectElement | HTMLInputElement];
  const zone = input(say("style.zone"), "style-zone", "text");
  zone.placeholder = Intl.DateTimeFormat().resolvedOptions().timeZone;
  zone.value = format.timeZone ?? "";
  if (type === "datetime") fields.push(zone);
  const change = () => {
    zone.setCustomValidity(isZone(zone.value) ? "" : say("style.zone.problem"));
    if (!zone.reportValidity()) return;
    const options = {
      ...(date.value ? { dateStyle: date.value } : {}),
      ...(date.value && type === "datetime" ? { timeStyle: "medium" } : {}),
      ...(zone.value ? { timeZone: zone.value } : {}),
    };
    set({ date_format: Object.keys(options).length > 0 ? options : undefined });
  };
  for (const each of fields) {
    each.addEventListener("change", change);
    form.append(labelled(each));
  }
}

function isZone(name: string): boolean {
  if (name === "") return true;
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function textFields(
  form: HTMLElement,
  style: StyleFields,
  set: (fields: StyleFields) => void,
  say: Say,
): void {
  const format = select(
    say("style.show"),
    "style-format",
    words(TEXT_FORMATS, say),
    String(style.format ?? "none"),
  );
  format.addEventListener("change", () => set({ format: format.value }));
  const mode = select(
    say("style.colour"),
    "style-color-mode",
    words(COLOR_MODES, say),
    String(style.string_color_mode ?? "none"),
  );
  mode.addEventListener("change", () => set({ string_color_mode: mode.value }));
  form.append(labelled(format), labelled(mode));
}

type Labelled = [value: string, label: string];

function words(choices: readonly Choice[], say: Say): Labelled[] {
  return choices.map(([value, word]) => [value, say(word)]);
}

function select(
  label: string,
  testid: string,
  choices: Labelled[],
  value: string,
): HTMLSelectElement {
  const element = document.createElement("select");
  element.setAttribute("aria-label", label);
  element.dataset.testid = testid;
  const known = choices.some(([each]) => each === value);
  // A style that was set elsewhere may have what the form does not offer.
  for (const [each, text] of known ? choices : [...choices, [value, value] as Labelled]) {
    element.append(new Option(text, each, false, each === value));
  }
  return element;
}

function input(label: string, testid: string, type: string): HTMLInputElement {
  const element = document.createElement("input");
  element.type = type;
  element.setAttribute("aria-label", label);
  element.dataset.testid = testid;
  return element;
}

function labelled(control: HTMLElement): HTMLElement {
  const label = document.createElement("label");
  const text = document.createElement("span");
  text.textContent = control.getAttribute("aria-label") ?? "";
  label.append(text, control);
  return label;
}

function button(text: string, testid: string, run: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.dataset.testid = testid;
  element.addEventListener("click", run);
  return element;
}
