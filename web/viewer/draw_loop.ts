/**
 * When the screen is drawn: at most once an animation frame, at most once per throttle
 * interval, never two draws at a time, and not at all while nobody can see it.
 */
import { inNextFrame } from "./page_frame.js";

export class DrawLoop {
  readonly #draw: () => Promise<void>;
  #dirty = false;
  #active = true;
  #running: Promise<void> | undefined;
  #waiting = false;
  #lastDraw = 0;
  /** Least time between two draws, ms. */
  throttle = 0;

  /** `draw` handles its own errors. */
  constructor(draw: () => Promise<void>) {
    this.#draw = draw;
  }

  /** Something changed. */
  mark(): void {
    this.#dirty = true;
    this.#arm();
  }

  /** Whether anybody looks. */
  set active(active: boolean) {
    this.#active = active;
    this.#arm();
  }

  get active(): boolean {
    return this.#active;
  }

  /** Draws what is there now, also when hidden or paused; resolves when it is on the screen. */
  async now(): Promise<void> {
    await this.#running;
    this.#dirty = true;
    await this.#run();
  }

  #arm(): void {
    if (!this.#dirty || !this.#active || this.#waiting || this.#running) return;
    this.#waiting = true;
    const wait = this.#lastDraw + this.throttle - performance.now();
    const frame = () => {
      this.#waiting = false;
      if (this.#dirty && this.#active && !this.#running) void this.#run();
    };
    if (wait > 0) setTimeout(() => inNextFrame(frame), wait);
    else inNextFrame(frame);
  }

  #run(): Promise<void> {
    this.#dirty = false;
    this.#lastDraw = performance.now();
    this.#running ??= this.#draw().finally(() => {
      this.#running = undefined;
      this.#arm();
    });
    return this.#running;
  }
}
