/** Pies and donuts as an ECharts option; several stand in rows. */
import type { PartsModel } from "../data/model.js";
import { percentText } from "../format.js";
import type { Scene } from "../renderer.js";
import { seriesColor } from "../theme.js";
import { clipped, type Option, textStyle } from "./common.js";
import { tiles } from "./tiles.js";

/** A slice below this angle, in degrees, has no label. */
const LEAST_LABEL = 4;

export function partsOption(model: PartsModel, { theme, width, height }: Scene): Option {
  const boxes = tiles(model.pies.length, width, height);
  const few = model.pies.length === 1;
  return {
    tooltip: { trigger: "item" },
    title: model.pies.flatMap((pie, at) => {
      const box = boxes[at];
      if (!box || pie.name === "") return [];
      return [
        {
          text: clipped(pie.name, Math.floor(box.width / 7)),
          left: box.x + box.width / 2,
          top: box.y + 6,
          textAlign: "center",
          textStyle: { ...textStyle(theme), color: theme.text, fontSize: 12, fontWeight: 600 },
        },
      ];
    }),
    series: model.pies.map((pie, at): Option => {
      const box = boxes[at] ?? { x: 0, y: 0, width, height };
      const room = pie.name === "" ? 0 : 22;
      const roomy = few && box.width > 420;
      const radius = Math.max(
        10,
        Math.min(box.width / (roomy ? 3 : 2.3), (box.height - room) / (few ? 2.6 : 2.3)),
      );
      return {
        id: `pie-${at}`,
        name: pie.name,
        type: "pie",
        center: [box.x + box.width / 2, box.y + room + (box.height - room) / 2],
        radius: [model.hole ? radius * 0.58 : 0, radius],
        avoidLabelOverlap: true,
        minShowLabelAngle: LEAST_LABEL,
        itemStyle: { borderColor: theme.background, borderWidth: 1.5, borderRadius: 3 },
        label: {
          ...textStyle(theme),
          color: theme.text,
          show: roomy,
          overflow: "truncate",
          formatter: ({ name, percent }: { name: string; percent: number }) =>
            `${clipped(name, 28)}  ${percentText(percent)}`,
        },
        labelLine: { show: roomy, length: 10, length2: 10, lineStyle: { color: theme.lineStrong } },
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
