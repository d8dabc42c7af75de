/** Scatter, bubbles and lines through points as an ECharts option. */
import type { AxisInfo, PointSeries, PointsModel } from "../data/model.js";
import { shortText } from "../format.js";
import type { Scene } from "../renderer.js";
import { seriesColor } from "../theme.js";
import { annotationPlace, continuousAxis } from "./axes.js";
import { dataZoom, gridBox, marks, type Option, textStyle, valueAxisLook } from "./common.js";
import { shadeMap } from "./shades.js";

const LEAST_BUBBLE = 5;
const MOST_BUBBLE = 44;
/** From here on points are drawn together, without looks of their own. */
const MANY = 4_000;

export function pointsOption(model: PointsModel, scene: Scene): Option {
  const { options, theme } = scene;
  const along = (info: AxisInfo): Option => ({
    ...continuousAxis(info, theme),
    splitLine: valueAxisLook(theme).splitLine,
    axisLine: { show: false },
    // Points at the edge are whole.
    boundaryGap: ["5%", "5%"],
  });
  // A line has one colour.
  const shaded = model.line ? undefined : model.shadeRange;
  return {
    grid: gridBox({ right: shaded ? 56 : 0 }),
    xAxis: [along(model.x)],
    yAxis: [
      {
        ...along(model.y),
        ...(options.min === undefined ? {} : { min: options.min }),
        ...(options.max === undefined ? {} : { max: options.max }),
      },
    ],
    dataZoom: dataZoom({ x: [0], y: [0] }, options, theme, false),
    ...(shaded
      ? {
          visualMap: shadeMap(shaded, theme, {
            dimension: 2,
            small: true,
            text: (value) => shortText(value, "float"),
          }),
        }
      : {}),
    tooltip: { trigger: "item" },
    series: model.series.map((series, at) => ({
      ...onePoints(model, series, scene),
      ...(at === 0
        ? marks(options, theme, false, (x) =>
            annotationPlace(
              {
                kind: model.x.kind === "time" ? "time" : "number",
                title: "",
                type: "float",
                written: "float",
                values: new Float64Array(),
              },
              x,
            ),
          )
        : {}),
    })),
  };
}

function onePoints(model: PointsModel, series: PointSeries, { theme, options }: Scene): Option {
  const color = seriesColor(theme, series.color);
  const isMany = series.xs.length > MANY && !series.sizes;
  const data = Array.from(series.xs, (x, at) => {
    const y = series.ys[at] ?? Number.NaN;
    return [finite(x), finite(y), series.shades ? finite(series.shades[at]) : null, at];
  });
  const common = {
    id: series.id,
    name: series.name,
    color,
    data,
    emphasis: { disabled: isMany },
  };
  if (model.line) {
    return {
      ...common,
      type: "line",
      symbol: "circle",
      symbolSize: 4,
      showSymbol: data.length <= 200,
      lineStyle: { color, width: 1.5 },
      itemStyle: { color },
    };
  }
  const labels = series.labels && (options.labels ?? true) ? series.labels : undefined;
  return {
    ...common,
    type: "scatter",
    large: isMany,
    largeThreshold: MANY,
    symbolSize: isMany
      ? 3
      : (_: unknown, { dataIndex }: { dataIndex: number }) => bubble(model, series, dataIndex),
    itemStyle: {
      ...(series.shades ? {} : { color }),
      opacity: series.sizes ? 0.6 : 0.75,
      borderColor: theme.background,
      borderWidth: isMany ? 0 : 0.75,
    },
    label: labels
      ? {
          ...textStyle(theme),
          show: true,
          opacity: 1,
          position: "top",
          distance: 3,
          formatter: ({ dataIndex }: { dataIndex: number }) => labels[dataIndex] ?? "",
        }
      : { show: false },
    labelLayout: { hideOverlap: true },
  };
}

/** The area, not the width, says how much. */
function bubble(model: PointsModel, series: PointSeries, at: number): number {
  const range = model.sizeRange;
  const size = series.sizes?.[at] ?? Number.NaN;
  if (!range || !Number.isFinite(size)) return series.sizes ? LEAST_BUBBLE : 8;
  const most = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  if (most === 0) return LEAST_BUBBLE;
  return LEAST_BUBBLE + Math.sqrt(Math.abs(size) / most) * (MOST_BUBBLE - LEAST_BUBBLE);
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
