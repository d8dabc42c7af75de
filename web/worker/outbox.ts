/**
 * What the engine's side says: the events of one turn of the event loop in one message, and
 * always before the answer that they came before.
 */
import type { EngineEvent, Events, Response } from "../client/calls.js";

type Post = (message: Response | Events, transfer?: Transferable[]) => void;

export class Outbox {
  readonly #post: Post;
  #events: EngineEvent[] = [];

  constructor(post: Post) {
    this.#post = post;
  }

  tell(event: EngineEvent): void {
    this.#events.push(event);
    if (this.#events.length === 1) queueMicrotask(() => this.#flush());
  }

  answer(response: Response, transfer: Transferable[] = []): void {
    this.#flush();
    this.#post(response, transfer);
  }

  #flush(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#post({ events });
  }
}
