/**
 * The words of the element that people read, by their keys, and translations of them.
 *
 * What relay and engine say of themselves, and names of columns, are not among them.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { languageOf } from "../grid/locale.js";

/** The words as they are without a translation; `{name}` stands for a value. */
export const WORDS = {
  "status.rows": "rows",
  "status.rate": "rows/s",
  "status.behind": "behind",
  "status.behind.hint": "Records that the relay has not read yet",
  "status.lag": "lag {time}",
  "status.quiet": "quiet {time}",
  "status.lag.hint": "Age of the newest record when it arrived",
  "status.reset": "reset",
  "status.resets": "{count} resets",
  "status.view.hint": "Rows and columns of the view",
  "status.skipped": "{count} skipped",
  "status.skipped.detail": "Records that could not be read were skipped; the others are here.",
  "status.skipped.last": "The last one: {reason}",
  "status.skipped.last.at": "The last one at partition {partition}, offset {offset}: {reason}",
  "status.skipped.unknown": "unknown reason",
  "status.paused": "Paused",
  "status.pause": "Pause",
  "status.pause.hint": "Hold the screen still; data keeps coming in",
  "status.resume": "Resume",
  "status.configure": "Configure",

  "state.local": "Local",
  "state.local.detail": "A table of this page.",
  "state.connecting": "Connecting",
  "state.connecting.detail": "Connecting to {host}.",
  "state.connected": "Connected",
  "state.closed": "Closed",
  "state.closed.detail": "The connection was closed.",
  "state.refused": "Refused",
  "state.refused.remedy": "To let it in, add under [server] in its configuration: {remedy}",
  "state.reconnecting": "Reconnecting",
  "state.reconnecting.unknown": "not connected",
  "state.reconnecting.now": "{host}: {reason}; trying now.",
  "state.reconnecting.wait": "{host}: {reason}; next try in {seconds} s.",
  "state.reconnecting.detail": "{host}: {reason}.",
  "state.reconnecting.rows": "The rows shown are the last known.",
  "state.stopped": "Stopped",
  "state.stopped.detail": "The feed stopped.",
  "state.resetting": "Resetting",
  "state.resetting.detail":
    "The relay sends the history anew: {reason}. Older rows show until it is here.",
  "state.resetting.unknown": "no reason given",
  "state.subscribing": "Subscribing",
  "state.subscribing.detail": "Asking {host} for {feed}.",
  "state.history": "History",
  "state.history.part": "History {percent} %",
  "state.history.detail": "Reading {feed} from {host}.",
  "state.source.failed": "Source failed",
  "state.source.lost": "Source lost",
  "state.source.lost.detail": "The relay has lost its source{reason}.",
  "state.source.connecting": "Source connecting",
  "state.source.connecting.detail": "The relay connects to its source{reason}.",
  "state.live": "Live",
  "state.live.detail": "{feed} from {host}.",

  "export.text": "Export",
  "export.label": "Export what is shown",
  "export.json-lines": "JSON lines",
  "export.whole": "the whole table",
  "export.html": "Page with the rows in it",
  "export.config": "Configuration",
  "export.picture": "picture",
  "export.copy": "Copy as {format}",
  "export.copy-config": "Copy configuration",
  "export.progress": "Exporting {percent} %",
  "export.progress.label": "Exporting, {percent} %. Cancel",
  "export.cancel": "Cancel the export",

  "settings.title": "Configure",
  "settings.undo": "Undo (Ctrl+Z)",
  "settings.redo": "Redo (Ctrl+Shift+Z)",
  "settings.reset": "Reset",
  "settings.close": "Close settings",
  "settings.add": "+ Add",
  "settings.add.label": "Add to {zone}",
  "settings.item.add": "Add to {zone}",
  "settings.item.move": "Move to {zone}",
  "settings.options": "Options",
  "settings.options.set": "Some are set",
  "settings.all-columns": "All columns",
  "settings.all-columns.shown": "{shown} of {all} shown",
  "settings.new": "+ New",
  "settings.new.label": "New column",
  "settings.find": "Find a column",
  "settings.find.none": "No column has “{text}” in its name.",
  "zone.group_by": "Group by",
  "zone.group_by.empty": "One row for each table row",
  "zone.split_by": "Split by",
  "zone.split_by.empty": "No split",
  "zone.columns": "Columns",
  "zone.columns.empty": "No columns",
  "zone.sort": "Sort",
  "zone.sort.empty": "In order of arrival or key",
  "zone.filter": "Filter",
  "zone.filter.empty": "Every row",
  "zone.having": "Having",
  "zone.having.empty": "Every group",
} as const;

/** The name of a word or sentence that the element shows. */
export type WordKey = keyof typeof WORDS;

/** Words in the place of the element's own, by their keys. */
export type Words = Partial<Record<WordKey, string>>;

/** The words of a key with their values in them. */
export type Say = (key: WordKey, values?: Record<string, string | number>) => string;

/** By language, in lower case; those of the empty one are for every language. */
const registered = new Map<string, Words>();
const listeners = new Set<() => void>();

/**
 * Registers words of a language, which elements under that `lang` show from now on; without a
 * language they take the place of the English ones everywhere. Keys that are left out stay.
 */
export function setWords(words: Words, language = ""): void {
  const key = language.toLowerCase();
  registered.set(key, { ...registered.get(key), ...words });
  wordsChanged();
}

/** Has everything that shows words look them up again. */
export function wordsChanged(): void {
  for (const listener of listeners) listener();
}

/** The words in a language, `de-CH` before `de`. */
export function sayIn(language: string | undefined): Say {
  const tables: Words[] = [];
  for (let tag = language?.toLowerCase() ?? ""; tag !== ""; tag = tag.replace(/-?[^-]*$/, "")) {
    const words = registered.get(tag);
    if (words) tables.push(words);
  }
  tables.push(registered.get("") ?? {}, WORDS);
  return (key, values = {}) => {
    const text = tables.find((words) => words[key] !== undefined)?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  };
}

/** The words without an element to show them. */
export const sayPlain: Say = (key, values) => sayIn(undefined)(key, values);

/** An element's words in the language that it stands in; it is drawn anew when they change. */
export class ElementWords implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #changed = () => this.#host.requestUpdate();
  #say: Say | undefined;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    listeners.add(this.#changed);
  }

  hostDisconnected(): void {
    listeners.delete(this.#changed);
  }

  hostUpdate(): void {
    this.#say = sayIn(languageOf(this.#host));
  }

  get say(): Say {
    return this.#say ?? sayPlain;
  }
}
