/** The words that people read, in the language that an element stands in. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { numberFormats } from "../grid/format.js";
import { languageOf } from "../grid/locale.js";
import { WORDS, type WordKey } from "../words/en.js";

export { WORDS, type WordKey };

/** A translation of some of them; functions of expressions have their help in it too. */
export type Words = Partial<Record<WordKey | `function.${string}`, string>>;

/** The words of a key with their values in them. */
export type Say = (key: WordKey, values?: Record<string, string | number>) => string;

/** The word for what configs have a name for, as an operator; the name where there is none. */
export function wordFor(
  say: Say,
  kind: "operator" | "aggregate" | "type" | "direction",
  name: string,
): string {
  const key = `${kind}.${name}`;
  return key in WORDS ? say(key as WordKey) : name;
}

/** What a function of expressions does: the documentation's words where there are no others. */
export function helpFor(say: Say, name: string, help: string): string {
  const key = `function.${name}`;
  const said = say(key as WordKey);
  return said === key ? help : said;
}

/** What the scripts of one viewer have in common of its words. */
export interface SharedWords {
  /** By language, in lower case; those of the empty one are for every language. */
  registered: Map<string, Words>;
  listeners: Set<() => void>;
}

let shared: SharedWords = { registered: new Map(), listeners: new Set() };

/** For a script that is loaded later. */
export function sharedWords(): SharedWords {
  return shared;
}

/** The words of the script that has loaded this one are this one's from now on. */
export function shareWords(words: SharedWords): void {
  shared = words;
}

/**
 * Registers words of a language, which elements under that `lang` show from now on; without a
 * language they take the place of the English ones everywhere. Keys that are left out stay.
 */
export function setWords(words: Words, language = ""): void {
  const key = language.toLowerCase();
  const { registered } = shared;
  registered.set(key, { ...registered.get(key), ...words });
  wordsChanged();
}

/** Has everything that shows words look them up again. */
export function wordsChanged(): void {
  for (const listener of shared.listeners) listener();
}

/** The words in a language, `de-CH` before `de`. */
export function sayIn(language: string | undefined): Say {
  const { registered } = shared;
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
  readonly #changed: () => void;
  #say: Say | undefined;
  #numbers: Intl.NumberFormat | undefined;

  /** `changed`: also has what is not drawn with the element look its words up again. */
  constructor(host: ReactiveControllerHost & Element, changed: () => void = () => {}) {
    this.#host = host;
    this.#changed = () => {
      this.hostUpdate();
      host.requestUpdate();
      changed();
    };
    host.addController(this);
  }

  hostConnected(): void {
    this.hostUpdate();
    shared.listeners.add(this.#changed);
  }

  hostDisconnected(): void {
    shared.listeners.delete(this.#changed);
  }

  /** What is around the element may have another language by now. */
  hostUpdate(): void {
    this.#say = undefined;
    this.#numbers = undefined;
  }

  get say(): Say {
    this.#say ??= sayIn(languageOf(this.#host));
    return this.#say;
  }

  /** A whole number as the language writes it. */
  readonly count = (value: number): string => {
    this.#numbers ??= numberFormats(languageOf(this.#host)).integers;
    return this.#numbers.format(value);
  };
}

/** The words in pieces: what stands for a value may be more than text. */
export function pieces(text: string, values: Record<string, unknown>): unknown[] {
  return text
    .split(/(\{\w+\})/)
    .map((piece) => (piece.startsWith("{") ? (values[piece.slice(1, -1)] ?? piece) : piece));
}
