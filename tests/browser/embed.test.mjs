/**
 * The element in a page of another origin, by the four lines of the README; and what such a
 * page shows where it was not allowed to.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { browse, figure, flush, grid, state, until } from "./lib/page.mjs";
import { Relay, startBroker, TOPIC } from "./lib/stage.mjs";

/** A server of one page, which embeds the element from `relay`. */
async function host(t) {
  const server = createServer((request, response) => {
    const relay = new URL(request.url, "http://page").searchParams.get("relay");
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>A page of mine</title><body style="margin:0">
<script type="module" src="http://${relay}/millrace.js"></script>
<millrace-viewer src="ws://${relay}" feed="${TOPIC}" group-by='["ticker"]' style="height:100vh"></millrace-viewer>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

test("a page of an allowed origin shows the feed", async (t) => {
  const origin = await host(t);
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address, {
    server: `allowed_origins = ["${origin}"]`,
  });
  await broker.resume();
  const page = await browse(t, `${origin}/?relay=127.0.0.1:${relay.port}`);
  await state(page, /^Live/);
  await until(() => figure(page, "status-rows"), (rows) => rows > 1_000);
  await flush(page);
  const { body } = await grid(page);
  assert.equal(body[0].names.join(""), "Total");
  assert.ok(body.length > 5, `${body.length} rows`);
  assert.deepEqual(page.problems, []);
});

test("a page of another origin is refused, and told the line to add", async (t) => {
  const origin = await host(t);
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  const page = await browse(t, `${origin}/?relay=127.0.0.1:${relay.port}`);
  const remedy = page.locator("[data-testid=remedy]");
  await remedy.waitFor();
  assert.match(await remedy.textContent(), new RegExp(`allowed_origins.*${origin}`));
  assert.equal(await page.locator("[data-testid=status-state]").textContent(), "Refused");
});

test("two elements of a page share one connection and one table", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  const clients = async () => {
    const text = await (await fetch(`${relay.base}/metrics`)).text();
    return Number(/^millrace_clients\S* (\d+)/m.exec(text)?.[1]);
  };
  assert.equal(await clients(), 1);
  await page.evaluate((feed) => {
    const second = document.createElement("millrace-viewer");
    second.setAttribute("feed", feed);
    document.body.append(second);
  }, TOPIC);
  const second = page.locator("millrace-viewer").nth(1).locator("[data-testid=status-rows]");
  await second.waitFor();
  assert.equal(await clients(), 1);
});
