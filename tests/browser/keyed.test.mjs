/**
 * A keyed feed in the page: the last row of each key, through cut connections and relays that
 * are killed, and for who comes later.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, figure, flush, grid, number, state, until } from "./lib/page.mjs";
import { Proxy } from "./lib/proxy.mjs";
import { Relay, startBroker } from "./lib/stage.mjs";

const SHOWN = { columns: ["ticker", "client", "volume"], sort: [["ticker", "asc"], ["client", "asc"]] };

/** What may be shown of each key: in each partition its last row. */
function lastRows(messages) {
  const last = new Map();
  for (const { partition, text } of messages) {
    const { ticker, client, volume } = JSON.parse(text);
    const key = `${ticker} ${client}`;
    if (!last.has(key)) last.set(key, new Map());
    last.get(key).set(partition, volume);
  }
  return last;
}

async function show(t, base) {
  const page = await browse(t, base);
  await page.locator("millrace-viewer").evaluate((viewer, config) => viewer.restore({ ...config, group_by: [], split_by: [] }), SHOWN);
  await state(page, /^Live/);
  return page;
}

async function assertShowsLast(page, messages) {
  const last = lastRows(messages);
  await until(() => figure(page, "status-rows"), (rows) => rows === last.size, { what: `${last.size} rows` });
  const read = async () => {
    await flush(page);
    return (await grid(page)).body.map((row) => row.cells);
  };
  const right = (rows) =>
    rows.length > 0 &&
    rows.every(([ticker, client, volume]) => [...last.get(`${ticker} ${client}`).values()].includes(number(volume)));
  const rows = await until(read, right, { what: "the last row of each key" });
  const keys = rows.map(([ticker, client]) => `${ticker} ${client}`);
  assert.deepEqual(keys, [...last.keys()].sort().slice(0, keys.length));
}

test("a keyed feed shows the last row of each key, whatever breaks", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address, { feed: 'key = ["ticker", "client"]' });
  const proxy = await Proxy.to(relay.port);
  t.after(() => proxy.end());
  const recorder = broker.recorder();
  const page = await show(t, proxy.base);
  const more = async (count) => {
    const before = await broker.total();
    await until(() => broker.total(), (total) => total >= before + count, { what: `${count} more rows` });
  };
  await broker.resume();
  await more(2_000);
  for (let i = 0; i < 3; i++) {
    proxy.cut();
    await state(page, /^Live/);
    await more(1_000);
  }
  assert.equal(await page.locator("[data-testid=status-resets]").count(), 0, "no reset");
  await relay.kill();
  await state(page, /^Reconnecting/);
  await relay.restart(broker.address);
  await state(page, /^Live/);
  await more(2_000);
  await broker.pause();
  const messages = await recorder.finish();
  await assertShowsLast(page, messages);

  // Who comes later begins with a snapshot.
  const late = await show(t, relay.base);
  await assertShowsLast(late, messages);
  assert.deepEqual(page.problems.filter((problem) => !/WebSocket|ERR_/.test(problem)), []);
  assert.deepEqual(late.problems, []);
});
