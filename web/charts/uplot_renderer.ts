/**
 * Draws lines and areas over numbers or time by uPlot: a frame of many points takes it a few
 * milliseconds. What the user has zoomed to is kept over all draws.
 */
import uPlot from "uplot";
import type { SeriesModel } from "./data/model.js";
import type { Range, Renderer, RendererListener, Scene } from "./renderer.js";
import { element, placeTip } from "./tooltip.js";
import { type PlotData, plotData } from "./uplot_data.js";
import { plotOptions } from "./uplot_options.js";

/** A drag of fewer pixels is a click. */
const LEAST_DRAG = 4;
const WHEEL_STEP = 1.2;

/** Whether uPlot draws this. */
export function isForPlot({ model }: Pick<Scene, "model">): boolean {
  if (model.family !== "series" || model.flipped) return false;
  return model.axis.kind !== "category" && (model.mark === "line" || model.mark === "area");
}

export class UplotRenderer implements Renderer {
  readonly #host: HTMLElement;
  readonly #listener: RendererListener;
  readonly #tip = element("div", "tip-frame floating");
  #plot: uPlot | undefined;
  #scene: Scene | undefined;
  #data: PlotData | undefined;
  #range: Range | undefined;
  #shape = "";
  #dragged = false;

  constructor(host: HTMLElement, listener: RendererListener) {
    this.#host = host;
    this.#listener = listener;
    this.#tip.hidden = true;
    host.append(this.#tip);
  }

  draw(scene: Scene): void {
    this.#scene = scene;
    const model = scene.model as SeriesModel;
    const data = plotData(model);
    this.#data = data;
    const shape = shapeOf(model, scene, data);
    if (!this.#plot || shape !== this.#shape) this.#make(model, scene, data);
    else {
      if (this.#plot.width !== scene.width || this.#plot.height !== scene.height) {
        this.#plot.setSize({ width: scene.width, height: scene.height });
      }
      this.#plot.setData(aligned(data));
    }
    this.#shape = shape;
    this.#showTip();
  }

  /** What uPlot was given last, and the range of its axis. */
  get plotted(): { data: PlotData | undefined; range: Range | undefined } {
    return { data: this.#data, range: this.#range };
  }

  #make(model: SeriesModel, scene: Scene, data: PlotData): void {
    const cursor = this.#plot?.cursor;
    const place = cursor && { left: cursor.left ?? -10, top: cursor.top ?? -10 };
    this.#plot?.destroy();
    const options = plotOptions(model, scene, data.open !== undefined, () => this.#range);
    const plot = new uPlot(
      {
        ...options,
        cursor: { ...options.cursor, bind: { dblclick: () => () => this.#onDoubleClick() } },
        hooks: {
          ...options.hooks,
          setSelect: [(made) => this.#onSelect(made)],
          setCursor: [() => this.#showTip()],
        },
      },
      aligned(data),
      this.#host,
    );
    plot.over.addEventListener("click", () => this.#onClick());
    plot.over.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    this.#plot = plot;
    // The pointer has not moved because what is below it was made anew.
    if (place && place.left >= 0) plot.setCursor(place);
  }

  #redraw(): void {
    if (this.#scene) this.draw(this.#scene);
  }

  // ---- zoom ----

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG) return;
    this.#dragged = true;
    const min = plot.posToVal(left, "x");
    const max = plot.posToVal(left + width, "x");
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#zoomTo({ min, max });
  }

  #onWheel(event: WheelEvent): void {
    const plot = this.#plot;
    if (!plot || !event.ctrlKey || !this.#scene?.options.zoom) return;
    event.preventDefault();
    const at = plot.posToVal(plot.cursor.left ?? plot.over.clientWidth / 2, "x");
    this.#zoomAt(at, event.deltaY < 0 ? 1 / WHEEL_STEP : WHEEL_STEP);
  }

  #onDoubleClick(): null {
    this.zoom(undefined);
    return null;
  }

  zoom(factor: number | undefined): void {
    const scale = this.#plot?.scales.x;
    if (factor === undefined) this.#zoomTo(undefined);
    else this.#zoomAt(((scale?.min ?? 0) + (scale?.max ?? 0)) / 2, factor);
  }

  #zoomAt(at: number, factor: number): void {
    const scale = this.#plot?.scales.x;
    const whole = this.#whole();
    if (scale?.min == null || scale.max == null || !whole) return;
    const min = Math.max(whole.min, at - (at - scale.min) * factor);
    const max = Math.min(whole.max, at + (scale.max - at) * factor);
    this.#zoomTo(min <= whole.min && max >= whole.max ? undefined : { min, max });
  }

  #whole(): Range | undefined {
    const model = this.#scene?.model as SeriesModel | undefined;
    if (!model || model.axis.kind === "category") return undefined;
    const { values, ends = [values[0] ?? 0, values.at(-1) ?? 0] } = model.axis;
    return { min: ends[0], max: ends[1] };
  }

  #zoomTo(range: Range | undefined): void {
    this.#range = range;
    this.#redraw();
    this.#listener.zoomed(range !== undefined, range);
  }

  // ---- pointing ----

  #onClick(): void {
    const plot = this.#plot;
    const mark = plot?.cursor.idx;
    if (this.#dragged) {
      this.#dragged = false;
      return;
    }
    if (!plot || mark == null) return;
    const list = this.#nearest(plot);
    if (list >= 0) this.#listener.click(list, mark);
  }

  /** The series whose point is nearest to the pointer. */
  #nearest(plot: uPlot): number {
    const series = (this.#scene?.model as SeriesModel | undefined)?.series ?? [];
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    series.forEach(({ right }, at) => {
      const value = plot.data[at + 1]?.[plot.cursor.idx ?? -1];
      if (value === null || value === undefined) return;
      const away = Math.abs(
        plot.valToPos(value, right ? "right" : "left") - (plot.cursor.top ?? 0),
      );
      if (away < least) {
        least = away;
        nearest = at;
      }
    });
    return nearest;
  }

  #showTip(): void {
    const plot = this.#plot;
    const scene = this.#scene;
    const mark = plot?.cursor.idx;
    const left = plot?.cursor.left ?? -1;
    if (!plot || !scene || mark == null || left < 0) {
      this.#tip.hidden = true;
      return;
    }
    this.#tip.replaceChildren(placeTip(scene.model, mark, scene));
    this.#tip.hidden = false;
    const { offsetWidth, offsetHeight } = this.#tip;
    const x = plot.over.offsetLeft + left;
    const y = plot.over.offsetTop + (plot.cursor.top ?? 0);
    const beside = x + 16 + offsetWidth <= scene.width ? x + 16 : x - 16 - offsetWidth;
    this.#tip.style.left = `${Math.max(4, Math.min(beside, scene.width - offsetWidth - 4))}px`;
    this.#tip.style.top = `${Math.max(4, Math.min(y + 12, scene.height - offsetHeight - 4))}px`;
  }

  point(list: number, mark: number): void {
    const plot = this.#plot;
    const data = this.#data;
    const series = (this.#scene?.model as SeriesModel | undefined)?.series[list];
    if (!plot || !data || !series) return;
    const value = data.ys[list]?.[mark] ?? data.open?.[list]?.[mark];
    plot.setCursor({
      left: plot.valToPos(data.xs[mark] ?? 0, "x"),
      top: value == null ? 0 : plot.valToPos(value, series.right ? "right" : "left"),
    });
  }

  leave(): void {
    this.#plot?.setCursor({ left: -10, top: -10 });
  }

  dispose(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#tip.remove();
  }
}

function aligned(data: PlotData): uPlot.AlignedData {
  return [data.xs, ...data.ys, ...(data.open ?? [])];
}

/** Plots of one shape differ in their data alone. */
function shapeOf(model: SeriesModel, { options, theme, language }: Scene, data: PlotData): string {
  const { mark, axis, series, expand, valueTitle } = model;
  return JSON.stringify([
    mark,
    axis.kind,
    axis.title,
    valueTitle,
    expand,
    series.map(({ id, name, color, right, stack }) => [id, name, color, right, stack]),
    data.open !== undefined,
    options,
    theme.key,
    language,
  ]);
}
