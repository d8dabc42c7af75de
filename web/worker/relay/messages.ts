/**
 * The control messages of `millrace.v1` (docs/protocol.md) and how one is read.
 */
import { MillraceError } from "../../client/errors.js";
import type { BadRecord } from "../../client/relay_types.js";

export const SUBPROTOCOL = "millrace.v1";

/** A position with one number a partition: where the next record is to be read. */
export type ResumeToken = Record<string, unknown>;

/** A frame's position: as a token, with `[from, next]` in place of each number. */
export type Position = Record<string, unknown>;

export interface Resume {
  schema: string;
  epoch?: string;
  seq?: number;
  token: ResumeToken;
}

export type ClientMessage =
  | { type: "hello"; version: 1; codecs: string[]; token?: string }
  | { type: "token"; token: string }
  | { type: "subscribe"; id: number; feed: string; resume?: Resume }
  | { type: "unsubscribe"; id: number }
  | { type: "ping"; n: number };

export interface FeedColumn {
  name: string;
  type: string;
  nullable?: boolean;
}

export interface Subscribed {
  type: "subscribed";
  id: number;
  feed: string;
  kind: "append" | "keyed";
  start: "history" | "resumed";
  epoch: string;
  schema: string;
  columns: FeedColumn[];
  first_seq: number;
  live_seq: number;
  replay_rows: number;
  token: ResumeToken;
  limit?: number;
  /** The columns of a row's key; of a keyed feed. */
  key?: string[];
}

export interface FeedReport {
  source: "connecting" | "connected" | "disconnected" | "failed" | "complete";
  detail?: string;
  rows?: number;
  rows_per_second?: number;
  lag_messages?: number;
  bad?: { count: number; last?: BadRecord };
}

export interface RelayError {
  type: "error";
  id?: number;
  code: string;
  message: string;
  where?: string;
  expected?: string;
}

export type RelayMessage =
  | { type: "hello"; version: number; server: string; feeds: string[]; expires_in?: number }
  | { type: "authorized"; feeds: string[]; expires_in?: number }
  | Subscribed
  | { type: "caught_up"; id: number }
  | { type: "reset"; id: number; feed: string; reason: string }
  | { type: "status"; feeds: Record<string, FeedReport> }
  | RelayError
  | { type: "pong"; n: number };

const KNOWN = new Set([
  "hello",
  "authorized",
  "subscribed",
  "caught_up",
  "reset",
  "status",
  "error",
  "pong",
]);

/** Undefined for a type that a newer relay may send and this client need not know. */
export function readMessage(text: string): RelayMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) {
    throw new MillraceError({
      kind: "bad_message",
      message: `The relay sent a text that is no control message: ${text.slice(0, 80)}`,
      where: "socket",
      expected: "a JSON object with a type",
    });
  }
  return KNOWN.has(String(value.type)) ? (value as RelayMessage) : undefined;
}

/** What a frame's schema metadata says, as the engine reads it. */
export interface FrameHeader {
  feed: string;
  epoch: string;
  /** Undefined on a frame that was replayed for this client alone. */
  seq: number | undefined;
  kind: string;
  position: Position | undefined;
  /** ms since the epoch of the newest record, where the source has times. */
  source_time: number | undefined;
}

/** From the engine's JSON; numbers may come as decimals in text. */
export function readHeader(json: string): FrameHeader {
  const raw = JSON.parse(json) as Record<string, unknown>;
  const position = typeof raw.position === "string" ? JSON.parse(raw.position) : raw.position;
  return {
    feed: String(raw.feed ?? ""),
    epoch: String(raw.epoch ?? ""),
    seq: wholeNumber(raw.seq),
    kind: String(raw.kind ?? "append"),
    position: typeof position === "object" && position !== null ? position : undefined,
    source_time: wholeNumber(raw.source_time),
  };
}

function wholeNumber(value: unknown): number | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
