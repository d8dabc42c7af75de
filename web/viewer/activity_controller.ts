/** Whether anybody looks at an element: nothing is drawn while nobody does. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { DrawLoop } from "./draw_loop.js";

export class ActivityController implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #loop: DrawLoop;
  #visible = true;
  #paused = false;
  readonly #sight = new IntersectionObserver((entries) => {
    this.#visible = entries.at(-1)?.isIntersecting ?? true;
    this.#update();
  });
  readonly #onVisibility = () => this.#update();

  constructor(host: ReactiveControllerHost & Element, loop: DrawLoop) {
    this.#host = host;
    this.#loop = loop;
    host.addController(this);
  }

  /** Held still by a person; what comes in meanwhile is drawn afterwards. */
  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#update();
    if (!paused) this.#loop.mark();
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    this.#sight.observe(this.#host);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#update();
  }

  hostDisconnected(): void {
    this.#sight.disconnect();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#loop.active = false;
  }

  #update(): void {
    const { isConnected } = this.#host;
    this.#loop.active = isConnected && this.#visible && !document.hidden && !this.#paused;
  }
}
