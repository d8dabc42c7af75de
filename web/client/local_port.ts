/**
 * The engine in this very thread, behind the same interface as a Worker: for Node.
 *
 * Calls still answer asynchronously, so that a program behaves the same in both places.
 */
import type { EngineEvent, Method, Params, Result } from "./calls.js";
import type { EnginePort, EventListener } from "./engine_port.js";
import { MillraceError } from "./errors.js";

/** What `worker/dispatcher.ts` offers; named here so that `client/` does not depend on it. */
export interface Dispatch {
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  close(): void;
}

export class LocalPort implements EnginePort {
  readonly #listeners = new Set<EventListener>();
  readonly #dispatch: Dispatch;
  #closed = false;

  constructor(start: (emit: (event: EngineEvent) => void) => Dispatch) {
    this.#dispatch = start((event) => {
      for (const listener of [...this.#listeners]) listener(event);
    });
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#closed) {
      throw new MillraceError({ kind: "terminated", message: "The client was terminated." });
    }
    return this.#dispatch.call(method, params);
  }

  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  terminate(): void {
    this.#closed = true;
    this.#dispatch.close();
  }
}
