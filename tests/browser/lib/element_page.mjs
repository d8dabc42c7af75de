/**
 * The element alone in a page: the built `web/dist`, served from loopback, and a table that
 * the page itself fills. No broker, no relay.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { flush, launch, open, until } from "./page.mjs";
import { ROOT } from "./program.mjs";

const DIST = join(ROOT, "web", "dist");
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

const PAGE = `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>An element</title>
<style>body { margin: 0 } millrace-viewer { height: 100vh }</style>
<script type="module">
  import millrace from "/millrace.js";
  window.client = await millrace.worker();
</script>
<millrace-viewer></millrace-viewer>`;

/** Serves `web/dist`, and the page at `/`; answers its address. */
export async function serveDist(t) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://page").pathname);
    // A page of another origin may take it from here, as from a relay.
    response.setHeader("access-control-allow-origin", "*");
    if (path === "/") {
      response.setHeader("content-type", "text/html");
      response.end(PAGE);
      return;
    }
    try {
      const bytes = await readFile(join(DIST, path));
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/**
 * A page whose element shows a table of `data` (as `client.table` takes it) under `config`.
 * In the page, `client` and `table` are globals. `options` are Playwright's for a page.
 */
export async function elementPage(t, { data, table = {}, config = {}, ...options }) {
  const address = await serveDist(t);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await open(browser, address, options);
  await page.waitForFunction(() => window.client);
  await page.evaluate(
    async ([data, options, config]) => {
      window.table = await window.client.table(data, options);
      const viewer = document.querySelector("millrace-viewer");
      await viewer.load(window.table);
      await viewer.restore(config);
    },
    [data, table, config],
  );
  await flush(page);
  return page;
}

/** What the element would save. */
export async function saved(page) {
  return page.evaluate(() => document.querySelector("millrace-viewer").save());
}

/** A test's wait for what the element would save: `read` of it equals `wanted`. */
export async function savedAs(page, read, wanted) {
  const value = async () => read(await saved(page));
  const same = (found) => JSON.stringify(found) === JSON.stringify(wanted);
  await until(value, same, { within: 5_000, what: JSON.stringify(wanted) });
}
