/**
 * A relay as the engine's side sees it: one WebSocket, kept alive.
 *
 * Opens it, comes back after it was lost (at once when the machine is online again), finds
 * out why it does not open, and tells the page how things stand. What the messages mean is
 * the session's business.
 */
import type { EngineEvent, RelayId, TableId } from "../../client/calls.js";
import { MillraceError } from "../../client/errors.js";
import type { FeedStatus, RelayStatus } from "../../client/relay_types.js";
import type { EngineHost } from "../engine_host.js";
import { Backoff } from "./backoff.js";
import { diagnose } from "./diagnose.js";
import { FeedTable } from "./feed_table.js";
import { FeedWatch } from "./feed_watch.js";
import { type ClientMessage, readHeader, SUBPROTOCOL } from "./messages.js";
import { RelaySession, relayError } from "./relay_session.js";

/** The relay reports once a second; silent for this long, it is asked. */
const ASK_AFTER_MS = 4_000;
/** Silent for this long, the connection counts as lost. */
const LOST_AFTER_MS = 10_000;
/** How often the page hears of a feed's figures at most. */
const REPORT_EVERY_MS = 250;
const TOKEN_WAIT_MS = 15_000;
/** So long before a token is over another one is asked for, or in its last fifth. */
const RENEW_BEFORE_S = 30;
/** What a timer can wait for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface OpenFeed {
  table: FeedTable;
  watch: FeedWatch;
  opened: Promise<TableId>;
  fail(error: MillraceError): void;
}

export class RelayConnection {
  readonly #host: EngineHost;
  readonly #id: RelayId;
  readonly #url: string;
  readonly #withToken: boolean;
  readonly #emit: (event: EngineEvent) => void;
  readonly #session: RelaySession;
  readonly #backoff = new Backoff();
  readonly #feeds = new Map<string, OpenFeed>();
  readonly #waitingForFeeds = new Set<(feeds: string[]) => void>();
  readonly #tickets = new Map<number, (token: string | null) => void>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #online = () => this.retry();
  #status: RelayStatus;
  #socket: WebSocket | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #renewTimer: ReturnType<typeof setTimeout> | undefined;
  #lastHeard = 0;
  #pings = 0;
  #nextTicket = 1;
  #attempt = 0;
  #closed = false;

  constructor(
    host: EngineHost,
    id: RelayId,
    url: string,
    withToken: boolean,
    emit: (event: EngineEvent) => void,
  ) {
    if (typeof WebSocket === "undefined") {
      throw new MillraceError({
        kind: "unsupported",
        message: "There is no WebSocket here.",
        where: "websocket",
        expected: "a browser, or Node 22 and later",
      });
    }
    this.#host = host;
    this.#id = id;
    this.#url = url;
    this.#withToken = withToken;
    this.#emit = emit;
    this.#status = { url, state: "connecting", feeds: [] };
    this.#session = this.#makeSession();
    globalThis.addEventListener?.("online", this.#online);
    this.#timer = setInterval(() => this.#beat(), REPORT_EVERY_MS);
    // Behind the answer to the call that made this connection.
    this.#retryTimer = setTimeout(() => void this.#connect(), 0);
  }

  /** Names of the relay's feeds, as soon as it has said hello. */
  async feeds(): Promise<string[]> {
    if (this.#status.state === "connected") return this.#status.feeds;
    return new Promise((resolve) => this.#waitingForFeeds.add(resolve));
  }

  /** The feed's table, as soon as there is one. */
  open(feed: string): Promise<TableId> {
    const open = this.#feeds.get(feed);
    if (open) return open.opened;
    let appeared: (table: TableId) => void = () => {};
    let fail: (error: MillraceError) => void = () => {};
    const opened = new Promise<TableId>((resolve, reject) => {
      appeared = resolve;
      fail = reject;
    });
    const table = new FeedTable(this.#host, feed, appeared);
    const watch = new FeedWatch(feed);
    this.#feeds.set(feed, { table, watch, opened, fail });
    this.#session.add(feed, table);
    return opened;
  }

  release(feed: string): void {
    const open = this.#feeds.get(feed);
    if (!open) return;
    this.#feeds.delete(feed);
    this.#session.remove(feed);
    open.fail(new MillraceError({ kind: "released", message: `Feed "${feed}" was let go of.` }));
    open.table.drop();
  }

  /** Tries now instead of later, also for feeds that were given up. */
  retry(): void {
    if (this.#closed) return;
    this.#backoff.reset();
    this.#session.revive();
    if (this.#status.state === "connected" || this.#socket) return;
    clearTimeout(this.#retryTimer);
    void this.#connect();
  }

  answerToken(ticket: number, token: string | null): void {
    this.#tickets.get(ticket)?.(token);
    this.#tickets.delete(ticket);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#renewTimer);
    clearInterval(this.#timer);
    globalThis.removeEventListener?.("online", this.#online);
    this.#socket?.close(1000);
    this.#socket = undefined;
    for (const feed of [...this.#feeds.keys()]) this.release(feed);
    this.#tell({ state: "closed" });
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    const token = this.#withToken ? await this.#askToken() : null;
    if (this.#closed || attempt !== this.#attempt) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#url, SUBPROTOCOL);
    } catch (error) {
      this.#tell({ state: "closed", detail: MillraceError.from(error).message });
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#lastHeard = Date.now();
      this.#session.opened(token);
    };
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      this.#lastHeard = Date.now();
      if (typeof message.data === "string") this.#session.text(message.data);
      else this.#session.binary(new Uint8Array(message.data));
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) void this.#lost(opened, event.code, event.reason);
    };
  }

  async #lost(opened: boolean, code: number, reason: string): Promise<void> {
    this.#socket = undefined;
    clearTimeout(this.#renewTimer);
    this.#session.closed();
    if (this.#closed) return;
    const wait = this.#backoff.next();
    const retry_at = Date.now() + wait;
    this.#retryTimer = setTimeout(() => void this.#connect(), wait);
    if (code === 4401 || code === 4403) {
      this.#tell({ state: "refused", detail: sentence(reason), retry_at });
      return;
    }
    if (opened) {
      this.#tell({ state: "reconnecting", detail: closeReason(code, reason), retry_at });
      return;
    }
    const attempt = this.#attempt;
    const diagnosis = await diagnose(this.#url, pageOrigin());
    // By now the next attempt may have begun, or even be through.
    if (this.#closed || this.#status.state === "connected") return;
    const at = attempt === this.#attempt ? { retry_at } : {};
    switch (diagnosis.kind) {
      case "refused":
        this.#tell({
          state: "refused",
          detail: diagnosis.detail,
          remedy: diagnosis.remedy,
          ...at,
        });
        break;
      case "reachable":
        this.#tell({ state: "reconnecting", detail: diagnosis.detail, ...at });
        break;
      case "unreachable":
        this.#tell({ state: "reconnecting", detail: "the relay does not answer", ...at });
        break;
    }
  }

  #makeSession(): RelaySession {
    return new RelaySession({
      send: (message) => this.#send(message),
      header: (frame) => readHeader(this.#host.engine.frame_header(frame)),
      greeted: (feeds, expiresIn) => {
        this.#backoff.reset();
        this.#renewBefore(expiresIn);
        this.#status = { ...this.#status, feeds };
        this.#tell({ state: "connected" });
        for (const resolve of this.#waitingForFeeds) resolve(feeds);
        this.#waitingForFeeds.clear();
      },
      authorized: (feeds, expiresIn) => {
        this.#renewBefore(expiresIn);
        this.#status = { ...this.#status, feeds };
        this.#tell({ state: "connected" });
      },
      tokenExpired: () => void this.#renewToken(),
      changed: (feed) => this.#feeds.get(feed)?.watch.touch(),
      frame: (feed, header, outcome) => {
        const live = this.#session.get(feed)?.phase === "live";
        this.#feeds.get(feed)?.watch.frame(header, outcome, live, Date.now());
      },
      reset: (feed, reason) => this.#feeds.get(feed)?.watch.reset(reason),
      report: (feed, report) => this.#feeds.get(feed)?.watch.report(report),
      refused: (feed, message) => {
        const error = relayError(message);
        this.#feeds.get(feed)?.watch.failed(error.toFields());
        this.#feeds.get(feed)?.fail(error);
        this.#beat();
        this.#emitError(feed, error);
      },
      error: (feed, error) => {
        if (feed !== null && this.#session.get(feed)?.phase === "failed") {
          this.#feeds.get(feed)?.watch.failed(error.toFields());
          this.#feeds.get(feed)?.fail(error);
        }
        this.#emitError(feed, error);
      },
    });
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Regular work: is the relay still there, and what do the feeds' figures say. */
  #beat(): void {
    const now = Date.now();
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN) {
      const silent = now - this.#lastHeard;
      if (silent > LOST_AFTER_MS) {
        // `close` may wait for an answer that never comes.
        socket.onclose = null;
        socket.close();
        void this.#lost(true, 0, "nothing was heard from the relay for 10 s");
      } else if (silent > ASK_AFTER_MS && this.#pings < this.#lastHeard) {
        this.#pings = now;
        this.#send({ type: "ping", n: now });
      }
    }
    for (const [feed, { table, watch }] of this.#feeds) {
      const session = this.#session.get(feed);
      if (!session) continue;
      const status: FeedStatus | undefined = watch.take(session, table.rows, now);
      if (status) this.#emit({ event: "feed_status", relay: this.#id, status });
    }
  }

  #askToken(): Promise<string | null> {
    const ticket = this.#nextTicket++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answerToken(ticket, null), TOKEN_WAIT_MS);
      this.#tickets.set(ticket, (token) => {
        clearTimeout(timer);
        resolve(token);
      });
      this.#emit({ event: "token_wanted", relay: this.#id, ticket });
    });
  }

  /** Asks for another token in time, so that nothing is interrupted. */
  #renewBefore(expiresIn: number | undefined): void {
    clearTimeout(this.#renewTimer);
    if (expiresIn === undefined || !this.#withToken) return;
    // Not without a pause, however short tokens live.
    const seconds = Math.max(expiresIn - RENEW_BEFORE_S, expiresIn * 0.8, 1);
    const wait = Math.min(seconds * 1000, LONGEST_TIMER_MS);
    this.#renewTimer = setTimeout(() => void this.#renewToken(), wait);
  }

  async #renewToken(): Promise<void> {
    if (!this.#withToken) return;
    const socket = this.#socket;
    const token = await this.#askToken();
    if (token !== null && socket !== undefined && socket === this.#socket) {
      this.#session.renew(token);
    }
  }

  #tell(change: Omit<RelayStatus, "url" | "feeds">): void {
    this.#status = { url: this.#url, feeds: this.#status.feeds, ...change };
    this.#emit({ event: "relay_status", relay: this.#id, status: this.#status });
  }

  #emitError(feed: string | null, error: MillraceError): void {
    this.#emit({ event: "relay_error", relay: this.#id, feed, error: error.toFields() });
  }
}

/** A reason of the relay's as a sentence. */
function sentence(reason: string): string {
  if (reason === "") return "The relay refused this page.";
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function closeReason(code: number, reason: string): string {
  switch (code) {
    case 1001:
      return "the relay shuts down";
    case 1006:
      return "the connection was lost";
    case 4400:
      return `the relay did not understand this page: ${reason}`;
    case 4408:
      return "this page was too slow for the feed";
    default:
      return reason || `the connection was closed (${code})`;
  }
}

/** What the browser sends as `Origin` from here: that of the page, also in a blob's Worker. */
function pageOrigin(): string {
  return typeof location === "undefined" ? "null" : location.origin;
}
