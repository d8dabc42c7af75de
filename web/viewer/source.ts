/**
 * Where a viewer's rows come from: a table that was handed over, or a feed of a relay.
 *
 * A source that the viewer opened itself is let go of again; a table of the user's is not.
 */
import { websocket } from "../client/browser.js";
import type { Client } from "../client/client.js";
import type { RelayHandle, TokenSource } from "../client/relay.js";
import { relayOf } from "../client/relay_url.js";
import type { Table } from "../client/table.js";

export interface Source {
  client: Client;
  table: Table | undefined;
  relay: RelayHandle | undefined;
  feed: string | undefined;
  /** Opened by the viewer, from its attributes. */
  own: boolean;
  dispose(): Promise<void>;
}

/** Connects to a relay; the table comes later, by `openFeed`. */
export async function relaySource(src: string, token: TokenSource | undefined): Promise<Source> {
  const client = await websocket(src, token ? { token } : {});
  return {
    client,
    table: undefined,
    relay: client.relay,
    feed: undefined,
    own: true,
    dispose: () => client.terminate(),
  };
}

/** A table that belongs to the user. */
export function givenSource(client: Client, table: Table | undefined): Source {
  return {
    client,
    table,
    relay: client.relay,
    feed: client.relay ? table?.get_name() : undefined,
    own: false,
    dispose: async () => {},
  };
}

/** The relay that served this script: where a feed is looked for if no address is given. */
export function scriptRelay(): string {
  return relayOf(import.meta.url) ?? location.origin;
}
