/**
 * The matches of a text in a view: found step by step, and anew when the view's rows have
 * changed. What was found stands until all of the view has been looked through again.
 */
import type { Place } from "./active_cell.js";
import { type Matcher, scan } from "./finder.js";
import type { Shown } from "./host.js";

/** Between two looks through a view whose rows keep changing, ms at the least. */
const LEAST_REST_MS = 500;
/** Of a long view, so many times what the last look took. */
const REST = 4;

type Subject = Pick<Shown, "view" | "shape" | "formatters"> & { matcher: Matcher };

export class MatchSearch {
  readonly #changed: () => void;
  #subject: Subject | undefined;
  #places: readonly Place[] = [];
  #isDone = true;
  #stop: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isOutdated = false;
  #restMs = LEAST_REST_MS;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when there are other matches, or no more to come. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** In the order of rows, and of columns in them. */
  get places(): readonly Place[] {
    return this.#places;
  }

  /** Whether all of the view has been looked through. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Resolves when it has. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  start(subject: Subject): void {
    this.stop();
    this.#subject = subject;
    this.#isDone = false;
    this.#ended = this.#look(subject, true);
  }

  /** Forgets what was found. */
  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    clearTimeout(this.#again);
    this.#again = undefined;
    this.#subject = undefined;
    this.#places = [];
    this.#isDone = true;
    this.#isOutdated = false;
    this.#restMs = LEAST_REST_MS;
  }

  /** Other rows are in the view: looks through it again, but not all the time. */
  update(): void {
    if (!this.#subject) return;
    this.#isOutdated = true;
    this.#lookLater();
  }

  #lookLater(): void {
    const subject = this.#subject;
    if (!subject || !this.#isOutdated || this.#stop || this.#again !== undefined) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      void this.#look(subject, false);
    }, this.#restMs);
  }

  /** `shows`: whether matches are to be had while others are looked for. */
  async #look(subject: Subject, shows: boolean): Promise<void> {
    const { view, matcher, shape, formatters } = subject;
    const stop = new AbortController();
    this.#stop = stop;
    this.#isOutdated = false;
    const began = performance.now();
    const found: Place[] = [];
    try {
      await scan(view, matcher, shape, formatters, stop.signal, (places) => {
        found.push(...places);
        if (!shows) return;
        this.#places = found;
        this.#changed();
      });
      if (!stop.signal.aborted) this.#places = found;
    } catch {
      // The view was replaced while it was read.
    }
    if (stop.signal.aborted) return;
    this.#stop = undefined;
    this.#isDone = true;
    this.#restMs = Math.max(LEAST_REST_MS, REST * (performance.now() - began));
    this.#changed();
    this.#lookLater();
  }
}
