/**
 * Functions to call back, by the ids that their users take them away with.
 */
export class Callbacks<Args extends unknown[]> {
  readonly #callbacks = new Map<number, (...args: Args) => void>();
  #next = 1;

  get size(): number {
    return this.#callbacks.size;
  }

  /** Answers its id. */
  add(callback: (...args: Args) => void): number {
    this.#callbacks.set(this.#next, callback);
    return this.#next++;
  }

  /** By its id, or by itself. */
  remove(which: number | ((...args: Args) => void)): void {
    for (const [id, callback] of this.#callbacks) {
      if (id === which || callback === which) this.#callbacks.delete(id);
    }
  }

  all(): ((...args: Args) => void)[] {
    return [...this.#callbacks.values()];
  }

  /** All, which are not called again. */
  takeAll(): ((...args: Args) => void)[] {
    const all = this.all();
    this.#callbacks.clear();
    return all;
  }
}
