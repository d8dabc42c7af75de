/** From values to texts, as the grid writes them. */
import type { Scalar } from "../client/types.js";
import { type FormatType, formatValue, NULL_TEXT } from "../grid/format.js";

/** Engineers' and traders' habit: 12.5K, 3.1M. */
const compact = new Intl.NumberFormat(undefined, {
  notation: "compact",
  maximumFractionDigits: 2,
});
const ticks = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 4 });
const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const change = new Intl.NumberFormat(undefined, {
  style: "percent",
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

/** How values are written: as those of their type are, or as their column's style says. */
export type Written = FormatType | ColumnText;

export interface ColumnText {
  type: FormatType;
  /** As the grid has it. */
  whole(value: number): string;
  /** Where there is little space, or a digit more would say nothing. */
  short(value: number): string;
}

/** In a tooltip. */
export function valueText(value: Scalar, written: Written): string {
  if (typeof value === "number" && Number.isNaN(value)) return NULL_TEXT;
  const type = typeof written === "string" ? written : written.type;
  if (typeof written !== "string" && typeof value === "number" && Number.isFinite(value))
    return written.whole(value);
  return formatValue(value, type, { milliseconds: isWithMilliseconds(value, type) });
}

/** As the name of a place on an axis. */
export function keyText(value: Scalar, written: Written): string {
  const text = valueText(value, written);
  if (typeof value !== "number" || written !== "datetime") return text;
  // A bucket of days or minutes says no more than it knows.
  return text.replace(/ 00:00:00$/, "").replace(/(\d\d:\d\d):00$/, "$1");
}

/** In a cell or beside a ramp, short. */
export function shortText(value: number, written: Written): string {
  if (typeof written !== "string") return written.short(value);
  if (written === "date" || written === "datetime") return keyText(value, written);
  return Math.abs(value) < 1 ? tickText(value, written) : compact.format(value);
}

/** At an axis of values: all digits of a step, short where it is large. */
export function tickText(value: number, written: Written): string {
  if (written === "date" || written === "datetime") return keyText(value, written);
  // Binary fractions of tick steps, as 0.30000000000000004.
  const tidy = Number(value.toPrecision(12));
  if (typeof written !== "string") return written.short(tidy);
  return Math.abs(tidy) < 1 ? String(tidy) : ticks.format(tidy);
}

export function percentText(value: number): string {
  return Number.isNaN(value) ? NULL_TEXT : `${percent.format(value)} %`;
}

export function changeText(part: number): string {
  return change.format(part);
}

/** Big, for a figure that stands alone. */
export function figureText(value: number, written: Written): string {
  if (written === "date" || written === "datetime" || Math.abs(value) < 100_000) {
    return valueText(value, written);
  }
  if (typeof written !== "string") return written.short(value);
  return compact.format(value);
}

function isWithMilliseconds(value: Scalar, type: FormatType): boolean {
  return type === "datetime" && typeof value === "number" && value % 1000 !== 0;
}
