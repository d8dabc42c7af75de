/** From a window of a view to what a chart of a kind shows of it. */
import type { ChartKind } from "../kinds.js";
import { cellsModel } from "./cells.js";
import type { ChartContext } from "./context.js";
import { densityModel, histogramModel } from "./distribution.js";
import { figuresModel } from "./figures.js";
import { type ChartModel, nothing } from "./model.js";
import { partsModel } from "./parts.js";
import { pointsModel } from "./points.js";
import { boxesModel, pricesModel } from "./ranges.js";
import { seriesModel } from "./series.js";
import { treeModel } from "./tree.js";

export function buildModel(kind: ChartKind, context: ChartContext): ChartModel {
  if (context.window.num_rows === 0 || context.window.num_columns === 0) {
    return nothing(context.say("chart.no-rows"));
  }
  switch (kind.family) {
    case "series":
      return seriesModel(kind, context);
    case "points":
      return pointsModel(kind, context);
    case "parts":
      return partsModel(kind, context);
    case "tree":
      return treeModel(kind, context);
    case "cells":
      return cellsModel(context);
    case "prices":
      return pricesModel(kind, context);
    case "boxes":
      return boxesModel(context);
    case "histogram":
      return histogramModel(context);
    case "density":
      return densityModel(context);
    case "figures":
      return figuresModel(kind, context);
  }
}
