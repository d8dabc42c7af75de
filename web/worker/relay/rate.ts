/**
 * Rows a second over the last few seconds, from what arrives.
 */
const WINDOW_MS = 3_000;

export class Rate {
  readonly #samples: { at: number; rows: number }[] = [];
  #since: number | undefined;

  add(rows: number, now: number): void {
    this.#since ??= now;
    this.#samples.push({ at: now, rows });
    this.#forget(now);
  }

  /** Rows a second at `now`. */
  at(now: number): number {
    this.#forget(now);
    const total = this.#samples.reduce((sum, sample) => sum + sample.rows, 0);
    const span = Math.min(WINDOW_MS, Math.max(1_000, now - (this.#since ?? now)));
    return Math.round((total * 1_000) / span);
  }

  #forget(now: number): void {
    while (this.#samples.length > 0 && (this.#samples[0]?.at ?? now) < now - WINDOW_MS) {
      this.#samples.shift();
    }
  }
}
