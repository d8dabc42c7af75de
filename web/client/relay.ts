/**
 * The page's book of relays: one connection a relay and one table a feed, however many
 * elements and programs use them.
 *
 * The connection itself lives beside the engine. This module counts who uses what, keeps
 * the newest state for those who come late, and lets go when the last user is gone.
 */
import type { EngineEvent, RelayId, TableId } from "./calls.js";
import type { EnginePort } from "./engine_port.js";
import { MillraceError } from "./errors.js";
import type { FeedStatus, RelayStatus } from "./relay_types.js";

/** Answers a token; asked before each connection. */
export type TokenSource = () => string | Promise<string>;

/** A feed's table, held until released. */
export interface TableLease {
  table: TableId;
  release: () => Promise<void>;
}

interface SharedFeed {
  users: number;
  table: Promise<TableId>;
}

/** The connection, shared. */
class SharedRelay {
  readonly id: Promise<RelayId>;
  readonly feeds = new Map<string, SharedFeed>();
  readonly feedStatus = new Map<string, FeedStatus>();
  readonly listeners = new Set<() => void>();
  status: RelayStatus;
  knownId: RelayId | undefined;
  users = 0;
  #unlisten: () => void;

  constructor(
    readonly port: EnginePort,
    url: string,
    readonly token: TokenSource | undefined,
  ) {
    this.status = { url, state: "connecting", feeds: [] };
    this.#unlisten = port.listen((event) => this.#receive(event));
    this.id = port.call("relay_connect", { url, with_token: token !== undefined });
    this.id.then(
      (id) => {
        this.knownId = id;
      },
      (error: unknown) => {
        this.status = {
          url,
          state: "closed",
          detail: MillraceError.from(error).message,
          feeds: [],
        };
        this.#notify();
      },
    );
  }

  dispose(): void {
    this.#unlisten();
    this.listeners.clear();
  }

  #receive(event: EngineEvent): void {
    if (event.event === "fatal") {
      this.status = { ...this.status, state: "closed", detail: event.error.message };
      this.#notify();
      return;
    }
    if (!("relay" in event) || event.relay !== this.knownId) return;
    switch (event.event) {
      case "relay_status":
        this.status = event.status;
        this.#notify();
        break;
      case "feed_status":
        this.feedStatus.set(event.status.feed, event.status);
        this.#notify();
        break;
      case "token_wanted":
        void this.#answerToken(event.relay, event.ticket);
        break;
      case "relay_error":
        break;
    }
  }

  async #answerToken(relay: RelayId, ticket: number): Promise<void> {
    let token: string | null = null;
    try {
      token = (await this.token?.()) ?? null;
    } catch {
      // The connection goes on without one and the relay says what it thinks of that.
    }
    await this.port.call("relay_token", { relay, ticket, token });
  }

  #notify(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** One user's hold on a shared relay. */
export class RelayHandle {
  readonly #shared: SharedRelay;
  readonly #forget: () => void;
  readonly #leases = new Set<() => Promise<void>>();
  readonly #stops = new Set<() => void>();
  #closed = false;

  constructor(shared: SharedRelay, forget: () => void) {
    this.#shared = shared;
    this.#forget = forget;
    shared.users++;
  }

  get id(): RelayId | undefined {
    return this.#shared.knownId;
  }

  get status(): RelayStatus {
    return this.#shared.status;
  }

  feedStatus(feed: string): FeedStatus | undefined {
    return this.#shared.feedStatus.get(feed);
  }

  /** Calls back on every change of the relay's state or of a feed's. */
  listen(listener: () => void): () => void {
    this.#shared.listeners.add(listener);
    const stop = () => {
      this.#shared.listeners.delete(listener);
      this.#stops.delete(stop);
    };
    this.#stops.add(stop);
    return stop;
  }

  async feeds(): Promise<string[]> {
    return this.#shared.port.call("relay_feeds", { relay: await this.#shared.id });
  }

  /** Waits until the feed has a table, also through lost connections. */
  async open(feed: string): Promise<TableLease> {
    const shared = this.#shared;
    let entry = shared.feeds.get(feed);
    if (!entry) {
      entry = {
        users: 0,
        table: shared.id.then((relay) => shared.port.call("relay_open", { relay, feed })),
      };
      shared.feeds.set(feed, entry);
      const opened = entry;
      opened.table.catch(() => {
        if (shared.feeds.get(feed) === opened) shared.feeds.delete(feed);
      });
    }
    const held = entry;
    held.users++;
    let released = false;
    const release = async () => {
      if (released) return;
      released = true;
      this.#leases.delete(release);
      held.users--;
      if (held.users > 0 || shared.feeds.get(feed) !== held) return;
      shared.feeds.delete(feed);
      shared.feedStatus.delete(feed);
      await shared.port.call("relay_release", { relay: await shared.id, feed });
    };
    this.#leases.add(release);
    try {
      return { table: await held.table, release };
    } catch (error) {
      released = true;
      this.#leases.delete(release);
      throw error;
    }
  }

  /** Tries again now, without waiting for the next attempt; also feeds that were given up. */
  async retry(): Promise<void> {
    await this.#shared.port.call("relay_retry", { relay: await this.#shared.id });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of [...this.#stops]) stop();
    const shared = this.#shared;
    await Promise.allSettled([...this.#leases].map((release) => release()));
    shared.users--;
    if (shared.users > 0) return;
    this.#forget();
    shared.dispose();
    await shared.port.call("relay_close", { relay: await shared.id });
  }
}

/** All relays that this page talks to, through one engine. */
export class RelayBook {
  readonly #relays = new Map<string, SharedRelay[]>();
  readonly #port: () => EnginePort;

  constructor(port: () => EnginePort) {
    this.#port = port;
  }

  /** A hold on the relay at `url`; a token source of its own means a connection of its own. */
  open(url: string, token?: TokenSource): RelayHandle {
    const list = this.#relays.get(url) ?? [];
    this.#relays.set(url, list);
    let shared = list.find((each) => each.token === token);
    if (!shared) {
      shared = new SharedRelay(this.#port(), url, token);
      list.push(shared);
    }
    const opened = shared;
    return new RelayHandle(opened, () => {
      const index = list.indexOf(opened);
      if (index >= 0) list.splice(index, 1);
    });
  }
}
