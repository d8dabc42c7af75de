/**
 * The API in a browser: engines in Workers, relays shared by the whole page.
 */
import { Client } from "./client.js";
import type { EnginePort } from "./engine_port.js";
import { RelayBook, type TokenSource } from "./relay.js";
import { relayUrl } from "./relay_url.js";
import { WorkerPort } from "./worker_port.js";

/** How a relay is spoken to. */
export interface WebsocketOptions {
  /** Asked before each connection for the token that the relay wants to see. */
  token?: TokenSource;
}

const WORKER_SCRIPT = "millrace-worker.js";
const WASM = "millrace_engine_bg.wasm";

function startWorker(): WorkerPort {
  // The variables keep bundlers from taking the files for assets of their own.
  const [script, wasm] = [WORKER_SCRIPT, WASM];
  return new WorkerPort(new URL(script, import.meta.url), new URL(wasm, import.meta.url));
}

let pageEngine: EnginePort | undefined;

const relays = new RelayBook(() => {
  pageEngine ??= startWorker();
  return pageEngine;
});

/** A client with an engine of its own, in a Worker of its own. */
export async function worker(): Promise<Client> {
  return new Client(startWorker());
}

/**
 * A client whose tables are the feeds of a relay, live. Answers at once: the connection is
 * made, and made again, in the background; `open_table` waits for it.
 */
export async function websocket(url: string, options: WebsocketOptions = {}): Promise<Client> {
  const relay = relays.open(relayUrl(url, document.baseURI), options.token);
  pageEngine ??= startWorker();
  return new Client(pageEngine, relay);
}
