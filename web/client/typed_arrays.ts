/**
 * From a typed window to the arrays that `with_typed_arrays` promises: Arrow's layout, in
 * that nulls are bits and strings are places in a dictionary.
 */
import type { ColumnData, TypedArraysCallback, ViewWindow } from "./types.js";

type TypedArrays = Parameters<TypedArraysCallback>;

/** `group_by` are the names of the levels of a grouped view. */
export function windowToTypedArrays(
  window: ViewWindow,
  group_by: readonly string[],
  float32: boolean,
): TypedArrays {
  const levels = window.row_path?.levels ?? [];
  const keys = levels.map((_, level) => `${group_by[level]} (Group by ${level + 1})`);
  const columns = [...levels, ...window.columns];
  return [
    [...keys, ...window.names],
    columns.map((column) => values(column, float32)),
    columns.map(validity),
    columns.map((column) => (column.type === "string" ? column.dictionary : null)),
  ];
}

function values(column: ColumnData, float32: boolean): TypedArrays[1][number] {
  // A null has no place; as in Arrow it gets one that exists.
  if (column.type === "string") return column.codes.map((code) => Math.max(code, 0));
  if (column.type === "boolean" || column.type === "integer" || !float32) return column.values;
  return new Float32Array(column.values);
}

/** A bit for each row that has a value, from the lowest on; null where all have. */
function validity(column: ColumnData): Uint8Array | null {
  const { length } = column.type === "string" ? column.codes : column.values;
  const isValid =
    column.type === "string"
      ? (row: number) => (column.codes[row] ?? -1) >= 0
      : (row: number) => column.valid?.[row] !== 0;
  const bits = new Uint8Array(Math.ceil(length / 8));
  let nulls = 0;
  for (let row = 0; row < length; row++) {
    if (isValid(row)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
    else nulls++;
  }
  return nulls > 0 ? bits : null;
}
