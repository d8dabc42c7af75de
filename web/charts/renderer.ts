/** What draws a model: ECharts most of them, uPlot lines and areas over time or numbers. */
import type { Say } from "../viewer/words.js";
import type { ChartModel } from "./data/model.js";
import type { ChartOptions } from "./options.js";
import type { ChartTheme } from "./theme.js";

export interface Scene {
  model: ChartModel;
  options: ChartOptions;
  theme: ChartTheme;
  /** The words that people read. */
  say: Say;
  language: string | undefined;
  width: number;
  height: number;
}

/** A part of a continuous axis. */
export interface Range {
  min: number;
  max: number;
}

export interface RendererListener {
  click(list: number, mark: number): void;
  /** Whether a part alone is shown; of a line, which part of its axis. */
  zoomed(zoomed: boolean, range?: Range): void;
}

export interface Renderer {
  draw(scene: Scene): void;
  /** Shows the tooltip of a mark, as if it was pointed at. */
  point(list: number, mark: number): void;
  /** No mark is pointed at. */
  leave(): void;
  /** Below 1: nearer; undefined: all there is. */
  zoom(factor: number | undefined): void;
  dispose(): void;
}
