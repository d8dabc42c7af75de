/**
 * Files that a person drops on the page: what they are by their first bytes, whatever their
 * names say.
 */
import { MillraceError } from "../client/errors.js";
import type { DataFormat } from "../client/types.js";

const KNOWN: [magic: string, name: string][] = [
  ["PAR1", "a Parquet file"],
  ["PK\u0003\u0004", "a ZIP archive or an Office document"],
  ["\u001f\u008b", "compressed by gzip"],
  ["%PDF", "a PDF document"],
  ["SQLite format 3", "an SQLite database"],
];

/** What the bytes are; an error where that is nothing that can be read here. */
export function fileFormat(bytes: Uint8Array, name: string): DataFormat {
  const head = bytes.subarray(0, 16);
  const starts = (magic: string) =>
    head.length >= magic.length &&
    [...magic].every((letter, at) => head[at] === letter.charCodeAt(0));
  if (starts("ARROW1")) return "arrow";
  // A stream begins with the mark of a message.
  if (starts("\u00ff\u00ff\u00ff\u00ff")) return "arrow";
  const known = KNOWN.find(([magic]) => starts(magic));
  if (known) throw unreadable(name, `is ${known[1]}`);
  const text = new TextDecoder().decode(bytes.subarray(0, 4096)).replace(/^\ufeff/, "");
  if (text.trim() === "") throw unreadable(name, "is empty");
  if (text.includes("\u0000")) throw unreadable(name, "is not text");
  const begin = text.trimStart();
  if (begin.startsWith("[")) return "json";
  if (!begin.startsWith("{")) return "csv";
  // A row a line, or one object of columns.
  const [first = ""] = begin.split("\n", 1);
  return isObject(first) && begin.length > first.length ? "ndjson" : columnsOrRows(begin);
}

/** `{"a": [1, 2]}` is columns; `{"a": 1}` is a row. */
function columnsOrRows(text: string): DataFormat {
  return /^\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[/.test(text) ? "columns" : "ndjson";
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function unreadable(name: string, why: string): MillraceError {
  return new MillraceError({
    kind: "unsupported_data",
    message: `${name} ${why}.`,
    expected: "a CSV, JSON, JSON lines or Arrow file",
  });
}
