/**
 * How long to wait before the next attempt to connect.
 *
 * Doubles from 250 ms to 5 s, each time somewhere in the upper half, so that the pages of a
 * relay that restarts do not all come back in the same moment.
 */
const FIRST_MS = 250;
const LONGEST_MS = 5_000;

export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait; longer with each call. */
  next(): number {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#attempts);
    this.#attempts++;
    return Math.round(ceiling * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
