/**
 * What the session's tests play against: a store that remembers its rows, and a peer that
 * writes down what it is told. Frames are plain JSON here; the session never looks inside.
 */
import { MillraceError } from "../client/errors.js";
import type { FeedStore, FrameOutcome } from "../worker/relay/feed_session.js";
import {
  type ClientMessage,
  type FeedColumn,
  type FeedReport,
  type FrameHeader,
  type RelayError,
  readHeader,
  type Subscribed,
} from "../worker/relay/messages.js";
import type { SessionPeer } from "../worker/relay/relay_session.js";

/** The newest rows shown, and those that are being filled beside them. */
export class FakeStore implements FeedStore {
  shown: number[] | undefined;
  filling: number[] | undefined;
  begun = 0;
  refuse: (rows: number[]) => boolean = () => false;

  begin(): void {
    this.begun++;
    if (this.shown === undefined) this.shown = [];
    else this.filling = [];
  }

  append(frame: Uint8Array): number {
    const { rows } = JSON.parse(new TextDecoder().decode(frame)) as { rows: number[] };
    if (this.refuse(rows)) {
      throw new MillraceError({ kind: "invalid_data", message: "no column x", where: "column x" });
    }
    (this.filling ?? this.shown)?.push(...rows);
    return rows.length;
  }

  commit(): void {
    if (this.filling) this.shown = this.filling;
    this.filling = undefined;
  }
}

export class FakePeer implements SessionPeer {
  sent: ClientMessage[] = [];
  frames: FrameOutcome[] = [];
  errors: { feed: string | null; error: MillraceError }[] = [];
  resets: string[] = [];
  refusals: RelayError[] = [];
  reports: FeedReport[] = [];
  feeds: string[] = [];
  expiresIn: (number | undefined)[] = [];
  tokensWanted = 0;

  send(message: ClientMessage): void {
    this.sent.push(message);
  }
  header(bytes: Uint8Array): FrameHeader {
    const text = new TextDecoder().decode(bytes);
    if (!text.startsWith("{")) {
      throw new MillraceError({ kind: "invalid_data", message: "not Arrow" });
    }
    return readHeader(JSON.stringify((JSON.parse(text) as { header: unknown }).header));
  }
  greeted(feeds: string[], expiresIn: number | undefined): void {
    this.feeds = feeds;
    this.expiresIn.push(expiresIn);
  }
  authorized(feeds: string[], expiresIn: number | undefined): void {
    this.greeted(feeds, expiresIn);
  }
  tokenExpired(): void {
    this.tokensWanted++;
  }
  changed(): void {}
  frame(_feed: string, _header: FrameHeader, outcome: FrameOutcome): void {
    this.frames.push(outcome);
  }
  reset(_feed: string, reason: string): void {
    this.resets.push(reason);
  }
  report(_feed: string, report: FeedReport): void {
    this.reports.push(report);
  }
  refused(_feed: string, error: RelayError): void {
    this.refusals.push(error);
  }
  error(feed: string | null, error: MillraceError): void {
    this.errors.push({ feed, error });
  }

  /** The newest `subscribe` that went out. */
  get subscribe(): Extract<ClientMessage, { type: "subscribe" }> {
    const found = this.sent.findLast((message) => message.type === "subscribe");
    if (found?.type !== "subscribe") throw new Error("nothing was subscribed to");
    return found;
  }
}

export const COLUMNS: FeedColumn[] = [{ name: "x", type: "int64" }];

export function subscribed(id: number, change: Partial<Subscribed> = {}): string {
  const message: Subscribed = {
    type: "subscribed",
    id,
    feed: "f",
    kind: "append",
    start: "history",
    epoch: "e1",
    schema: "s1",
    columns: COLUMNS,
    first_seq: 0,
    live_seq: 0,
    replay_rows: 0,
    token: token(0),
    ...change,
  };
  return JSON.stringify(message);
}

export function caughtUp(id: number): string {
  return JSON.stringify({ type: "caught_up", id });
}

export function token(next: number): Record<string, unknown> {
  return { type: "kafka", cluster: "c", topics: { t: { "0": next } } };
}

/** Frame `seq` of an epoch whose frames hold two rows each: `2·seq` and `2·seq + 1`. */
export function frame(seq: number, epoch = "e1"): Uint8Array {
  return bytes({
    header: header(epoch, 2 * seq, 2 * seq + 2, String(seq)),
    rows: [2 * seq, 2 * seq + 1],
  });
}

/** A frame replayed from the source, without a number. */
export function replayed(from: number, to: number, epoch = "e1"): Uint8Array {
  const rows = Array.from({ length: to - from }, (_, at) => from + at);
  return bytes({ header: header(epoch, from, to, undefined), rows });
}

function header(epoch: string, from: number, to: number, seq: string | undefined) {
  const position = { type: "kafka", cluster: "c", topics: { t: { "0": [from, to] } } };
  return { feed: "f", epoch, kind: "append", position: JSON.stringify(position), seq };
}

export function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}
