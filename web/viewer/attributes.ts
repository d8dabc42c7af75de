/**
 * The element's attributes as a config.
 *
 * Each holds JSON; `group-by`, `split-by` and `columns` also take a plain column name. What
 * is neither is an error that names the attribute; the others count all the same.
 */
import { MillraceError } from "../client/errors.js";
import { readViewerConfig } from "./read_config.js";
import type { ViewerConfig } from "./viewer_config.js";

/** Attribute to field of the config. */
export const CONFIG_ATTRIBUTES: Record<string, string> = {
  columns: "columns",
  "group-by": "group_by",
  "split-by": "split_by",
  sort: "sort",
  filter: "filter",
  aggregates: "aggregates",
  plugin: "plugin",
};

const NAME_LISTS = new Set(["columns", "group-by", "split-by"]);

export interface ReadAttributes {
  /** The fields that the present attributes give; absent attributes give none. */
  config: Partial<ViewerConfig>;
  /** One for each attribute that gives nothing, because it cannot be read. */
  problems: MillraceError[];
}

export function readAttributes(element: Pick<Element, "getAttribute">): ReadAttributes {
  const config: Partial<ViewerConfig> = {};
  const problems: MillraceError[] = [];
  for (const [attribute, field] of Object.entries(CONFIG_ATTRIBUTES)) {
    const text = element.getAttribute(attribute);
    if (text === null) continue;
    const read = readViewerConfig({ [field]: value(attribute, text) });
    const why = read.dropped[0];
    if (why === undefined) Object.assign(config, read.config);
    else problems.push(badAttribute(attribute, why.replace(`${field}: `, "")));
  }
  return { config, problems };
}

/** The JSON that the attribute holds, or its text where it is none. */
function value(attribute: string, text: string): unknown {
  const trimmed = text.trim();
  if (attribute === "plugin") return trimmed;
  if (NAME_LISTS.has(attribute) && !trimmed.startsWith("[")) return trimmed ? [trimmed] : [];
  try {
    return JSON.parse(trimmed);
  } catch {
    return text;
  }
}

function badAttribute(attribute: string, why: string): MillraceError {
  return new MillraceError({
    kind: "bad_attribute",
    message: `The attribute ${attribute} cannot be read: ${why}.`,
    where: attribute,
    expected: `for example ${EXAMPLES[attribute] ?? '["column"]'}`,
  });
}

const EXAMPLES: Record<string, string> = {
  sort: '[["column", "desc"]]',
  filter: '[["column", "==", "value"]]',
  aggregates: '{"column": "mean"}',
  plugin: "Datagrid",
};
