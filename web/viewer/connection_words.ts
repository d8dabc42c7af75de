/**
 * The state of relay and feed in words for people: one word for the status line, a sentence
 * for who wants to know more, and what to do where something can be done.
 */
import type { FeedStatus, RelayStatus } from "../client/relay_types.js";
import { type Say, sayPlain } from "./words.js";

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
  say: Say = sayPlain,
): ConnectionWords {
  if (!relay) return { tone: "idle", word: say("state.local"), detail: say("state.local.detail") };
  const host = hostOf(relay.url);
  switch (relay.state) {
    case "connecting":
      return {
        tone: "busy",
        word: say("state.connecting"),
        detail: say("state.connecting.detail", { host }),
      };
    case "closed":
      return {
        tone: "bad",
        word: say("state.closed"),
        detail: relay.detail ?? say("state.closed.detail"),
      };
    case "refused":
      return {
        tone: "bad",
        word: say("state.refused"),
        detail: [
          relay.detail,
          relay.remedy && say("state.refused.remedy", { remedy: relay.remedy }),
        ]
          .filter(Boolean)
          .join(" "),
      };
    case "reconnecting":
      return {
        tone: "warn",
        word: say("state.reconnecting"),
        detail: [
          retryWords(relay, host, now, say),
          feed && feed.table_rows > 0 && say("state.reconnecting.rows"),
        ]
          .filter(Boolean)
          .join(" "),
      };
    case "connected":
      return feed
        ? feedWords(feed, host, say)
        : { tone: "busy", word: say("state.connected"), detail: host };
  }
}

function feedWords(feed: FeedStatus, host: string, say: Say): ConnectionWords {
  switch (feed.phase) {
    case "failed":
      return {
        tone: "bad",
        word: say("state.stopped"),
        detail: feed.error?.message ?? say("state.stopped.detail"),
      };
    case "resetting":
      return {
        tone: "warn",
        word: say("state.resetting"),
        detail: say("state.resetting.detail", {
          reason: feed.reset_reason ?? say("state.resetting.unknown"),
        }),
      };
    case "subscribing":
      return {
        tone: "busy",
        word: say("state.subscribing"),
        detail: say("state.subscribing.detail", { host, feed: feed.feed }),
      };
    case "history": {
      const word =
        feed.progress === undefined
          ? say("state.history")
          : say("state.history.part", { percent: Math.floor(feed.progress * 100) });
      return {
        tone: "busy",
        word,
        detail: say("state.history.detail", { feed: feed.feed, host }),
      };
    }
    case "live":
      break;
  }
  const reason = feed.source_detail ? `: ${feed.source_detail}` : "";
  if (feed.source === "disconnected" || feed.source === "failed") {
    return {
      tone: "warn",
      word: say(feed.source === "failed" ? "state.source.failed" : "state.source.lost"),
      detail: say("state.source.lost.detail", { reason }),
    };
  }
  if (feed.source === "connecting") {
    return {
      tone: "busy",
      word: say("state.source.connecting"),
      detail: say("state.source.connecting.detail", { reason }),
    };
  }
  if (feed.source === "complete") {
    return {
      tone: "good",
      word: say("state.complete"),
      detail: say("state.complete.detail", { feed: feed.feed, host }),
    };
  }
  return {
    tone: "good",
    word: say("state.live"),
    detail: say("state.live.detail", { feed: feed.feed, host }),
  };
}

function retryWords(relay: RelayStatus, host: string, now: number, say: Say): string {
  const reason = relay.detail ?? say("state.reconnecting.unknown");
  if (relay.retry_at === undefined) return say("state.reconnecting.detail", { host, reason });
  const seconds = Math.max(0, relay.retry_at - now) / 1000;
  if (seconds < 0.5) return say("state.reconnecting.now", { host, reason });
  return say("state.reconnecting.wait", { host, reason, seconds: Math.ceil(seconds) });
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

/** How fresh the newest row was on arrival, or how long nothing has come; neither in a history nor of a feed that is over. */
export function lagWords(feed: FeedStatus, now: number, say: Say = sayPlain): string | undefined {
  if (feed.phase === "history" || feed.source === "complete") return undefined;
  if (feed.lag_ms === undefined || feed.last_frame_at === undefined) return undefined;
  const quiet = now - feed.last_frame_at;
  return quiet > 3_000
    ? say("status.quiet", { time: durationWords(quiet) })
    : say("status.lag", { time: durationWords(feed.lag_ms) });
}
