/**
 * The settings panel comes by a script of its own: whether that is there, on its way, or could not
 * be had, and where the focus goes as one takes the other's place.
 */
import type { LitElement, ReactiveController } from "lit";
import { MillraceError } from "../client/errors.js";
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
  #problem: MillraceError | undefined;
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

  /** Why it could not be had. */
  get problem(): MillraceError | undefined {
    return this.#problem;
  }

  /** Somebody may open the panel soon. */
  preload(): void {
    // Whether it worked is told to who opens it.
    loadPanel().catch(() => {});
  }

  /** Resolves when the panel is there or could not be had. */
  async load(): Promise<void> {
    if (ready) return;
    this.#tell(undefined);
    try {
      await loadPanel();
    } catch (error) {
      this.#tell(MillraceError.from(error));
    }
    this.#host.requestUpdate();
    await this.#host.updateComplete;
  }

  #tell(problem: MillraceError | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
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
    this.#focused = this.#host.shadowRoot?.activeElement?.closest(".stand-in") != null;
  }

  hostUpdated(): void {
    if (this.#focused && !this.#host.shadowRoot?.activeElement) void this.focus();
  }
}
