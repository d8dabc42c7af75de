/**
 * A chart as a picture: drawn once more off the screen, with its legend and on the theme's
 * background, by ECharts whatever draws it on the screen.
 */
import type { ImageType } from "../viewer/plugins.js";
import { init } from "./echarts_parts.js";
import { buildOption } from "./option/build.js";
import { clipped, type Option, textStyle } from "./option/common.js";
import type { Range, Scene } from "./renderer.js";
import { seriesColor } from "./theme.js";

const LEGEND_HEIGHT = 28;
/** Pixels of a PNG a pixel of the page: sharp on paper too. */
const DENSITY = 2;

export async function exportImage(
  type: ImageType,
  scene: Scene,
  hidden: ReadonlySet<string>,
  range: Range | undefined,
): Promise<Blob> {
  const entries = scene.model.legend.filter(({ id }) => !hidden.has(id));
  const legend = entries.length > 1 ? LEGEND_HEIGHT : 0;
  const { width } = scene;
  const height = scene.height + legend;
  const option: Option = {
    ...buildOption(scene),
    backgroundColor: scene.theme.background,
    ...(legend > 0 ? { legend: legendOption(scene, entries) } : {}),
  };
  if (legend > 0 && option.grid && !Array.isArray(option.grid)) {
    const grid = option.grid as { bottom: number };
    option.grid = { ...grid, bottom: grid.bottom + legend };
  }
  delete option.dataZoom;
  if (range) option.xAxis = (option.xAxis as Option[]).map((axis) => ({ ...axis, ...range }));
  if (type === "svg") {
    const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
    try {
      chart.setOption(option);
      return new Blob([chart.renderToSVGString()], { type: "image/svg+xml" });
    } finally {
      chart.dispose();
    }
  }
  const canvas = document.createElement("canvas");
  const chart = init(canvas, null, {
    renderer: "canvas",
    devicePixelRatio: DENSITY,
    width,
    height,
  });
  try {
    chart.setOption(option);
    const drawn = chart.renderToCanvas({
      pixelRatio: DENSITY,
      backgroundColor: scene.theme.background,
    });
    return await new Promise<Blob>((resolve, reject) => {
      drawn.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new Error("The picture could not be made."));
      }, "image/png");
    });
  } finally {
    chart.dispose();
  }
}

function legendOption({ theme }: Scene, entries: Scene["model"]["legend"]): Option {
  return {
    type: "scroll",
    bottom: 4,
    icon: "roundRect",
    itemWidth: 10,
    itemHeight: 10,
    textStyle: { ...textStyle(theme), color: theme.text },
    formatter: (name: string) => clipped(name, 32),
    data: entries.map(({ name, color }) => ({
      name,
      itemStyle: { color: seriesColor(theme, color) },
    })),
  };
}
