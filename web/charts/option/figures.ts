/** Gauges and big numbers as an ECharts option, one a tile. */

import { extent } from "../data/context.js";
import { changeWords } from "../data/figures.js";
import type { Figure, FiguresModel } from "../data/model.js";
import { roundStep } from "../data/statistics.js";
import { tickText } from "../format.js";
import type { ChartOptions } from "../options.js";
import type { Scene } from "../renderer.js";
import { type ChartTheme, seriesColor, translucent } from "../theme.js";
import { clipped, type Option, textStyle } from "./common.js";
import { type Box, tiles } from "./tiles.js";

/** Points of a trend line; it is as wide as a hand. */
const TREND_POINTS = 400;

export function figuresOption(model: FiguresModel, scene: Scene): Option {
  const gauges = model.shape === "gauge";
  const boxes = tiles(model.figures.length, scene.width, scene.height, gauges ? 1.3 : 1.9);
  return gauges ? gaugeOption(model, boxes, scene) : numberOption(model, boxes, scene);
}

function gaugeOption(model: FiguresModel, boxes: Box[], { theme, options }: Scene): Option {
  return {
    tooltip: { trigger: "item", show: false },
    series: model.figures.map((figure, at): Option => {
      const box = boxes[at] ?? { x: 0, y: 0, width: 0, height: 0 };
      const radius = Math.max(24, Math.min(box.width / 2.5, box.height / 2) - 4);
      const [min, max] = gaugeRange(figure, options);
      const color =
        thresholdColor(figure.value, options, theme) ?? seriesColor(theme, figure.color);
      const band = Math.max(6, radius * 0.13);
      return {
        id: figure.id,
        name: figure.name,
        type: "gauge",
        center: [box.x + box.width / 2, box.y + box.height / 2 + radius * 0.14],
        radius,
        startAngle: 210,
        endAngle: -30,
        min,
        max,
        splitNumber: 4,
        progress: { show: true, width: band, roundCap: true, itemStyle: { color } },
        pointer: { show: false },
        axisLine: { roundCap: true, lineStyle: { width: band, color: [[1, theme.line]] } },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: {
          ...textStyle(theme),
          show: radius > 70,
          distance: band + 6,
          // The ends alone: the arc has no room for more.
          formatter: (value: number) =>
            value === min || value === max ? tickText(value, figure.written) : "",
        },
        title: {
          ...textStyle(theme),
          fontSize: 12,
          offsetCenter: [0, "34%"],
          width: radius * 1.5,
          overflow: "truncate",
        },
        detail: {
          fontFamily: theme.font,
          fontSize: Math.max(14, Math.min(34, radius * 0.3)),
          fontWeight: 600,
          color: theme.text,
          offsetCenter: [0, "2%"],
          formatter: () => figure.text,
        },
        data: [
          { value: Number.isFinite(figure.value) ? figure.value : min, name: figure.name, mark: 0 },
        ],
        silent: true,
      };
    }),
  };
}

/** From zero to a round number that all values so far fit under, if nothing else is said. */
function gaugeRange(figure: Figure, options: ChartOptions): [number, number] {
  const values = [figure.value, ...options.thresholds.map(({ value }) => value)];
  const [low, high] = extent([values]) ?? [0, 1];
  const min = options.min ?? (low < 0 ? -roundStep(-low * 1.1) : 0);
  const max = options.max ?? (high > 0 ? roundStep(high * 1.1) : 0);
  return max > min ? [min, max] : [min, min + 1];
}

/** The colour of the highest threshold that is reached. */
function thresholdColor(
  value: number,
  { thresholds }: ChartOptions,
  theme: ChartTheme,
): string | undefined {
  const reached = thresholds
    .filter((each) => value >= each.value)
    .sort((a, b) => a.value - b.value)
    .at(-1);
  return reached ? (reached.color ?? theme.warn) : undefined;
}

function numberOption(model: FiguresModel, boxes: Box[], scene: Scene): Option {
  const { theme, options } = scene;
  const tilesOf = model.figures.map((figure, at) => ({
    figure,
    at,
    box: boxes[at] ?? { x: 0, y: 0, width: 0, height: 0 },
  }));
  return {
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: theme.lineStrong } },
    },
    graphic: { elements: tilesOf.flatMap(({ figure, box }) => words(figure, box, options, theme)) },
    grid: tilesOf.map(({ box }) => ({
      left: box.x + box.width * 0.08,
      width: box.width * 0.84,
      top: box.y + box.height * 0.66,
      height: box.height * 0.24,
    })),
    xAxis: tilesOf.map(({ at }) => ({
      gridIndex: at,
      type: "category",
      show: false,
      boundaryGap: false,
      axisPointer: { label: { show: false } },
    })),
    yAxis: tilesOf.map(({ at }) => ({ gridIndex: at, type: "value", show: false, scale: true })),
    series: tilesOf.map(({ figure, at }) => {
      const color = seriesColor(theme, figure.color);
      const from = Math.max(0, figure.trend.length - TREND_POINTS);
      return {
        id: figure.id,
        name: figure.name,
        type: "line",
        xAxisIndex: at,
        yAxisIndex: at,
        symbol: "none",
        connectNulls: true,
        lineStyle: { color, width: 1.75 },
        areaStyle: { color: translucent(color, 0.14) },
        color,
        data: Array.from(figure.trend.subarray(from), (value, index) => ({
          value: Number.isFinite(value) ? value : null,
          mark: from + index,
        })),
      };
    }),
  };
}

function words(figure: Figure, box: Box, options: ChartOptions, theme: ChartTheme): Option[] {
  const x = box.x + box.width / 2;
  const size = Math.max(
    16,
    Math.min(84, box.height * 0.24, (box.width * 0.84) / (figure.text.length * 0.58)),
  );
  const color = thresholdColor(figure.value, options, theme) ?? theme.text;
  const text = (id: string, y: number, content: string, style: Option): Option => ({
    id: `${figure.id}\u0000${id}`,
    type: "text",
    silent: true,
    x,
    y,
    style: {
      text: content,
      align: "center",
      verticalAlign: "middle",
      fontFamily: theme.font,
      ...style,
    },
  });
  const { change } = figure;
  const changeColor =
    change === undefined || change === 0 ? theme.muted : change > 0 ? theme.up : theme.down;
  return [
    text("name", box.y + box.height * 0.14, clipped(figure.name, Math.floor(box.width / 7.5)), {
      fill: theme.muted,
      fontSize: 12.5,
      fontWeight: 500,
    }),
    text("value", box.y + box.height * 0.34, figure.text, {
      fill: color,
      fontSize: size,
      fontWeight: 600,
    }),
    text("change", box.y + box.height * 0.54, change === undefined ? "" : changeWords(change), {
      fill: changeColor,
      fontSize: 12.5,
      fontWeight: 600,
    }),
  ];
}
