/**
 * What breaks under load is survived: no row is lost or doubled where the log or the topic
 * still has it, and where neither has, the page says that it began anew.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, state } from "./lib/page.mjs";
import { Proxy } from "./lib/proxy.mjs";
import { assertShows, moreRows, Relay, showPivot, startBroker } from "./lib/stage.mjs";

test("a connection that is cut again and again loses and doubles nothing", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  const proxy = await Proxy.to(relay.port);
  t.after(() => proxy.end());
  const recorder = broker.recorder();
  const page = await showPivot(t, proxy.base);
  await broker.resume();
  await state(page, /^Live/);
  for (let i = 0; i < 4; i++) {
    await moreRows(page, 2_000);
    proxy.cut();
  }
  await moreRows(page, 2_000);
  proxy.down();
  await state(page, /^Reconnecting/);
  proxy.up();
  await state(page, /^Live/);
  await moreRows(page, 2_000);
  await broker.pause();
  await assertShows(page, await recorder.finish());
  assert.equal(await page.locator("[data-testid=status-resets]").count(), 0, "no reset");
});

test("a relay killed with -9 comes back, and the page goes on where it was", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  const recorder = broker.recorder();
  const page = await showPivot(t, relay.base);
  await broker.resume();
  for (let i = 0; i < 2; i++) {
    await moreRows(page);
    await relay.kill();
    await state(page, /^Reconnecting/);
    await relay.restart(broker.address);
    await state(page, /^Live/);
  }
  await moreRows(page);
  await broker.pause();
  await assertShows(page, await recorder.finish());
  assert.equal(await page.locator("[data-testid=status-resets]").count(), 0, "no reset");
});

test("a relay that comes back with another topic resets the page, visibly", async (t) => {
  const [first, second] = [await startBroker(t), await startBroker(t, { seed: 2 })];
  const relay = await Relay.start(t, first.address);
  const page = await showPivot(t, relay.base);
  await first.resume();
  await moreRows(page);
  await relay.kill();
  const recorder = second.recorder();
  await second.resume();
  await relay.restart(second.address);
  await state(page, /^Live/);
  await moreRows(page, 1_000);
  await second.pause();
  await assertShows(page, await recorder.finish());
  const badge = page.locator("[data-testid=status-resets]");
  assert.equal(await badge.count(), 1, "the page says that it was reset");
});

test("a broker that goes away is said, and what was shown stays", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  const page = await showPivot(t, relay.base);
  await broker.resume();
  await moreRows(page);
  await broker.end();
  await state(page, /source/i);
  assert.ok((await figure(page, "status-rows")) >= 3_000);
});
