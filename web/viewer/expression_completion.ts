/**
 * What may be meant by the piece of an expression before the caret.
 */

import { columnNamed, tokensOf, WORDS } from "./expression_tokens.js";
import { quoted } from "./settings_fields.js";

export interface Callable {
  name: string;
  signature: string;
  /** What it does and gives, in a line. */
  help: string;
}

export interface Completion {
  kind: "column" | "function" | "word";
  label: string;
  /** What stands in the place of the piece then. */
  text: string;
  /** Where the caret stands then, counted from the beginning of `text`. */
  caret: number;
  hint: string;
  help: string;
}

export interface Completions {
  /** The piece that they stand for. */
  from: number;
  to: number;
  found: Completion[];
}

const MOST = 40;

export function completionsAt(
  text: string,
  caret: number,
  columns: { name: string; type: string }[],
  functions: Callable[],
): Completions {
  const token = tokensOf(text).find((each) => each.start < caret && caret <= each.end);
  const none = { from: caret, to: caret, found: [] };
  if (token?.kind === "comment" || token?.kind === "text" || token?.kind === "number") return none;
  if (token?.kind === "column") {
    const closed = isClosed(text, token.start, token.end);
    // Behind the closing quote nothing is being named any more.
    if (caret === token.end && closed) return none;
    const typed = columnNamed(text, { ...token, end: caret });
    const found = bestFirst(typed, columns.map(ofColumn));
    // One that is still open takes all that follows for its name; that is to stay.
    return { from: token.start, to: closed ? token.end : caret, found };
  }
  const isName = token !== undefined && ["function", "name", "word"].includes(token.kind);
  if (!isName) return none;
  const called = token.kind === "function";
  const found = bestFirst(text.slice(token.start, caret), [
    ...functions.map((each) => ofFunction(each, called)),
    ...columns.map(ofColumn),
    ...(called ? [] : WORDS.map(ofWord)),
  ]);
  return { from: token.start, to: token.end, found };
}

/** All that may stand anywhere: where nothing has been typed. */
export function allCompletions(
  caret: number,
  columns: { name: string; type: string }[],
  functions: Callable[],
): Completions {
  const found = [...columns.map(ofColumn), ...functions.map((each) => ofFunction(each, false))];
  return { from: caret, to: caret, found };
}

function isClosed(text: string, start: number, end: number): boolean {
  return /^"(?:[^"]|"")*"$/.test(text.slice(start, end));
}

/** Those that begin with it, then those that have it in them, shorter ones first. */
function bestFirst(typed: string, all: Completion[]): Completion[] {
  const wanted = typed.toLowerCase();
  const at = (each: Completion) => each.label.toLowerCase().indexOf(wanted);
  return all
    .filter((each) => at(each) >= 0 && each.text !== typed)
    .map((each, order) => ({ each, rank: at(each) === 0 ? 0 : 1, order }))
    .sort(
      (a, b) => a.rank - b.rank || a.each.label.length - b.each.label.length || a.order - b.order,
    )
    .slice(0, MOST)
    .map(({ each }) => each);
}

function ofColumn({ name, type }: { name: string; type: string }): Completion {
  const text = quoted(name);
  return { kind: "column", label: name, text, caret: text.length, hint: type, help: "" };
}

function ofFunction(each: Callable, called: boolean): Completion {
  const { name, signature, help } = each;
  const empty = signature.endsWith("()");
  const text = called ? name : `${name}()`;
  const caret = called || empty ? text.length : text.length - 1;
  return { kind: "function", label: name, text, caret, hint: signature, help };
}

function ofWord(word: string): Completion {
  return { kind: "word", label: word, text: word, caret: word.length, hint: "", help: "" };
}
