/** Keeps what an element is set to in the page's address, where its attribute asks for that. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { readAttributes } from "./attributes.js";
import { readViewerConfig } from "./read_config.js";
import { UrlState } from "./url_state.js";
import { defaultConfig, type ViewerConfig } from "./viewer_config.js";

export interface UrlHost extends ReactiveControllerHost, Element {
  readonly urlState: string | null;
  readonly theme: ViewerConfig["theme"];
  readonly settings: boolean;
  restore(config: Record<string, unknown>): Promise<void>;
}

export class UrlController implements ReactiveController {
  readonly #host: UrlHost;
  /** What is on the screen, once changes under way have settled; none where nothing is. */
  readonly #settled: () => Promise<ViewerConfig | undefined>;
  #url: UrlState | undefined;

  constructor(host: UrlHost, settled: () => Promise<ViewerConfig | undefined>) {
    this.#host = host;
    this.#settled = settled;
    host.addController(this);
  }

  hostConnected(): void {
    this.#url?.listen();
  }

  hostDisconnected(): void {
    this.#url?.stop();
  }

  /** Follows the address from now on; answers what it says at first, as far as it can be read. */
  start(): Partial<ViewerConfig> | undefined {
    const { urlState, theme, settings } = this.#host;
    if (urlState === null) return undefined;
    const { config: attributes } = readAttributes(this.#host);
    this.#url = new UrlState(
      urlState,
      { ...defaultConfig(), ...attributes, theme, settings },
      { settled: this.#settled, restore: (config) => this.#host.restore(config) },
    );
    this.#url.listen();
    const state = this.#url.read();
    if (!state) return undefined;
    const { config, dropped } = readViewerConfig(state);
    for (const line of dropped) console.warn(`millrace-viewer: the address's ${line}`);
    return config;
  }

  /** Tells that the element may be set to something else. */
  changed(): void {
    this.#url?.changed();
  }
}
