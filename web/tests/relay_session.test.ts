import { beforeEach, describe, expect, it } from "vitest";
import { RelaySession } from "../worker/relay/relay_session.js";
import {
  bytes,
  caughtUp,
  FakePeer,
  FakeStore,
  frame,
  replayed,
  subscribed,
  token,
} from "./fake_relay.js";

let peer: FakePeer;
let store: FakeStore;
let session: RelaySession;

/** The number of the subscription that counts now. */
const id = () => peer.subscribe.id;

beforeEach(() => {
  peer = new FakePeer();
  store = new FakeStore();
  session = new RelaySession(peer);
  session.add("f", store);
  session.opened(null);
});

/** History 0…2, then live. */
function goLive(of = id()): void {
  session.text(subscribed(of, { live_seq: 3 }));
  for (const seq of [0, 1, 2]) session.binary(frame(seq));
  session.text(caughtUp(of));
}

const rows = (count: number) => Array.from({ length: count }, (_, row) => row);

describe("a subscription", () => {
  it("says hello first, then subscribes without a resume", () => {
    expect(peer.sent).toEqual([
      { type: "hello", version: 1, codecs: ["lz4"] },
      { type: "subscribe", id: 1, feed: "f" },
    ]);
  });

  it("sends the token of the page with its hello", () => {
    const other = new FakePeer();
    new RelaySession(other).opened("secret");
    expect(other.sent[0]).toMatchObject({ type: "hello", token: "secret" });
  });

  it("says for how long the token is good", () => {
    session.text('{"type":"hello","version":1,"server":"m","feeds":["f"],"expires_in":60}');
    session.renew("other");
    expect(peer.sent.at(-1)).toEqual({ type: "token", token: "other" });
    session.text('{"type":"authorized","feeds":["f"],"expires_in":90}');
    expect(peer.expiresIn).toEqual([60, 90]);
  });

  it("is lost with its token, and goes on with the next from where it was", () => {
    session.add("g", new FakeStore());
    goLive(1);
    const expired = (of: number) =>
      session.text(
        JSON.stringify({ type: "error", id: of, code: "token_expired", message: "over" }),
      );
    expired(1);
    expired(2);
    expect(session.get("f")?.phase).toBe("failed");
    // One question for both.
    expect(peer.tokensWanted).toBe(1);
    session.text('{"type":"authorized","feeds":["f","g"]}');
    expect(session.get("f")?.phase).toBe("subscribing");
    expect(peer.sent.slice(-2)).toMatchObject([
      { type: "subscribe", id: 3, feed: "f", resume: { epoch: "e1", seq: 2 } },
      { type: "subscribe", id: 4, feed: "g" },
    ]);
    expect(store.shown).toEqual(rows(6));
  });

  it("asks for a token again when a person tries again", () => {
    const expired = () =>
      session.text(
        JSON.stringify({ type: "error", id: id(), code: "token_expired", message: "over" }),
      );
    expired();
    session.revive();
    expired();
    expect(peer.tokensWanted).toBe(2);
  });

  it("lost with its token it is asked for on the next connection, others given up are not", () => {
    session.add("g", new FakeStore());
    goLive(1);
    const error = (of: number, code: string) =>
      session.text(JSON.stringify({ type: "error", id: of, code, message: "m" }));
    error(1, "token_expired");
    error(2, "unknown_feed");
    session.closed();
    peer.sent = [];
    session.opened("new");
    expect(peer.sent).toMatchObject([
      { type: "hello", token: "new" },
      { type: "subscribe", feed: "f", resume: { epoch: "e1", seq: 2 } },
    ]);
  });

  it("shows the first history while it comes in", () => {
    session.text(subscribed(id(), { live_seq: 3 }));
    session.binary(frame(0));
    expect(store.shown).toEqual([0, 1]);
    expect(session.get("f")?.phase).toBe("history");
    expect(session.get("f")?.progress).toBeCloseTo(1 / 3);
  });

  it("is live once caught up", () => {
    goLive();
    session.binary(frame(3));
    expect(session.get("f")?.phase).toBe("live");
    expect(session.get("f")?.progress).toBeUndefined();
    expect(store.shown).toEqual(rows(8));
  });

  it("tells the names of the feeds and reports of those it has", () => {
    session.text(JSON.stringify({ type: "hello", version: 1, server: "x", feeds: ["f", "g"] }));
    const report = { source: "connected" };
    session.text(JSON.stringify({ type: "status", feeds: { f: report, g: report } }));
    expect(peer.feeds).toEqual(["f", "g"]);
    expect(peer.reports).toEqual([report]);
  });

  it("passes an unknown kind of message over, and reports a text that is none", () => {
    session.text(JSON.stringify({ type: "news" }));
    expect(peer.errors).toEqual([]);
    session.text("hello?");
    expect(peer.errors[0]?.error.kind).toBe("bad_message");
  });

  it("hands a refusal on and gives the feed up", () => {
    const error = { type: "error", id: 1, code: "unknown_feed", message: "no f", where: "feed" };
    session.text(JSON.stringify(error));
    expect(peer.refusals).toEqual([error]);
    expect(session.get("f")?.phase).toBe("failed");
    session.closed();
    session.opened(null);
    expect(peer.sent.filter((message) => message.type === "subscribe")).toHaveLength(1);
  });
});

describe("numbers of frames", () => {
  beforeEach(() => goLive());

  it("drops what it has already", () => {
    session.binary(frame(2));
    session.binary(frame(0));
    expect(peer.frames.slice(-2)).toEqual([{ outcome: "duplicate" }, { outcome: "duplicate" }]);
    expect(store.shown).toEqual(rows(6));
  });

  it("asks again from where it stands when one is missing", () => {
    session.binary(frame(4));
    expect(peer.frames.at(-1)).toEqual({ outcome: "gap", expected: 3, got: 4 });
    expect(peer.sent.slice(-2)).toEqual([
      { type: "unsubscribe", id: 1 },
      {
        type: "subscribe",
        id: 2,
        feed: "f",
        resume: { schema: "s1", epoch: "e1", seq: 2, token: token(6) },
      },
    ]);
  });

  it("ignores what is still under way for the old subscription", () => {
    session.binary(frame(4));
    session.binary(frame(5));
    session.text(caughtUp(1));
    expect(peer.frames.at(-1)).toEqual({ outcome: "ignored" });
    session.text(subscribed(2, { start: "resumed", first_seq: 3, live_seq: 6, token: token(6) }));
    for (const seq of [3, 4, 5]) session.binary(frame(seq));
    session.text(caughtUp(2));
    expect(store.shown).toEqual(rows(12));
    expect(session.get("f")?.phase).toBe("live");
  });

  it("takes a frame of another epoch for a gap", () => {
    session.binary(frame(3, "e2"));
    expect(peer.frames.at(-1)).toMatchObject({ outcome: "gap" });
  });

  it("gives up when the same frame is missing again and again", () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      session.binary(frame(4));
      session.text(subscribed(id(), { start: "resumed", first_seq: 3, live_seq: 3 }));
    }
    session.binary(frame(4));
    expect(session.get("f")?.phase).toBe("failed");
    expect(peer.errors.at(-1)?.error.kind).toBe("gap");
    expect(peer.sent.at(-1)?.type).toBe("unsubscribe");
    expect(store.shown).toEqual(rows(6));
  });
});

describe("a lost connection", () => {
  it("resumes by epoch, number and token", () => {
    goLive();
    session.closed();
    expect(session.get("f")?.phase).toBe("subscribing");
    session.opened(null);
    expect(peer.subscribe).toEqual({
      type: "subscribe",
      id: 2,
      feed: "f",
      resume: { schema: "s1", epoch: "e1", seq: 2, token: token(6) },
    });
    session.text(subscribed(2, { start: "resumed", first_seq: 3, live_seq: 4, token: token(6) }));
    session.binary(frame(3));
    session.text(caughtUp(2));
    expect(store.begun).toBe(1);
    expect(store.shown).toEqual(rows(8));
  });

  it("resumes from within the history", () => {
    session.text(subscribed(id(), { live_seq: 5 }));
    session.binary(frame(0));
    session.closed();
    session.opened(null);
    expect(peer.subscribe.resume).toMatchObject({ epoch: "e1", seq: 0, token: token(2) });
  });

  it("has no number to offer before the first frame of a log", () => {
    session.text(subscribed(id()));
    session.closed();
    session.opened(null);
    expect(peer.subscribe.resume).toEqual({ schema: "s1", token: token(0) });
  });

  it("resumes by token alone from within a replay", () => {
    goLive();
    session.closed();
    session.opened(null);
    // Another relay: its log begins at row 10, rows 6…9 are replayed from the source.
    const answer = { start: "resumed", epoch: "e2", first_seq: 0, live_seq: 1 } as const;
    session.text(subscribed(2, { ...answer, replay_rows: 4, token: token(6) }));
    session.binary(replayed(6, 8, "e2"));
    session.closed();
    session.opened(null);
    expect(peer.subscribe.resume).toEqual({ schema: "s1", token: token(8) });
    session.text(
      subscribed(3, { ...answer, first_seq: 5, live_seq: 5, replay_rows: 2, token: token(8) }),
    );
    session.binary(replayed(8, 10, "e2"));
    session.binary(frame(5, "e2"));
    session.text(caughtUp(3));
    expect(store.shown).toEqual(rows(12));
  });
});

describe("a reset", () => {
  beforeEach(() => goLive());

  it("keeps the old rows until the new ones are complete", () => {
    session.text(JSON.stringify({ type: "reset", id: 1, feed: "f", reason: "too old" }));
    expect(peer.resets).toEqual(["too old"]);
    expect(session.get("f")?.phase).toBe("resetting");
    session.binary(frame(3));
    expect(peer.frames.at(-1)).toEqual({ outcome: "ignored" });

    session.text(subscribed(1, { epoch: "e2", first_seq: 7, live_seq: 9, token: token(14) }));
    session.binary(frame(7, "e2"));
    expect(store.shown).toEqual(rows(6));
    session.binary(frame(8, "e2"));
    session.text(caughtUp(1));
    expect(store.shown).toEqual([14, 15, 16, 17]);
  });

  it("goes on filling after the connection was lost in the middle", () => {
    session.text(JSON.stringify({ type: "reset", id: 1, feed: "f", reason: "too old" }));
    session.text(subscribed(1, { epoch: "e2", first_seq: 7, live_seq: 9, token: token(14) }));
    session.binary(frame(7, "e2"));
    session.closed();
    session.opened(null);
    expect(peer.subscribe.resume).toMatchObject({ epoch: "e2", seq: 7 });
    const answer = { start: "resumed", epoch: "e2", first_seq: 8, live_seq: 9 } as const;
    session.text(subscribed(2, { ...answer, token: token(16) }));
    session.binary(frame(8, "e2"));
    expect(store.shown).toEqual(rows(6));
    session.text(caughtUp(2));
    expect(store.shown).toEqual([14, 15, 16, 17]);
  });

  it("offers nothing that is void if the connection is lost before the new history", () => {
    session.text(JSON.stringify({ type: "reset", id: 1, feed: "f", reason: "too old" }));
    session.closed();
    session.opened(null);
    expect(peer.subscribe.resume).toBeUndefined();
  });
});

describe("a frame that the engine refuses", () => {
  beforeEach(() => goLive());

  it("is reported, leaves the table as it was, and is asked for once more", () => {
    let refusals = 0;
    store.refuse = () => refusals++ === 0;
    session.binary(frame(3));
    expect(peer.errors.at(-1)).toMatchObject({ feed: "f", error: { kind: "bad_frame" } });
    expect(peer.errors.at(-1)?.error.where).toBe("column x");
    expect(store.shown).toEqual(rows(6));
    expect(peer.subscribe.resume).toMatchObject({ seq: 2 });

    session.text(subscribed(2, { start: "resumed", first_seq: 3, live_seq: 4, token: token(6) }));
    session.binary(frame(3));
    expect(store.shown).toEqual(rows(8));
    expect(session.get("f")?.phase).not.toBe("failed");
  });

  it("is given up the second time, until a person asks again", () => {
    store.refuse = () => true;
    session.binary(frame(3));
    session.text(subscribed(2, { start: "resumed", first_seq: 3, live_seq: 4, token: token(6) }));
    session.binary(frame(3));
    expect(session.get("f")?.phase).toBe("failed");
    expect(peer.sent.filter((message) => message.type === "subscribe")).toHaveLength(2);
    store.refuse = () => false;
    session.revive();
    expect(peer.subscribe).toMatchObject({ id: 3, resume: { seq: 2 } });
  });

  it("makes every feed ask again when it cannot even be told whose it is", () => {
    session.binary(bytes("garbage"));
    expect(peer.errors.at(-1)).toMatchObject({ feed: null, error: { kind: "bad_frame" } });
    expect(peer.subscribe).toMatchObject({ id: 2, resume: { seq: 2 } });
  });
});

describe("letting go", () => {
  it("unsubscribes and hears no more", () => {
    goLive();
    session.remove("f");
    expect(peer.sent.at(-1)).toEqual({ type: "unsubscribe", id: 1 });
    session.binary(frame(3));
    expect(store.shown).toEqual(rows(6));
  });
});
