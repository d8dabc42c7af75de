/** A view's columns by the split groups that they are of, and by the roles that they play. */
import type { ColumnData } from "../../client/types.js";
import { headerLevels } from "../../grid/shape.js";
import type { ViewShape } from "../../viewer/plugins.js";
import type { Written } from "../format.js";
import { type ChartContext, isNumeric } from "./context.js";

export interface ViewColumn {
  /** `buy|price`: tells it from all others, now and after an update. */
  path: string;
  /** `price` */
  name: string;
  data: ColumnData;
  /** How its values are written. */
  written: Written;
}

/** The columns of one split group; without a split there is one group, without a name. */
export interface ColumnGroup {
  path: string;
  /** The keys, the outermost first. */
  keys: string[];
  name: string;
  columns: Map<string, ViewColumn>;
}

/** The innermost split groups: those around them hold the same once more. */
export function columnGroups({ window, shape, written }: ChartContext): ColumnGroup[] {
  const splits = shape.split_by.length;
  const groups = new Map<string, ColumnGroup>();
  window.names.forEach((path, index) => {
    const data = window.columns[index];
    if (!data) return;
    if (splits > 0 && path.split("|").length - 1 < splits) return;
    const { keys, name } = partsOf(path, shape);
    const id = keys.join("|");
    let group = groups.get(id);
    if (!group) {
      group = { path: id, keys, name: keys.join(" · "), columns: new Map() };
      groups.set(id, group);
    }
    group.columns.set(name, { path, name, data, written: written(name, data.type) });
  });
  return [...groups.values()];
}

/** Keys may have a `|` in them, as columns: what is known of columns tells where they begin. */
function partsOf(path: string, shape: ViewShape): { keys: string[]; name: string } {
  const splits = shape.split_by.length;
  const known = shape.columns
    .filter((column) => column !== null && path.endsWith(`|${column}`))
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0))[0];
  if (splits > 0 && known) {
    const group = path.slice(0, -known.length - 1);
    const keys = group.split("|");
    return { keys: keys.length === splits ? keys : [group], name: known };
  }
  const levels = headerLevels(path, splits);
  return { keys: levels.slice(0, -1), name: levels.at(-1) ?? path };
}

/** The column that plays a role, by its place among the columns. */
export function roleOf(shape: ViewShape, role: number): string | undefined {
  return shape.columns[role] ?? undefined;
}

/** Names of the numeric columns, in their order. */
export function numericNames(groups: ColumnGroup[], shape: ViewShape): string[] {
  const names = shape.columns.filter((name) => name !== null);
  const known = names.length > 0 ? names : [...(groups[0]?.columns.keys() ?? [])];
  return known.filter((name) => groups.some((group) => isNumeric(group.columns.get(name)?.data)));
}

/** What a column of a group is called where others stand beside it. */
export function seriesName(group: ColumnGroup, column: string, several: boolean): string {
  if (group.name === "") return column;
  return several ? `${group.name} · ${column}` : group.name;
}
