/**
 * Where plugins stand: one is on the screen, and stays there until the next one has drawn.
 */
import type { Window } from "../client/types.js";
import type { View } from "../client/view.js";
import { loadPlugin } from "./load_plugin.js";
import type { PluginListener, PluginName, ViewPlugin, ViewShape } from "./plugins.js";

export class Stage {
  readonly element = document.createElement("div");
  readonly #listener: PluginListener;
  #name: PluginName | undefined;
  #shown: ViewPlugin | undefined;

  constructor(listener: PluginListener) {
    this.#listener = listener;
    this.element.className = "plugins";
  }

  /** Shows the view by the plugin; where that fails, what was there stays. */
  async show(name: PluginName, view: View, shape: ViewShape): Promise<void> {
    const old = this.#shown;
    if (old && name === this.#name) {
      await old.show(view, shape);
      return;
    }
    const next = await loadPlugin(name, this.#listener);
    const { element } = next;
    // It needs its space to draw, but not to be seen yet.
    element.style.visibility = "hidden";
    this.element.append(element);
    try {
      await next.show(view, shape);
    } catch (error) {
      next.clear();
      element.remove();
      throw error;
    }
    element.style.visibility = "";
    this.#name = name;
    this.#shown = next;
    old?.clear();
    old?.element.remove();
  }

  async draw(): Promise<void> {
    await this.#shown?.draw();
  }

  async resize(): Promise<void> {
    await this.#shown?.resize();
  }

  /** How the plugin on the screen makes a picture of it, where it can. */
  get picture(): ((type: "png" | "svg") => Promise<Blob>) | undefined {
    const shown = this.#shown;
    return shown?.exportImage?.bind(shown);
  }

  getSelection(): Required<Window> | undefined {
    return this.#shown?.getSelection?.();
  }

  setSelection(selection: Window | undefined): void {
    this.#shown?.setSelection?.(selection);
  }

  clear(): void {
    this.#shown?.clear();
  }
}
