/**
 * Ten minutes of a page under load, with its connection cut every twenty seconds: it holds
 * as many rows as it should at the end, and neither engine nor relay have grown on the way.
 * Runs where `MILLRACE_LONG` is set, as `cargo xtask test --long` does.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { flush, grid, number, state } from "./lib/page.mjs";
import { Proxy } from "./lib/proxy.mjs";
import { Relay, showPivot, startBroker } from "./lib/stage.mjs";

const MINUTES = 10;
const LIMIT = 100_000;
/** What may be more at the end than when the table had been full for a while. */
const GROWTH = 1.25;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Bytes of memory that a process has in use. */
async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1_024;
}

/** Bytes of the engine's linear memory, in the page's Worker. */
async function engineBytes(page) {
  return page.evaluate(async () => {
    const client = await document.querySelector("millrace-viewer").getClient();
    return (await client.system_info()).heap;
  });
}

test(
  "nothing grows in ten minutes of cut connections",
  { skip: process.env.MILLRACE_LONG ? false : "ten minutes long: only with --long" },
  async (t) => {
    const broker = await startBroker(t, { rate: 5_000 });
    const relay = await Relay.start(t, broker.address, {
      feed: `table = { limit = ${LIMIT} }\nretention = { rows = ${LIMIT} }`,
    });
    const proxy = await Proxy.to(relay.port);
    t.after(() => proxy.end());
    const page = await showPivot(t, proxy.base);
    await broker.resume();
    await state(page, /^Live/);
    let early;
    for (let third = 0; third < MINUTES * 3; third++) {
      await sleep(20_000);
      proxy.cut();
      await state(page, /^Live/);
      if (third === 5) {
        early = { engine: await engineBytes(page), relay: await residentBytes(relay.pid) };
      }
    }
    const late = { engine: await engineBytes(page), relay: await residentBytes(relay.pid) };
    assert.ok(late.engine <= early.engine * GROWTH, `engine: ${early.engine} → ${late.engine}`);
    assert.ok(late.relay <= early.relay * GROWTH, `relay: ${early.relay} → ${late.relay}`);

    await broker.pause();
    const made = await broker.total();
    assert.ok(made >= 0.9 * 5_000 * 60 * MINUTES, `${made} rows were made`);
    await flush(page);
    assert.equal(number((await grid(page)).body[0].cells[1]), LIMIT);
    assert.deepEqual(page.problems, []);
  },
);
