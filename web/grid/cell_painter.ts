/**
 * A column's style on one cell: colours, bars, labels, links, pictures and lines.
 *
 * Called for each visible cell of a draw, so it writes only where a cell's look differs from
 * its last. What a cell says is set as text; an address becomes a link only of a kind that
 * runs nothing.
 */
import type { Scalar } from "../client/types.js";
import { appliedRule, type ColumnStyle } from "./column_style.js";
import { listNumbers, sparkline } from "./sparkline.js";

/** How a cell is built inside. */
type Build = "text" | "link" | "image" | "label" | "line" | "line-text";

interface Look {
  build: Build;
  text: string;
  color: string;
  background: string;
  /** Of a bar: where it starts and ends, in percent of the cell. */
  bar: [from: number, to: number] | undefined;
  hidesText: boolean;
  bold: boolean;
  italic: boolean;
  href: string;
  numbers: readonly number[];
}

interface Painted {
  key: string;
  node: Node | null;
  /** The values of `PROPERTIES`. */
  css: string[];
}

const PAINTED = new WeakMap<HTMLElement, Painted>();

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

/** Gives the cell its look; one without a style is as regular-table left it. */
export function paintCell(td: HTMLElement, cell: Cell, style: ColumnStyle): void {
  apply(td, lookOf(cell, style));
}

/** Takes a look away, of a cell that has one. */
export function unpaintCell(td: HTMLElement, text: string): void {
  if (!PAINTED.has(td)) return;
  apply(td, plain(text));
  PAINTED.delete(td);
}

function plain(text: string): Look {
  return {
    build: "text",
    text,
    color: "",
    background: "",
    bar: undefined,
    hidesText: false,
    bold: false,
    italic: false,
    href: "",
    numbers: [],
  };
}

function lookOf(cell: Cell, style: ColumnStyle): Look {
  const look = plain(cell.text);
  if (cell.isNumber && typeof cell.value === "number") paintNumber(look, cell, cell.value, style);
  else if (cell.value !== null) paintText(look, cell, style);
  const rule = style.rules.length > 0 ? appliedRule(style.rules, cell.value) : undefined;
  if (rule) {
    look.color = rule.color ?? look.color;
    look.background = rule.background ?? look.background;
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
    look.background = look.hidesText ? bar : mixed(bar, 30);
  } else if (style.foreground === "color" && value !== 0) look.color = front;
  else if (style.foreground === "disabled") look.color = "inherit";
  if (!look.bar && value !== 0) {
    if (style.background === "color") look.background = mixed(back, 28);
    if (style.background === "gradient") {
      const part = partOf(value, style.gradientEnd ?? cell.greatest);
      if (part > 0) look.background = mixed(back, Math.round(part * 45));
    }
  }
  if (style.sparkline === "recent") {
    look.build = "line-text";
    look.numbers = cell.recent;
  }
}

/** Between zero and the value; zero is at the left, or in the middle where a value is below. */
function barOf(value: number, end: number): [number, number] {
  const part = partOf(value, end) * 100;
  return value < 0 ? [100 - part, 100] : [0, part];
}

/** How much of the way to the end, from 0 to 1; nothing where there is no end. */
function partOf(value: number, end: number): number {
  return end > 0 ? Math.min(1, Math.abs(value) / end) : 0;
}

function mixed(color: string, percent: number): string {
  return `color-mix(in srgb, ${color} ${percent}%, transparent)`;
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
  else if (style.colorMode === "background") look.background = mixed(own, 28);
  else if (style.colorMode === "series") {
    look.build = "label";
    look.background = mixed(seriesColor(cell.full), 24);
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

function apply(td: HTMLElement, look: Look): void {
  const key = JSON.stringify(look);
  const painted = PAINTED.get(td);
  const intact = look.build === "text" || (painted?.node && td.firstChild === painted.node);
  if (painted?.key === key && intact) return;
  let node: Node | null = null;
  if (look.build === "text") {
    // What another build has left; regular-table may have written the text already.
    if (painted?.node && td.contains(painted.node)) td.textContent = look.text;
  } else {
    node = build(look);
    td.replaceChildren(node);
  }
  const css = cssOf(look);
  for (const [at, name] of PROPERTIES.entries()) {
    const value = css[at] ?? "";
    if (value !== (painted?.css[at] ?? "")) td.style[name] = value;
  }
  td.toggleAttribute("data-bar", look.bar !== undefined);
  td.toggleAttribute("data-bar-only", look.hidesText);
  PAINTED.set(td, { key, node, css });
}

const PROPERTIES = [
  "color",
  "fontWeight",
  "fontStyle",
  "backgroundImage",
  "backgroundSize",
  "backgroundPosition",
  "backgroundRepeat",
] as const;

function cssOf(look: Look): string[] {
  const text = [look.color, look.bold ? "600" : "", look.italic ? "italic" : ""];
  const color = look.build === "label" ? "" : look.background;
  const image = color ? `linear-gradient(${color}, ${color})` : "";
  if (!look.bar) return [...text, image, "", "", ""];
  const [from, to] = look.bar;
  const size = to - from;
  return [
    ...text,
    image,
    `calc(${size}% - ${(size * 8) / 100}px) 10px`,
    `${from > 0 ? "right" : "left"} 4px center`,
    "no-repeat",
  ];
}

function build(look: Look): Node {
  switch (look.build) {
    case "link": {
      const link = document.createElement("a");
      link.href = look.href;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.textContent = look.text;
      // The cell is the stop of the keyboard; Enter on it follows the link.
      link.tabIndex = -1;
      return link;
    }
    case "image": {
      const image = document.createElement("img");
      image.src = look.href;
      image.alt = look.text;
      image.loading = "lazy";
      image.referrerPolicy = "no-referrer";
      return image;
    }
    case "label": {
      const label = document.createElement("span");
      label.className = "label";
      label.textContent = look.text;
      label.style.backgroundColor = look.background;
      return label;
    }
    case "line":
      return sparkline(look.numbers, describe(look.numbers));
    default: {
      const both = document.createElement("span");
      both.className = "line-text";
      const number = document.createElement("span");
      number.textContent = look.text;
      both.append(sparkline(look.numbers, undefined), number);
      return both;
    }
  }
}

function describe(numbers: readonly number[]): string {
  const least = Math.min(...numbers);
  const greatest = Math.max(...numbers);
  return `${numbers.length} numbers from ${least} to ${greatest}, the last ${numbers.at(-1)}`;
}
