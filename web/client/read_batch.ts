/**
 * Reads of windows that are asked for in one turn of the event loop go to the engine in one
 * message and come back in one: so do those of all viewers that draw in the same frame.
 */
import type { Params, Result } from "./calls.js";
import { MillraceError } from "./errors.js";
import type { ViewWindow } from "./types.js";

type Read = Params<"read">;

interface Waiting {
  read: Read;
  resolve(window: ViewWindow): void;
  reject(error: MillraceError): void;
}

export class ReadBatch {
  readonly #send: (reads: Read[]) => Promise<Result<"read_all">>;
  #waiting: Waiting[] = [];

  constructor(send: (reads: Read[]) => Promise<Result<"read_all">>) {
    this.#send = send;
  }

  add(read: Read): Promise<ViewWindow> {
    return new Promise((resolve, reject) => {
      // The caller may use its object for something else before the message goes out.
      this.#waiting.push({ read: structuredClone(read), resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.flush());
    });
  }

  /** Sends what waits: at the end of the turn, or before a call that must not overtake it. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    void this.#send(waiting.map(({ read }) => read)).then(
      (answers) => {
        for (const [at, { resolve, reject }] of waiting.entries()) {
          const answer = answers[at];
          if (answer && "columns" in answer) resolve(answer);
          else reject(new MillraceError(answer?.error ?? unanswered));
        }
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(MillraceError.from(error));
      },
    );
  }
}

const unanswered = { kind: "engine", message: "The engine did not answer a read." };
