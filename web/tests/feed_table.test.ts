/**
 * The tables behind a feed, with the real engine: needs `web/wasm`.
 */
import { existsSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import type { EngineEvent } from "../client/calls.js";
import { windowToColumns } from "../client/results.js";
import type { EngineApi } from "../worker/engine_api.js";
import { EngineHost } from "../worker/engine_host.js";
import { FeedTable } from "../worker/relay/feed_table.js";
import type { FeedColumn } from "../worker/relay/messages.js";
import { fourRows } from "./arrow_fixture.js";

const wasm = new URL("../wasm/millrace_engine_bg.wasm", import.meta.url);
const isBuilt = existsSync(wasm);
if (!isBuilt) console.warn("skipped: tables of feeds, because web/wasm is not built");

const COLUMNS: FeedColumn[] = [
  { name: "s", type: "utf8" },
  { name: "n", type: "int64" },
  { name: "f", type: "float64" },
  { name: "t", type: "timestamp(ms)" },
];

describe.skipIf(!isBuilt)("FeedTable", async () => {
  if (!isBuilt) return;
  const module = await import("../wasm/millrace_engine.js");
  module.initSync({ module: readFileSync(wasm) });

  let events: EngineEvent[];
  let later: (() => void)[];
  let host: EngineHost;
  let shown: number | undefined;
  let feed: FeedTable;

  const settle = () => {
    for (const callback of later.splice(0)) callback();
  };

  beforeEach(() => {
    events = [];
    later = [];
    shown = undefined;
    const engine = new module.Engine() as unknown as EngineApi;
    host = new EngineHost(
      engine,
      (event) => events.push(event),
      (callback) => later.push(callback),
    );
    feed = new FeedTable(host, "f", (table) => {
      shown = table;
    });
  });

  const table = () => {
    if (shown === undefined) throw new Error("nothing is shown");
    return shown;
  };

  it("shows the first history from its first frame on", () => {
    feed.begin(COLUMNS, { limit: 6 });
    expect(shown).toBeDefined();
    expect(feed.append(fourRows())).toBe(4);
    expect(feed.rows).toBe(4);
    expect(host.limit(table())).toBe(6);
  });

  it("takes its columns from the first frame where their types are not understood", () => {
    feed.begin([{ name: "s", type: "a type of tomorrow" }], {});
    expect(shown).toBeUndefined();
    feed.append(fourRows());
    expect(host.columns(table()).map((column) => column.name)).toEqual(["s", "n", "f", "t"]);
  });

  it("keeps old rows and their views until a new history is complete", () => {
    feed.begin(COLUMNS, {});
    feed.append(fourRows());
    feed.commit();
    const view = host.createView(table(), { columns: ["n"] });
    host.watch(view, true);

    feed.begin(COLUMNS, {});
    feed.append(fourRows());
    feed.append(fourRows());
    expect(host.dimensions(view).num_view_rows).toBe(4);
    feed.commit();
    settle();
    expect(host.dimensions(view).num_view_rows).toBe(8);
    expect(events).toContainEqual({ event: "view_update", view, port_id: 0 });
    feed.append(fourRows());
    expect(host.dimensions(view).num_view_rows).toBe(12);
  });

  it("makes views again when the columns are others, and tells of those that cannot be", () => {
    feed.begin(
      [
        { name: "n", type: "int64" },
        { name: "gone", type: "utf8" },
      ],
      {},
    );
    const fits = host.createView(table(), { columns: ["n"] });
    const unfit = host.createView(table(), { columns: ["gone"] });

    feed.begin(COLUMNS, {});
    feed.append(fourRows());
    feed.commit();
    expect(windowToColumns(host.read(fits, {}))).toEqual({ n: [1, 2, 3, 4] });
    expect(host.columnPaths(unfit)).toEqual(["gone"]);
    expect(events).toContainEqual({ event: "table_replaced", table: table() });
    expect(events.find((event) => event.event === "view_error")).toMatchObject({ view: unfit });
    expect(() => {
      host.deleteView(unfit);
      feed.drop();
    }).not.toThrow();
  });

  /** A frame of a keyed feed, as the engine writes Arrow. */
  const keyedFrame = (rows: { s: string; n: number | null; __deleted: boolean }[]) => {
    const schema = { s: "string", n: "integer", __deleted: "boolean" } as const;
    const source = host.createTable(schema, {}, null);
    host.update(source, "json", new TextEncoder().encode(JSON.stringify(rows)));
    const view = host.createView(source, {});
    return host.toArrow(view, {});
  };

  it("follows a keyed feed, also into a table beside the shown one", () => {
    const columns = COLUMNS.slice(0, 2);
    feed.begin(columns, { key: ["s"] });
    feed.append(
      keyedFrame([
        { s: "a", n: 1, __deleted: false },
        { s: "b", n: 2, __deleted: false },
      ]),
    );
    feed.commit();
    const view = host.createView(table(), {});
    const change = keyedFrame([
      { s: "a", n: 3, __deleted: false },
      { s: "c", n: 4, __deleted: false },
      { s: "b", n: null, __deleted: true },
    ]);
    expect(feed.append(change)).toBe(3);
    expect(windowToColumns(host.read(view, {}))).toEqual({ s: ["a", "c"], n: [3, 4] });

    feed.begin(columns, { key: ["s"] });
    feed.append(keyedFrame([{ s: "z", n: 9, __deleted: false }]));
    feed.append(change);
    feed.commit();
    settle();
    expect(windowToColumns(host.read(view, {}))).toEqual({ s: ["a", "c", "z"], n: [3, 4, 9] });
    expect(() => feed.append(fourRows())).toThrow("__deleted");
    expect(() => feed.begin([{ name: "s", type: "a type of tomorrow" }], { key: ["s"] })).toThrow();
  });

  it("drops an unfinished history when another begins", () => {
    feed.begin(COLUMNS, {});
    feed.append(fourRows());
    feed.begin(COLUMNS, {});
    feed.append(fourRows());
    feed.begin(COLUMNS, {});
    feed.commit();
    expect(feed.rows).toBe(0);
    feed.drop();
    expect(host.tableNames()).toEqual([]);
  });
});
