/**
 * What users hand to `table` and `update`, sorted out once at the edge.
 *
 * Everything but a schema becomes bytes in a format that the engine reads: rows and columns
 * of JavaScript as JSON, text as UTF-8.
 */
import { MillraceError } from "./errors.js";
import { toJson } from "./json.js";
import type { DataFormat, RowData, Schema, TableData } from "./types.js";

const FORMATS: readonly string[] = ["csv", "json", "columns", "ndjson", "arrow"];
const ROWS =
  "rows (an array of objects), columns (an object of arrays), text, or Arrow IPC bytes " +
  "(ArrayBuffer or Uint8Array)";
const DATA = `a schema object such as { x: "integer" }, ${ROWS}`;

/** Bytes that may be moved to the Worker, and what they are. */
export interface SortedRows {
  format: DataFormat;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What `table` was given. */
export function sortData(
  data: TableData | unknown,
  format?: DataFormat | null,
): { schema: Schema } | SortedRows {
  if (format == null && isSchema(data)) return { schema: data };
  return sort(data, format, "data", DATA);
}

/** What `update` was given. */
export function sortRows(data: RowData | unknown, format?: DataFormat | null): SortedRows {
  return sort(data, format, "update", ROWS);
}

function sort(
  data: unknown,
  format: DataFormat | null | undefined,
  where: string,
  expected: string,
): SortedRows {
  if (format != null && !FORMATS.includes(format)) {
    throw new MillraceError({
      kind: "invalid_config",
      message: `Unknown format "${format}".`,
      where: "format",
      expected: `one of: ${FORMATS.join(", ")}`,
    });
  }
  if (typeof data === "string") {
    if (format === "arrow") throw mismatch("Text", format, "bytes");
    if (format == null && /^\s*[[{]/.test(data)) {
      throw new MillraceError({
        kind: "unsupported_data",
        message: "Text is read as CSV, but this begins like JSON.",
        where: "format",
        expected: 'format: "json", "columns" or "ndjson" (or "csv", if it is)',
      });
    }
    return { format: format ?? "csv", bytes: utf8(data) };
  }
  if (data instanceof ArrayBuffer) {
    return { format: format ?? "arrow", bytes: new Uint8Array(data.slice(0)) };
  }
  if (data instanceof Uint8Array) return { format: format ?? "arrow", bytes: new Uint8Array(data) };
  if (Array.isArray(data)) {
    if (format != null && format !== "json") throw mismatch("An array of rows", format, '"json"');
    return { format: "json", bytes: utf8(toJson(data)) };
  }
  if (isColumns(data)) {
    if (format != null && format !== "columns") {
      throw mismatch("An object of columns", format, '"columns"');
    }
    return { format: "columns", bytes: utf8(toJson(arrays(data))) };
  }
  throw new MillraceError({
    kind: "unsupported_data",
    message: `${describe(data)} cannot be read as table data.`,
    where,
    expected,
  });
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function isPlainObject(data: unknown): data is Record<string, unknown> {
  if (typeof data !== "object" || data === null) return false;
  const prototype: unknown = Object.getPrototypeOf(data);
  return prototype === Object.prototype || prototype === null;
}

function isSchema(data: unknown): data is Schema {
  return isPlainObject(data) && Object.values(data).every((type) => typeof type === "string");
}

function isColumn(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isColumns(data: unknown): data is Record<string, ArrayLike<unknown>> {
  return isPlainObject(data) && Object.values(data).every(isColumn);
}

/** Typed arrays as arrays, which JSON knows. */
function arrays(columns: Record<string, ArrayLike<unknown>>): Record<string, unknown[]> {
  const each = Object.entries(columns).map(([name, values]) => [
    name,
    Array.isArray(values) ? values : Array.from(values),
  ]);
  return Object.fromEntries(each);
}

function mismatch(what: string, format: string, expected: string): MillraceError {
  return new MillraceError({
    kind: "unsupported_data",
    message: `${what} cannot be read as "${format}".`,
    where: "format",
    expected,
  });
}

function describe(data: unknown): string {
  if (typeof data === "object" && data !== null) {
    return "An object that is neither a schema nor columns";
  }
  return String(data);
}
