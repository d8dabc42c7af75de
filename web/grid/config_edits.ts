/**
 * What a person does to the config from within the grid: each edit takes one and answers
 * another.
 */
import type { Condition, Scalar, SortDirection } from "../client/types.js";
import { shownColumns, type ViewerConfig } from "../viewer/viewer_config.js";

export type ConfigEdit = (config: ViewerConfig, all: string[]) => ViewerConfig;

function shown(config: ViewerConfig, all: string[]): string[] {
  return shownColumns(config.columns) ?? all;
}

/** Sorts by this column alone; undefined takes it out of the sort. */
export function sortBy(column: string, direction: SortDirection | undefined): ConfigEdit {
  return (config) => ({
    ...config,
    sort: direction ? [[column, direction]] : config.sort.filter(([name]) => name !== column),
  });
}

export function hide(column: string): ConfigEdit {
  return (config, all) => ({
    ...config,
    columns: shown(config, all).filter((name) => name !== column),
  });
}

/** Puts a column to where another one is: before it when it comes from the right. */
export function moveTo(column: string, target: string): ConfigEdit {
  return (config, all) => {
    const columns = shown(config, all);
    const from = columns.indexOf(column);
    const to = columns.indexOf(target);
    if (from < 0 || to < 0 || from === to) return config;
    return { ...config, columns: columns.toSpliced(from, 1).toSpliced(to, 0, column) };
  };
}

/** The column's neighbour on a side, if there is one. */
export function neighbour(columns: string[], column: string, by: -1 | 1): string | undefined {
  const at = columns.indexOf(column);
  return at < 0 ? undefined : columns[at + by];
}

/** Keeps a column at the beginning while others scroll, after those that are kept there. */
export function pin(column: string): ConfigEdit {
  return (config, all) => {
    const pinned = [...pinnedOf(config).filter((name) => name !== column), column];
    const others = shown(config, all).filter((name) => !pinned.includes(name));
    const first = shown(config, all).filter((name) => pinned.includes(name) && name !== column);
    return setPlugin({ pinned })({ ...config, columns: [...first, column, ...others] }, all);
  };
}

export function unpin(column: string): ConfigEdit {
  return (config, all) => {
    const pinned = pinnedOf(config).filter((name) => name !== column);
    const columns = shown(config, all);
    const first = columns.filter((name) => pinned.includes(name));
    const others = columns.filter((name) => !pinned.includes(name));
    return setPlugin({ pinned: pinned.length > 0 ? pinned : undefined })(
      { ...config, columns: [...first, ...others] },
      all,
    );
  };
}

function pinnedOf({ plugin_config }: ViewerConfig): unknown[] {
  return Array.isArray(plugin_config.pinned) ? plugin_config.pinned : [];
}

export function groupBy(column: string): ConfigEdit {
  return (config) =>
    config.group_by.includes(column)
      ? config
      : { ...config, group_by: [...config.group_by, column] };
}

export function splitBy(column: string): ConfigEdit {
  return (config) =>
    config.split_by.includes(column)
      ? config
      : { ...config, split_by: [...config.split_by, column] };
}

/** Keeps the rows with these values, beside what was kept out before. */
export function keepOnly(values: [column: string, value: Scalar][]): ConfigEdit {
  return withConditions(
    values.map(([column, value]) => (value === null ? [column, "is null"] : [column, "==", value])),
  );
}

export function leaveOut(column: string, value: Scalar): ConfigEdit {
  return withConditions([value === null ? [column, "is not null"] : [column, "!=", value]]);
}

function withConditions(added: Condition[]): ConfigEdit {
  return (config) => {
    const { filter, filter_op } = config;
    const joined: Condition[] = filter_op === "or" && filter.length > 1 ? [{ or: filter }] : filter;
    const known = new Set(joined.map((condition) => JSON.stringify(condition)));
    const fresh = added.filter((condition) => !known.has(JSON.stringify(condition)));
    return { ...config, filter: [...joined, ...fresh], filter_op: "and" };
  };
}

/** Sets fields of a column's style; undefined takes one out. */
export function setStyle(column: string, fields: Record<string, unknown>): ConfigEdit {
  return (config) => {
    const merged = Object.entries({ ...config.columns_config[column], ...fields });
    const style = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
    const columns_config = { ...config.columns_config, [column]: style };
    if (Object.keys(style).length === 0) delete columns_config[column];
    return { ...config, columns_config };
  };
}

/** Sets fields of the grid's own config; undefined takes one out. */
export function setPlugin(fields: Record<string, unknown>): ConfigEdit {
  return (config) => {
    const merged = Object.entries({ ...config.plugin_config, ...fields });
    return {
      ...config,
      plugin_config: Object.fromEntries(merged.filter(([, value]) => value !== undefined)),
    };
  };
}
