/**
 * From a column's raw values to the text of its cells.
 *
 * Number formats come from `Intl` and are made once. Dates and datetimes are written in the
 * order year to millisecond, which sorts, keeps its width and needs no guess at a locale;
 * datetimes are local time, dates are calendar dates and know no zone.
 */

import type { ColumnData, Scalar } from "../client/types.js";

/** Shown in place of null. */
export const NULL_TEXT = "–";

export interface NumberFormats {
  integers: Intl.NumberFormat;
  decimals: Intl.NumberFormat;
  /** For what two decimals would show as zero. */
  small: Intl.NumberFormat;
}

/** The formats of a locale; the browser's own where it is none that the browser knows. */
export function numberFormats(locale?: string): NumberFormats {
  const known = locale !== undefined && isLocale(locale) ? locale : undefined;
  return {
    integers: new Intl.NumberFormat(known, { maximumFractionDigits: 0 }),
    decimals: new Intl.NumberFormat(known, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    small: new Intl.NumberFormat(known, { maximumSignificantDigits: 3 }),
  };
}

function isLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

const OWN = numberFormats();

export type FormatType = ColumnData["type"];

export interface FormatOptions {
  /** Whether datetimes show their milliseconds. */
  milliseconds: boolean;
}

export function formatValue(
  value: Scalar,
  type: FormatType,
  options: FormatOptions,
  formats = OWN,
): string {
  if (value === null) return NULL_TEXT;
  if (typeof value === "number") {
    switch (type) {
      case "integer":
        return formats.integers.format(value);
      case "date":
        return formatDate(value);
      case "datetime":
        return formatDatetime(value, options.milliseconds);
      default:
        return formatFloat(value, formats);
    }
  }
  return typeof value === "boolean" ? (value ? "true" : "false") : value;
}

export function formatFloat(value: number, formats = OWN): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value !== 0 && Math.abs(value) < 0.01) return formats.small.format(value);
  return formats.decimals.format(value);
}

export function formatInteger(value: number): string {
  return OWN.integers.format(value);
}

function formatDate(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return NULL_TEXT;
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

function formatDatetime(ms: number, milliseconds: boolean): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return NULL_TEXT;
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return milliseconds ? `${day} ${time}.${pad(date.getMilliseconds(), 3)}` : `${day} ${time}`;
}

/** Whether any datetime of the column has a part below the second. */
export function hasMilliseconds(column: ColumnData): boolean {
  return column.type === "datetime" && column.values.some((value) => value % 1000 !== 0);
}

/** Numbers and what counts like numbers stand at the right. */
export function isRightAligned(type: string): boolean {
  return type === "integer" || type === "float";
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}
