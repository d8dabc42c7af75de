import { describe, expect, it } from "vitest";
import type { FeedStatus, RelayStatus } from "../client/relay_types.js";
import { connectionWords, durationWords, lagWords } from "../viewer/connection_words.js";

const relay: RelayStatus = { url: "ws://localhost:8080/ws", state: "connected", feeds: ["f"] };
const feed: FeedStatus = {
  feed: "f",
  phase: "live",
  source: "connected",
  bad_count: 0,
  table_rows: 1,
  rows_received: 1,
  rows_per_second: 0,
  resets: 0,
  duplicates: 0,
  gaps: 0,
};

describe("connectionWords", () => {
  it("is live only when relay, feed and source are", () => {
    expect(connectionWords(relay, feed, 0)).toMatchObject({ tone: "good", word: "Live" });
    const lost: FeedStatus = { ...feed, source: "disconnected", source_detail: "broker down" };
    expect(connectionWords(relay, lost, 0)).toMatchObject({ tone: "warn", word: "Source lost" });
    expect(connectionWords(relay, lost, 0).detail).toContain("broker down");
    const over: FeedStatus = { ...feed, source: "complete" };
    expect(connectionWords(relay, over, 0)).toMatchObject({ tone: "good", word: "Complete" });
  });

  it("says why it reconnects and when", () => {
    const status: RelayStatus = {
      ...relay,
      state: "reconnecting",
      detail: "the connection was lost",
      retry_at: 3_000,
    };
    const words = connectionWords(status, feed, 1_000);
    expect(words.word).toBe("Reconnecting");
    expect(words.detail).toContain("the connection was lost; next try in 2 s");
    expect(words.detail).toContain("The rows shown are the last known.");
    expect(connectionWords(status, { ...feed, table_rows: 0 }, 1_000).detail).not.toContain("rows");
  });

  it("gives the line of configuration to who is refused", () => {
    const status: RelayStatus = {
      ...relay,
      state: "refused",
      detail: "Not this page.",
      remedy: 'allowed_origins = ["x"]',
    };
    expect(connectionWords(status, undefined, 0).detail).toBe(
      'Not this page. To let it in, add under [server] in its configuration: allowed_origins = ["x"]',
    );
  });

  it("counts the history", () => {
    expect(connectionWords(relay, { ...feed, phase: "history", progress: 0.426 }, 0).word).toBe(
      "History 42 %",
    );
  });

  it("knows tables without a relay", () => {
    expect(connectionWords(undefined, undefined, 0).word).toBe("Local");
  });
});

describe("lagWords", () => {
  it("speaks of lag while frames come, then of quiet", () => {
    const status = { ...feed, lag_ms: 38, last_frame_at: 10_000 };
    expect(lagWords(status, 10_500)).toBe("lag 38 ms");
    expect(lagWords(status, 22_000)).toBe("quiet 12 s");
    expect(lagWords(feed, 0)).toBeUndefined();
    expect(lagWords({ ...status, source: "complete" }, 22_000)).toBeUndefined();
  });

  it("chooses a unit", () => {
    expect([40, 1_440, 42_000, 180_000, 7_200_000].map(durationWords)).toEqual([
      "40 ms",
      "1.4 s",
      "42 s",
      "3 min",
      "2 h",
    ]);
  });
});
