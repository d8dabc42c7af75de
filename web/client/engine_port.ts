/**
 * How a client reaches its engine, wherever that runs.
 *
 * `WorkerPort` speaks to a Worker, `LocalPort` (Node) to a dispatcher in the same thread.
 */
import type { EngineEvent, Method, Params, Result } from "./calls.js";

export type EventListener = (event: EngineEvent) => void;

export interface EnginePort {
  /** Rejects with a `MillraceError`. Buffers in `transfer` are moved, not copied. */
  call<M extends Method>(
    method: M,
    params: Params<M>,
    transfer?: Transferable[],
  ): Promise<Result<M>>;
  listen(listener: EventListener): () => void;
  /** Every call that is open is rejected, and every later one. */
  terminate(): void;
}
