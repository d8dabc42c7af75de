/**
 * Widths that a person has given columns, as layouts keep them:
 * `plugin_config.columns[name].column_size_override`, in pixels.
 */
import { isObject } from "../viewer/is_object.js";
import { type ConfigEdit, setPlugin } from "./config_edits.js";

/** Widths by the columns' places in the table, as regular-table has them. */
export type Sizes = Record<number, number>;

type Saved = Record<string, Record<string, unknown>>;

const FIELD = "column_size_override";

/** `first`: the place of the first column, after the tree. */
export function savedSizes(
  plugin_config: Record<string, unknown>,
  columns: string[],
  first: number,
): Sizes {
  const saved = savedOf(plugin_config);
  const sizes: Sizes = {};
  for (const [at, name] of columns.entries()) {
    const width = saved[name]?.[FIELD];
    if (typeof width === "number" && width > 0) sizes[at + first] = width;
  }
  return sizes;
}

/** Keeps the widths; what else a layout has of these columns stays. */
export function keepSizes(sizes: Sizes, columns: string[], first: number): ConfigEdit {
  return (config, all) => {
    const saved: Saved = { ...savedOf(config.plugin_config) };
    for (const [at, name] of columns.entries()) {
      const { [FIELD]: _, ...others } = saved[name] ?? {};
      const width = sizes[at + first];
      const kept = width === undefined ? others : { ...others, [FIELD]: Math.round(width) };
      if (Object.keys(kept).length > 0) saved[name] = kept;
      else delete saved[name];
    }
    const columnsField = Object.keys(saved).length > 0 ? saved : undefined;
    return setPlugin({ columns: columnsField })(config, all);
  };
}

function savedOf({ columns }: Record<string, unknown>): Saved {
  if (!isObject(columns)) return {};
  return Object.fromEntries(Object.entries(columns).filter(([, each]) => isObject(each))) as Saved;
}
