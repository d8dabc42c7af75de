/** Lines, areas, bars and points as an ECharts option. */
import type { Series, SeriesModel } from "../data/model.js";
import { sideText } from "../data/series.js";
import type { Scene } from "../renderer.js";
import { type ChartTheme, seriesColor, translucent } from "../theme.js";
import { annotationPlace, categoryAxes, continuousAxis } from "./axes.js";
import { dataZoom, gridBox, marks, needsSlider, type Option, valueAxisLook } from "./common.js";

/** Points that are marked, each, on a line; of more only the line is seen. */
const MOST_SYMBOLS = 60;

export function seriesOption(model: SeriesModel, scene: Scene): Option {
  const { options, theme, width, height } = scene;
  const { axis, flipped } = model;
  const upright = flipped;
  const length = axis.kind === "category" ? (axis.levels[0]?.length ?? 0) : axis.values.length;
  const slider = axis.kind === "category" && needsSlider(length, (upright ? height : width) - 60);
  const along =
    axis.kind === "category"
      ? categoryAxes(axis, scene, { upright, width: width - 70, height: height - 60 })
      : [{ ...continuousAxis(axis, theme), ...(upright ? { inverse: false } : {}) }];
  const across = valueAxes(model, scene);
  const alongIndices = along.map((_, at) => at);
  return {
    grid: gridBox(upright ? { right: slider ? 20 : 0 } : { bottom: slider ? 26 : 0 }),
    xAxis: flipped ? across : along,
    yAxis: flipped ? along : across,
    dataZoom: dataZoom(flipped ? { y: alongIndices } : { x: alongIndices }, options, theme, slider),
    tooltip: {
      trigger: model.mark === "point" ? "item" : "axis",
      axisPointer:
        model.mark === "bar"
          ? { type: "shadow", shadowStyle: { color: translucent(theme.muted, 0.1) } }
          : { type: "line", lineStyle: { color: theme.lineStrong, type: "solid" } },
    },
    series: model.series.map((series, at) => ({
      ...oneSeries(model, series, scene),
      ...(at === 0 ? marks(options, theme, flipped, (x) => annotationPlace(axis, x)) : {}),
    })),
  };
}

function valueAxes(model: SeriesModel, { options, theme }: Scene): Option[] {
  const hasRight = model.series.some((series) => series.right);
  const axis = (right: boolean): Option => ({
    ...valueAxisLook(theme),
    type: options.log && !model.expand ? "log" : "value",
    name: right
      ? [...new Set(model.series.filter((each) => each.right).map((each) => each.column))].join(
          ", ",
        )
      : model.valueTitle,
    scale: !model.zero,
    ...(model.mark === "point" ? { boundaryGap: ["5%", "5%"] } : {}),
    ...(model.expand ? { max: 100 } : {}),
    ...(options.min === undefined || right ? {} : { min: options.min }),
    ...(options.max === undefined || right ? {} : { max: options.max }),
    ...(right ? { position: model.flipped ? "top" : "right", splitLine: { show: false } } : {}),
    splitNumber: 5,
    axisLabel: {
      ...(valueAxisLook(theme).axisLabel as Option),
      formatter: sideText(model.series, right, model.expand),
    },
    axisPointer: { label: { show: false } },
  });
  return hasRight ? [axis(false), axis(true)] : [axis(false)];
}

function oneSeries(model: SeriesModel, series: Series, scene: Scene): Option {
  const { axis, mark, flipped, open } = model;
  const { options, theme } = scene;
  const color = seriesColor(theme, series.color);
  const isContinuous = axis.kind !== "category";
  const item = (place: number) => {
    const value = series.values[place] ?? Number.NaN;
    const shown = Number.isFinite(value) ? value : null;
    const at = isContinuous ? (axis.values[place] ?? Number.NaN) : place;
    const pair = flipped ? [shown, at] : [at, shown];
    // A plain value costs less than an object; only the marked one needs to be one.
    return place === open ? { value: pair, mark: place, ...openLook(mark, color, theme) } : pair;
  };
  const count = series.values.length;
  const common = {
    id: series.id,
    name: series.name,
    color,
    itemStyle: { color },
    data: Array.from(series.values.keys(), item),
    ...(series.stack === undefined ? {} : { stack: series.stack }),
    ...(series.right ? (flipped ? { xAxisIndex: 1 } : { yAxisIndex: 1 }) : {}),
    emphasis: { disabled: model.series.length > 30 },
  };
  if (mark === "bar") return { ...common, type: "bar", ...barLook(model, scene) };
  if (mark === "point") {
    return {
      ...common,
      type: "scatter",
      symbolSize: 7,
      itemStyle: { color, opacity: 0.85 },
      large: count > 5_000,
    };
  }
  return {
    ...common,
    type: "line",
    step: options.step ? "end" : false,
    connectNulls: options.connect,
    symbol: "circle",
    symbolSize: 5,
    showSymbol: count <= MOST_SYMBOLS || open >= 0,
    ...(count > MOST_SYMBOLS
      ? {
          symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
            dataIndex === open ? 6 : 0,
        }
      : {}),
    lineStyle: { color, width: 1.75 },
    ...(mark === "area"
      ? { areaStyle: { color, opacity: series.stack === undefined ? 0.18 : 0.5 } }
      : {}),
  };
}

function barLook(model: SeriesModel, { options, theme }: Scene): Option {
  const overlapping = model.touching && model.series.length > 1;
  return {
    barMaxWidth: model.touching ? undefined : 72,
    barGap: overlapping ? "-100%" : "6%",
    barCategoryGap: model.touching ? "4%" : "24%",
    itemStyle: {
      opacity: overlapping ? 0.6 : 1,
      // A hair of background tells the parts of a stack apart.
      borderColor: theme.background,
      borderWidth: model.series.length > 1 && !overlapping ? 0.5 : 0,
    },
    label: options.labels
      ? {
          show: true,
          position: model.flipped ? "right" : "top",
          color: theme.text,
          formatter: ({ value }: { value: [number, number] }) =>
            sideText(model.series, false, model.expand)(model.flipped ? value[0] : value[1]),
        }
      : { show: false },
  };
}

/** The group whose time is not over: hollow, with a dashed edge. */
function openLook(mark: SeriesModel["mark"], color: string, theme: ChartTheme): Option {
  if (mark === "bar") {
    return {
      itemStyle: {
        color: translucent(color, 0.28),
        borderColor: color,
        borderWidth: 1.25,
        borderType: [4, 3],
      },
    };
  }
  return {
    symbol: "circle",
    symbolSize: 7,
    itemStyle: { color: theme.background, borderColor: color, borderWidth: 1.75 },
  };
}
