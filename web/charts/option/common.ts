/** What most charts share: the look of axes, zoom, thresholds and annotations. */
import type { Annotation, ChartOptions, Threshold } from "../options.js";
import { type ChartTheme, translucent } from "../theme.js";

export type Option = Record<string, unknown>;

export const FONT_SIZE = 11;
/** Said, not measured: what a browser answers depends on its fonts. */
const LINE_HEIGHT = 14;
/** Bars or places that are narrower than this want a slider. */
const LEAST_BAND = 9;

export function textStyle(theme: ChartTheme): Option {
  return {
    color: theme.muted,
    fontSize: FONT_SIZE,
    lineHeight: LINE_HEIGHT,
    fontFamily: theme.font,
  };
}

/** The space for the marks; labels and names of axes are taken off it. */
export function gridBox(extra: { bottom?: number; top?: number; right?: number } = {}): Option {
  return {
    left: 10,
    right: 18 + (extra.right ?? 0),
    top: 14 + (extra.top ?? 0),
    bottom: 8 + (extra.bottom ?? 0),
    outerBoundsMode: "same",
    outerBoundsContain: "all",
  };
}

/** Lines, ticks and texts of an axis. */
export function axisLook(theme: ChartTheme): Option {
  return {
    axisLine: { show: true, lineStyle: { color: theme.lineStrong } },
    axisTick: { show: false },
    axisLabel: { ...textStyle(theme), hideOverlap: true },
    nameTextStyle: { ...textStyle(theme), fontWeight: 500 },
    nameLocation: "middle",
    nameGap: 10,
    nameTruncate: { maxWidth: 240, ellipsis: "…" },
    splitLine: { show: false, lineStyle: { color: theme.line } },
  };
}

/** Axis of values: quiet lines across, no line of its own. */
export function valueAxisLook(theme: ChartTheme): Option {
  return {
    ...axisLook(theme),
    axisLine: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.line } },
  };
}

export function needsSlider(places: number, length: number): boolean {
  return places > 20 && length / places < LEAST_BAND;
}

/** Zoom of one or both axes: pinch, Ctrl and wheel, drag; a slider where it is crowded. */
export function dataZoom(
  axes: { x?: number[]; y?: number[] },
  options: ChartOptions,
  theme: ChartTheme,
  slider: boolean,
): Option[] {
  if (!options.zoom) return [];
  const inside = (id: string, which: Option): Option => ({
    id,
    type: "inside",
    ...which,
    filterMode: "none",
    zoomOnMouseWheel: "ctrl",
    moveOnMouseMove: true,
    moveOnMouseWheel: false,
  });
  const zooms: Option[] = [];
  if (axes.x) zooms.push(inside("zoom-x", { xAxisIndex: axes.x }));
  if (axes.y) zooms.push(inside("zoom-y", { yAxisIndex: axes.y }));
  if (!slider) return zooms;
  const upright = axes.x === undefined;
  return [
    ...zooms,
    {
      id: "zoom-slider",
      type: "slider",
      ...(upright
        ? { yAxisIndex: axes.y, right: 6, width: 14 }
        : { xAxisIndex: axes.x, bottom: 8, height: 14 }),
      filterMode: "none",
      showDataShadow: false,
      brushSelect: false,
      showDetail: false,
      borderColor: "transparent",
      backgroundColor: theme.surface,
      fillerColor: translucent(theme.accent, 0.16),
      handleSize: 14,
      handleStyle: { color: theme.background, borderColor: theme.lineStrong },
      moveHandleSize: 0,
    },
  ];
}

/** What comes under the first series: lines across and marks along the axis. */
export function marks(
  options: ChartOptions,
  theme: ChartTheme,
  flipped: boolean,
  place: (x: number | string) => number | string | undefined,
): Option {
  const [along, across] = flipped ? ["yAxis", "xAxis"] : ["xAxis", "yAxis"];
  const at = (annotation: Annotation) => place(annotation.x);
  const lines = [
    ...options.thresholds.map((threshold) => ({
      [across as string]: threshold.value,
      ...lineLook(threshold, theme.warn, theme),
    })),
    ...options.annotations
      .filter((each) => each.x2 === undefined && at(each) !== undefined)
      .map((each) => ({ [along as string]: at(each), ...lineLook(each, theme.muted, theme) })),
  ];
  const areas = options.annotations.flatMap((each) => {
    const from = at(each);
    const to = each.x2 === undefined ? undefined : place(each.x2);
    if (from === undefined || to === undefined) return [];
    const itemStyle = { color: each.color ?? theme.muted, opacity: 0.13 };
    return [[{ [along as string]: from, name: each.label, itemStyle }, { [along as string]: to }]];
  });
  return {
    markLine: { silent: true, animation: false, symbol: "none", data: lines },
    markArea: {
      silent: true,
      animation: false,
      label: { ...textStyle(theme), color: theme.text, position: "insideTop" },
      data: areas,
    },
  };
}

function lineLook({ label, color }: Threshold | Annotation, fallback: string, theme: ChartTheme) {
  return {
    lineStyle: { color: color ?? fallback, type: [5, 4], width: 1.25 },
    label: {
      ...textStyle(theme),
      show: label !== "",
      formatter: () => label,
      position: "insideEndTop",
      color: theme.text,
      textBorderColor: theme.background,
      textBorderWidth: 3,
    },
  };
}

/** `Aggregate of a very long n…` */
export function clipped(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
