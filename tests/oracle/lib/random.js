/**
 * Random choices that repeat: the same seed gives the same choices on every machine.
 */

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1 (mulberry32). */
  unit() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `greatest`, both included. */
  whole(least, greatest) {
    return least + Math.floor(this.unit() * (greatest - least + 1));
  }

  chance(probability) {
    return this.unit() < probability;
  }

  pick(items) {
    return items[this.whole(0, items.length - 1)];
  }

  /** Up to `count` different items, in any order. */
  some(items, count) {
    const rest = [...items];
    const chosen = [];
    while (chosen.length < count && rest.length > 0) {
      chosen.push(...rest.splice(this.whole(0, rest.length - 1), 1));
    }
    return chosen;
  }
}
