/**
 * What users hand to `table` and `update`, sorted out once at the edge.
 *
 * Arrow and schemas only; every other form is refused by name, with what would work.
 */
import { MillraceError } from "./errors.js";
import type { Schema, TableData } from "./types.js";

const SUPPORTED =
  'a schema object such as { x: "integer" }, or Arrow IPC bytes (ArrayBuffer or Uint8Array)';

export type SortedData = { schema: Schema } | { arrow: Uint8Array<ArrayBuffer> };

/** A copy of the caller's bytes that may be moved to the Worker. */
export function arrowBytes(data: unknown, where: string): Uint8Array<ArrayBuffer> {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  if (data instanceof Uint8Array) return new Uint8Array(data);
  throw unsupported(data, where, "Arrow IPC bytes (ArrayBuffer or Uint8Array)");
}

export function sortData(data: TableData | unknown): SortedData {
  if (data instanceof ArrayBuffer || data instanceof Uint8Array) {
    return { arrow: arrowBytes(data, "data") };
  }
  if (isSchema(data)) return { schema: data };
  throw unsupported(data, "data", SUPPORTED);
}

function isSchema(data: unknown): data is Schema {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return false;
  if (ArrayBuffer.isView(data)) return false;
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(data).every((type) => typeof type === "string");
}

function unsupported(data: unknown, where: string, expected: string): MillraceError {
  return new MillraceError({
    kind: "unsupported_data",
    message: `${describe(data)} cannot be read as table data.`,
    where,
    expected,
  });
}

function describe(data: unknown): string {
  if (typeof data === "string") return "Text (CSV, JSON or NDJSON)";
  if (Array.isArray(data)) return "An array of rows";
  if (typeof data === "object" && data !== null) {
    const values = Object.values(data);
    if (values.length > 0 && values.every(Array.isArray)) return "An object of columns";
    return "An object that is not a schema";
  }
  return String(data);
}
