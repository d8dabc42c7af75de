/** Heatmap as an ECharts option. */
import type { CellsModel } from "../data/model.js";
import { shortText } from "../format.js";
import type { Scene } from "../renderer.js";
import { readable } from "../theme.js";
import { categoryAxes } from "./axes.js";
import { dataZoom, gridBox, type Option, textStyle } from "./common.js";
import { shadeColor, shadeMap } from "./shades.js";

/** Cells that are wide and high enough have their value written in them. */
const TEXT_WIDTH = 46;
const TEXT_HEIGHT = 18;

export function cellsOption(model: CellsModel, scene: Scene): Option {
  const { theme, options, width, height } = scene;
  const columns = model.x.levels[0]?.length ?? 1;
  const rows = model.y.levels[0]?.length ?? 1;
  const size = { width: width - 140, height: height - 60 };
  const x = categoryAxes(model.x, scene, { upright: false, ...size });
  const y = categoryAxes(model.y, scene, { upright: true, ...size });
  const fits = size.width / columns > TEXT_WIDTH && size.height / rows > TEXT_HEIGHT;
  let mark = 0;
  let row = -1;
  return {
    grid: gridBox({ right: 60 }),
    xAxis: x.map((axis) => ({ ...axis, axisLine: { show: false } })),
    yAxis: y.map((axis) => ({ ...axis, axisLine: { show: false } })),
    dataZoom: dataZoom({ x: x.map((_, at) => at), y: y.map((_, at) => at) }, options, theme, false),
    visualMap: shadeMap(model.range, theme, {
      dimension: 2,
      text: (value) => shortText(value, model.written),
    }),
    tooltip: { trigger: "item" },
    series: [
      {
        id: "cells",
        type: "heatmap",
        name: model.title,
        // Marks are counted a row of the map.
        data: model.cells.map((cell) => {
          if (cell[1] !== row) {
            row = cell[1];
            mark = 0;
          }
          const color = shadeColor(theme, model.range, cell[2]);
          return {
            value: cell,
            list: row,
            mark: mark++,
            ...(fits ? { label: { color: readable(color, theme.background, theme.text) } } : {}),
          };
        }),
        itemStyle: { borderColor: theme.background, borderWidth: columns * rows < 4_000 ? 1 : 0 },
        emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1.5 } },
        progressive: 0,
        label: {
          ...textStyle(theme),
          show: options.labels ?? fits,
          formatter: ({ value }: { value: [number, number, number] }) =>
            shortText(value[2], model.written),
        },
      },
    ],
  };
}
