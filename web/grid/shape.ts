/**
 * What the grid must know of a view besides its cells: how it is grouped, split and sorted,
 * and how a column path falls into header rows.
 */
import type { AggregateTerm, Schema, Sort, SortDirection } from "../client/types.js";

export interface GridShape {
  group_by: string[];
  split_by: string[];
  sort: Sort[];
  aggregates: Record<string, AggregateTerm>;
  /** Column to type, for default aggregates in headers. */
  types: Schema;
}

/** The columns of a view without a split, in order. */
export function namesOf({ columns }: { columns: readonly (string | null)[] }): string[] {
  return columns.filter((name) => name !== null);
}

/**
 * `"client 1|close"` with one split → `["client 1", "close"]`. The columns of a rollup's outer
 * groups have nothing on the levels below: with two splits → `["client 1", "", "close"]`.
 */
export function headerLevels(path: string, splits: number): string[] {
  const parts = path.split("|");
  const groups = parts.slice(0, Math.min(splits, parts.length - 1));
  const below = Array<string>(splits - groups.length).fill("");
  return [...groups, ...below, parts.slice(groups.length).join("|")];
}

/** The column at the bottom of a path. */
export function leafColumn(path: string, splits: number): string {
  return headerLevels(path, splits).at(-1) ?? path;
}

/** The aggregate's name as the header shows it; empty in a flat view. */
export function aggregateLabel(shape: GridShape, column: string): string {
  if (shape.group_by.length === 0 && shape.split_by.length === 0) return "";
  const term = shape.aggregates[column];
  if (typeof term === "object" && "expression" in term) return "";
  const aggregate =
    typeof term === "object" && !Array.isArray(term) ? term.aggregate : (term ?? "");
  const name = typeof aggregate === "string" ? aggregate : aggregate[0];
  if (name) return name;
  return defaultAggregate(shape.types[column] ?? "string");
}

/** The engine's default: `sum` for numbers, `count` for the rest. */
export function defaultAggregate(type: string): string {
  return type === "integer" || type === "float" ? "sum" : "count";
}

/**
 * The sort after a click on a column's header: descending, ascending, none. `absolute` goes by
 * the size of numbers, whatever their sign.
 */
export function nextSort(
  sort: Sort[],
  column: string,
  additive: boolean,
  absolute = false,
): Sort[] {
  const index = sort.findIndex(([name]) => name === column);
  const current = sort[index]?.[1];
  const steps: SortDirection[] = absolute ? ["desc abs", "asc abs"] : ["desc", "asc"];
  const next = steps[current === undefined ? 0 : steps.indexOf(current) + 1];
  const changed: Sort[] = next ? [[column, next]] : [];
  if (!additive) return changed;
  return index < 0 ? [...sort, ...changed] : sort.toSpliced(index, 1, ...changed);
}
