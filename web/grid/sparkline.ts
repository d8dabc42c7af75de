/** A small line of numbers, without axes, as SVG. */
import { setAttribute } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 72;
const HEIGHT = 16;
/** More points than pixels say nothing. */
const MOST_POINTS = 256;

/** The numbers of a list as text: `[1, 2.5]`, or `1, 2.5`; none where it is no such list. */
export function listNumbers(text: string): number[] {
  const inner = text.trim().replace(/^\[|\]$/g, "");
  if (inner === "") return [];
  const numbers: number[] = [];
  for (const part of inner.split(/[,;]/)) {
    const trimmed = part.trim();
    const value = Number(trimmed);
    if (trimmed === "" || !Number.isFinite(value)) {
      // A gap in the line is left out.
      if (trimmed === "null") continue;
      return [];
    }
    numbers.push(value);
  }
  return numbers.slice(-MOST_POINTS);
}

export class Sparkline {
  readonly svg = document.createElementNS(SVG, "svg");
  readonly #line = document.createElementNS(SVG, "polyline");

  constructor() {
    this.svg.setAttribute("class", "sparkline");
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute("width", String(WIDTH));
    this.svg.setAttribute("height", String(HEIGHT));
    this.svg.append(this.#line);
  }

  /** `label` absent: beside a number that says the same. */
  draw(numbers: readonly number[], label: string | undefined): void {
    setAttribute(this.svg, "aria-hidden", label === undefined ? "true" : null);
    setAttribute(this.svg, "role", label === undefined ? null : "img");
    setAttribute(this.svg, "aria-label", label ?? null);
    setAttribute(this.#line, "points", linePoints(numbers));
  }
}

/** Points of the line, from the left edge to the right, the least number at the bottom. */
export function linePoints(numbers: readonly number[]): string {
  const least = Math.min(...numbers);
  const spread = Math.max(...numbers) - least;
  const step = (WIDTH - 2) / Math.max(1, numbers.length - 1);
  return numbers
    .map((value, at) => {
      const part = spread > 0 ? (value - least) / spread : 0.5;
      return `${round(1 + at * step)},${round(HEIGHT - 2 - part * (HEIGHT - 4))}`;
    })
    .join(" ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
