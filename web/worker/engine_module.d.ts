/**
 * What the generated wasm module exports, for a checkout in which it is not built yet.
 * Where `web/wasm/millrace_engine.d.ts` exists, that one is used, and checked (`tests/engine_types.test.ts`).
 */
declare module "*/millrace_engine.js" {
  export class Engine {
    free(): void;
  }
  export function initSync(input: { module: BufferSource | WebAssembly.Module }): unknown;
  export default function init(input: {
    module_or_path: URL | WebAssembly.Module;
  }): Promise<unknown>;
}
