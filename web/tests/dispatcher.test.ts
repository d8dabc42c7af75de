/** Time zones are fetched when a call names one, and the call is made again. */
import { beforeEach, expect, it } from "vitest";
import { Dispatcher } from "../worker/dispatcher.js";
import type { EngineApi } from "../worker/engine_api.js";

const BYTES = new Uint8Array([1, 2, 3]);

// An engine that knows one zone once it has been given the data.
let zones: Uint8Array | undefined;
let missed: boolean;
let fetches: number;
let fails: boolean;
let stopped: boolean;
let made: number;
let dispatcher: Dispatcher;

beforeEach(() => {
  zones = undefined;
  missed = false;
  fetches = 0;
  fails = false;
  stopped = false;
  made = 0;
  const engine = {
    create_table(schema: string) {
      made++;
      if (stopped) throw new WebAssembly.RuntimeError("unreachable");
      if (!schema.includes("Europe/")) return 1;
      missed ||= zones === undefined;
      if (zones && schema.includes("Europe/Berlin")) return 2;
      throw Object.assign(new Error("unknown time zone"), { kind: "invalid_expression" });
    },
    set_clock: () => {},
    follows_clock: () => false,
    delete_table: () => {},
    load_zones(bytes: Uint8Array) {
      zones = bytes;
    },
    table_schema: () => "{}",
    validate_expressions() {
      missed ||= zones === undefined;
      return "{}";
    },
    take_missed_zones() {
      if (stopped) throw new Error("recursive use of an object");
      const was = missed;
      missed = false;
      return was;
    },
  };
  dispatcher = new Dispatcher(
    engine as unknown as EngineApi,
    () => {},
    (callback) => callback(),
    async () => {
      fetches++;
      if (fails) throw new Error("404 Not Found");
      return BYTES;
    },
  );
});

const create = (zone: string) =>
  dispatcher.call("create_table", {
    schema: { t: `timestamp(ms, ${zone})` } as never,
    options: {},
    name: null,
  });

it("fetches nothing while no zone is named", async () => {
  await create("UTC");
  expect(fetches).toBe(0);
});

it("fetches once for all calls, each of which is made again", async () => {
  await Promise.all([create("Europe/Berlin"), create("Europe/Berlin")]);
  expect(zones).toBe(BYTES);
  await create("Europe/Berlin");
  expect(fetches).toBe(1);
});

it("passes on what is wrong with the name itself", async () => {
  await expect(create("Europe/Atlantis")).rejects.toMatchObject({ kind: "invalid_expression" });
  expect(fetches).toBe(1);
});

it("says what is missing where the data cannot be fetched, and tries again at the next call", async () => {
  fails = true;
  await expect(create("Europe/Berlin")).rejects.toMatchObject({
    kind: "zones",
    where: "millrace_zones.bin",
    message: expect.stringContaining("404 Not Found"),
  });
  fails = false;
  await create("Europe/Berlin");
  expect(fetches).toBe(2);
});

it("makes no call again for the sake of another one beside it", async () => {
  const table = await create("UTC");
  const validated = { table, expressions: {}, windows: {} };
  const calls = [create("UTC"), dispatcher.call("validate_expressions", validated)];
  await Promise.all(calls);
  expect([made, fetches]).toEqual([2, 1]);
});

it("passes on that the engine has stopped", async () => {
  stopped = true;
  await expect(create("UTC")).rejects.toMatchObject({ message: "unreachable" });
});
