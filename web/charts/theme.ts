/**
 * The look of the element as plain colours, which a canvas can be given.
 *
 * Custom properties may hold any form of colour, and change by an attribute, a style sheet
 * of the page or the system. So each is worn by a probe, whose computed colour is read, and
 * whose transition tells that it has changed.
 */

/** Colours of series; further ones are made of them. */
export const PALETTE_SIZE = 10;

const PROPERTIES = {
  text: "--millrace-text",
  muted: "--millrace-muted",
  faint: "--millrace-faint",
  line: "--millrace-line",
  lineStrong: "--millrace-line-strong",
  background: "--millrace-bg",
  surface: "--millrace-surface",
  raised: "--millrace-raised",
  accent: "--millrace-accent",
  up: "--millrace-up",
  down: "--millrace-down",
  warn: "--millrace-warn",
  low: "--millrace-chart-low",
  middle: "--millrace-chart-middle",
  high: "--millrace-chart-high",
} as const;

export type ThemeColor = keyof typeof PROPERTIES;

export interface ChartTheme extends Record<ThemeColor, string> {
  /** Two themes of one key are the same. */
  key: string;
  font: string;
  palette: string[];
}

export class ThemeProbe {
  readonly element = document.createElement("div");
  readonly #probes = new Map<string, HTMLElement>();

  /** `changed` is called when another look has come into force. */
  constructor(changed: () => void) {
    this.element.className = "probe";
    this.element.ariaHidden = "true";
    const names = [
      ...Object.values(PROPERTIES),
      ...Array.from({ length: PALETTE_SIZE }, (_, at) => `--millrace-chart-${at + 1}`),
    ];
    for (const name of names) {
      const probe = document.createElement("i");
      probe.style.color = `var(${name})`;
      this.#probes.set(name, probe);
      this.element.append(probe);
    }
    let waiting = false;
    this.element.addEventListener("transitionend", () => {
      // All probes of a theme change in one frame.
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        changed();
      });
    });
  }

  read(): ChartTheme {
    const color = (name: string) => {
      const probe = this.#probes.get(name);
      return probe ? getComputedStyle(probe).color : "";
    };
    const colors = Object.fromEntries(
      Object.entries(PROPERTIES).map(([field, name]) => [field, color(name)]),
    ) as Record<ThemeColor, string>;
    const palette = Array.from({ length: PALETTE_SIZE }, (_, at) =>
      color(`--millrace-chart-${at + 1}`),
    );
    // In an SVG it stands between double quotes.
    const font = getComputedStyle(this.element).fontFamily.replaceAll('"', "'");
    const key = [...Object.values(colors), ...palette, font].join();
    return { key, font, palette, ...colors };
  }
}

/** The colour of a series: the palette's, and from its end on mixed with the theme's. */
export function seriesColor(theme: ChartTheme, index: number): string {
  const color = theme.palette[index % PALETTE_SIZE] ?? theme.accent;
  const round = Math.floor(index / PALETTE_SIZE) % 3;
  if (round === 0) return color;
  return mixed(color, round === 1 ? theme.background : theme.text, 0.35);
}

/** `rgb(…)` with another opacity. */
export function translucent(color: string, alpha: number): string {
  const [red, green, blue] = channels(color);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

export function mixed(color: string, other: string, part: number): string {
  const to = channels(other);
  const mix = channels(color).map((each, at) =>
    Math.round(each * (1 - part) + (to[at] ?? 0) * part),
  );
  return `rgb(${mix.join(", ")})`;
}

/** Which of two colours reads better on a background. */
export function readable(background: string, one: string, other: string): string {
  return contrast(background, one) >= contrast(background, other) ? one : other;
}

export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** As WCAG reckons it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** `rgb(1, 2, 3)`, `rgb(1 2 3 / 50%)`, `color(srgb 0.1 0.2 0.3)` → 0 to 255 each. */
function channels(color: string): [number, number, number] {
  const numbers = (color.match(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? []).slice(0, 3).map(Number);
  const scale = color.startsWith("color(") ? 255 : 1;
  const [red = 0, green = 0, blue = 0] = numbers.map((each) => each * scale);
  return [red, green, blue];
}
