/**
 * A feed's figures for the status line: counts, rate, lag, and what went wrong.
 *
 * Collects with each frame and is asked a few times a second; between two answers that
 * would be the same it says nothing.
 */
import type { ErrorFields } from "../../client/errors.js";
import type { FeedStatus } from "../../client/relay_types.js";
import type { FeedSession, FrameOutcome } from "./feed_session.js";
import type { FeedReport, FrameHeader } from "./messages.js";
import { Rate } from "./rate.js";

export class FeedWatch {
  readonly #feed: string;
  readonly #rate = new Rate();
  #report: FeedReport | undefined;
  #received = 0;
  #resets = 0;
  #duplicates = 0;
  #gaps = 0;
  #resetReason: string | undefined;
  #lagMs: number | undefined;
  #lastFrameAt: number | undefined;
  #error: ErrorFields | undefined;
  #touched = true;
  #lastTold = "";

  constructor(feed: string) {
    this.#feed = feed;
  }

  touch(): void {
    this.#touched = true;
  }

  /** `live`: not part of a history, whose rows are no measure of the feed's pace. */
  frame(header: FrameHeader, outcome: FrameOutcome, live: boolean, now: number): void {
    this.#touched = true;
    switch (outcome.outcome) {
      case "applied":
        this.#received += outcome.rows;
        if (live) this.#rate.add(outcome.rows, now);
        this.#lastFrameAt = now;
        this.#error = undefined;
        // What was read long ago tells the age of a record, not how far behind the feed is.
        if (live && header.source_time !== undefined) {
          this.#lagMs = Math.max(0, now - header.source_time);
        }
        break;
      case "duplicate":
        this.#duplicates++;
        break;
      case "gap":
        this.#gaps++;
        break;
      case "refused":
        this.#error = outcome.error.toFields();
        break;
    }
  }

  report(report: FeedReport): void {
    this.#touched = true;
    this.#report = report;
  }

  reset(reason: string): void {
    this.#touched = true;
    this.#resets++;
    this.#resetReason = reason;
  }

  failed(error: ErrorFields): void {
    this.#touched = true;
    this.#error = error;
  }

  /** The figures, or undefined if nobody would see a difference. */
  take(session: FeedSession, tableRows: number, now: number): FeedStatus | undefined {
    const rate = this.#rate.at(now);
    if (!this.#touched && rate === 0 && this.#lastTold.includes('"rows_per_second":0,')) {
      return undefined;
    }
    this.#touched = false;
    const report = this.#report;
    const { progress } = session;
    const status: FeedStatus = {
      feed: this.#feed,
      phase: session.phase,
      source: report?.source ?? "unknown",
      bad_count: report?.bad?.count ?? 0,
      table_rows: tableRows,
      rows_received: this.#received,
      rows_per_second: rate,
      resets: this.#resets,
      duplicates: this.#duplicates,
      gaps: this.#gaps,
      ...optional("source_detail", report?.detail),
      ...optional("lag_messages", report?.lag_messages),
      ...optional("bad_last", report?.bad?.last),
      ...optional("lag_ms", this.#lagMs),
      ...optional("last_frame_at", this.#lastFrameAt),
      ...optional("progress", progress),
      ...optional("reset_reason", this.#resetReason),
      ...optional("error", this.#error),
    };
    const told = JSON.stringify(status);
    if (told === this.#lastTold) return undefined;
    this.#lastTold = told;
    return status;
  }
}

/** `{ [key]: value }`, or nothing where the value is undefined. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
