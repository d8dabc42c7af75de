/**
 * JSON text of values that a program holds, for the engine to read.
 *
 * As `JSON.stringify` has it: a `Date` is ISO 8601, by which the engine knows it for a time;
 * NaN and infinities are null; `undefined` is left out of objects. But a `bigint`, which
 * `JSON.stringify` refuses, is its digits.
 */
import { MillraceError } from "./errors.js";

export function toJson(value: unknown): string {
  try {
    // Fast, and mostly there is no bigint.
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes("BigInt"))) throw refused(error);
  }
  try {
    return written(value) ?? "null";
  } catch (error) {
    throw refused(error);
  }
}

/** The text of a value, unless it has none. */
function written(value: unknown): string | undefined {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("toJSON" in value && typeof value.toJSON === "function") return written(value.toJSON());
  if (Array.isArray(value)) return `[${value.map((item) => written(item) ?? "null").join(",")}]`;
  const fields = Object.entries(value).flatMap(([key, item]) => {
    const text = written(item);
    return text === undefined ? [] : `${JSON.stringify(key)}:${text}`;
  });
  return `{${fields.join(",")}}`;
}

function refused(error: unknown): MillraceError {
  return new MillraceError({
    kind: "unsupported_data",
    message: `The data has no JSON form: ${error instanceof Error ? error.message : String(error)}`,
    where: "data",
    expected: "values without cycles",
  });
}
