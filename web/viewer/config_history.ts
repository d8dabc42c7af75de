/**
 * What was set before, and what was taken back: for undo and redo.
 */
export class ConfigHistory<Config> {
  readonly #most: number;
  #past: Config[] = [];
  #future: Config[] = [];

  /** Keeps at most so many steps. */
  constructor(most = 100) {
    this.#most = most;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** A change was made to `before`: there is nothing left to redo. */
  record(before: Config): void {
    this.#past = [...this.#past, before].slice(-this.#most);
    this.#future = [];
  }

  /** The config before the last change, given the present one. */
  undo(present: Config): Config | undefined {
    const before = this.#past.pop();
    if (before !== undefined) this.#future.push(present);
    return before;
  }

  redo(present: Config): Config | undefined {
    const after = this.#future.pop();
    if (after !== undefined) this.#past.push(present);
    return after;
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
  }
}
