/**
 * What a column's style makes of a cell: colours, bars, labels, links, pictures and lines.
 *
 * Shares of a bar or of a gradient are whole percents, so that there are not more looks than
 * one can tell apart.
 */
import type { Scalar } from "../client/types.js";
import { appliedRule, type ColumnStyle } from "./column_style.js";
import { listNumbers } from "./sparkline.js";

/** The strongest ground of a gradient, in percent: text keeps 7 : 1 on it in high contrast. */
const GRADIENT_AT_MOST = 40;

/** How a cell is built inside. */
export type Build = "text" | "link" | "image" | "label" | "line" | "line-text";

/** A colour over what is behind the cell, and how much of it there is. */
export interface Fill {
  color: string;
  percent: number;
}

export interface Look {
  build: Build;
  text: string;
  color: string;
  fill: Fill | undefined;
  /** Where the fill is a bar: where it starts and ends, in percent of the cell. */
  bar: [from: number, to: number] | undefined;
  hidesText: boolean;
  bold: boolean;
  italic: boolean;
  href: string;
  numbers: readonly number[];
}

export interface Cell {
  value: Scalar;
  /** What the cell shows. */
  text: string;
  /** The whole of a string that is cut. */
  full: string;
  isNumber: boolean;
  /** The greatest distance from zero in the column; 0 where there is nothing to compare with. */
  greatest: number;
  /** What the number was before, oldest first. */
  recent: readonly number[];
}

export function plainLook(text: string): Look {
  return {
    build: "text",
    text,
    color: "",
    fill: undefined,
    bar: undefined,
    hidesText: false,
    bold: false,
    italic: false,
    href: "",
    numbers: [],
  };
}

/** What a style makes of a cell. */
export function lookOf(cell: Cell, style: ColumnStyle): Look {
  const look = plainLook(cell.text);
  if (cell.isNumber && typeof cell.value === "number") paintNumber(look, cell, cell.value, style);
  else if (cell.value !== null) paintText(look, cell, style);
  const rule = style.rules.length > 0 ? appliedRule(style.rules, cell.value) : undefined;
  if (rule) {
    look.color = rule.color ?? look.color;
    if (rule.background !== undefined) look.fill = { color: rule.background, percent: 100 };
    look.bold ||= rule.bold;
  }
  return look;
}

function paintNumber(look: Look, cell: Cell, value: number, style: ColumnStyle): void {
  const down = value < 0;
  const front = (down ? style.negativeColor : style.positiveColor) ?? "";
  const back =
    (down ? style.negativeBackground : style.positiveBackground) ??
    `var(--millrace-${down ? "down" : "up"})`;
  if (style.foreground === "bar" || style.foreground === "label-bar") {
    look.bar = barOf(value, style.barEnd ?? cell.greatest);
    look.hidesText = style.foreground === "bar";
    const bar = front || `var(--millrace-${down ? "down" : "accent"})`;
    // Under a number it is pale, so that the number can be read.
    look.fill = { color: bar, percent: look.hidesText ? 100 : 30 };
  } else if (style.foreground === "color" && value !== 0) look.color = front;
  else if (style.foreground === "disabled") look.color = "inherit";
  if (!look.bar && value !== 0) {
    if (style.background === "color") look.fill = { color: back, percent: 28 };
    if (style.background === "gradient") {
      const part = partOf(value, style.gradientEnd ?? cell.greatest);
      const percent = Math.round(part * GRADIENT_AT_MOST);
      if (percent > 0) look.fill = { color: back, percent };
    }
  }
  if (style.sparkline === "recent") {
    look.build = "line-text";
    look.numbers = cell.recent;
  }
}

/** Between zero and the value; zero is at the left, or in the middle where a value is below. */
function barOf(value: number, end: number): [number, number] {
  const part = Math.round(partOf(value, end) * 100);
  return value < 0 ? [100 - part, 100] : [0, part];
}

/** How much of the way to the end, from 0 to 1; nothing where there is no end. */
function partOf(value: number, end: number): number {
  return end > 0 ? Math.min(1, Math.abs(value) / end) : 0;
}

function paintText(look: Look, cell: Cell, style: ColumnStyle): void {
  if (style.sparkline === "list" && typeof cell.value === "string") {
    const numbers = listNumbers(cell.value);
    if (numbers.length > 0) {
      look.build = "line";
      look.numbers = numbers;
      return;
    }
  }
  look.bold = style.format === "bold";
  look.italic = style.format === "italics";
  const own = style.color ?? "var(--millrace-accent)";
  if (style.colorMode === "foreground") look.color = own;
  else if (style.colorMode === "background") look.fill = { color: own, percent: 28 };
  else if (style.colorMode === "series") {
    look.build = "label";
    look.fill = { color: seriesColor(cell.full), percent: 24 };
  }
  if (style.format === "link" || style.format === "image") {
    const href = safeAddress(cell.full, style.format === "image");
    if (href) {
      look.build = style.format;
      look.href = href;
    }
  }
}

const LINKS = new Set(["http:", "https:", "mailto:"]);
const IMAGES = new Set(["http:", "https:"]);

/** The address, if it leads where a link may lead. */
export function safeAddress(text: string, image = false): string {
  try {
    const url = new URL(text.trim());
    return (image ? IMAGES : LINKS).has(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** The same colour for the same text, in every table. */
export function seriesColor(text: string): string {
  let hash = 2166136261;
  for (let at = 0; at < text.length && at < 64; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  }
  return `hsl(${(hash >>> 0) % 360} 65% 50%)`;
}
