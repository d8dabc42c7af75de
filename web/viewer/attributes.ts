/**
 * The element's attributes as a config.
 *
 * Each holds JSON; `group-by`, `split-by` and `columns` also take a plain column name. Text
 * that is neither is an error that names the attribute.
 */
import { MillraceError } from "../client/errors.js";

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

/** The fields that the present attributes give; absent attributes give none. */
export function configFromAttributes(element: Element): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [attribute, field] of Object.entries(CONFIG_ATTRIBUTES)) {
    const text = element.getAttribute(attribute);
    if (text !== null) config[field] = readAttribute(attribute, text);
  }
  return config;
}

export function readAttribute(attribute: string, text: string): unknown {
  const trimmed = text.trim();
  if (attribute === "plugin") return trimmed;
  if (NAME_LISTS.has(attribute) && !trimmed.startsWith("[")) return trimmed ? [trimmed] : [];
  try {
    return JSON.parse(trimmed);
  } catch {
    throw new MillraceError({
      kind: "bad_attribute",
      message: `The attribute ${attribute} is not JSON: ${text}`,
      where: attribute,
      expected:
        attribute === "aggregates"
          ? '{"column": "aggregate"}'
          : `for example ${example(attribute)}`,
    });
  }
}

function example(attribute: string): string {
  switch (attribute) {
    case "sort":
      return '[["column", "desc"]]';
    case "filter":
      return '[["column", "==", "value"]]';
    default:
      return '["column"]';
  }
}
