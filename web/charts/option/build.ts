/** From a model to the whole of an ECharts option. */
import type { ChartModel } from "../data/model.js";
import type { Scene } from "../renderer.js";
import { cellsOption } from "./cells.js";
import type { Option } from "./common.js";
import { figuresOption } from "./figures.js";
import { partsOption } from "./parts.js";
import { pointsOption } from "./points.js";
import { rangesOption } from "./ranges.js";
import { seriesOption } from "./series.js";
import { treeOption } from "./tree.js";

export function buildOption(scene: Scene): Option {
  return {
    animation: false,
    // A date is a day of the calendar, wherever it is read.
    useUTC: usesDates(scene.model),
    backgroundColor: "transparent",
    textStyle: { fontFamily: scene.theme.font },
    ...familyOption(scene),
  };
}

function familyOption(scene: Scene): Option {
  const { model } = scene;
  switch (model.family) {
    case "series":
      return seriesOption(model, scene);
    case "points":
      return pointsOption(model, scene);
    case "parts":
      return partsOption(model, scene);
    case "tree":
      return treeOption(model, scene);
    case "cells":
      return cellsOption(model, scene);
    case "ranges":
      return rangesOption(model, scene);
    case "figures":
      return figuresOption(model, scene);
    case "nothing":
      return {};
  }
}

function usesDates(model: ChartModel): boolean {
  if (model.family === "series") return model.axis.kind === "time" && model.axis.type === "date";
  return model.family === "points" && (model.x.type === "date" || model.y.type === "date");
}

/** Options of one shape are merged into each other; others start afresh. */
export function shapeOf({ model, options, theme }: Scene): string {
  const parts: unknown[] = [model.family, theme.key, options];
  if (model.family === "series") {
    const { axis, mark, flipped, expand } = model;
    const levels = axis.kind === "category" ? axis.levels.length : 0;
    const right = model.series.some((each) => each.right);
    parts.push(mark, flipped, expand, axis.kind, levels, right);
  } else if (model.family === "ranges") parts.push(model.mark, model.axis.levels.length);
  else if (model.family === "figures")
    parts.push(model.shape, ...model.figures.map(({ id }) => id));
  else if (model.family === "cells") parts.push(model.x.levels.length, model.y.levels.length);
  else if (model.family === "points")
    parts.push(model.line, model.x.kind, model.y.kind, model.shadeRange !== undefined);
  else if (model.family === "parts") parts.push(model.hole, model.pies.length);
  else if (model.family === "tree") parts.push(model.shape, model.shadeRange !== undefined);
  return JSON.stringify(parts);
}
