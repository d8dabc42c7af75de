/** Candlesticks, OHLC bars and box plots as an ECharts option. */
import type { RangeSeries, RangesModel } from "../data/model.js";
import { tickText } from "../format.js";
import type { Scene } from "../renderer.js";
import { seriesColor, translucent } from "../theme.js";
import { annotationPlace, categoryAxes } from "./axes.js";
import { dataZoom, gridBox, marks, needsSlider, type Option, valueAxisLook } from "./common.js";

export function rangesOption(model: RangesModel, scene: Scene): Option {
  const { theme, options, width, height } = scene;
  const places = model.axis.levels[0]?.length ?? 0;
  const slider = needsSlider(places, width - 60);
  const along = categoryAxes(model.axis, scene, {
    upright: false,
    width: width - 70,
    height: height - 60,
  });
  const isBox = model.mark === "box";
  const series = model.series.flatMap((each) =>
    isBox
      ? boxes(each, scene)
      : [model.mark === "ohlc" ? ohlc(model, each, scene) : candles(model, each, scene)],
  );
  if (series[0]) {
    Object.assign(
      series[0],
      marks(options, theme, false, (x) => annotationPlace(model.axis, x)),
    );
  }
  return {
    grid: gridBox({ bottom: slider ? 26 : 0 }),
    xAxis: along,
    yAxis: [
      {
        ...valueAxisLook(theme),
        type: options.log ? "log" : "value",
        scale: !(options.zero ?? false),
        boundaryGap: ["3%", "3%"],
        name: model.valueTitle,
        ...(options.min === undefined ? {} : { min: options.min }),
        ...(options.max === undefined ? {} : { max: options.max }),
        axisLabel: {
          ...(valueAxisLook(theme).axisLabel as Option),
          formatter: (value: number) => tickText(value, model.written),
        },
      },
    ],
    dataZoom: dataZoom({ x: along.map((_, at) => at) }, options, theme, slider),
    tooltip: {
      trigger: model.series.length === 1 ? "axis" : "item",
      axisPointer: { type: "line", lineStyle: { color: theme.lineStrong, type: "solid" } },
    },
    series,
  };
}

/** One pair of series keeps the meaning of up and down; several need a colour each. */
function colors(
  model: RangesModel,
  series: RangeSeries,
  { theme }: Scene,
): [up: string, down: string] {
  if (model.series.length === 1) return [theme.up, theme.down];
  const color = seriesColor(theme, series.color);
  return [color, color];
}

function candles(model: RangesModel, series: RangeSeries, scene: Scene): Option {
  const [up, down] = colors(model, series, scene);
  const { theme } = scene;
  return {
    id: series.id,
    name: series.name,
    type: "candlestick",
    barMaxWidth: 22,
    // Up is hollow, so that the colour alone does not say it.
    itemStyle: {
      color: theme.background,
      color0: down,
      borderColor: up,
      borderColor0: down,
      borderWidth: 1.25,
    },
    data: series.values.map((value, mark) => {
      if (value.some((each) => !Number.isFinite(each))) return "-";
      return mark === model.open
        ? { value, mark, itemStyle: { opacity: 0.5, borderType: "dashed" } }
        : value;
    }),
  };
}

interface RenderApi {
  value(dimension: number): number;
  coord(point: number[]): number[];
  size(size: number[]): number[];
}

/** A bar from low to high with a notch for the opening at the left, for the closing at the right. */
function ohlc(model: RangesModel, series: RangeSeries, scene: Scene): Option {
  const [up, down] = colors(model, series, scene);
  return {
    id: series.id,
    name: series.name,
    type: "custom",
    clip: true,
    encode: { x: 0, y: [1, 2, 3, 4] },
    renderItem: (_: unknown, api: RenderApi) => {
      const [place, open, close, low, high] = [0, 1, 2, 3, 4].map((at) => api.value(at)) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const [x = 0, top = 0] = api.coord([place, high]);
      const bottom = api.coord([place, low])[1] ?? 0;
      const notch = Math.min(9, (api.size([1, 0])[0] ?? 8) * 0.35);
      const at = (value: number) => api.coord([place, value])[1] ?? 0;
      const style = {
        stroke: close >= open ? up : down,
        lineWidth: 1.5,
        ...(place === model.open ? { lineDash: [3, 2], opacity: 0.7 } : {}),
      };
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: "line",
        shape: { x1, y1, x2, y2 },
        style,
      });
      return {
        type: "group",
        children: [
          line(x, top, x, bottom),
          line(x - notch, at(open), x, at(open)),
          line(x, at(close), x + notch, at(close)),
        ],
      };
    },
    data: series.values.map((value, place) => ({
      value: [place, ...value.map((each) => (Number.isFinite(each) ? each : null))],
      mark: place,
    })),
  };
}

function boxes(series: RangeSeries, { theme }: Scene): Option[] {
  const color = seriesColor(theme, series.color);
  const box: Option = {
    id: series.id,
    name: series.name,
    type: "boxplot",
    boxWidth: [8, 56],
    itemStyle: { color: translucent(color, 0.18), borderColor: color, borderWidth: 1.5 },
    data: series.values.map((value) => (value.some((each) => !Number.isFinite(each)) ? [] : value)),
  };
  if (series.outliers.length === 0) return [box];
  return [
    box,
    {
      id: `${series.id}\u0000outliers`,
      name: series.name,
      type: "scatter",
      symbolSize: 4,
      itemStyle: { color: "transparent", borderColor: color, borderWidth: 1, opacity: 0.8 },
      tooltip: { show: false },
      silent: true,
      data: series.outliers,
    },
  ];
}
