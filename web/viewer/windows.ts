/**
 * What each window function goes by, and which frames there are: for its form.
 */
import type { WindowTerm } from "../client/types.js";
import { isNumber, isTime } from "./aggregates.js";
import type { Field } from "./settings_fields.js";

export type WindowFunction = WindowTerm["aggregate"];

export const WINDOW_FUNCTIONS: readonly WindowFunction[] = [
  "sum",
  "avg",
  "count",
  "min",
  "max",
  "stddev",
  "var",
  "lag",
  "lead",
  "diff",
  "rate",
  "ema",
  "row_number",
  "rank",
];

export type Frame = "all" | "cumulative" | "rows" | "range";

const FRAMED = new Set(["sum", "avg", "count", "min", "max", "stddev", "var", "rate"]);
const OFFSET = new Set(["lag", "lead", "diff"]);
const OF_ANY_TYPE = new Set(["count", "lag", "lead"]);
const OF_ORDERED = new Set(["min", "max"]);

export function needsColumn(of: WindowFunction): boolean {
  return of !== "row_number" && of !== "rank";
}

export function hasFrame(of: WindowFunction): boolean {
  return FRAMED.has(of);
}

export function hasOffset(of: WindowFunction): boolean {
  return OFFSET.has(of);
}

export function fitsWindow(of: WindowFunction, field: Field): boolean {
  if (field.kind === "aggregate") return false;
  if (OF_ANY_TYPE.has(of)) return true;
  return isNumber(field.type) || ((OF_ORDERED.has(of) || of === "diff") && isTime(field.type));
}

export function frameOf(term: WindowTerm): Frame {
  if (term.rows !== undefined && term.rows !== null) return "rows";
  if (term.range !== undefined && term.range !== null) return "range";
  return "cumulative";
}

/** The term with another function: without what that does not go by. */
export function withFunction(term: WindowTerm, of: WindowFunction, fields: Field[]): WindowTerm {
  const { column, partition_by, order_by, offset, alpha } = term;
  const there = fields.find((field) => field.name === column);
  const fitting =
    there && fitsWindow(of, there) ? there : fields.find((field) => fitsWindow(of, field));
  return {
    ...(needsColumn(of) && fitting ? { column: fitting.name } : {}),
    aggregate: of,
    ...(partition_by ? { partition_by } : {}),
    ...(order_by ? { order_by } : {}),
    ...(hasFrame(of) ? frameFields(term) : {}),
    ...(hasOffset(of) ? { offset: offset ?? 1 } : {}),
    ...(of === "ema" ? { alpha: alpha ?? 0.2 } : {}),
  };
}

/** The term with another frame, and a first guess of its size. */
export function withFrame(term: WindowTerm, frame: Frame, orderType: string): WindowTerm {
  const { rows: _, range: __, cumulative: ___, ...rest } = term;
  if (frame === "rows") return { ...rest, rows: 10 };
  if (frame === "range") return { ...rest, range: isTime(orderType) ? "5m" : 10 };
  return { ...rest, cumulative: true };
}

function frameFields({ rows, range }: WindowTerm): Partial<WindowTerm> {
  if (rows !== undefined && rows !== null) return { rows };
  if (range !== undefined && range !== null) return { range };
  return { cumulative: true };
}

export function orderOf(term: WindowTerm): { column: string; direction: "asc" | "desc" } {
  const { order_by } = term;
  if (!order_by) return { column: "", direction: "asc" };
  if (typeof order_by === "string") return { column: order_by, direction: "asc" };
  return { column: order_by[0], direction: order_by[1] };
}

export function withOrder(term: WindowTerm, column: string, direction: "asc" | "desc"): WindowTerm {
  const { order_by: _, ...rest } = term;
  if (column === "") return rest;
  return { ...rest, order_by: direction === "asc" ? column : [column, direction] };
}
