/**
 * The API as a program in Node meets it, with the real engine: runs on what `npm run build`
 * has put into dist.
 */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as Api from "../client/node.js";
import type { UpdateEvent } from "../client/types.js";
import { fourRows } from "./arrow_fixture.js";

const built = new URL("../dist/node.js", import.meta.url);
const isBuilt = existsSync(built);
if (!isBuilt)
  console.warn("skipped: the API in Node, because web/dist is not built (npm run build)");

describe.skipIf(!isBuilt)("the API in Node", async () => {
  if (!isBuilt) return;
  const api = (await import(built.href)) as typeof Api;
  const millrace = api.default;

  it("reads flat views as columns and rows", async () => {
    const table = await millrace.table(fourRows());
    expect(await table.schema()).toEqual({ s: "string", n: "integer", f: "float", t: "datetime" });
    expect(await table.size()).toBe(4);
    const view = await table.view();
    expect(await view.to_columns()).toEqual({
      s: ["a", "b", "a", null],
      n: [1, 2, 3, 4],
      f: [0.5, null, 1.5, 2.5],
      t: [0, 1_000, 2_000, 3_000],
    });
    expect(await view.to_json({ start_row: 1, end_row: 2 })).toEqual([
      { s: "b", n: 2, f: null, t: 1_000 },
    ]);
    await view.delete();
    await table.delete();
  });

  it("knows time zones, whose data it reads when one is named", async () => {
    const table = await millrace.table({ t: ["2024-07-01T22:30:00Z"] });
    const day = { day: "date(to_timezone(datetime(\"t\"), 'Europe/Berlin'))" };
    const wrong = { day: "hour(datetime(\"t\"), 'Europe/Berlim')" };
    expect((await table.validate_expressions(day)).errors).toEqual({});
    expect((await table.validate_expressions(wrong)).errors.day?.error_message).toContain(
      'did you mean "Europe/Berlin"?',
    );
    const view = await table.view({ expressions: day, columns: ["day"] });
    expect(await view.to_csv()).toContain("2024-07-02");
    await view.delete();
    await table.delete();
  });

  it("keeps the newest row of each key, and tells which rows changed", async () => {
    const schema = { id: "string", side: "string", qty: "integer" } as const;
    const table = await millrace.table(schema, { index: "id" });
    await table.update([
      { id: "a", side: "buy", qty: 1 },
      { id: "b", side: "sell", qty: 2 },
    ]);
    const view = await table.view();
    const events: UpdateEvent[] = [];
    const told = () => new Promise((resolve) => setImmediate(resolve));
    await view.on_update((event) => events.push(event), { mode: "row" });
    // What is left out stays, and null clears.
    await table.update([
      { id: "b", qty: 5 },
      { id: "c", side: null },
    ]);
    await told();
    expect(await view.to_json()).toEqual([
      { id: "a", side: "buy", qty: 1 },
      { id: "b", side: "sell", qty: 5 },
      { id: "c", side: null, qty: null },
    ]);
    expect(events).toHaveLength(1);
    const changed = await millrace.table(events[0]?.delta as ArrayBuffer);
    expect((await (await changed.view()).to_columns()).id).toEqual(["b", "c"]);
    expect(await table.get_index()).toBe("id");
    expect(await table.remove(["a", "x"])).toBe(1);
    await told();
    const gone = await millrace.table(events[1]?.removed as ArrayBuffer);
    expect(await (await gone.view()).to_columns()).toEqual({ id: ["a"], side: ["buy"], qty: [1] });
    await table.replace({ id: ["z"], qty: [9] });
    expect(await view.to_columns()).toEqual({ id: ["z"], side: [null], qty: [9] });
    await view.delete();
    await table.delete();
  });

  it("computes expressions, and says what is wrong with them", async () => {
    const table = await millrace.table({ price: [1.5, 2, 4], qty: [2, 3, 1] });
    const config = {
      expressions: { value: '"price" * "qty"' },
      columns: ["value"],
      group_rollup_mode: "total" as const,
    };
    const view = await table.view(config);
    expect(await view.to_columns()).toEqual({ __ROW_PATH__: [[]], value: [13] });
    await table.update({ price: [10], qty: [1] });
    expect((await view.to_columns()).value).toEqual([23]);
    const found = await table.validate_expressions({ good: '"qty" > 1', bad: '"qyt" + 1' });
    expect(found.expression_schema).toEqual({ good: "boolean" });
    expect(found.errors.bad).toMatchObject({ line: 1, column: 1 });
    expect(found.errors.bad?.error_message).toContain('did you mean "qty"?');
    const windows = {
      run: { column: "twice", aggregate: "sum" as const },
      odd: { column: "qyt", aggregate: "sum" as const },
    };
    const texts = { twice: '"qty" * 2', rest: '"run" - "qty"', lost: '"odd" + 1' };
    const withWindows = await table.validate_expressions(texts, { windows });
    expect(withWindows.expression_schema).toEqual({ twice: "float", rest: "float" });
    expect(withWindows.window_schema).toEqual({ run: "float" });
    expect(withWindows.errors.odd).toMatchObject({ line: 0, column: 0 });
    expect(withWindows.errors.odd?.error_message).toContain('did you mean "qty"?');
    expect(withWindows.errors.lost).toMatchObject({ line: 1, column: 1 });
    await view.delete();
    await table.delete();
  });

  it("computes windows, and keeps them up", async () => {
    const table = await millrace.table({ price: [1, 2, 4], side: ["a", "b", "a"] });
    const view = await table.view({
      columns: ["last2", "doubled", "n"],
      windows: {
        last2: { column: "price", aggregate: "sum", rows: 1 },
        n: { aggregate: "row_number", partition_by: ["side"] },
      },
      expressions: { doubled: '"last2" * 2' },
    });
    expect(await view.to_columns()).toEqual({
      last2: [1, 3, 6],
      doubled: [2, 6, 12],
      n: [1, 1, 2],
    });
    await table.update({ price: [8], side: ["b"] });
    expect((await view.to_columns()).last2).toEqual([1, 3, 6, 12]);
    expect((await view.to_columns()).n).toEqual([1, 1, 2, 2]);
    expect((await view.get_config()).windows).toEqual({
      last2: { column: "price", aggregate: "sum", rows: 1 },
      n: { aggregate: "row_number", partition_by: ["side"] },
    });
    const wrong = table.view({ windows: { w: { column: "side", aggregate: "sum" } } });
    await expect(wrong).rejects.toMatchObject({ where: 'windows["w"].aggregate' });
    await view.delete();
    await table.delete();
  });

  it("lets rows go by their age", async () => {
    const now = Date.now();
    const table = await millrace.table({ t: "datetime" }, { limit: { age: ["t", "1h"] } });
    await table.update({ t: [now - 7_200_000, now - 60_000, null] });
    const view = await table.view();
    expect((await view.to_columns()).t).toEqual([now - 60_000, null]);
    await view.delete();
    await table.delete();
  });

  it("lets rows go that a view has within some time, and tells of it", async () => {
    const now = Date.now();
    const table = await millrace.table({ t: "datetime", n: "integer" });
    await table.update({ t: [now - 3_600_000, now - 500, now + 3_600_000, null], n: [1, 2, 3, 4] });
    const view = await table.view({ columns: ["n"], filter: [["t", "within", ["1s"]]] });
    const all = await table.view({ expressions: { hour: 'now() > "t"' }, columns: ["hour"] });
    const events: UpdateEvent[] = [];
    let others = 0;
    await view.on_update((event) => events.push(event), { mode: "row" });
    await all.on_update(() => others++);
    expect((await view.to_columns()).n).toEqual([2, 3]);
    expect((await all.to_columns()).hour?.[0]).toBe(true);
    // Nothing is written: the clock alone moves.
    await expect.poll(() => events.length, { timeout: 5_000 }).toBeGreaterThan(0);
    expect((await view.to_columns()).n).toEqual([3]);
    const gone = await millrace.table(events[0]?.removed as ArrayBuffer);
    expect((await (await gone.view()).to_columns()).n).toEqual([2]);
    expect(others).toBeLessThanOrEqual(1);
    for (const each of [view, all]) await each.delete();
    await table.delete();
  });

  it("groups, with a row path", async () => {
    const table = await millrace.table(fourRows());
    const view = await table.view({ group_by: ["s"], columns: ["n"] });
    const columns = await view.to_columns();
    expect(columns.__ROW_PATH__?.[0]).toEqual([]);
    expect(columns.__ROW_PATH__).toContainEqual(["a"]);
    expect(columns.n?.[0]).toBe(10);
    const rows = await view.to_json();
    expect(rows.find((row) => JSON.stringify(row.__ROW_PATH__) === '["a"]')?.n).toBe(4);
    await view.delete();
    await table.delete();
  });

  it("shows distinct rows, and tells which came and went", async () => {
    const table = await millrace.table({ s: ["b", "a", "b"], n: [1, 1, 1] }, { limit: 3 });
    const view = await table.view({ columns: ["n", "s"], distinct: true });
    expect(await view.to_columns()).toEqual({ n: [1, 1], s: ["a", "b"] });
    const events: UpdateEvent[] = [];
    await view.on_update((event) => events.push(event), { mode: "row" });
    await table.update({ s: ["b", "c"], n: [1, 2] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await view.num_rows()).toBe(2);
    const read = async (bytes: ArrayBuffer | undefined) =>
      (await (await millrace.table(bytes as ArrayBuffer)).view()).to_columns();
    expect(await read(events[0]?.delta)).toEqual({ n: [2], s: ["c"] });
    expect(await read(events[0]?.removed)).toEqual({ n: [1], s: ["a"] });
    await view.delete();
    await table.delete();
  });

  it("shows the first groups of each group, and the first rows of each kind", async () => {
    const table = await millrace.table({ s: ["b", "a", "b", "c"], n: [1, 2, 3, 4] });
    const groups = await table.view({
      group_by: ["s"],
      columns: ["n"],
      sort: [["n", "desc"]],
      group_limit: 1,
    });
    const rows = await table.view({
      sort: [["n", "desc"]],
      limit_by: { limit: 1, columns: ["s"] },
    });
    expect((await groups.to_columns()).__ROW_PATH__).toEqual([[], ["b"]]);
    expect((await rows.to_columns()).n).toEqual([4, 3, 2]);
    await table.update({ s: ["a"], n: [5] });
    expect((await groups.to_columns()).__ROW_PATH__).toEqual([[], ["a"]]);
    expect((await rows.to_columns()).n).toEqual([5, 4, 3]);
    expect((await rows.get_config()).limit_by).toEqual({ limit: 1, columns: ["s"] });
    await expect(table.view({ group_limit: 1 })).rejects.toMatchObject({ where: "group_limit" });
    await groups.delete();
    await rows.delete();
    await table.delete();
  });

  it("splits", async () => {
    const table = await millrace.table(fourRows());
    const view = await table.view({ split_by: ["s"], group_by: ["n"], columns: ["f"] });
    expect(await view.column_paths()).toContain("a|f");
    await view.delete();
    await table.delete();
  });

  it("rolls up split columns", async () => {
    const table = await millrace.table({ s: ["b", "a", "b"], t: ["x", "x", "y"], n: [1, 2, 6] });
    const config = { split_by: ["s", "t"], columns: ["n"], split_rollup_mode: "rollup" as const };
    const grouped = await table.view({ ...config, group_by: ["t"], aggregates: { n: "mean" } });
    expect(await grouped.to_columns()).toEqual({
      __ROW_PATH__: [[], ["x"], ["y"]],
      n: [3, 1.5, 6],
      "a|n": [2, 2, null],
      "a|x|n": [2, 2, null],
      "b|n": [3.5, 1, 6],
      "b|x|n": [1, 1, null],
      "b|y|n": [6, null, 6],
    });
    const flat = await table.view(config);
    expect(await flat.column_paths()).toEqual(["n", "a|n", "a|x|n", "b|n", "b|x|n", "b|y|n"]);
    await grouped.delete();
    await flat.delete();
    await table.delete();
  });

  it("opens and closes rows", async () => {
    const table = await millrace.table(fourRows());
    const view = await table.view({ group_by: ["s", "n"], columns: ["f"] });
    await view.set_depth(1);
    const closed = await view.num_rows();
    const added = await view.expand(1);
    expect(added).toBeGreaterThan(0);
    expect(await view.num_rows()).toBe(closed + added);
    expect(await view.collapse(1)).toBe(added);
    await view.delete();
    await table.delete();
  });

  it("makes a table from a schema, takes updates, keeps a limit, and clears", async () => {
    const table = await millrace.table(
      { s: "string", n: "integer", f: "float", t: "datetime" },
      { limit: 6 },
    );
    expect(await table.get_limit()).toBe(6);
    await table.update(fourRows());
    await table.update(fourRows());
    expect(await table.size()).toBe(6);
    await table.clear();
    expect(await table.size()).toBe(0);
    await table.delete();
  });

  it("calls back once for updates of one turn, and not after it was told to stop", async () => {
    const table = await millrace.table(fourRows());
    const view = await table.view({ columns: ["n"] });
    let calls = 0;
    const id = await view.on_update(() => {
      calls++;
    });
    await table.update(fourRows());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
    await Promise.all([table.update(fourRows()), table.update(fourRows())]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(2);
    await view.remove_update(id);
    await table.update(fourRows());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(2);
    await view.delete();
    await table.delete();
  });

  it("writes Arrow that it can read again", async () => {
    const table = await millrace.table(fourRows());
    const view = await table.view();
    const copy = await millrace.table(await view.to_arrow());
    const other = await copy.view();
    expect(await other.to_columns()).toEqual(await view.to_columns());
    for (const each of [view, other]) await each.delete();
    for (const each of [table, copy]) await each.delete();
  });

  it("reads and writes text", async () => {
    const rows = [
      { s: "a", n: 2n ** 53n + 1n, t: new Date(1_500), d: "1970-01-02" },
      { s: null, n: -1 },
    ];
    const table = await millrace.table(rows);
    expect(await table.schema()).toEqual({ s: "string", n: "integer", t: "datetime", d: "date" });
    await table.update({ s: ["b"], d: [new Date(86_400_000)] });
    await table.update("n,s\n5,\n");
    await table.update('{"n":6}\n', { format: "ndjson" });
    const view = await table.view();
    expect(await view.to_csv()).toBe(
      "s,n,t,d\na,9007199254740993,1970-01-01T00:00:01.500Z,1970-01-02\n,-1,,\nb,,,1970-01-02\n,5,,\n,6,,\n",
    );
    expect(await view.to_ndjson({ end_row: 1, exact: "text", formatted: true })).toBe(
      '{"s":"a","n":"9007199254740993","t":"1970-01-01T00:00:01.500Z","d":"1970-01-02"}\n',
    );
    expect(JSON.parse(await view.to_json_string())).toEqual(await view.to_json());
    expect(JSON.parse(await view.to_columns_string())).toEqual(await view.to_columns());
    expect(await view.to_json({ start_row: 4, index: true, id: true })).toEqual([
      { __INDEX__: 4, __ID__: [4], s: null, n: 6, t: null, d: null },
    ]);
    for (const format of ["csv", "json", "columns", "ndjson"] as const) {
      const text = {
        csv: () => view.to_csv(),
        json: () => view.to_json_string({ formatted: true }),
        columns: () => view.to_columns_string({ formatted: true }),
        ndjson: () => view.to_ndjson({ formatted: true }),
      }[format];
      const copy = await millrace.table(await text(), { format });
      expect(await copy.column_info()).toEqual(await table.column_info());
      const other = await copy.view();
      expect(await other.to_csv()).toBe(await view.to_csv());
      await other.delete();
      await copy.delete();
    }
    await view.delete();
    await table.delete();
  });

  it("makes rows of lists, and compresses Arrow", async () => {
    const table = await millrace.table([{ n: 1, l: [1, 2] }], { list_flatten: "zip" });
    await table.update([{ n: 2, l: Array.from({ length: 1000 }, () => 7) }]);
    expect(await table.size()).toBe(1002);
    const view = await table.view();
    const [plain, packed] = [await view.to_arrow(), await view.to_arrow({ compression: "lz4" })];
    expect(packed.byteLength).toBeLessThan(plain.byteLength / 4);
    const copy = await millrace.table(packed);
    const other = await copy.view();
    expect(await other.to_columns()).toEqual(await view.to_columns());
    for (const each of [view, other]) await each.delete();
    for (const each of [table, copy]) await each.delete();
  });

  it("lends typed arrays to a callback that it waits for", async () => {
    const table = await millrace.table({ s: ["x", "y", "x"], n: [1, null, 3] });
    const view = await table.view({ group_by: ["s"], columns: ["n"] });
    let seen: unknown[] = [];
    await view.with_typed_arrays({ end_row: 2 }, async (...arrays) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen = arrays;
    });
    expect(seen).toEqual([
      ["s (Group by 1)", "n"],
      [Int32Array.of(0, 0), Float64Array.of(4, 4)],
      [Uint8Array.of(0b10), null],
      [["x"], null],
    ]);
    await view.delete();
    await table.delete();
  });

  it("finds named tables", async () => {
    const table = await millrace.table(fourRows(), { name: "mine" });
    expect(await millrace.get_hosted_table_names()).toContain("mine");
    expect(await (await millrace.open_table("mine")).size()).toBe(4);
    await expect(millrace.open_table("yours")).rejects.toMatchObject({ kind: "unknown_table" });
    await expect(millrace.table(fourRows(), { name: "mine" })).rejects.toMatchObject({
      kind: "name_taken",
    });
    await table.delete();
  });

  it("says what is wrong, where, and what was expected; the table stays as it was", async () => {
    const table = await millrace.table(fourRows());
    await expect(table.view({ columns: ["prise"] })).rejects.toMatchObject({
      name: "MillraceError",
      where: expect.stringContaining("columns"),
    });
    await expect(table.view({ filter: [["n", ">", "many"]] })).rejects.toMatchObject({
      where: expect.stringContaining("filter[0]"),
      expected: expect.any(String),
    });
    const unknownField = { colums: ["n"] } as Parameters<typeof table.view>[0];
    await expect(table.view(unknownField)).rejects.toBeInstanceOf(api.MillraceError);
    await expect(table.update(new Uint8Array([1, 2, 3]))).rejects.toBeInstanceOf(api.MillraceError);
    expect(await table.size()).toBe(4);
    await expect(millrace.table(5 as never)).rejects.toMatchObject({
      kind: "unsupported_data",
      expected: expect.stringContaining("Arrow"),
    });
    await expect(table.update("n\n1\nmany\n")).rejects.toMatchObject({
      where: 'line 3, field 1 ("n")',
      expected: "int64",
    });
    await expect(table.update([{ n: 1 }, { n: 0.5 }])).rejects.toMatchObject({
      where: 'row 1, key "n"',
    });
    expect(await table.size()).toBe(4);
    await table.delete();
  });

  it("runs several engines side by side", async () => {
    const client = await millrace.worker();
    const table = await client.table(fourRows());
    expect(await table.size()).toBe(4);
    expect(await client.system_info()).toBeTypeOf("object");
    await client.terminate();
    await expect(client.table(fourRows())).rejects.toMatchObject({ kind: "terminated" });
  });
});
