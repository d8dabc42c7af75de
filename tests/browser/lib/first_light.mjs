/**
 * What a new user does with the demo, and whether the figures on the screen are those of
 * the topic. It is told with which broker.
 */
import assert from "node:assert/strict";
import { control, millrace } from "./program.mjs";
import { browse, figure, flush, grid, number, Settings, state, until } from "./page.mjs";
import { groups, Recorder, sum } from "./recorder.mjs";

/** Starts `millrace demo` with `args` and goes through it. */
export async function firstLight(t, args) {
  const demo = await millrace(["demo", "--listen", "127.0.0.1:0", "--paused", ...args]);
  t.after(() => demo.end());
  const { brokers, topic } = await control(demo.base, "/demo");
  const recorder = new Recorder(brokers, topic);
  const page = await browse(t, demo.base);
  await control(demo.base, "/demo/resume", "POST");

  await t.test("rows move", async () => {
    await state(page, /^Live/);
    const before = await until(() => figure(page, "status-rows"), (rows) => rows > 0);
    const cell = (await grid(page)).body[0].cells[1];
    await until(() => figure(page, "status-rows"), (rows) => rows > before);
    await until(async () => (await grid(page)).body[0].cells[1], (text) => text !== cell);
    await until(() => figure(page, "status-rows"), (rows) => rows > 30_000, { within: 60_000 });
  });

  await control(demo.base, "/demo/pause", "POST");
  const rows = (await recorder.finish()).map((message) => JSON.parse(message.text));
  const { total } = await control(demo.base, "/demo");
  assert.equal(rows.length, total, "the recorder has every message");
  await until(() => figure(page, "status-rows"), (count) => count === total, {
    what: `${total} rows in the page`,
  });

  const settings = new Settings(page);
  await page.locator("button[data-view=rows]").click();
  await flush(page);
  await settings.open();

  await t.test("grouped by ticker there is one row a ticker, with the topic's sums", async () => {
    await settings.add("group_by", "ticker");
    await settings.close();
    const { head, body } = await grid(page);
    const volume = head.at(-1).findIndex((text) => /\bvolume\b/.test(text)) - 1;
    const expected = groups(rows, "ticker");
    assert.deepEqual(
      body.map((row) => [row.names.join(""), number(row.cells[volume])]),
      expected.map(([name, of]) => [name, sum(of, "volume")]),
    );
  });

  await t.test("split by client each cell is the sum of ticker and client", async () => {
    await settings.open();
    for (const column of ["timestamp", "ticker", "client", "open", "high", "low", "close", "date"]) {
      await settings.remove("columns", column);
    }
    await settings.add("split_by", "client");
    await settings.close();
    const clients = [...new Set(rows.map((row) => row.client))].sort();
    const { head, body } = await grid(page);
    assert.deepEqual(head[0].slice(1), clients);
    assert.deepEqual(
      body.map((row) => [row.names.join(""), ...row.cells.map(number)]),
      groups(rows, "ticker").map(([name, of]) => [
        name,
        ...clients.map((client) => sum(of.filter((row) => row.client === client), "volume")),
      ]),
    );
  });

  await t.test("filtered only what passes is counted", async () => {
    await settings.open();
    await settings.filter("volume", ">", "500");
    await settings.remove("split_by", "client");
    await settings.close();
    const passing = rows.filter((row) => row.volume > 500);
    assert.ok(passing.length > 0 && passing.length < rows.length);
    const { body } = await grid(page);
    assert.deepEqual(
      body.map((row) => [row.names.join(""), number(row.cells[0])]),
      groups(passing, "ticker").map(([name, of]) => [name, sum(of, "volume")]),
    );
  });

  assert.deepEqual(page.problems, []);
}
