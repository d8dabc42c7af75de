/**
 * Which operators a type of column has, and how what a person types becomes an operand.
 *
 * An operand that is not there yet is null: the engine ignores such a term, and the editor
 * can be filled in at leisure.
 */
import type { Scalar } from "../client/types.js";
import { type Say, sayPlain } from "./words.js";

const NULLS = ["is null", "is not null"];
const ORDER = ["==", "!=", ">", ">=", "<", "<="];

const TEXT = [
  "==",
  "!=",
  "contains",
  "not contains",
  "begins with",
  "not begins with",
  "ends with",
  "not ends with",
  "in",
  "not in",
  "matches",
  "not matches",
  ">",
  ">=",
  "<",
  "<=",
  "between",
  ...NULLS,
];

/** A length of time, as `15m`. */
const SPAN = /^\d+(\.\d+)?\s*(ms|s|m|h|d)$/;

export function operatorsFor(type: string): string[] {
  if (type === "string") return TEXT;
  if (type === "boolean") return ["==", "!=", ...NULLS];
  if (type === "date" || type === "datetime") return [...ORDER, "between", "within", ...NULLS];
  return [...ORDER, "between", "in", "not in", ...NULLS];
}

/** The operators that compare with another column too. */
export function operatorsOfColumns(type: string): string[] {
  return type === "boolean" ? ["==", "!="] : ORDER;
}

export function defaultOperator(type: string): string {
  return type === "string" || type === "boolean" ? "==" : ">=";
}

export function takesOperand(operator: string): boolean {
  return !NULLS.includes(operator);
}

export function takesList(operator: string): boolean {
  return operator === "in" || operator === "not in";
}

/** Whether the operand is a pair, of which both ends belong to it. */
export function takesRange(operator: string): boolean {
  return operator === "between";
}

export type Operand = { value: Scalar | Scalar[] } | { problem: string };

/** What the text means for a column of this type; empty text is no operand yet. */
export function readOperand(
  text: string,
  type: string,
  operator: string,
  say: Say = sayPlain,
): Operand {
  const trimmed = text.trim();
  if (trimmed === "") return { value: null };
  if (operator === "within") {
    return SPAN.test(trimmed) ? { value: trimmed } : { problem: say("read.span") };
  }
  if (takesList(operator)) {
    const parts = trimmed.split(",").map((part) => readOne(part.trim(), type, say));
    const values: Scalar[] = [];
    for (const part of parts) {
      if ("problem" in part) return part;
      values.push(part.value as Scalar);
    }
    return { value: values };
  }
  return readOne(type === "string" ? text : trimmed, type, say);
}

function readOne(text: string, type: string, say: Say): Operand {
  switch (type) {
    case "integer": {
      const value = Number(text.replaceAll("_", ""));
      return Number.isInteger(value) ? { value } : { problem: say("read.integer") };
    }
    case "float": {
      const value = Number(text.replaceAll("_", ""));
      return Number.isNaN(value) ? { problem: say("read.float") } : { value };
    }
    case "boolean":
      if (text === "true" || text === "false") return { value: text === "true" };
      return { problem: say("read.boolean") };
    case "date": {
      const value = Date.parse(`${text}T00:00:00Z`);
      return Number.isNaN(value) ? { problem: say("read.date") } : { value };
    }
    case "datetime": {
      // Without a zone this is local time, as the grid shows it.
      const value = Date.parse(text.replace(" ", "T"));
      return Number.isNaN(value) ? { problem: say("read.datetime") } : { value };
    }
    default:
      return { value: text };
  }
}

/** The text that stands for an operand in its input. */
export function writeOperand(operand: Scalar | Scalar[] | undefined, type: string): string {
  if (operand === null || operand === undefined) return "";
  if (Array.isArray(operand)) return operand.map((each) => writeOperand(each, type)).join(", ");
  if (typeof operand === "number" && (type === "date" || type === "datetime")) {
    const date = new Date(operand);
    if (Number.isNaN(date.getTime())) return "";
    if (type === "date") return date.toISOString().slice(0, 10);
    const local = new Date(operand - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 23);
    return local.replace(/(:00)?\.000$/, "");
  }
  return String(operand);
}
