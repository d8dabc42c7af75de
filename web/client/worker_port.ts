/**
 * The engine in a Worker, seen from the page.
 *
 * Requests carry an id and are answered in any order; reads of windows gather for a turn of the
 * event loop and are one request. A page may live on another origin
 * than the script: since no page may start a Worker from a foreign URL, a blob of its own
 * origin imports the real one (docs/embedding.md gives the CSP that this takes).
 */
import type {
  EngineEvent,
  EngineModule,
  Events,
  Method,
  Params,
  Request,
  Response,
  Result,
} from "./calls.js";
import type { EnginePort, EventListener } from "./engine_port.js";
import { MillraceError } from "./errors.js";
import { ReadBatch } from "./read_batch.js";

interface Pending {
  resolve(value: unknown): void;
  reject(error: MillraceError): void;
}

export class WorkerPort implements EnginePort {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<EventListener>();
  readonly #reads = new ReadBatch((reads) => this.#post("read_all", { reads }));
  #nextId = 1;
  #dead: MillraceError | undefined;

  /** `wasm`: the engine, which is fetched and compiled while the Worker starts. */
  constructor(scriptUrl: URL, wasm: URL) {
    const source = `import ${JSON.stringify(scriptUrl.href)};`;
    const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.#worker = new Worker(blob, { type: "module", name: "millrace" });
    void compiled(wasm).then((engine) => {
      this.#worker.postMessage({ engine } satisfies EngineModule);
    });
    this.#worker.addEventListener("message", () => URL.revokeObjectURL(blob), { once: true });
    this.#worker.onmessage = (message: MessageEvent<Response | Events>) => {
      this.#receive(message.data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(
        new MillraceError({
          kind: "worker",
          message: `The engine's Worker could not run ${scriptUrl.href}${event.message ? `: ${event.message}` : ""}.`,
          where: scriptUrl.href,
          expected:
            "that the script can be fetched, and that a Content-Security-Policy of the page allows worker-src blob: with its origin",
        }),
      );
    };
  }

  call<M extends Method>(
    method: M,
    params: Params<M>,
    transfer: Transferable[] = [],
  ): Promise<Result<M>> {
    if (method === "read") {
      return this.#reads.add(params as Params<"read">) as Promise<Result<M>>;
    }
    this.#reads.flush();
    return this.#post(method, params, transfer);
  }

  #post<M extends Method>(
    method: M,
    params: Params<M>,
    transfer: Transferable[] = [],
  ): Promise<Result<M>> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#nextId++;
    const request: Request = { id, method, params };
    return new Promise<Result<M>>((resolve, reject) => {
      this.#pending.set(id, { resolve: (value) => resolve(value as Result<M>), reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  terminate(): void {
    this.#worker.terminate();
    this.#fail(new MillraceError({ kind: "terminated", message: "The client was terminated." }));
  }

  #receive(message: Response | Events): void {
    if ("events" in message) {
      for (const event of message.events) {
        if (event.event === "fatal") this.#die(new MillraceError(event.error));
        else this.#emit(event);
      }
      return;
    }
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    this.#pending.delete(message.id);
    if ("error" in message) pending.reject(new MillraceError(message.error));
    else pending.resolve(message.result);
  }

  #emit(event: EngineEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** The engine is gone and did not mean to go. */
  #die(error: MillraceError): void {
    if (this.#dead) return;
    this.#worker.terminate();
    this.#fail(error);
    this.#emit({ event: "fatal", error: error.toFields() });
  }

  #fail(error: MillraceError): void {
    this.#dead ??= error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

/** Null where it could not be had here: the Worker tries it again and tells what is wrong. */
function compiled(wasm: URL): Promise<WebAssembly.Module | null> {
  return WebAssembly.compileStreaming(fetch(wasm)).catch(() => null);
}
