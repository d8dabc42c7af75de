/**
 * The settings panel comes by a script of its own: whether that is there, on its way, or could not
 * be had, and where the focus goes as one takes the other's place.
 */
import type { LitElement, ReactiveController } from "lit";
import { SiblingScript } from "./sibling_script.js";
import { sharedWords } from "./words.js";

const script = new SiblingScript<typeof import("./settings_entry.js")>(
  "millrace-settings.js",
  "The settings panel",
);
let ready = false;

async function loadPanel(): Promise<void> {
  const { shareWords } = await script.load();
  shareWords(sharedWords());
  ready = true;
}

export class SettingsScript implements ReactiveController {
  readonly #host: LitElement;
  #missing = false;
  /** What takes the panel's place has the focus. */
  #focused = false;

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  /** Whether the panel can be shown; it can for all elements of the page at once. */
  get ready(): boolean {
    return ready;
  }

  /** Whether it could not be had when it was asked for last. */
  get missing(): boolean {
    return this.#missing;
  }

  /** Where it is asked for. */
  get address(): string {
    return script.address;
  }

  /** Somebody may open the panel soon. */
  preload(): void {
    // Whether it worked is told to who opens it.
    loadPanel().catch(() => {});
  }

  /** Resolves when the panel is there or could not be had. */
  async load(): Promise<void> {
    if (ready) return;
    this.#tell(false);
    try {
      await loadPanel();
    } catch (error) {
      console.error(error);
      this.#tell(true);
    }
    this.#host.requestUpdate();
    await this.#host.updateComplete;
  }

  #tell(missing: boolean): void {
    if (missing === this.#missing) return;
    this.#missing = missing;
    this.#host.requestUpdate();
  }

  /** To the button that closes the panel, or what stands in for it. */
  async focus(): Promise<void> {
    const root = this.#host.renderRoot;
    const panel = root.querySelector<LitElement>("millrace-settings");
    await panel?.updateComplete;
    const close = '[data-testid="settings-close"]';
    (panel?.renderRoot ?? root).querySelector<HTMLElement>(close)?.focus();
  }

  hostUpdate(): void {
    this.#focused = this.#host.shadowRoot?.activeElement?.closest(".no-settings") != null;
  }

  hostUpdated(): void {
    if (this.#focused && !this.#host.shadowRoot?.activeElement) void this.focus();
  }
}
