/** What the events of a click tell: the row, and the filters that find what is behind it. */
import type { Condition, Scalar } from "../client/types.js";
import type { PluginClick } from "./plugins.js";
import type { ViewerConfig } from "./viewer_config.js";

export interface ClickDetail {
  row: Record<string, unknown>;
  column_names: string[];
  config: { filter: Condition[] };
}

export function clickDetail(
  { row_path, values, column }: PluginClick,
  { group_by, filter }: Pick<ViewerConfig, "group_by" | "filter">,
): ClickDetail {
  const path = (row_path ?? []).map(
    (value: Scalar, level): Condition => [group_by[level] ?? "", "==", value],
  );
  return {
    row: row_path ? { __ROW_PATH__: row_path, ...values } : values,
    column_names: column === undefined ? [] : [column],
    config: { filter: [...filter, ...path] },
  };
}
