/**
 * A chart: a view on the screen, by marks.
 *
 * It draws when told to, reads no more than can be seen, and reports what the user points
 * at. What is shown is decided by pure functions (`data/`); this holds what the user has
 * done: hidden series, zoom, the mark that the keyboard stands at.
 */
import { placeOfRow, rowPathAt, valueAt } from "../client/results.js";
import type { ViewWindow } from "../client/types.js";
import { languageOf } from "../grid/locale.js";
import type {
  ChartName,
  ImageType,
  PluginListener,
  ViewPlugin,
  ViewShape,
} from "../viewer/plugins.js";
import { ColumnFormats } from "./column_formats.js";
import { buildModel } from "./data/build.js";
import type { ChartModel } from "./data/model.js";
import { EchartsRenderer } from "./echarts_renderer.js";
import { exportImage } from "./export_image.js";
import { type ChartKind, KINDS } from "./kinds.js";
import { Legend } from "./legend.js";
import { type ChartOptions, readChartOptions } from "./options.js";
import { ChartReader, limitsOf, readNotes, type WindowSource } from "./reader.js";
import type { Range, Renderer, Scene } from "./renderer.js";
import { Steps } from "./steps.js";
import { chartStyles } from "./styles.js";
import { summaryOf } from "./summary.js";
import { ThemeProbe } from "./theme.js";
import { element, markWords } from "./tooltip.js";
import { isForPlot, UplotRenderer } from "./uplot_renderer.js";

/** More names stand at the side, where there is room. */
const MOST_AT_TOP = 10;
const LEAST_WIDTH_FOR_SIDE = 640;

interface Shown {
  shape: ViewShape;
  options: ChartOptions;
  reader: ChartReader;
  /** In what language. */
  language: string | undefined;
  formats: ColumnFormats;
}

export class Chart implements ViewPlugin {
  readonly element = document.createElement("div");
  readonly #name: ChartName;
  readonly #kind: ChartKind;
  readonly #listener: PluginListener;
  readonly #frame = element("div", "chart");
  readonly #bar = element("div", "bar");
  readonly #notes = element("div", "notes");
  readonly #canvas = element("div", "canvas");
  readonly #words = element("div", "words");
  readonly #said = element("div", "said");
  readonly #reset = element("button", "reset");
  readonly #legend = new Legend((id, alone) => this.#toggle(id, alone));
  readonly #probe = new ThemeProbe(() => this.#redraw());
  readonly #steps = new Steps();
  readonly #hidden = new Set<string>();
  readonly #colors = new Map<string, number>();
  #colorsOf = "";
  #drawing: HTMLElement | undefined;
  #renderer: Renderer | undefined;
  #shown: Shown | undefined;
  #window: ViewWindow | undefined;
  /** The part of a line's axis that is on the screen, where it is not all. */
  #range: Range | undefined;
  /** How many pixels the last read was for. */
  #pixels = 0;
  #readsAgain = false;
  #model: ChartModel | undefined;

  constructor(name: ChartName, listener: PluginListener) {
    this.#name = name;
    this.#kind = KINDS[name];
    this.#listener = listener;
    this.element.dataset.testid = "chart";
    this.element.setAttribute("part", "chart");
    Object.assign(this.element, { chart: this });
    const root = this.element.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(chartStyles);
    root.adoptedStyleSheets = [sheet];
    this.#canvas.tabIndex = 0;
    this.#canvas.role = "application";
    this.#words.dataset.testid = "chart-words";
    this.#notes.dataset.testid = "chart-notes";
    this.#said.role = "status";
    this.#said.dataset.testid = "chart-said";
    this.#reset.dataset.testid = "chart-reset-zoom";
    this.#reset.hidden = true;
    this.#reset.addEventListener("click", () => {
      this.#renderer?.zoom(undefined);
      this.#canvas.focus();
    });
    this.#canvas.addEventListener("keydown", (event) => this.#onKey(event));
    this.#canvas.addEventListener("blur", () => this.#renderer?.leave());
    this.#canvas.append(this.#words);
    this.#bar.append(this.#legend.element, this.#reset);
    this.#frame.append(this.#bar, this.#notes, this.#canvas, this.#said, this.#probe.element);
    root.append(this.#frame);
  }

  // ---- the plugin ----

  async show(view: WindowSource, shape: ViewShape): Promise<void> {
    const language = languageOf(this.element);
    const shown: Shown = {
      shape,
      options: readChartOptions(shape.plugin_config),
      reader: new ChartReader(view),
      language,
      formats: this.#formats(shape, language),
    };
    // A part of one axis is none of another.
    const isOtherAxis = shape.group_by.join() !== this.#shown?.shape.group_by.join();
    const window = await this.#read(shown, isOtherAxis ? undefined : this.#range);
    this.#shown = shown;
    if (isOtherAxis) this.#dropRenderer();
    // What is asked of other columns starts with the first colour.
    const asked = JSON.stringify([shape.group_by, shape.split_by, shape.columns]);
    if (asked !== this.#colorsOf) this.#colors.clear();
    this.#colorsOf = asked;
    this.#take(window);
  }

  async draw(): Promise<void> {
    const shown = this.#shown;
    if (!shown) return;
    const window = await this.#read(shown, this.#range);
    // Another view has come while this one was read.
    if (shown !== this.#shown) return;
    const language = languageOf(this.element);
    if (language !== shown.language) {
      shown.language = language;
      shown.formats = this.#formats(shown.shape, language);
    }
    this.#take(window);
  }

  #formats({ columns_config }: ViewShape, language: string | undefined): ColumnFormats {
    return new ColumnFormats(columns_config, language, this.#listener.say);
  }

  async resize(): Promise<void> {
    this.#redraw();
    if (this.#window?.sample && this.#canvasPixels() > this.#pixels) await this.#readAgain();
  }

  clear(): void {
    this.#shown = undefined;
    this.#window = undefined;
    this.#model = undefined;
    this.#hidden.clear();
    this.#colors.clear();
    this.#dropRenderer();
    this.#notes.textContent = "";
    this.#words.textContent = "";
    this.#said.textContent = "";
  }

  async exportImage(type: ImageType): Promise<Blob> {
    const scene = this.#scene();
    if (!scene) throw new Error("The chart shows nothing yet.");
    return exportImage(type, scene, this.#hidden, this.#range);
  }

  /** What is on the screen, before it was drawn. */
  get model(): ChartModel | undefined {
    return this.#model;
  }

  /** What draws it. */
  get renderer(): Renderer | undefined {
    return this.#renderer;
  }

  // ---- drawing ----

  async #read({ shape, options, reader }: Shown, range: Range | undefined): Promise<ViewWindow> {
    this.#pixels = this.#canvasPixels();
    const limits = limitsOf(this.#kind, shape, options);
    const window = await reader.read(limits, { pixels: this.#pixels, range });
    await this.#listener.turn();
    return window;
  }

  #canvasPixels(): number {
    return Math.ceil(this.#canvas.clientWidth * devicePixelRatio);
  }

  /** Reads for another part of the axis, or more pixels: one at a time, the last for the latest. */
  async #readAgain(): Promise<void> {
    if (this.#readsAgain) return;
    this.#readsAgain = true;
    try {
      let range: Range | undefined;
      do {
        range = this.#range;
        await this.draw();
      } while (range !== this.#range || this.#canvasPixels() > this.#pixels);
    } catch {
      // The view has gone; the next one is shown with what is asked for now.
    } finally {
      this.#readsAgain = false;
    }
  }

  #take(window: ViewWindow): void {
    this.#window = window;
    this.#redraw();
    this.#listener.drawn(window);
  }

  #redraw(): void {
    const shown = this.#shown;
    const window = this.#window;
    if (!shown || !window) return;
    const { shape, options, formats } = shown;
    const hidden = this.#hidden;
    const colors = this.#colors;
    const { say } = this.#listener;
    const now = Date.now();
    this.#model = buildModel(this.#kind, {
      window,
      shape,
      options,
      hidden,
      colors,
      now,
      say,
      written: formats.written,
    });
    this.#layOut(this.#model, shown, window);
    const scene = this.#scene();
    if (!scene) return;
    this.#canvas.ariaRoleDescription = say("chart.role");
    this.#canvas.ariaLabel = summaryOf(this.#name, this.#model, shape, say);
    if (this.#model.family === "nothing") {
      this.#dropRenderer();
      this.#words.textContent = this.#model.words;
      return;
    }
    this.#words.textContent = "";
    // No space to draw in, as of a tab that is not shown.
    if (scene.width < 2 || scene.height < 2) return;
    this.#rendererFor(scene).draw(scene);
  }

  #scene(): Scene | undefined {
    const options = this.#shown?.options;
    const model = this.#model;
    if (!options || !model) return undefined;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const { say } = this.#listener;
    const language = this.#shown?.language;
    return { model, options, theme: this.#probe.read(), say, language, width, height };
  }

  /** The parts around the canvas, whose sizes decide its own. */
  #layOut(model: ChartModel, { options, shape }: Shown, window: ViewWindow): void {
    const { say } = this.#listener;
    this.#reset.textContent = say("chart.reset");
    const entries = options.legend === "none" ? [] : model.legend;
    this.#legend.render(entries, this.#hidden, this.#probe.read(), say);
    const wide = this.element.clientWidth >= LEAST_WIDTH_FOR_SIDE;
    const auto = options.legend === "auto" && entries.length > MOST_AT_TOP && wide;
    const side = options.legend === "right" || auto;
    const legend = this.#legend.element;
    if (legend.classList.contains("side") !== side || !legend.isConnected) {
      legend.classList.toggle("side", side);
      if (side) this.#frame.append(legend);
      else this.#bar.prepend(legend);
    }
    const notes = readNotes(window, shape, say).join(" · ");
    const text = notes && say("chart.showing", { parts: notes });
    if (this.#notes.textContent !== text) this.#notes.textContent = text;
    this.#notes.hidden = notes === "";
  }

  #rendererFor(scene: Scene): Renderer {
    const plots = isForPlot(scene);
    if (this.#renderer && plots === this.#renderer instanceof UplotRenderer) return this.#renderer;
    this.#dropRenderer();
    const drawing = element("div", "drawing");
    this.#canvas.append(drawing);
    this.#drawing = drawing;
    const listener = {
      click: (list: number, mark: number) => this.#click(list, mark),
      zoomed: (zoomed: boolean, range?: Range) => {
        this.#reset.hidden = !zoomed;
        this.#range = range;
        if (this.#window?.sample) void this.#readAgain();
      },
    };
    this.#renderer = plots
      ? new UplotRenderer(drawing, listener)
      : new EchartsRenderer(drawing, listener, scene);
    return this.#renderer;
  }

  #dropRenderer(): void {
    this.#renderer?.dispose();
    this.#renderer = undefined;
    this.#drawing?.remove();
    this.#drawing = undefined;
    this.#range = undefined;
    this.#reset.hidden = true;
  }

  // ---- what the user does ----

  #toggle(id: string, alone: boolean): void {
    const others = (this.#model?.legend ?? [])
      .map((entry) => entry.id)
      .filter((each) => each !== id);
    if (alone) {
      const isAlone = others.every((each) => this.#hidden.has(each));
      this.#hidden.clear();
      if (!isAlone) for (const each of others) this.#hidden.add(each);
    } else if (!this.#hidden.delete(id)) this.#hidden.add(id);
    this.#redraw();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.#model || !this.#renderer) return;
    if (event.key === "+" || event.key === "-" || event.key === "0") {
      this.#renderer.zoom(event.key === "0" ? undefined : event.key === "+" ? 1 / 1.5 : 1.5);
    } else if (event.key === "Enter" && this.#steps.place) {
      this.#click(this.#steps.place.list, this.#steps.place.mark);
    } else if (event.key === "Escape" && this.#steps.place) {
      this.#steps.place = undefined;
      this.#renderer.leave();
    } else {
      const place = this.#steps.move(event.key, this.#model.lists);
      const list = place && this.#model.lists[place.list];
      if (!place || !list) return;
      this.#renderer.point(place.list, place.mark);
      this.#said.textContent = markWords(list, place.mark, this.#listener.say);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #click(list: number, mark: number): void {
    const window = this.#window;
    const marks = this.#model?.lists[list];
    const row = marks?.row(mark) ?? -1;
    if (!window || !marks) return;
    const index = placeOfRow(window, row);
    if (index < 0) return;
    this.#listener.click({
      row,
      column: marks.column,
      row_path: window.row_path ? rowPathAt(window.row_path, index) : undefined,
      values: Object.fromEntries(
        window.names.map((name, at) => {
          const column = window.columns[at];
          return [name, column ? valueAt(column, index) : null];
        }),
      ),
    });
  }
}
