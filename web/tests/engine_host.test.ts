/** The host's rhythm, on an engine that only counts. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { EngineApi } from "../worker/engine_api.js";
import { EngineHost } from "../worker/engine_host.js";

let follows: boolean;
let clocks: number[];
let told: number[];
let host: EngineHost;

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000 });
  follows = false;
  clocks = [];
  told = [];
  let handle = 0;
  const engine = {
    create_table: () => handle++,
    create_view: () => handle++,
    complete_order: () => {},
    delete_view: () => {},
    delete_table: () => {},
    follows_clock: () => follows,
    set_clock: (now: number) => clocks.push(now),
    // The last second of three is the one in which something changes.
    tick: () => Uint32Array.from(clocks.at(-1) === 13_000 ? [1] : []),
  };
  const emit = (event: { event: string; view?: number }) => {
    if (event.event === "view_update") told.push(event.view ?? -1);
  };
  host = new EngineHost(engine as unknown as EngineApi, emit, (callback) => callback());
});

afterEach(() => {
  host.close();
  vi.useRealTimers();
});

it("hands the time in each second where something follows it, and tells what changed", () => {
  const table = host.createTable({ t: "datetime" }, {}, null);
  vi.advanceTimersByTime(5_000);
  expect(clocks).toEqual([10_000]);
  vi.setSystemTime(10_000);
  clocks = [];
  follows = true;
  const view = host.createView(table, { filter: [["t", "within", "15m"]] });
  host.watch(view, true);
  vi.advanceTimersByTime(3_000);
  expect(clocks).toEqual([10_000, 11_000, 12_000, 13_000]);
  expect(told).toEqual([view]);
  follows = false;
  host.deleteView(view);
  vi.advanceTimersByTime(5_000);
  expect(clocks).toHaveLength(4);
});
