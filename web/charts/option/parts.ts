/** Pies and donuts as an ECharts option; several stand in rows. */
import type { PartsModel, Pie } from "../data/model.js";
import { percentText } from "../format.js";
import type { Scene } from "../renderer.js";
import { seriesColor } from "../theme.js";
import { clipped, type Option, textStyle } from "./common.js";
import { type Box, tiles } from "./tiles.js";

/** A slice below this angle, in degrees, has no label. */
const LEAST_LABEL = 4;
const TITLE_HEIGHT = 24;
const LEAST_WIDTH_FOR_LABELS = 420;

export function partsOption(model: PartsModel, { theme, width, height }: Scene): Option {
  const boxes = tiles(model.pies.length, width, height);
  const places = model.pies.map((pie, at) => pieBox(pie, boxes[at], model.pies.length === 1));
  return {
    tooltip: { trigger: "item" },
    title: model.pies.flatMap((pie, at) => {
      const place = places[at];
      if (!place || pie.name === "") return [];
      return [
        {
          text: clipped(pie.name, Math.floor(place.radius / 3.5)),
          left: place.x,
          top: Math.max(0, place.y - place.radius - TITLE_HEIGHT),
          textAlign: "center",
          textStyle: { ...textStyle(theme), color: theme.text, fontSize: 12, fontWeight: 600 },
        },
      ];
    }),
    series: model.pies.map((pie, at): Option => {
      const { x = 0, y = 0, radius = 0, labels = false } = places[at] ?? {};
      return {
        id: `pie-${at}`,
        name: pie.name,
        type: "pie",
        center: [x, y],
        radius: [model.hole ? radius * 0.58 : 0, radius],
        avoidLabelOverlap: true,
        minShowLabelAngle: LEAST_LABEL,
        itemStyle: { borderColor: theme.background, borderWidth: 1.5, borderRadius: 3 },
        label: {
          ...textStyle(theme),
          color: theme.text,
          show: labels,
          overflow: "truncate",
          formatter: ({ name, percent }: { name: string; percent: number }) =>
            `${clipped(name, 28)}  ${percentText(percent)}`,
        },
        labelLine: {
          show: labels,
          length: 10,
          length2: 10,
          lineStyle: { color: theme.lineStrong },
        },
        data: pie.slices.map((slice) => ({
          id: slice.id,
          name: slice.name,
          value: slice.value,
          mark: slice.mark,
          itemStyle: { color: seriesColor(theme, slice.color) },
        })),
      };
    }),
  };
}

interface PiePlace {
  x: number;
  y: number;
  radius: number;
  /** Whether there is room for labels around it. */
  labels: boolean;
}

function pieBox(pie: Pie, box: Box | undefined, alone: boolean): PiePlace {
  const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
  const title = pie.name === "" ? 0 : TITLE_HEIGHT;
  const labels = alone && width > LEAST_WIDTH_FOR_LABELS;
  const across = width / (labels ? 3 : 2.3);
  const radius = Math.max(10, Math.min(across, (height - title) / (alone ? 2.6 : 2.3)));
  return { x: x + width / 2, y: y + title + (height - title) / 2, radius, labels };
}
