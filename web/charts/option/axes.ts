/** The axis of groups or rows, along which marks stand. */

import type { Axis, AxisInfo, CategoryAxis } from "../data/model.js";
import { keyText, tickText } from "../format.js";
import type { Scene } from "../renderer.js";
import type { ChartTheme } from "../theme.js";
import { axisLook, clipped, FONT_SIZE, type Option, textStyle } from "./common.js";

/** An average letter at the axis' size of letters. */
const LETTER = FONT_SIZE * 0.56;
const LINE_HEIGHT = 18;
/** With more places the first name is wider than its place. */
const CROWDED = 20;
/** Names at a bar that lies may take so much of the width. */
const NAMES_PART = 0.4;

/**
 * One axis for each level of names: the innermost at each place, an outer one over the
 * places of its group. All of them have the same places, so that they zoom as one.
 */
export function categoryAxes(
  axis: CategoryAxis,
  { theme }: Pick<Scene, "theme">,
  { upright, width, height }: { upright: boolean; width: number; height: number },
): Option[] {
  const places = axis.levels[0]?.length ?? 0;
  const band = (upright ? height : width) / Math.max(1, places);
  const levels = [...axis.levels].reverse();
  const lengths = levels.map((texts) =>
    texts.reduce((most, text) => Math.max(most, text.length), 0),
  );
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const room = (width * NAMES_PART) / LETTER;
  let offset = 0;
  return levels.map((texts, depth): Option => {
    const longest = lengths[depth] ?? 0;
    const letters = Math.max(4, all <= room ? longest : Math.floor((longest / all) * room));
    const isInnermost = depth === 0;
    const turned = isInnermost && !upright && places <= 40 && longest * LETTER > band - 6;
    const outermost = depth === levels.length - 1;
    const here = offset;
    offset += upright
      ? Math.min(longest, letters) * LETTER + 14
      : turned
        ? Math.min(longest, 14) * LETTER * 0.75 + LINE_HEIGHT
        : LINE_HEIGHT;
    const spans = isInnermost
      ? undefined
      : spansOf(axis.levels.slice(0, axis.levels.length - depth));
    return {
      ...axisLook(theme),
      type: "category",
      data: texts.map((_, place) => String(place)),
      position: upright ? "left" : "bottom",
      inverse: upright,
      offset: here,
      name: outermost ? axis.title : "",
      axisLine: { show: isInnermost, lineStyle: { color: theme.lineStrong } },
      // The pointer of the innermost level stands for all of them.
      axisPointer: { ...(isInnermost ? {} : { show: false }), label: { show: false } },
      axisTick: {
        show: !isInnermost,
        length: LINE_HEIGHT - 4,
        lineStyle: { color: theme.line },
        // Of an axis upside down the tick of a place is at its end.
        interval: (place: number) => spans?.starts.has(upright ? place + 1 : place) ?? false,
      },
      axisLabel: {
        ...textStyle(theme),
        color: isInnermost ? theme.muted : theme.text,
        hideOverlap: true,
        interval: spans ? (place: number) => spans.middles.has(place) : "auto",
        rotate: turned ? 38 : 0,
        ...(places > CROWDED && !upright ? { alignMinLabel: "left" } : {}),
        formatter: (value: string) => {
          const place = Number(value);
          const room = spans ? Math.floor(((spans.middles.get(place) ?? 1) * band) / LETTER) : 0;
          const most = upright ? letters : spans ? room : turned ? 14 : 24;
          const text = texts[place] ?? "";
          return upright
            ? clipped(text, most)
            : dayBelow(text, texts[place - 1], Math.max(3, most));
        },
      },
    };
  });
}

/** Of times only the first one of a day names the day, below. */
function dayBelow(text: string, before: string | undefined, letters: number): string {
  const time = DAY_AND_TIME.exec(text);
  if (!time) return clipped(text, letters);
  const [, day = "", clock = ""] = time;
  return before?.startsWith(`${day} `) ? clock : `${clock}\n${day}`;
}

const DAY_AND_TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d.*)$/;

/** Where the groups of a level begin, and the middle of each with how many places it has. */
function spansOf(levels: string[][]): { starts: Set<number>; middles: Map<number, number> } {
  const places = levels[0]?.length ?? 0;
  const starts = new Set<number>();
  const middles = new Map<number, number>();
  let start = 0;
  for (let place = 1; place <= places; place++) {
    const same = place < places && levels.every((level) => level[place] === level[place - 1]);
    if (same) continue;
    starts.add(start);
    middles.set(start + Math.floor((place - start - 1) / 2), place - start);
    start = place;
  }
  return { starts, middles };
}

/** An axis of numbers or times. */
export function continuousAxis(
  axis: Exclude<Axis, CategoryAxis> | AxisInfo,
  theme: ChartTheme,
): Option {
  const { written } = axis;
  return {
    ...axisLook(theme),
    type: axis.kind === "time" ? "time" : "value",
    name: axis.title,
    scale: true,
    axisLabel: {
      ...textStyle(theme),
      hideOverlap: true,
      ...(axis.kind === "time"
        ? { formatter: TIME_LABELS }
        : { formatter: (value: number) => tickText(value, written) }),
    },
    axisPointer: { label: { show: false } },
  };
}

/** ISO order, and no more than the step between two needs. */
const TIME_LABELS = {
  year: "{yyyy}",
  month: "{yyyy}-{MM}",
  day: "{MM}-{dd}",
  hour: "{HH}:{mm}",
  minute: "{HH}:{mm}",
  second: "{HH}:{mm}:{ss}",
  millisecond: "{HH}:{mm}:{ss}.{SSS}",
};

/** The place of an annotation's `x` on an axis. */
export function annotationPlace(axis: Axis, x: number | string): number | string | undefined {
  if (axis.kind === "category") {
    const innermost = axis.levels.at(-1) ?? [];
    const wanted = typeof x === "number" ? keyText(x, "float") : x;
    const place = innermost.findIndex((text) => text === wanted || text === String(x));
    return place < 0 ? undefined : String(place);
  }
  const value = typeof x === "number" ? x : axis.kind === "time" ? Date.parse(x) : Number(x);
  return Number.isFinite(value) ? value : undefined;
}
