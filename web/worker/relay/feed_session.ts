/**
 * One feed's subscription: what is held, what comes next, and what to do with each frame.
 *
 * A state machine over messages; it knows neither socket nor clock nor engine. Rows go to a
 * `FeedStore`, and what it decides about a frame is its answer. Its promise: never a row
 * less than it believes, and never one twice.
 *
 * ```text
 *             subscribed            caught_up
 * subscribing ──────────► history ────────────► live
 *      ▲                     │ gap, refused frame │
 *      └─────────────────────┴────────────────────┘      reset ► resetting ► subscribed …
 * ```
 */
import { MillraceError } from "../../client/errors.js";
import type { FeedPhase } from "../../client/relay_types.js";
import type { FeedColumn, FrameHeader, Resume, ResumeToken, Subscribed } from "./messages.js";
import { advance } from "./position.js";

/** How the rows of a feed's table come and go. */
export interface TableBounds {
  /** How many stay; undefined where all do. */
  limit?: number | undefined;
  /** The columns by which a row replaces another; none where rows are only added. */
  key?: string[] | undefined;
}

/** Where rows go. While something is shown, a new beginning fills a table beside it. */
export interface FeedStore {
  /** A new, empty table for what follows; the shown one, if any, stays until `commit`. */
  begin(columns: FeedColumn[], bounds: TableBounds): void;
  /** Takes in a frame, all or nothing; answers the number of rows. Throws if it is refused. */
  append(frame: Uint8Array): number;
  /** Puts the table that was filled in the place of the shown one. */
  commit(): void;
}

/** What became of a frame. `gap` and `refused` ask for a new subscription with a resume. */
export type FrameOutcome =
  | { outcome: "applied"; rows: number }
  | { outcome: "ignored" }
  | { outcome: "duplicate" }
  | { outcome: "gap"; expected: number; got: number | undefined }
  | { outcome: "refused"; error: MillraceError; final: boolean };

/** How often in a row a subscription is renewed without a frame applied, before giving up. */
const PATIENCE = { gap: 3, refused: 1 };

export class FeedSession {
  readonly feed: string;
  readonly #store: FeedStore;
  #phase: FeedPhase = "subscribing";
  #epoch: string | undefined;
  /** Newest numbered frame that is held, of `#epoch`. Undefined while a replay runs. */
  #seq: number | undefined;
  /** The number that the next numbered frame must have. */
  #next = 0;
  #firstSeq = 0;
  #liveSeq = 0;
  #schema: string | undefined;
  #token: ResumeToken | undefined;
  #gapsInARow = 0;
  #refusalsInARow = 0;

  constructor(feed: string, store: FeedStore) {
    this.feed = feed;
    this.#store = store;
  }

  get phase(): FeedPhase {
    return this.#phase;
  }

  /** How much of the history is here, 0…1; undefined where there is none to wait for. */
  get progress(): number | undefined {
    if (this.#phase !== "history") return undefined;
    const whole = this.#liveSeq - this.#firstSeq;
    return whole > 0 ? Math.min(1, (this.#next - this.#firstSeq) / whole) : undefined;
  }

  /** What to say in the next `subscribe`; undefined where nothing is held. */
  resume(): Resume | undefined {
    if (this.#schema === undefined || this.#token === undefined) return undefined;
    const resume: Resume = { schema: this.#schema, token: this.#token };
    if (this.#epoch !== undefined && this.#seq !== undefined && this.#seq >= 0) {
      resume.epoch = this.#epoch;
      resume.seq = this.#seq;
    }
    return resume;
  }

  /** A `subscribe` goes out: frames that are still under way for the old one do not count. */
  subscribing(): void {
    if (this.#phase !== "resetting") this.#phase = "subscribing";
  }

  subscribed(message: Subscribed): void {
    if (message.start === "history") {
      this.#store.begin(message.columns, message);
    }
    this.#schema = message.schema;
    this.#epoch = message.epoch;
    this.#token = message.token;
    this.#firstSeq = message.first_seq;
    this.#next = message.first_seq;
    this.#liveSeq = message.live_seq;
    // Behind a replay the place before the first numbered frame is not reached yet.
    this.#seq = message.replay_rows > 0 ? undefined : message.first_seq - 1;
    this.#phase = "history";
  }

  frame(header: FrameHeader, bytes: Uint8Array): FrameOutcome {
    if (this.#phase !== "history" && this.#phase !== "live") return { outcome: "ignored" };
    const { seq } = header;
    if (seq !== undefined) {
      if (header.epoch !== this.#epoch) return this.#gap(seq);
      if (seq < this.#next) return { outcome: "duplicate" };
      if (seq > this.#next) return this.#gap(seq);
    }
    let rows: number;
    try {
      rows = this.#store.append(bytes);
    } catch (error) {
      return this.#refused(error, header);
    }
    this.#gapsInARow = 0;
    this.#refusalsInARow = 0;
    this.#token = advance(this.#token ?? {}, header.position);
    if (seq !== undefined) {
      this.#seq = seq;
      this.#next = seq + 1;
    }
    return { outcome: "applied", rows };
  }

  caughtUp(): void {
    if (this.#phase !== "history") return;
    this.#store.commit();
    this.#phase = "live";
  }

  /** What is held is void; a `subscribed` with a history follows. */
  reset(): void {
    this.#schema = undefined;
    this.#token = undefined;
    this.#epoch = undefined;
    this.#seq = undefined;
    this.#phase = "resetting";
  }

  /** A frame that could not be read at all was lost somewhere: counts as one refused. */
  lostFrame(error: MillraceError): FrameOutcome {
    if (this.#phase !== "history" && this.#phase !== "live") return { outcome: "ignored" };
    return this.#giveUpOrRetry(error);
  }

  fail(): void {
    this.#phase = "failed";
  }

  /** A person asks for another try. */
  revive(): void {
    this.#gapsInARow = 0;
    this.#refusalsInARow = 0;
    if (this.#phase === "failed") this.#phase = "subscribing";
  }

  #gap(got: number | undefined): FrameOutcome {
    this.#gapsInARow++;
    if (this.#gapsInARow > PATIENCE.gap) {
      const error = new MillraceError({
        kind: "gap",
        message: `Frames of "${this.feed}" are missing each time: frame ${got} came.`,
        where: `feed ${this.feed}`,
        expected: `frame ${this.#next}`,
      });
      this.#phase = "failed";
      return { outcome: "refused", error, final: true };
    }
    return { outcome: "gap", expected: this.#next, got };
  }

  #refused(reason: unknown, header: FrameHeader): FrameOutcome {
    const cause = MillraceError.from(reason);
    const number = header.seq === undefined ? "a replayed frame" : `frame ${header.seq}`;
    return this.#giveUpOrRetry(
      new MillraceError({
        kind: "bad_frame",
        message: `The engine refused ${number} of "${this.feed}": ${cause.message}`,
        where: cause.where ?? `feed ${this.feed}`,
        ...(cause.expected === undefined ? {} : { expected: cause.expected }),
      }),
    );
  }

  #giveUpOrRetry(error: MillraceError): FrameOutcome {
    this.#refusalsInARow++;
    const final = this.#refusalsInARow > PATIENCE.refused;
    if (final) this.#phase = "failed";
    return { outcome: "refused", error, final };
  }
}
