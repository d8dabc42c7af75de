/** Draws a model by ECharts. What the user has zoomed to is kept over all draws. */
import { type ECharts, init } from "./echarts_parts.js";
import { buildOption, shapeOf } from "./option/build.js";
import type { Option } from "./option/common.js";
import type { Renderer, RendererListener, Scene } from "./renderer.js";
import { element, markTip, placeTip } from "./tooltip.js";

/** What ECharts tells of a mark; `data` is what the option holds there. */
interface Pointed {
  seriesId?: string;
  seriesIndex?: number;
  dataIndex?: number;
  data?: unknown;
  componentType?: string;
}

interface ZoomRange {
  startValue: number | string;
  endValue: number | string;
}

interface ZoomOption {
  id?: string;
  start?: number;
  end?: number;
  startValue?: number | string;
  endValue?: number | string;
}

export class EchartsRenderer implements Renderer {
  readonly #chart: ECharts;
  readonly #listener: RendererListener;
  readonly #zoomed = new Map<string, ZoomRange>();
  #scene: Scene | undefined;
  #shape = "";
  /** The node of a tree that is shown as its root. */
  #root: string | undefined;
  #option: Option = {};

  constructor(host: HTMLElement, listener: RendererListener, { width, height }: Scene) {
    this.#listener = listener;
    this.#chart = init(host, null, { renderer: "canvas", width, height });
    this.#chart.on("click", (event) => this.#onClick(event as Pointed));
    this.#chart.on("datazoom", () => this.#onZoom());
    this.#chart.on("treemaproottonode", (event) => this.#onRoot(event as RootEvent));
    this.#chart.on("sunburstroottonode", (event) => this.#onRoot(event as RootEvent));
  }

  draw(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before && (before.width !== scene.width || before.height !== scene.height)) {
      this.#chart.resize({ width: scene.width, height: scene.height });
    }
    const shape = shapeOf(scene);
    const option = buildOption(scene);
    option.tooltip = { ...(option.tooltip as Option), ...this.#tooltip() };
    this.#withZoom(option);
    this.#option = option;
    const isOther = shape !== this.#shape;
    this.#shape = shape;
    this.#chart.setOption(option, isOther ? { notMerge: true } : { replaceMerge: ["series"] });
    if (this.#root !== undefined) this.#goTo(this.#root);
  }

  /** What ECharts was given last. */
  get option(): Option {
    return this.#option;
  }

  #tooltip(): Option {
    return {
      confine: true,
      transitionDuration: 0,
      className: "tip-frame",
      backgroundColor: "transparent",
      borderWidth: 0,
      padding: 0,
      extraCssText: "box-shadow: none",
      formatter: (pointed: Pointed | Pointed[]) => this.#tip(pointed),
    };
  }

  #tip(pointed: Pointed | Pointed[]): HTMLElement | string {
    const scene = this.#scene;
    const all = Array.isArray(pointed) ? pointed : [pointed];
    // Outliers, say, are a series that stands for no list of marks.
    const isListed = ({ seriesId }: Pointed) =>
      scene?.model.lists.some(({ id }) => id === seriesId);
    const one = all.find(isListed) ?? all[0];
    if (!scene || !one) return "";
    const { list, mark } = this.#placeOf(one);
    const marks = scene.model.lists[list];
    if (!marks || mark < 0) return "";
    // A figure's trend is its own; series of one axis are read together.
    const together = Array.isArray(pointed) && scene.model.family === "series";
    const tip = together ? placeTip(scene.model, mark, scene) : markTip(marks, mark, scene);
    const frame = element("div", "");
    frame.append(tip);
    return frame;
  }

  /** Which mark of the model it is: the option notes it where its own index is another. */
  #placeOf({ seriesId, seriesIndex = 0, dataIndex = -1, data }: Pointed): {
    list: number;
    mark: number;
  } {
    const model = this.#scene?.model;
    const noted: Noted = typeof data === "object" && data !== null ? data : {};
    if (noted.list !== undefined) return { list: noted.list, mark: noted.mark ?? dataIndex };
    const list = model?.lists.findIndex(({ id }) => id === seriesId) ?? -1;
    const mark = noted.mark ?? dataIndex;
    return { list: list < 0 ? Math.min(seriesIndex, (model?.lists.length ?? 1) - 1) : list, mark };
  }

  #onClick(event: Pointed): void {
    if (event.componentType !== "series") return;
    const data = event.data as { id?: string; mark?: number; children?: unknown[] } | undefined;
    if (this.#scene?.model.family === "tree" && data?.children && data.id !== undefined) {
      this.#goTo(data.id);
      return;
    }
    const { list, mark } = this.#placeOf(event);
    if (list >= 0 && mark >= 0) this.#listener.click(list, mark);
  }

  // ---- zoom ----

  #onRoot(event: RootEvent): void {
    const node = event.targetNode;
    const id = typeof node === "object" ? node?.getId?.() : (event.targetNodeId ?? node);
    const depth = typeof node === "object" ? node?.depth : undefined;
    this.#root = depth === 0 || id === undefined ? undefined : String(id);
    this.#listener.zoomed(this.#root !== undefined);
  }

  #goTo(id: string): void {
    const type = this.#shapeName() === "sunburst" ? "sunburstRootToNode" : "treemapRootToNode";
    this.#chart.dispatchAction({ type, seriesId: "tree", targetNodeId: id });
    this.#root = id;
    this.#listener.zoomed(true);
  }

  #shapeName(): string {
    const model = this.#scene?.model;
    return model?.family === "tree" ? model.shape : "";
  }

  #onZoom(): void {
    const zooms = (this.#chart.getOption().dataZoom ?? []) as ZoomOption[];
    this.#zoomed.clear();
    for (const { id, start, end, startValue, endValue } of zooms) {
      if (id === undefined || startValue === undefined || endValue === undefined) continue;
      if ((start ?? 0) <= 0.01 && (end ?? 100) >= 99.99) continue;
      this.#zoomed.set(id, { startValue, endValue });
    }
    this.#listener.zoomed(this.#zoomed.size > 0);
  }

  /** New rows come outside of what the user looks at: bounds are values, not percents. */
  #withZoom(option: Option): void {
    for (const zoom of (option.dataZoom ?? []) as ZoomOption[]) {
      const range = this.#zoomed.get(zoom.id ?? "");
      if (range) Object.assign(zoom, range);
      else Object.assign(zoom, { start: 0, end: 100 });
    }
  }

  zoom(factor: number | undefined): void {
    if (factor === undefined) {
      const wasRoot = this.#root !== undefined;
      this.#root = undefined;
      this.#zoomed.clear();
      if (wasRoot) this.#shape = "";
      else
        this.#chart.dispatchAction({
          type: "dataZoom",
          batch: this.#ids().map((id) => ({ dataZoomId: id, start: 0, end: 100 })),
        });
      if (wasRoot && this.#scene) this.draw(this.#scene);
      this.#listener.zoomed(false);
      return;
    }
    const zooms = (this.#chart.getOption().dataZoom ?? []) as ZoomOption[];
    const batch = zooms.map(({ id, start = 0, end = 100 }) => {
      const middle = (start + end) / 2;
      const half = Math.min(50, Math.max(0.5, ((end - start) / 2) * factor));
      const from = Math.min(100 - half * 2, Math.max(0, middle - half));
      return { dataZoomId: id, start: from, end: from + half * 2 };
    });
    if (batch.length > 0) this.#chart.dispatchAction({ type: "dataZoom", batch });
  }

  #ids(): string[] {
    return ((this.#option.dataZoom ?? []) as ZoomOption[]).flatMap(({ id }) => id ?? []);
  }

  // ---- keyboard ----

  point(list: number, mark: number): void {
    const at = this.#indexOf(list, mark);
    if (at.seriesIndex < 0 || at.dataIndex < 0) return;
    this.#chart.dispatchAction({ type: "downplay" });
    this.#chart.dispatchAction({ type: "highlight", ...at });
    this.#chart.dispatchAction({ type: "showTip", ...at });
  }

  /** Where ECharts has a mark of the model. */
  #indexOf(list: number, mark: number): { seriesIndex: number; dataIndex: number } {
    const model = this.#scene?.model;
    const series = (this.#option.series ?? []) as SeriesPart[];
    if (model?.family === "tree") return { seriesIndex: 0, dataIndex: this.#nodeIndex(mark) };
    const id = model?.lists[list]?.id;
    const isCells = model?.family === "cells";
    const seriesIndex = isCells ? 0 : series.findIndex((each) => each.id === id);
    const { data = [] } = series[seriesIndex] ?? {};
    if (!isCells && model?.family !== "figures") return { seriesIndex, dataIndex: mark };
    const isIt = (each: Noted) => each.mark === mark && (!isCells || each.list === list);
    return { seriesIndex, dataIndex: (data as Noted[]).findIndex(isIt) };
  }

  /** ECharts counts the nodes of a tree from its root, parents first. */
  #nodeIndex(mark: number): number {
    const model = this.#scene?.model;
    if (model?.family !== "tree") return -1;
    let index = 0;
    const find = (nodes: typeof model.roots): number => {
      for (const node of nodes) {
        index++;
        if (node.mark === mark) return index;
        const inside = find(node.children);
        if (inside >= 0) return inside;
      }
      return -1;
    };
    return find(model.roots);
  }

  leave(): void {
    this.#chart.dispatchAction({ type: "downplay" });
    this.#chart.dispatchAction({ type: "hideTip" });
  }

  dispose(): void {
    this.#chart.dispose();
  }
}

/** What an option notes of a mark where its own index is another. */
interface Noted {
  mark?: number;
  list?: number;
}

interface SeriesPart {
  id?: string;
  data?: unknown[];
}

interface RootEvent {
  targetNode?: string | { getId?: () => string; depth?: number };
  targetNodeId?: string;
}
