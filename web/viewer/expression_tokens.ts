/**
 * An expression in pieces, for colours and for what can be completed where.
 *
 * It takes any text, also what is no expression yet: all characters are in one piece each.
 * What is right the engine says.
 */
export type TokenKind =
  | "column"
  | "text"
  | "number"
  | "comment"
  | "function"
  | "word"
  | "name"
  | "operator"
  | "space";

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
}

/** The words of the language itself, which SQL knows too. */
export const WORDS = [
  "and",
  "or",
  "not",
  "case",
  "when",
  "then",
  "else",
  "end",
  "if",
  "is",
  "null",
  "true",
  "false",
  "in",
  "between",
  "like",
  "ilike",
  "cast",
  "as",
  "var",
];

const IS_WORD = new Set(WORDS);

/** Text and columns may have their quotes in them twice; one that is open goes to the end. */
const PIECES: [TokenKind, RegExp][] = [
  ["space", /\s+/y],
  ["comment", /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ["column", /"(?:[^"]|"")*(?:"|$)/y],
  ["text", /'(?:[^']|'')*(?:'|$)/y],
  ["number", /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["name", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["operator", /[\s\S]/uy],
];

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length; ) {
    const { kind, end } = pieceAt(text, start);
    tokens.push({ kind, start, end });
    start = end;
  }
  return tokens;
}

function pieceAt(text: string, start: number): { kind: TokenKind; end: number } {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = start;
    const found = pattern.exec(text)?.[0];
    if (found === undefined || found === "") continue;
    const end = start + found.length;
    if (kind !== "name") return { kind, end };
    if (IS_WORD.has(found.toLowerCase())) return { kind: "word", end };
    return { kind: /^\s*\(/.test(text.slice(end)) ? "function" : "name", end };
  }
  return { kind: "operator", end: start + 1 };
}

/** The name of the column that a piece in double quotes stands for. */
export function columnNamed(text: string, token: Token): string {
  const inner = text.slice(token.start + 1, token.end);
  return (inner.endsWith('"') ? inner.slice(0, -1) : inner).replaceAll('""', '"');
}

/** The expression with another name for a column. */
export function withColumnRenamed(text: string, from: string, to: string): string {
  return tokensOf(text)
    .map((token) => {
      const piece = text.slice(token.start, token.end);
      const isIt = token.kind === "column" && columnNamed(text, token) === from;
      return isIt ? `"${to.replaceAll('"', '""')}"` : piece;
    })
    .join("");
}

export function columnsIn(text: string): Set<string> {
  const columns = tokensOf(text).filter((token) => token.kind === "column");
  return new Set(columns.map((token) => columnNamed(text, token)));
}

/** Where a place that the engine names by line and column, counted from 1, is in the text. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  // Columns are counted in characters, which may be two places long here.
  const within = [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  return Math.min(before + within, text.length);
}
