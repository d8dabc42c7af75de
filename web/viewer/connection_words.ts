/**
 * The state of relay and feed in words for people: one word for the status line, a sentence
 * for who wants to know more, and what to do where something can be done.
 */
import type { FeedStatus, RelayStatus } from "../client/relay_types.js";

export type Tone = "good" | "busy" | "warn" | "bad" | "idle";

export interface ConnectionWords {
  tone: Tone;
  word: string;
  detail: string;
}

export function connectionWords(
  relay: RelayStatus | undefined,
  feed: FeedStatus | undefined,
  now: number,
): ConnectionWords {
  if (!relay) return { tone: "idle", word: "Local", detail: "A table of this page." };
  const host = hostOf(relay.url);
  switch (relay.state) {
    case "connecting":
      return { tone: "busy", word: "Connecting", detail: `Connecting to ${host}.` };
    case "closed":
      return { tone: "bad", word: "Closed", detail: relay.detail ?? "The connection was closed." };
    case "refused":
      return {
        tone: "bad",
        word: "Refused",
        detail: [
          relay.detail,
          relay.remedy && `To let it in, add under [server] in its configuration: ${relay.remedy}`,
        ]
          .filter(Boolean)
          .join(" "),
      };
    case "reconnecting":
      return {
        tone: "warn",
        word: "Reconnecting",
        detail: [
          `${host}: ${relay.detail ?? "not connected"}${retryWords(relay.retry_at, now)}.`,
          feed && feed.table_rows > 0 && "The rows shown are the last known.",
        ]
          .filter(Boolean)
          .join(" "),
      };
    case "connected":
      return feed ? feedWords(feed, host) : { tone: "busy", word: "Connected", detail: host };
  }
}

function feedWords(feed: FeedStatus, host: string): ConnectionWords {
  switch (feed.phase) {
    case "failed":
      return { tone: "bad", word: "Stopped", detail: feed.error?.message ?? "The feed stopped." };
    case "resetting":
      return {
        tone: "warn",
        word: "Resetting",
        detail: `The relay sends the history anew: ${feed.reset_reason ?? "no reason given"}. Older rows show until it is here.`,
      };
    case "subscribing":
      return { tone: "busy", word: "Subscribing", detail: `Asking ${host} for ${feed.feed}.` };
    case "history": {
      const percent = feed.progress === undefined ? "" : ` ${Math.floor(feed.progress * 100)} %`;
      return {
        tone: "busy",
        word: `History${percent}`,
        detail: `Reading ${feed.feed} from ${host}.`,
      };
    }
    case "live":
      break;
  }
  if (feed.source === "disconnected" || feed.source === "failed") {
    return {
      tone: "warn",
      word: feed.source === "failed" ? "Source failed" : "Source lost",
      detail: `The relay has lost its source${feed.source_detail ? `: ${feed.source_detail}` : ""}.`,
    };
  }
  if (feed.source === "connecting") {
    return {
      tone: "busy",
      word: "Source connecting",
      detail: `The relay connects to its source${feed.source_detail ? `: ${feed.source_detail}` : ""}.`,
    };
  }
  return { tone: "good", word: "Live", detail: `${feed.feed} from ${host}.` };
}

function retryWords(retryAt: number | undefined, now: number): string {
  if (retryAt === undefined) return "";
  const seconds = Math.max(0, retryAt - now) / 1000;
  return seconds < 0.5 ? "; trying now" : `; next try in ${Math.ceil(seconds)} s`;
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** `38 ms`, `1.4 s`, `3 min`. */
export function durationWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** How fresh the newest row was on arrival, or how long nothing has come; in a history neither. */
export function lagWords(feed: FeedStatus, now: number): string | undefined {
  if (feed.phase === "history") return undefined;
  if (feed.lag_ms === undefined || feed.last_frame_at === undefined) return undefined;
  const quiet = now - feed.last_frame_at;
  return quiet > 3_000 ? `quiet ${durationWords(quiet)}` : `lag ${durationWords(feed.lag_ms)}`;
}
