/** How the engine comes to its Worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serveDist } from "../lib/element_page.mjs";
import { launch } from "../lib/page.mjs";

/** A page with a client, and what was asked for meanwhile; `prepare` runs in it before its scripts. */
async function startedPage(t, prepare = () => {}) {
  const address = await serveDist(t);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const asked = [];
  page.context().on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.addInitScript(prepare);
  await page.goto(address);
  await page.waitForFunction(() => window.client);
  const rows = await page.evaluate(async () => (await window.client.table([{ a: 1 }, { a: 2 }])).size());
  return { rows, asked };
}

const WASM = "/millrace_engine_bg.wasm";

test("the page fetches the engine, once, beside the Worker's script", async (t) => {
  const { rows, asked } = await startedPage(t);
  assert.equal(rows, 2);
  assert.equal(asked.filter((path) => path === WASM).length, 1);
  assert.ok(asked.indexOf(WASM) < asked.indexOf("/millrace-worker.js"), asked.join());
});

test("where the page cannot compile it, the Worker does", async (t) => {
  const { rows } = await startedPage(t, () => {
    WebAssembly.compileStreaming = () => Promise.reject(new TypeError("Incorrect response MIME type"));
  });
  assert.equal(rows, 2);
});
