/**
 * The formats of a view's columns in one locale, made when a column is first shown.
 */
import type { Scalar } from "../client/types.js";
import type { Say } from "../viewer/words.js";
import { type ColumnStyle, NO_STYLE, readColumnStyle } from "./column_style.js";
import { type FormatType, formatValue, type NumberFormats, numberFormats } from "./format.js";

/** More of a text than this does not come to the screen; a copy has all of it. */
export const MOST_LETTERS = 300;

export type Format = (value: Scalar) => string;

export class Formatters {
  readonly locale: string | undefined;
  /** The words that stand beside values, as of totals. */
  readonly say: Say;
  readonly #given: Record<string, Record<string, unknown>>;
  readonly #styles = new Map<string, ColumnStyle>();
  readonly #formats = new Map<string, Format>();
  readonly #numbers: NumberFormats;

  constructor(
    given: Record<string, Record<string, unknown>>,
    locale: string | undefined,
    say: Say,
  ) {
    this.say = say;
    this.#given = given;
    this.#numbers = numberFormats(locale);
    this.locale = this.#numbers.integers.resolvedOptions().locale;
  }

  style(column: string): ColumnStyle {
    let style = this.#styles.get(column);
    if (!style) {
      style = readColumnStyle(this.#given[column]);
      this.#styles.set(column, style);
    }
    return style;
  }

  /** The column's values as text, whole. */
  format(column: string, type: FormatType, milliseconds: boolean): Format {
    const key = `${type}\u0000${milliseconds}\u0000${column}`;
    let format = this.#formats.get(key);
    if (!format) {
      format = this.#make(this.style(column), type, milliseconds);
      this.#formats.set(key, format);
    }
    return format;
  }

  #make(style: ColumnStyle, type: FormatType, milliseconds: boolean): Format {
    const plain: Format = (value) => formatValue(value, type, { milliseconds }, this.#numbers);
    if (style === NO_STYLE) return plain;
    const special = this.#special(style, type, milliseconds);
    if (!special) return plain;
    return (value) =>
      typeof value === "number" && Number.isFinite(value) ? special(value) : plain(value);
  }

  #special(
    style: ColumnStyle,
    type: FormatType,
    milliseconds: boolean,
  ): ((value: number) => string) | undefined {
    try {
      if ((type === "integer" || type === "float") && style.numberFormat) {
        const format = new Intl.NumberFormat(this.locale, style.numberFormat);
        return (value) => format.format(value);
      }
      if ((type === "date" || type === "datetime") && style.dateFormat) {
        return dateFormat(style.dateFormat, type, milliseconds, this.locale);
      }
    } catch (error) {
      // A zone or currency that this browser does not know.
      console.warn(`millrace-viewer: columns_config: ${String(error)}`);
    }
    return undefined;
  }
}

/** Fields of which one is enough to say what is to be seen of a time. */
const SHOWN = ["dateStyle", "timeStyle", "year", "month", "day", "weekday", "hour", "minute"];

function dateFormat(
  options: Intl.DateTimeFormatOptions,
  type: "date" | "datetime",
  milliseconds: boolean,
  locale: string | undefined,
): (value: number) => string {
  const { timeZone, timeStyle, ...rest } = options;
  if (type === "date") {
    // A day on the calendar is in no zone and has no time.
    const shown = SHOWN.some((name) => name in rest) ? rest : { ...rest, dateStyle: "medium" };
    const format = new Intl.DateTimeFormat(locale, {
      ...(shown as Intl.DateTimeFormatOptions),
      timeZone: "UTC",
    });
    return (value) => inRange(value, format);
  }
  if (SHOWN.some((name) => name in options)) {
    const format = new Intl.DateTimeFormat(locale, options);
    return (value) => inRange(value, format);
  }
  return zoned(timeZone, rest, milliseconds);
}

/** Year to second, as times without a style, in another zone. */
function zoned(
  timeZone: string | undefined,
  rest: Intl.DateTimeFormatOptions,
  milliseconds: boolean,
): (value: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...(timeZone === undefined ? {} : { timeZone }),
    ...rest,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(milliseconds ? { fractionalSecondDigits: 3 } : {}),
  });
  return (value) => {
    if (Math.abs(value) > MOST_TIME) return "";
    const part: Record<string, string> = {};
    for (const { type, value: text } of format.formatToParts(value)) part[type] = text;
    const fraction = part.fractionalSecond ? `.${part.fractionalSecond}` : "";
    const name = part.timeZoneName ? ` ${part.timeZoneName}` : "";
    return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}${fraction}${name}`;
  };
}

/** The greatest time that a `Date` can have. */
const MOST_TIME = 8.64e15;

function inRange(value: number, format: Intl.DateTimeFormat): string {
  return Math.abs(value) > MOST_TIME ? "" : format.format(value);
}

/** What the screen gets of a long text. */
export function cut(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}
