/**
 * Which values a column has, the most frequent first: asked of the table as one types.
 */
import type { Table } from "../client/table.js";
import type { Scalar, ViewConfig } from "../client/types.js";
import type { ViewerConfig } from "./viewer_config.js";

export interface Suggestion {
  value: Scalar;
  /** In how many rows it is; undefined for what does not come from rows. */
  rows?: number;
}

const MOST = 50;

/** The view that finds them: it lives as long as the question. */
export function suggestionView(
  column: string,
  type: string,
  text: string,
  { expressions, windows }: Pick<ViewerConfig, "expressions" | "windows">,
): ViewConfig {
  const computed = column in expressions || column in windows;
  return {
    ...(computed ? { expressions, windows } : {}),
    group_by: [column],
    columns: [column],
    aggregates: { [column]: "count" },
    group_rollup_mode: "flat",
    sort: [[column, "desc"]],
    limit: MOST,
    filter: [
      [column, "is not null"],
      ...(text !== "" && type === "string"
        ? [[column, "contains", text] as [string, string, string]]
        : []),
    ],
  };
}

export async function suggestValues(
  table: Table,
  column: string,
  type: string,
  text: string,
  config: Pick<ViewerConfig, "expressions" | "windows">,
): Promise<Suggestion[]> {
  const view = await table.view(suggestionView(column, type, text, config));
  try {
    const found = await view.to_columns();
    const paths = (found.__ROW_PATH__ ?? []) as Scalar[][];
    const counts = (found[column] ?? []) as number[];
    const all = paths.map((path, row) => ({ value: path[0] ?? null, rows: counts[row] ?? 0 }));
    // Numbers have no test for how they begin: those that are there are looked through.
    return type === "string" ? all : all.filter(({ value }) => String(value).startsWith(text));
  } finally {
    await view.delete();
  }
}
