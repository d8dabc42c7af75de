/**
 * The API in Node: the engine runs in this process, and the default export is itself a
 * client. Relays need a global `WebSocket` (Node 22 and later).
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Engine, initSync } from "../wasm/millrace_engine.js";
import { Dispatcher } from "../worker/dispatcher.js";
import type { EngineApi } from "../worker/engine_api.js";
import type { WebsocketOptions } from "./browser.js";
import { Client } from "./client.js";
import type { EnginePort } from "./engine_port.js";
import { LocalPort } from "./local_port.js";
import { RelayBook } from "./relay.js";
import { relayUrl } from "./relay_url.js";

export type { WebsocketOptions } from "./browser.js";
export { Client } from "./client.js";
export { MillraceError } from "./errors.js";
export type { FeedStatus, RelayStatus } from "./relay_types.js";
export { Table } from "./table.js";
export type * from "./types.js";
export { View } from "./view.js";

let loaded = false;

function startEngine(): EnginePort {
  if (!loaded) {
    const file = "millrace_engine_bg.wasm";
    initSync({ module: readFileSync(new URL(file, import.meta.url)) });
    loaded = true;
  }
  const engine = new Engine() as unknown as EngineApi;
  return new LocalPort(
    (emit) => new Dispatcher(engine, emit, (callback) => setImmediate(callback), readZones),
  );
}

async function readZones(): Promise<Uint8Array> {
  const file = "millrace_zones.bin";
  return readFile(new URL(file, import.meta.url));
}

let shared: EnginePort | undefined;
function sharedEngine(): EnginePort {
  shared ??= startEngine();
  return shared;
}

const relays = new RelayBook(sharedEngine);

/** A client with an engine of its own. */
export async function worker(): Promise<Client> {
  return new Client(startEngine());
}

/** A client whose tables are the feeds of a relay, live. */
export async function websocket(url: string, options: WebsocketOptions = {}): Promise<Client> {
  return new Client(sharedEngine(), relays.open(relayUrl(url), options.token));
}

/** A client that starts its engine at the first call, so that importing costs nothing. */
class NodeClient extends Client {
  readonly worker = worker;
  readonly websocket = websocket;

  constructor() {
    super({
      call: (method, params) => sharedEngine().call(method, params),
      listen: (listener) => sharedEngine().listen(listener),
      terminate: () => sharedEngine().terminate(),
    });
  }
}

const millrace = new NodeClient();
export default millrace;
