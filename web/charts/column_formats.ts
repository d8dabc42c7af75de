/** How the values of columns are written by `columns_config`: in charts as in the grid. */
import type { ColumnStyle } from "../grid/column_style.js";
import type { FormatType } from "../grid/format.js";
import { Formatters } from "../grid/formatters.js";
import type { Say } from "../viewer/words.js";
import type { ColumnText, Written } from "./format.js";

/** Digits behind the point that a tick may have. */
const TICK_DIGITS = 4;

export class ColumnFormats {
  readonly #formatters: Formatters;
  readonly #made = new Map<string, Written>();

  constructor(
    columns_config: Record<string, Record<string, unknown>>,
    language: string | undefined,
    say: Say,
  ) {
    this.#formatters = new Formatters(columns_config, language, say);
  }

  readonly written = (column: string, type: FormatType): Written => {
    const key = `${type} ${column}`;
    const made = this.#made.get(key) ?? this.#make(column, type);
    this.#made.set(key, made);
    return made;
  };

  #make(column: string, type: FormatType): Written {
    const style = this.#formatters.style(column);
    const isNumber = type === "integer" || type === "float";
    const isTime = type === "date" || type === "datetime";
    if (!(isNumber && style.numberFormat) && !(isTime && style.dateFormat)) return type;
    const whole = this.#formatters.format(column, type, false);
    return { type, whole, short: (isNumber && this.#short(style)) || whole };
  }

  /** The same unit and style, with no more digits than a tick needs. */
  #short({ numberFormat }: ColumnStyle): ColumnText["short"] | undefined {
    try {
      const format = new Intl.NumberFormat(this.#formatters.locale, {
        notation: "compact",
        ...numberFormat,
        minimumFractionDigits: 0,
        maximumFractionDigits: TICK_DIGITS,
      });
      return (value) => format.format(value);
    } catch {
      // A currency or unit that this browser does not know: the grid says so.
      return undefined;
    }
  }
}
