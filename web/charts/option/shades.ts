/** Numbers as colours: the ramp from low to high, and where low is below zero, over zero. */
import { type ChartTheme, mixed } from "../theme.js";
import { type Option, textStyle } from "./common.js";

export function ramp(theme: ChartTheme, [low, high]: [number, number]): string[] {
  if (isTwoSided([low, high]))
    return [theme.down, mixed(theme.background, theme.muted, 0.12), theme.up];
  return [theme.low, theme.middle, theme.high];
}

function isTwoSided([low, high]: [number, number]): boolean {
  return low < 0 && high > 0;
}

/** With values on both sides, zero is in the middle. */
export function balanced([low, high]: [number, number]): [number, number] {
  if (low >= 0 || high <= 0) return low === high ? [low - 0.5, high + 0.5] : [low, high];
  const most = Math.max(-low, high);
  return [-most, most];
}

export function shadeColor(theme: ChartTheme, range: [number, number], value: number): string {
  const [low, high] = balanced(range);
  const [from = "", middle = "", to = ""] = ramp(theme, range);
  const part = high > low ? (value - low) / (high - low) : 0.5;
  return part < 0.5 ? mixed(from, middle, part * 2) : mixed(middle, to, part * 2 - 1);
}

interface ShadeMap {
  dimension: number;
  text: (value: number) => string;
  /** Marks too small for a colour that is nearly the background's. */
  small?: boolean;
}

/** The ramp without its quietest part. */
function seen([from = "", middle = "", to = ""]: string[]): string[] {
  return [mixed(from, middle, 0.55), middle, to];
}

export function shadeMap(
  range: [number, number],
  theme: ChartTheme,
  { dimension, text, small }: ShadeMap,
): Option {
  const [min, max] = balanced(range);
  return {
    type: "continuous",
    min,
    max,
    dimension,
    calculable: false,
    hoverLink: false,
    right: 8,
    top: "middle",
    itemWidth: 8,
    itemHeight: 120,
    text: [text(max), text(min)],
    textGap: 6,
    textStyle: textStyle(theme),
    inRange: { color: small && !isTwoSided(range) ? seen(ramp(theme, range)) : ramp(theme, range) },
  };
}
