/**
 * The protocol on one connection: `hello`, numbers of subscriptions, and which message is
 * whose. Fed with texts and frames; knows neither socket nor clock.
 *
 * It outlives the socket: after `opened()` on a new one, every feed is asked for again with
 * what it holds.
 */
import { MillraceError } from "../../client/errors.js";
import { FeedSession, type FeedStore, type FrameOutcome } from "./feed_session.js";
import {
  type ClientMessage,
  type FeedReport,
  type FrameHeader,
  type RelayError,
  readMessage,
} from "./messages.js";

/** What the session asks of and tells to its surroundings. */
export interface SessionPeer {
  send(message: ClientMessage): void;
  header(frame: Uint8Array): FrameHeader;
  /** The relay has answered; these are its feeds, and for how many seconds the token is good. */
  greeted(feeds: string[], expiresIn: number | undefined): void;
  /** The same of a token that was sent later. */
  authorized(feeds: string[], expiresIn: number | undefined): void;
  /** The token is over, and with it what was subscribed to by it: another one is wanted. */
  tokenExpired(): void;
  /** The feed's phase or progress has changed. */
  changed(feed: string): void;
  frame(feed: string, header: FrameHeader, outcome: FrameOutcome): void;
  reset(feed: string, reason: string): void;
  report(feed: string, report: FeedReport): void;
  /** The relay refuses the subscription; it is over. */
  refused(feed: string, error: RelayError): void;
  error(feed: string | null, error: MillraceError): void;
}

interface Subscription {
  id: number;
  session: FeedSession;
}

export class RelaySession {
  readonly #peer: SessionPeer;
  readonly #feeds = new Map<string, Subscription>();
  /** Feeds that were lost with a token, and come back with the next. */
  readonly #expired = new Set<string>();
  #nextId = 1;
  #open = false;

  constructor(peer: SessionPeer) {
    this.#peer = peer;
  }

  /** A socket is open: says hello and asks for every feed, from where each of them stands. */
  opened(token: string | null): void {
    this.#open = true;
    this.#peer.send({
      type: "hello",
      version: 1,
      codecs: ["lz4"],
      ...(token === null ? {} : { token }),
    });
    this.#forgetExpiry();
    for (const [feed, { session }] of this.#feeds) {
      if (session.phase !== "failed") this.#subscribe(feed);
    }
  }

  /** Another token, while the socket is open. */
  renew(token: string): void {
    this.#peer.send({ type: "token", token });
  }

  closed(): void {
    this.#open = false;
    for (const [feed, { session }] of this.#feeds) {
      if (session.phase === "failed") continue;
      session.subscribing();
      this.#peer.changed(feed);
    }
  }

  add(feed: string, store: FeedStore): FeedSession {
    const session = new FeedSession(feed, store);
    this.#feeds.set(feed, { id: 0, session });
    if (this.#open) this.#subscribe(feed);
    return session;
  }

  remove(feed: string): void {
    const subscription = this.#feeds.get(feed);
    if (!subscription) return;
    this.#feeds.delete(feed);
    this.#expired.delete(feed);
    if (this.#open && subscription.id > 0 && subscription.session.phase !== "failed") {
      this.#peer.send({ type: "unsubscribe", id: subscription.id });
    }
  }

  get(feed: string): FeedSession | undefined {
    return this.#feeds.get(feed)?.session;
  }

  /** Asks again for the feeds that were given up. */
  revive(): void {
    for (const [feed, { session }] of this.#feeds) {
      if (session.phase !== "failed") continue;
      session.revive();
      this.#expired.delete(feed);
      if (this.#open) this.#subscribe(feed);
      this.#peer.changed(feed);
    }
  }

  text(text: string): void {
    let message: ReturnType<typeof readMessage>;
    try {
      message = readMessage(text);
    } catch (error) {
      this.#peer.error(null, MillraceError.from(error));
      return;
    }
    switch (message?.type) {
      case "hello":
        this.#peer.greeted(message.feeds, message.expires_in);
        break;
      case "authorized": {
        this.#peer.authorized(message.feeds, message.expires_in);
        for (const feed of this.#forgetExpiry()) {
          this.#subscribe(feed);
          this.#peer.changed(feed);
        }
        break;
      }
      case "subscribed": {
        const owner = this.#owner(message.id);
        if (!owner) break;
        try {
          owner.session.subscribed(message);
        } catch (error) {
          this.#giveUp(owner, MillraceError.from(error));
        }
        this.#peer.changed(owner.session.feed);
        break;
      }
      case "caught_up": {
        const owner = this.#owner(message.id);
        if (!owner) break;
        try {
          owner.session.caughtUp();
        } catch (error) {
          this.#giveUp(owner, MillraceError.from(error));
        }
        this.#peer.changed(owner.session.feed);
        break;
      }
      case "reset": {
        const owner = this.#owner(message.id);
        if (!owner) break;
        owner.session.reset();
        this.#peer.reset(owner.session.feed, message.reason);
        break;
      }
      case "status":
        for (const [feed, report] of Object.entries(message.feeds)) {
          if (this.#feeds.has(feed)) this.#peer.report(feed, report);
        }
        break;
      case "error":
        this.#refusal(message);
        break;
    }
  }

  binary(bytes: Uint8Array): void {
    let header: FrameHeader;
    try {
      header = this.#peer.header(bytes);
    } catch (error) {
      this.#unreadable(bytes, MillraceError.from(error));
      return;
    }
    const subscription = this.#feeds.get(header.feed);
    if (!subscription) return;
    const outcome = subscription.session.frame(header, bytes);
    this.#peer.frame(header.feed, header, outcome);
    if (outcome.outcome === "refused") this.#peer.error(header.feed, outcome.error);
    this.#follow(subscription, outcome);
  }

  /** Whose frame it was nobody can tell: each feed asks again from where it stands. */
  #unreadable(bytes: Uint8Array, cause: MillraceError): void {
    const error = new MillraceError({
      kind: "bad_frame",
      message: `The relay sent a frame of ${bytes.byteLength} bytes that is not Arrow: ${cause.message}`,
      where: cause.where ?? "socket",
      expected: cause.expected ?? "an Arrow IPC stream",
    });
    this.#peer.error(null, error);
    for (const subscription of [...this.#feeds.values()]) {
      const outcome = subscription.session.lostFrame(error);
      if (outcome.outcome === "refused" && outcome.final) {
        this.#peer.error(subscription.session.feed, outcome.error);
      }
      this.#follow(subscription, outcome);
    }
  }

  /** Acts on what became of a frame: asks again, or lets go. */
  #follow(subscription: Subscription, outcome: FrameOutcome): void {
    const { feed } = subscription.session;
    const again = outcome.outcome === "gap" || (outcome.outcome === "refused" && !outcome.final);
    const over = outcome.outcome === "refused" && outcome.final;
    if (!again && !over) return;
    this.#peer.send({ type: "unsubscribe", id: subscription.id });
    if (again) this.#subscribe(feed);
    this.#peer.changed(feed);
  }

  #subscribe(feed: string): void {
    const subscription = this.#feeds.get(feed);
    if (!subscription) return;
    subscription.id = this.#nextId++;
    subscription.session.subscribing();
    const resume = subscription.session.resume();
    this.#peer.send({
      type: "subscribe",
      id: subscription.id,
      feed,
      ...(resume ? { resume } : {}),
    });
  }

  #giveUp(subscription: Subscription, error: MillraceError): void {
    subscription.session.fail();
    this.#peer.send({ type: "unsubscribe", id: subscription.id });
    this.#peer.error(subscription.session.feed, error);
  }

  #refusal(message: RelayError): void {
    const owner = message.id === undefined ? undefined : this.#owner(message.id);
    if (!owner) {
      this.#peer.error(null, relayError(message));
      return;
    }
    owner.session.fail();
    this.#peer.refused(owner.session.feed, message);
    if (message.code !== "token_expired") return;
    // Of the feeds that one token was for, the first asks.
    const first = this.#expired.size === 0;
    this.#expired.add(owner.session.feed);
    if (first) this.#peer.tokenExpired();
  }

  /** Takes the feeds that were lost with a token out of their failure. */
  #forgetExpiry(): string[] {
    const feeds = [...this.#expired];
    this.#expired.clear();
    for (const feed of feeds) this.get(feed)?.revive();
    return feeds;
  }

  #owner(id: number): Subscription | undefined {
    for (const subscription of this.#feeds.values())
      if (subscription.id === id) return subscription;
    return undefined;
  }
}

/** The relay's `error` message as an error of ours. */
export function relayError(message: RelayError): MillraceError {
  return new MillraceError({
    kind: message.code,
    message: message.message,
    ...(message.where === undefined ? {} : { where: message.where }),
    ...(message.expected === undefined ? {} : { expected: message.expected }),
  });
}
