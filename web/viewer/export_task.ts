/** The export that a person has asked for, one at a time: how far it is, and giving it up. */
import type { ReactiveControllerHost } from "lit";
import type { ExportOptions } from "./exporting.js";

export class ExportTask {
  readonly #host: ReactiveControllerHost;
  #running: AbortController | undefined;
  #part: number | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** How much of it is there, from 0 to 1, while one goes on. */
  get part(): number | undefined {
    return this.#part;
  }

  /** Runs the export in the place of one that goes on; fails as it does, unless given up. */
  async run(start: (options: ExportOptions) => Promise<void>): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const progress = (part: number) => {
      if (this.#running === running && !running.signal.aborted) this.#show(part);
    };
    this.#show(0);
    try {
      await start({ signal: running.signal, progress });
    } catch (error) {
      if (!running.signal.aborted) throw error;
    } finally {
      if (this.#running === running) {
        this.#running = undefined;
        this.#show(undefined);
      }
    }
  }

  cancel(): void {
    this.#running?.abort();
    this.#show(undefined);
  }

  #show(part: number | undefined): void {
    this.#part = part;
    this.#host.requestUpdate();
  }
}
