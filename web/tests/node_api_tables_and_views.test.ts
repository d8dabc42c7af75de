/**
 * What else tables and views tell, as a program in Node meets it, with the real engine: runs on
 * what `npm run build` has put into dist.
 */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as Api from "../client/node.js";
import type { RemoveEvent, UpdateEvent } from "../client/types.js";

const built = new URL("../dist/node.js", import.meta.url);
const isBuilt = existsSync(built);
if (!isBuilt)
  console.warn("skipped: the API in Node, because web/dist is not built (npm run build)");

/** Behind all events of what was done until now. */
const told = () => new Promise((resolve) => setTimeout(resolve, 20));

describe.skipIf(!isBuilt)("tables and views in Node", async () => {
  if (!isBuilt) return;
  const millrace = ((await import(built.href)) as typeof Api).default;

  const sales = () =>
    millrace.table({
      shop: ["a", "a", "b", null],
      sales: [10, 30, 4, null],
      profit: [5, 5, 2, 9],
      at: [new Date(1_000), null, new Date(5_000), new Date(3_000)],
    });

  it("computes of aggregates what is right in totals too", async () => {
    const table = await sales();
    const view = await table.view({
      group_by: ["shop"],
      columns: ["margin"],
      aggregates: { margin: { expression: 'sum("profit") / sum("sales")' } },
      sort: [["margin", "desc"]],
    });
    expect(await view.to_columns()).toEqual({
      __ROW_PATH__: [[], ["b"], ["a"], [null]],
      margin: [21 / 44, 0.5, 0.25, null],
    });
    expect((await view.get_config()).aggregates).toEqual({
      margin: { expression: 'sum("profit") / sum("sales")' },
    });
    const wrong = table.view({
      group_by: ["shop"],
      aggregates: { margin: { expression: 'sum("profits")' } },
    });
    await expect(wrong).rejects.toMatchObject({
      kind: "unknown_column",
      where: 'aggregates["margin"].expression:1:1',
      message: expect.stringContaining('did you mean "profit"?'),
    });
    await view.delete();
    await table.delete();
  });

  it("tells the ends of columns", async () => {
    const table = await sales();
    const flat = await table.view({ columns: ["sales"] });
    expect(await flat.get_min_max("sales")).toEqual([4, 30]);
    expect(await flat.get_min_max("at")).toEqual([1_000, 5_000]);
    expect(await flat.get_min_max("shop")).toEqual(["a", "b"]);
    const grouped = await table.view({ group_by: ["shop"], columns: ["sales"] });
    expect(await grouped.get_min_max("sales")).toEqual([4, 40]);
    const none = await table.view({ filter: [["sales", ">", 99]] });
    expect(await none.get_min_max("sales")).toEqual([null, null]);
    await expect(grouped.get_min_max("profit")).rejects.toMatchObject({ where: "column" });
    for (const view of [flat, grouped, none]) await view.delete();
    await table.delete();
  });

  it("answers the rows that are worth drawing, in every form", async () => {
    const n = Array.from({ length: 1_000 }, (_, row) => (row === 617 ? 99 : Math.sin(row / 90)));
    const table = await millrace.table({ at: n.map((_, row) => new Date(row * 1_000)), n });
    const view = await table.view();
    const downsample = { x: "at", y: ["n"], points: 10 };
    const { sample, columns, start_row, end_row } = await view.read({ downsample });
    expect([start_row, end_row, sample?.among, ...(sample?.ends ?? [])]).toEqual([
      0, 1_000, 1_000, 0, 999_000,
    ]);
    const rows = [...(sample?.rows ?? [])];
    expect(rows).toContain(617);
    expect(rows.length).toBeLessThanOrEqual(40);
    const [times] = columns;
    expect(times?.type === "datetime" && [...times.values]).toEqual(rows.map((row) => row * 1_000));
    const plain = await view.to_columns({ downsample });
    expect(plain.n).toEqual(rows.map((row) => n[row]));
    expect((await view.to_json({ downsample })).map((row) => row.n)).toEqual(plain.n);
    const numbered = await view.to_json({ downsample, index: true });
    expect(numbered.map((row) => row.__INDEX__)).toEqual(rows);
    expect((await view.to_csv({ downsample })).trim().split("\n").length).toBe(rows.length + 1);
    const part = { ...downsample, from: 600_000, to: 602_500 };
    expect((await view.to_columns({ downsample: part })).at).toEqual(
      [599, 600, 601, 602, 603].map((second) => second * 1_000),
    );
    const wrong = view.read({ downsample: { points: 10, x: "att" } });
    await expect(wrong).rejects.toMatchObject({
      kind: "unknown_column",
      where: "downsample.x",
      message: expect.stringContaining('did you mean "at"?'),
    });
    await view.delete();
    await table.delete();
  });

  it("tells the types of a view's expressions, and part of its columns", async () => {
    const table = await sales();
    const view = await table.view({
      expressions: { loss: '-"profit"', name: 'upper("shop")' },
      columns: ["loss", "sales", "shop"],
      split_by: ["shop"],
    });
    expect(await view.expression_schema()).toEqual({ loss: "float", name: "string" });
    expect(await view.schema()).toEqual({ loss: "float", sales: "integer", shop: "string" });
    expect(await view.column_paths({ start_col: 3, end_col: 5 })).toEqual(["a|loss", "a|sales"]);
    expect(await view.dimensions()).toEqual({
      num_table_rows: 4,
      num_table_columns: 4,
      num_view_rows: 4,
      num_view_columns: 9,
    });
    await view.delete();
    await table.delete();
  });

  it("tells by which port an update came, each by itself", async () => {
    const table = await millrace.table({ id: "string", x: "integer" }, { index: "id" });
    const view = await table.view();
    const ports = [await table.make_port(), await table.make_port()];
    expect(ports).toEqual([1, 2]);
    const events: UpdateEvent[] = [];
    await view.on_update((event) => events.push(event), { mode: "row" });
    await Promise.all([
      table.update([{ id: "a", x: 1 }], { port_id: 1 }),
      table.update([{ id: "b", x: 1 }], { port_id: 1 }),
      table.update([{ id: "a", x: 2 }], { port_id: 2 }),
      table.update([{ id: "a", x: 3 }]),
    ]);
    await told();
    expect(events.map((event) => event.port_id)).toEqual([1, 2, 0]);
    const first = await millrace.table(events[0]?.delta as ArrayBuffer);
    expect(await (await first.view()).to_columns()).toEqual({ id: ["a", "b"], x: [1, 1] });
    await expect(table.update([{ id: "a", x: 9 }], { port_id: 3 })).rejects.toMatchObject({
      kind: "not_found",
      where: "port_id",
    });
    expect(await view.to_columns()).toEqual({ id: ["a", "b"], x: [3, 1] });
    await view.delete();
    await table.delete();
  });

  it("tells which keys left, in a form that remove takes", async () => {
    const rows = { id: ["a", "b", "c"], x: [1, 2, 3] };
    const table = await millrace.table(rows, { index: "id" });
    const copy = await millrace.table(rows, { index: "id" });
    // The keys of the table are told, whatever the view shows.
    const view = await table.view({ filter: [["x", ">", 1]], columns: ["x"] });
    const events: RemoveEvent[] = [];
    const id = await view.on_remove((event) => events.push(event));
    const keys = async (event: RemoveEvent | undefined) => {
      const table = await millrace.table(event?.indices as Uint8Array);
      return (await table.view()).to_columns();
    };
    await table.remove(["a", "nobody"]);
    await told();
    expect(await keys(events[0])).toEqual({ id: ["a"] });
    expect(events[0]?.port_id).toBe(0);
    await table.update({ id: ["b"], x: [5] });
    await told();
    expect(events).toHaveLength(1);
    await table.replace({ id: ["b", "q"], x: [1, 2] });
    await told();
    expect(await keys(events[1])).toEqual({ id: ["c"] });
    await table.clear();
    await told();
    expect(await keys(events[2])).toEqual({ id: ["b", "q"] });
    expect(await copy.remove(events[1]?.indices as Uint8Array)).toBe(1);
    expect(await copy.size()).toBe(2);
    await view.remove_remove(id);
    await table.update({ id: ["z"] });
    await table.clear();
    await told();
    expect(events).toHaveLength(3);
    await view.delete();
    await table.delete();
    await copy.delete();
  });

  it("deletes when nobody looks, and tells those who asked", async () => {
    const calls: string[] = [];
    const client = await millrace.worker();
    const hosted = await client.on_hosted_tables_update(() => calls.push("hosted"));
    const table = await client.table({ x: [1] }, { name: "mine" });
    await client.table({ x: [1] });
    expect(calls.splice(0)).toEqual(["hosted"]);
    const view = await table.view();
    const other = await client.open_table("mine");
    table.on_delete(() => calls.push("table"));
    other.on_delete(() => calls.push("other"));
    table.remove_delete(table.on_delete(() => calls.push("nobody")));
    view.on_delete(() => calls.push("view"));
    await expect(table.delete()).rejects.toMatchObject({ kind: "in_use" });
    const deleted = table.delete({ lazy: true }).then(() => calls.push("done"));
    await told();
    expect(calls).toEqual([]);
    await view.delete();
    await deleted;
    expect(calls.splice(0).sort()).toEqual(["done", "hosted", "other", "table", "view"]);
    await expect(other.size()).rejects.toMatchObject({ kind: "deleted" });
    await client.remove_hosted_tables_update(hosted);
    await client.table({ x: [1] }, { name: "mine" });
    expect(calls).toEqual([]);
    expect(await client.system_info()).toMatchObject({ heap_size: expect.any(Number) });
    await client.terminate();
  });

  it("names the columns of keys", async () => {
    const schema = { a: "string", b: "integer" } as const;
    expect(await (await millrace.table(schema)).get_index()).toBeUndefined();
    expect(await (await millrace.table(schema, { index: "b" })).get_index()).toBe("b");
    const both = await millrace.table(schema, { index: ["b", "a"] });
    expect(await both.get_index()).toEqual(["b", "a"]);
  });

  it("makes tables of views, which follow them", async () => {
    const source = await millrace.table(
      { id: ["a", "b", "c"], g: ["x", "y", "x"], x: [1, 2, 3] },
      { index: "id" },
    );
    const large = await source.view({ filter: [["x", ">", 1]], columns: ["id", "x"] });
    const table = await millrace.table(large, { name: "large" });
    expect(await table.schema()).toEqual({ id: "string", x: "integer" });
    expect(await table.get_index()).toBe("id");
    const view = await table.view();
    const events: UpdateEvent[] = [];
    await view.on_update((event) => events.push(event), { mode: "row" });
    await source.update([
      { id: "a", x: 10 },
      { id: "c", x: 0 },
    ]);
    await told();
    expect(events).toHaveLength(1);
    expect(await view.to_columns()).toEqual({ id: ["a", "b"], x: [10, 2] });
    // Of groups, with their totals; and a table of a view of that.
    const groups = await source.view({ group_by: ["g"], columns: ["x"] });
    const sums = await millrace.table(groups);
    const rows = await sums.view({ filter: [["g (Group by 1)", "is not null"]] });
    const counted = await millrace.table(rows);
    expect(await counted.size()).toBe(2);
    await source.update([{ id: "d", g: "z", x: 7 }]);
    expect(await counted.size()).toBe(3);
    expect(await (await sums.view({ sort: [["x", "desc"]] })).to_columns()).toEqual({
      "g (Group by 1)": [null, "x", "z", "y"],
      x: [19, 10, 7, 2],
    });
    // Only the view writes to it, and it lives no longer than the view.
    await expect(table.update([{ id: "q" }])).rejects.toMatchObject({ kind: "read_only" });
    await expect(table.clear()).rejects.toMatchObject({ kind: "read_only" });
    await expect(table.replace([{ id: "q" }])).rejects.toMatchObject({ kind: "read_only" });
    await expect(large.delete()).rejects.toMatchObject({ kind: "in_use" });
    expect(await large.num_rows()).toBe(3);
    await expect(millrace.table(large, { limit: 5 })).rejects.toMatchObject({
      kind: "unsupported",
    });
    await expect(millrace.table(large, { index: "x" })).rejects.toMatchObject({ where: "index" });
    const split = await source.view({ split_by: ["g"] });
    await expect(millrace.table(split)).rejects.toMatchObject({ where: "view" });
    const elsewhere = await millrace.worker();
    await expect(elsewhere.table(large)).rejects.toMatchObject({ kind: "unsupported_data" });
    await elsewhere.terminate();
    await view.delete();
    await table.delete();
    await large.delete();
  });
});
