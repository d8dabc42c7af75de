/**
 * What a page can know about a relay and its feeds.
 *
 * Plain data that crosses from the Worker. The words for people are made by the viewer.
 */
import type { ErrorFields } from "./errors.js";

export type RelayState =
  /** Trying for the first time. */
  | "connecting"
  | "connected"
  /** Was connected, or could not connect; tries again by itself. */
  | "reconnecting"
  /** The relay answers but does not let this page in. */
  | "refused"
  | "closed";

/** How it stands with the connection to a relay. */
export interface RelayStatus {
  url: string;
  state: RelayState;
  /** Why, where not connected; for people. */
  detail?: string;
  /** The line to add to the relay's configuration, where that would help. */
  remedy?: string;
  /** When the next attempt starts, ms since the epoch. */
  retry_at?: number;
  /** Names of the relay's feeds, once known. */
  feeds: string[];
}

export type FeedPhase =
  /** Asked for, no answer yet. */
  | "subscribing"
  /** History is coming in. */
  | "history"
  | "live"
  /** The relay said that what the page holds is void; the old rows show until the new are there. */
  | "resetting"
  /** Given up; `error` says why. */
  | "failed";

export interface BadRecord {
  topic?: string;
  partition?: number;
  offset?: number;
  reason?: string;
  sample?: string;
}

/** How it stands with a feed: what is there, how fresh it is, what was skipped. */
export interface FeedStatus {
  feed: string;
  phase: FeedPhase;
  /** The relay's own connection to the source. */
  source: "unknown" | "connecting" | "connected" | "disconnected" | "failed" | "complete";
  source_detail?: string;
  /** Records in the source that the relay has not read yet. */
  lag_messages?: number;
  /** Records that the relay skipped. */
  bad_count: number;
  bad_last?: BadRecord;
  /** Rows in the table now. */
  table_rows: number;
  /** Rows that came in since the subscription. */
  rows_received: number;
  /** Over the last seconds, as they arrived here. */
  rows_per_second: number;
  /** Age of the newest source record when its frame was applied. */
  lag_ms?: number;
  /** When the last frame was applied, ms since the epoch. */
  last_frame_at?: number;
  /** How much of the history is here, 0…1. */
  progress?: number;
  /** Why the last reset happened. */
  reset_reason?: string;
  resets: number;
  duplicates: number;
  gaps: number;
  error?: ErrorFields;
}
