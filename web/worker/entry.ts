/**
 * The Worker's script: takes the engine from the page, then answers it.
 *
 * The page compiles the wasm while this script is fetched. Where it could not, the wasm is
 * looked for beside this script. Calls that come before it is ready wait their turn.
 */
import type { EngineModule, Events, Request, Response } from "../client/calls.js";
import { MillraceError } from "../client/errors.js";
import init, { Engine } from "../wasm/millrace_engine.js";
import { Dispatcher } from "./dispatcher.js";
import type { EngineApi } from "./engine_api.js";
import { laterByPort } from "./later.js";
import { Outbox } from "./outbox.js";
import { transferables } from "./transferables.js";

/** The part of `DedicatedWorkerGlobalScope` in use; the DOM's types know only `window`. */
interface WorkerScope {
  postMessage(message: Response | Events, transfer?: Transferable[]): void;
  onmessage: ((message: MessageEvent<Request | EngineModule>) => void) | null;
}
const scope = globalThis as unknown as WorkerScope;
const outbox = new Outbox((message, transfer) => scope.postMessage(message, transfer));

const WASM = "millrace_engine_bg.wasm";
const ZONES = "millrace_zones.bin";

let takeModule: (module: WebAssembly.Module | null) => void;
const given = new Promise<WebAssembly.Module | null>((resolve) => {
  takeModule = resolve;
});

async function start(): Promise<Dispatcher> {
  const file = WASM;
  await init({ module_or_path: (await given) ?? new URL(file, import.meta.url) });
  const engine = new Engine() as unknown as EngineApi;
  return new Dispatcher(engine, (event) => outbox.tell(event), laterByPort(), fetchZones);
}

async function fetchZones(): Promise<Uint8Array> {
  const file = ZONES;
  const response = await fetch(new URL(file, import.meta.url));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trim());
  return new Uint8Array(await response.arrayBuffer());
}

const started = start();

started.catch((error: unknown) => {
  const { message } = MillraceError.from(error);
  outbox.tell({
    event: "fatal",
    error: {
      kind: "engine",
      message: `The engine could not be started: ${message}`,
      where: WASM,
      expected:
        "millrace_engine_bg.wasm beside millrace-worker.js, and a Content-Security-Policy with script-src 'wasm-unsafe-eval'",
    },
  });
});

scope.onmessage = async ({ data }) => {
  if ("engine" in data) {
    takeModule(data.engine);
    return;
  }
  const { id, method, params } = data;
  try {
    const dispatcher = await started;
    const result = await dispatcher.call(method, params as never);
    outbox.answer({ id, result }, transferables(result));
  } catch (error) {
    const failure = MillraceError.from(error);
    outbox.answer({ id, error: failure.toFields() });
    if (error instanceof WebAssembly.RuntimeError || failure.message.includes("unreachable")) {
      outbox.tell({
        event: "fatal",
        error: { kind: "engine", message: `The engine stopped: ${failure.message}` },
      });
    }
  }
};
