/**
 * A page of another origin under the Content-Security-Policy that the documentation gives: all
 * that the element loads later comes through it as well.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { serveDist } from "../lib/element_page.mjs";
import { browse, flush } from "../lib/page.mjs";
import { ROOT } from "../lib/program.mjs";

/** What the documentation says, with the address in place of the relay's. */
async function documented(origin) {
  const text = await readFile(join(ROOT, "docs/embedding.md"), "utf8");
  const [, policy] = /```\n(script-src [^`]*)```/.exec(text);
  return policy.replaceAll("http://localhost:8080", origin).replaceAll("\n", " ").trim();
}

/** A server of one page under the policy; answers its address. */
async function host(t, script, policy) {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.setHeader("content-security-policy", policy);
    response.end(`<!doctype html><title>A page under a policy</title>
<script type="module" src="${script}"></script>
<millrace-viewer></millrace-viewer>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/** A page that allows nothing else, with a table in its element; what its policy forbade is kept in `forbidden`. */
async function strictPage(t) {
  const dist = await serveDist(t);
  const script = `${dist}millrace.js`;
  const policy = `default-src 'none'; ${await documented(new URL(dist).origin)}`;
  const page = await browse(t, await host(t, script, policy));
  await page.evaluate(async (script) => {
    window.forbidden = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      window.forbidden.push(`${violatedDirective} ${blockedURI}`);
    });
    const { default: millrace } = await import(script);
    const client = await millrace.worker();
    const table = await client.table([{ name: "a", n: 1 }, { name: "b", n: 2 }]);
    await document.querySelector("millrace-viewer").load(table);
  }, script);
  await flush(page);
  return page;
}

test("under the documented policy grid, settings, forms and charts are there", async (t) => {
  const page = await strictPage(t);
  assert.equal(await page.locator("regular-table tbody tr:not([hidden])").count(), 2);
  await page.locator("[data-testid=settings-toggle]").click();
  await page.locator("millrace-settings [data-testid=zone-columns]").waitFor();
  await page.locator("[data-testid=new-column]").getByRole("button").first().click();
  await page.getByRole("menuitem").and(page.locator(":visible")).first().click();
  await page.locator("[data-testid=computed]").waitFor();
  await page.evaluate(() => document.querySelector("millrace-viewer").restore({ plugin: "Y Bar", group_by: ["name"], columns: ["n"] }));
  await page.locator("[data-testid=chart] canvas").first().waitFor();
  assert.deepEqual(await page.evaluate(() => window.forbidden), []);
  assert.deepEqual(page.problems, []);
});
