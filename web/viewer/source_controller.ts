/**
 * Opens the source that a viewer is asked to show, and lets go of it.
 *
 * Of what is asked for in a row only the newest counts. Out of the document nothing is kept
 * open; what the user had loaded is shown again when the element comes back.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Client } from "../client/client.js";
import { MillraceError } from "../client/errors.js";
import type { RelayHandle, TokenSource } from "../client/relay.js";
import type { FeedStatus, RelayStatus } from "../client/relay_types.js";
import { Table } from "../client/table.js";
import { givenSource, relaySource, type Source, scriptRelay } from "./source.js";

/** An element that is moved in the document is not taken for one that was removed. */
const GRACE_MS = 1_000;

/** What the element is asked for by its attributes and properties. */
export interface SourceHost extends ReactiveControllerHost {
  readonly src: string | null;
  readonly feed: string | null;
  readonly token: TokenSource | undefined;
}

export interface SourceListener {
  /** The table is there; resolves when it is shown, or when it is clear that it cannot be. */
  opened(table: Table): Promise<void>;
  /** The table came back with other columns. */
  replaced(): Promise<void>;
  /** What was made of the table has to be freed before the source is. */
  closing(): Promise<void>;
}

export class SourceController implements ReactiveController {
  readonly #host: SourceHost;
  readonly #listener: SourceListener;
  #source: Source | undefined;
  /** Why there is no table, or none any more. */
  #problem: MillraceError | undefined;
  #relayStatus: RelayStatus | undefined;
  #feedStatus: FeedStatus | undefined;
  #feeds: string[] | undefined;
  /** Number of the newest request: older ones that are still under way give up. */
  #generation = 0;
  /** The attributes that were opened last. */
  #openKey: string | undefined;
  #loading: Promise<void> = Promise.resolve();
  #stopListening: (() => void)[] = [];
  #leaving: ReturnType<typeof setTimeout> | undefined;
  /** Everything was let go of because the element had left the document. */
  #left = false;
  /** What the user had loaded until then. */
  #parked: Table | Client | undefined;

  constructor(host: SourceHost, listener: SourceListener) {
    this.#host = host;
    this.#listener = listener;
    host.addController(this);
  }

  get table(): Table | undefined {
    return this.#source?.table;
  }

  get client(): Client | undefined {
    return this.#source?.client;
  }

  get relay(): RelayHandle | undefined {
    return this.#source?.relay;
  }

  get problem(): MillraceError | undefined {
    return this.#problem;
  }

  get relayStatus(): RelayStatus | undefined {
    return this.#relayStatus;
  }

  get feedStatus(): FeedStatus | undefined {
    return this.#feedStatus;
  }

  /** The feeds to choose from, where none is named. */
  get feeds(): string[] | undefined {
    return this.#feeds;
  }

  /** Nothing more will come until a person does something. */
  get stuck(): boolean {
    const state = this.#relayStatus?.state;
    return this.#problem !== undefined || state === "refused" || state === "closed";
  }

  /** Resolves when what was asked for is shown, or has failed. */
  async settled(): Promise<void> {
    await this.#loading;
  }

  hostConnected(): void {
    clearTimeout(this.#leaving);
    const parked = this.#parked;
    const left = this.#left;
    this.#parked = undefined;
    this.#left = false;
    if (!left || this.#source) return;
    if (parked) void this.load(parked).catch(() => {});
    else this.open();
  }

  hostDisconnected(): void {
    this.#leaving = setTimeout(() => {
      const source = this.#source;
      this.#parked = source && !source.own ? (source.table ?? source.client) : undefined;
      this.#left = true;
      this.#openKey = undefined;
      void this.#letGo();
    }, GRACE_MS);
  }

  /** Opens what the attributes name, unless that is open. */
  open(): void {
    const { src, feed, token } = this.#host;
    if (src === null && feed === null) return;
    const key = `${src}\u0000${feed}`;
    if (key === this.#openKey) return;
    this.#openKey = key;
    this.#fail(undefined);
    const generation = ++this.#generation;
    const given = src === null && this.#source && !this.#source.own ? this.#source.client : null;
    const loading = (async () => {
      await this.#letGo();
      const source = given
        ? givenSource(given, undefined)
        : await relaySource(src ?? scriptRelay(), token);
      if (generation !== this.#generation) {
        await source.dispose();
        return;
      }
      this.#take(source);
      await this.#openTable(generation);
    })();
    this.#loading = loading.catch((error: unknown) => {
      if (generation === this.#generation) this.#fail(MillraceError.from(error));
    });
  }

  /** Tries what the attributes name once more. */
  reopen(): void {
    this.#openKey = undefined;
    this.open();
  }

  /** Shows a table, or offers the tables of a client. */
  async load(source: Table | Client | Promise<Table | Client>): Promise<void> {
    const generation = ++this.#generation;
    // The same feed may be asked for again afterwards.
    this.#openKey = undefined;
    const loading = (async () => {
      const given = await source;
      if (generation !== this.#generation) return;
      await this.#letGo();
      if (given instanceof Table) {
        this.#take(givenSource(given.get_client(), given));
        await this.#show(given);
      } else {
        this.#take(givenSource(given, undefined));
        await this.#openTable(generation);
      }
    })();
    this.#loading = loading.catch(() => {});
    await loading;
  }

  /** Lets go of everything, also of what is under way. */
  async close(): Promise<void> {
    this.#generation++;
    this.#openKey = undefined;
    await this.#letGo();
  }

  /** Opens the feed by its name, or asks which. */
  async #openTable(generation: number): Promise<void> {
    const source = this.#source;
    if (!source) return;
    const { feed } = this.#host;
    if (feed === null) {
      this.#feeds = await source.client.get_hosted_table_names();
      this.#host.requestUpdate();
      return;
    }
    source.feed = feed;
    this.#followRelay();
    const table = await source.client.open_table(feed);
    if (generation !== this.#generation) {
      if (source.relay) await table.delete();
      return;
    }
    await this.#show(table);
  }

  #take(source: Source): void {
    this.#source = source;
    this.#fail(undefined);
    const { client, relay } = source;
    if (relay) this.#stopListening.push(relay.listen(() => this.#followRelay()));
    const errors = client.on_error((error) => {
      if (error.kind === "engine" || error.kind === "worker") this.#fail(error);
    });
    this.#stopListening.push(() => client.remove_error(errors));
    this.#followRelay();
  }

  async #show(table: Table): Promise<void> {
    if (!this.#source) return;
    this.#source.table = table;
    this.#stopListening.push(table.on_replace(() => void this.#listener.replaced()));
    await this.#listener.opened(table);
  }

  async #letGo(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    const source = this.#source;
    this.#source = undefined;
    this.#relayStatus = undefined;
    this.#feedStatus = undefined;
    this.#feeds = undefined;
    this.#host.requestUpdate();
    await this.#listener.closing();
    await source?.dispose();
  }

  #followRelay(): void {
    const source = this.#source;
    const relay = source?.relay;
    if (!source || !relay) return;
    const before = this.#relayStatus?.state;
    this.#relayStatus = relay.status;
    this.#feedStatus = source.feed === undefined ? undefined : relay.feedStatus(source.feed);
    this.#host.requestUpdate();
    // A feed that was not there may be there after the relay came back.
    const back =
      before !== undefined && before !== "connected" && relay.status.state === "connected";
    if (back && this.#problem && !source.table) this.reopen();
  }

  #fail(problem: MillraceError | undefined): void {
    this.#problem = problem;
    this.#host.requestUpdate();
  }
}
