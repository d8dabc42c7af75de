/**
 * How the cells of a column look: what is in `columns_config`, read once a view.
 *
 * The names are those of Perspective's saved layouts where they have one; `sparkline` and
 * `rules` are ours. What cannot be read counts as not set: a layout of another version must
 * not keep a table from being shown.
 */
import type { Scalar } from "../client/types.js";
import { isObject } from "../viewer/is_object.js";

export type NumberForeground = "color" | "bar" | "label-bar" | "disabled";
export type NumberBackground = "disabled" | "color" | "gradient" | "pulse";
export type ColorMode = "none" | "foreground" | "background" | "series";
export type TextFormat = "none" | "link" | "image" | "bold" | "italics";

/** Looks for the values that a condition holds for. */
export interface Rule {
  holds: (value: Scalar) => boolean;
  color: string | undefined;
  background: string | undefined;
  bold: boolean;
}

export interface ColumnStyle {
  numberFormat: Intl.NumberFormatOptions | undefined;
  dateFormat: Intl.DateTimeFormatOptions | undefined;
  foreground: NumberForeground;
  background: NumberBackground;
  positiveColor: string | undefined;
  negativeColor: string | undefined;
  positiveBackground: string | undefined;
  negativeBackground: string | undefined;
  /** The value that fills a bar; absent: the greatest of the column. */
  barEnd: number | undefined;
  /** The value that has the whole colour of a gradient. */
  gradientEnd: number | undefined;
  /** Of strings, dates and datetimes. */
  colorMode: ColorMode;
  color: string | undefined;
  format: TextFormat;
  /** A line of the numbers in the cell's list, or of what the number was before. */
  sparkline: "list" | "recent" | undefined;
  rules: Rule[];
}

export const NO_STYLE: ColumnStyle = {
  numberFormat: undefined,
  dateFormat: undefined,
  foreground: "color",
  background: "disabled",
  positiveColor: undefined,
  negativeColor: undefined,
  positiveBackground: undefined,
  negativeBackground: undefined,
  barEnd: undefined,
  gradientEnd: undefined,
  colorMode: "none",
  color: undefined,
  format: "none",
  sparkline: undefined,
  rules: [],
};

export function readColumnStyle(given: Record<string, unknown> | undefined): ColumnStyle {
  if (!given) return NO_STYLE;
  return {
    numberFormat: numberFormat(given),
    dateFormat: dateFormat(given),
    foreground: oneOf(given.number_fg_mode, ["color", "bar", "label-bar", "disabled"], "color"),
    background: oneOf(given.number_bg_mode, ["disabled", "color", "gradient", "pulse"], "disabled"),
    positiveColor: color(given.pos_fg_color),
    negativeColor: color(given.neg_fg_color),
    positiveBackground: color(given.pos_bg_color),
    negativeBackground: color(given.neg_bg_color),
    barEnd: positive(given.fg_gradient),
    gradientEnd: positive(given.bg_gradient),
    colorMode: oneOf(
      given.string_color_mode ?? given.datetime_color_mode,
      ["none", "foreground", "background", "series"],
      "none",
    ),
    color: color(given.color),
    format: oneOf(given.format, ["none", "link", "image", "bold", "italics"], "none"),
    sparkline: oneOf(given.sparkline, ["list", "recent", undefined], undefined),
    rules: Array.isArray(given.rules) ? given.rules.flatMap(readRule) : [],
  };
}

function numberFormat(given: Record<string, unknown>): Intl.NumberFormatOptions | undefined {
  const { number_format, fixed } = given;
  if (isObject(number_format) && Object.keys(number_format).length > 0) {
    return number_format as Intl.NumberFormatOptions;
  }
  // Layouts of Perspective 2 and before have the decimals alone.
  if (typeof fixed === "number" && Number.isInteger(fixed) && fixed >= 0 && fixed <= 20) {
    return { minimumFractionDigits: fixed, maximumFractionDigits: fixed };
  }
  return undefined;
}

/** Fields that stood beside the others before there was `date_format`. */
const OLD_DATE_FIELDS = ["timeZone", "dateStyle", "timeStyle"];

function dateFormat(given: Record<string, unknown>): Intl.DateTimeFormatOptions | undefined {
  const old = OLD_DATE_FIELDS.map((name) => [name, given[name]]);
  const fields = isObject(given.date_format) ? Object.entries(given.date_format) : [];
  const set = [...old, ...fields].filter(
    ([name, value]) => name !== "format" && value !== undefined && value !== null,
  );
  // A style that is "disabled" leaves the date or the time out.
  const options = Object.fromEntries(set.filter(([, value]) => value !== "disabled"));
  return Object.keys(options).length > 0 ? options : undefined;
}

type Test = (value: Scalar, operand: unknown) => boolean;

const TESTS: Record<string, Test> = {
  "==": (value, operand) => value === operand,
  "!=": (value, operand) => value !== operand,
  ">": (value, operand) => compared(value, operand) > 0,
  ">=": (value, operand) => compared(value, operand) >= 0,
  "<": (value, operand) => compared(value, operand) < 0,
  "<=": (value, operand) => compared(value, operand) <= 0,
  between: (value, operand) =>
    Array.isArray(operand) && compared(value, operand[0]) >= 0 && compared(value, operand[1]) <= 0,
  in: (value, operand) => Array.isArray(operand) && operand.includes(value),
  contains: (value, operand) => folded(value).includes(folded(operand)),
  "begins with": (value, operand) => folded(value).startsWith(folded(operand)),
  "ends with": (value, operand) => folded(value).endsWith(folded(operand)),
  "is null": (value) => value === null,
  "is not null": (value) => value !== null,
};

/** Not a number where the two cannot be compared, so that no order holds. */
function compared(value: Scalar, operand: unknown): number {
  if (typeof value === "number" && typeof operand === "number") return value - operand;
  if (typeof value === "string" && typeof operand === "string") {
    return value < operand ? -1 : value > operand ? 1 : 0;
  }
  return Number.NaN;
}

function folded(value: unknown): string {
  return value === null || value === undefined ? "" : String(value).toLowerCase();
}

function readRule(given: unknown): Rule[] {
  if (!isObject(given) || !Array.isArray(given.when)) return [];
  const [operator, operand] = given.when as unknown[];
  const test = TESTS[String(operator)];
  if (!test) return [];
  return [
    {
      holds: (value) => test(value, operand),
      color: color(given.color),
      background: color(given.background),
      bold: given.bold === true,
    },
  ];
}

/** Of several rules each sets what those before it left open. */
export function appliedRule(rules: Rule[], value: Scalar): Omit<Rule, "holds"> | undefined {
  let applied: Omit<Rule, "holds"> | undefined;
  for (const rule of rules) {
    if (!rule.holds(value)) continue;
    applied = {
      color: applied?.color ?? rule.color,
      background: applied?.background ?? rule.background,
      bold: (applied?.bold ?? false) || rule.bold,
    };
  }
  return applied;
}

function oneOf<const T>(given: unknown, known: readonly T[], otherwise: T): T {
  return known.find((each) => each === given) ?? otherwise;
}

function positive(given: unknown): number | undefined {
  return typeof given === "number" && given > 0 && Number.isFinite(given) ? given : undefined;
}

/** A colour in a form that names nothing outside the document. */
const COLOR =
  /^(#[0-9a-f]{3,8}|[a-z]+|(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\d\s.,%/a-z-]+\)|var\(--[\w-]+\))$/i;

function color(given: unknown): string | undefined {
  return typeof given === "string" && COLOR.test(given.trim()) ? given.trim() : undefined;
}
