/** The look of a plot of lines or areas, for uPlot. */
import uPlot from "uplot";
import type { ContinuousAxis, Series, SeriesModel } from "./data/model.js";
import { sideText } from "./data/series.js";
import { tickText } from "./format.js";
import { annotationPlace } from "./option/axes.js";
import { clipped, FONT_SIZE } from "./option/common.js";
import { timeTicks } from "./option/time_ticks.js";
import type { Range, Scene } from "./renderer.js";
import { type ChartTheme, seriesColor, translucent } from "./theme.js";
import { stackPairs } from "./uplot_data.js";

/** Free space above and below what is shown, as a part of it. */
const MARGIN = 0.06;
const LABEL_SIZE = 18;

export function plotOptions(
  model: SeriesModel,
  scene: Scene,
  isOpen: boolean,
  range: () => Range | undefined,
): uPlot.Options {
  const { theme, options, width, height } = scene;
  const axis = model.axis as ContinuousAxis;
  const isTime = axis.kind === "time";
  const utc = axis.type === "date";
  const hasRight = model.series.some(({ right }) => right);
  return {
    width,
    height,
    ms: 1,
    ...(utc ? { tzDate: (ms: number) => uPlot.tzDate(new Date(ms), "Etc/UTC") } : {}),
    padding: [14, hasRight ? 6 : 18, 4, 8],
    legend: { show: false },
    cursor: {
      drag: { x: options.zoom, y: false, setScale: false },
      focus: { prox: 24 },
      points: { size: 7, width: 1.5, fill: () => theme.background },
    },
    focus: { alpha: 1 },
    scales: {
      x: { time: isTime, range: (_, min, max) => spread(range() ?? { min, max }) },
      left: { range: valueRange(model, scene, false), distr: options.log && !model.expand ? 3 : 1 },
      ...(hasRight ? { right: { range: valueRange(model, scene, true), distr: 1 as const } } : {}),
    },
    series: [
      {},
      ...model.series.map((each) => line(model, each, scene)),
      ...(isOpen ? model.series.map((each) => openLine(each, scene)) : []),
    ],
    bands: stackPairs(model.series).map(([upper, lower]) => ({
      series: [upper + 1, lower + 1] as [number, number],
    })),
    axes: [
      {
        ...axisLook(theme),
        scale: "x",
        label: axis.title,
        space: isTime ? 74 : 64,
        size: isTime ? 42 : 26,
        labelSize: axis.title ? LABEL_SIZE : 0,
        grid: { show: false },
        border: { show: true, stroke: theme.lineStrong, width: 1 },
        values: (_, splits, __, ___, step) =>
          isTime
            ? timeTicks(splits, step, utc)
            : splits.map((each) => tickText(each, axis.written)),
      },
      valueAxis(model, theme, false),
      ...(hasRight ? [valueAxis(model, theme, true)] : []),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, model, scene)] },
  };
}

function axisLook(theme: ChartTheme): uPlot.Axis {
  return {
    stroke: theme.muted,
    font: `${FONT_SIZE}px ${theme.font}`,
    labelFont: `500 ${FONT_SIZE}px ${theme.font}`,
    labelGap: 2,
    gap: 6,
    ticks: { show: false },
    grid: { stroke: theme.line, width: 1 },
  };
}

function valueAxis(model: SeriesModel, theme: ChartTheme, right: boolean): uPlot.Axis {
  const title = right
    ? [...new Set(model.series.filter((each) => each.right).map((each) => each.column))].join(", ")
    : model.valueTitle;
  const text = sideText(model.series, right, model.expand);
  return {
    ...axisLook(theme),
    scale: right ? "right" : "left",
    side: right ? 1 : 3,
    ...(right ? { grid: { show: false } } : {}),
    label: clipped(title, 48),
    labelSize: title ? LABEL_SIZE : 0,
    space: 44,
    // As wide as the widest text: none is cut off.
    size: (plot, values) => {
      if (!values) return 32;
      plot.ctx.font = `${FONT_SIZE * devicePixelRatio}px ${theme.font}`;
      const widest = Math.max(0, ...values.map((value) => plot.ctx.measureText(value ?? "").width));
      return Math.ceil(widest / devicePixelRatio) + 10;
    },
    values: (_, splits) => splits.map((each) => (each === null ? "" : text(each))),
  };
}

function valueRange(model: SeriesModel, { options }: Scene, right: boolean): uPlot.Range.Function {
  return (_, low, high) => {
    if (model.expand) return [0, 100];
    if (low === null || high === null) return [0, 1];
    if (options.log && !right) return uPlot.rangeLog(low, high, 10, true);
    const min = model.zero ? Math.min(0, low) : low;
    const max = model.zero ? Math.max(0, high) : high;
    const margin = (max - min) * MARGIN || Math.abs(max) * 0.1 || 1;
    // Zero itself is the edge, where it is one.
    const from = model.zero && min === 0 ? 0 : min - margin;
    const to = model.zero && max === 0 && min < 0 ? 0 : max + margin;
    return [right ? from : (options.min ?? from), right ? to : (options.max ?? to)];
  };
}

/** A single place has no width: some is made around it. */
function spread({ min, max }: Range): [number, number] {
  return min < max ? [min, max] : [min - 0.5, max + 0.5];
}

function line(model: SeriesModel, series: Series, { theme, options }: Scene): uPlot.Series {
  const color = seriesColor(theme, series.color);
  const isStacked = series.stack !== undefined;
  const fill = model.mark === "area" || isStacked;
  return {
    label: series.name,
    scale: series.right ? "right" : "left",
    stroke: color,
    width: isStacked ? 1.25 : 1.75,
    spanGaps: options.connect,
    ...(fill ? { fill: translucent(color, isStacked ? 0.5 : 0.18) } : {}),
    ...path(options.step),
    points: { size: 5, width: 0, fill: color, space: 16 },
  };
}

/** The part that is not over: dashed, up to a hollow point. */
function openLine(series: Series, { theme, options }: Scene): uPlot.Series {
  const color = seriesColor(theme, series.color);
  return {
    label: series.name,
    scale: series.right ? "right" : "left",
    stroke: color,
    width: 1.75,
    dash: [4, 4],
    spanGaps: true,
    ...path(options.step),
    points: {
      show: true,
      size: 7,
      width: 1.75,
      fill: theme.background,
      stroke: color,
      filter: (plot) => [plot.data[0].length - 1],
    },
  };
}

function path(step: boolean): uPlot.Series {
  const stepped = step ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return stepped ? { paths: stepped } : {};
}

/** Thresholds across, annotations along the axis. */
function drawMarks(plot: uPlot, model: SeriesModel, { options, theme }: Scene): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${FONT_SIZE * ratio}px ${theme.font}`;
  ctx.lineWidth = 1.25 * ratio;
  ctx.setLineDash([5 * ratio, 4 * ratio]);
  const label = (text: string, x: number, y: number, align: CanvasTextAlign) => {
    ctx.setLineDash([]);
    ctx.textAlign = align;
    ctx.textBaseline = "bottom";
    ctx.strokeStyle = theme.background;
    ctx.lineWidth = 3 * ratio;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = theme.text;
    ctx.fillText(text, x, y);
    ctx.lineWidth = 1.25 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
  };
  const stroke = (color: string, x1: number, y1: number, x2: number, y2: number) => {
    ctx.strokeStyle = color;
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };
  const right = bbox.left + bbox.width;
  const bottom = bbox.top + bbox.height;
  for (const threshold of options.thresholds) {
    const y = Math.round(plot.valToPos(threshold.value, "left", true));
    stroke(threshold.color ?? theme.warn, bbox.left, y, right, y);
    label(threshold.label, right - 4 * ratio, y - 2 * ratio, "right");
  }
  for (const each of options.annotations) {
    const from = annotationPlace(model.axis, each.x);
    if (typeof from !== "number") continue;
    const x = Math.round(plot.valToPos(from, "x", true));
    const to = each.x2 === undefined ? undefined : annotationPlace(model.axis, each.x2);
    if (typeof to === "number") {
      ctx.globalAlpha = 0.13;
      ctx.fillStyle = each.color ?? theme.muted;
      ctx.fillRect(x, bbox.top, plot.valToPos(to, "x", true) - x, bbox.height);
      ctx.globalAlpha = 1;
    } else stroke(each.color ?? theme.muted, x, bbox.top, x, bottom);
    label(each.label, x + 4 * ratio, bbox.top + 15 * ratio, "left");
  }
  ctx.restore();
}
