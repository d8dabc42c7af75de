/** Going to a row, finding a text, and staying with the newest row. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, columnTexts, restore } from "../lib/grid.mjs";
import { flush } from "../lib/page.mjs";

const ROWS = Array.from({ length: 20_000 }, (_, at) => ({
  id: at,
  name: at % 5_000 === 4_999 ? `needle ${at}` : "hay",
}));

const active = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("millrace-viewer").shadowRoot;
    return root.querySelector("regular-table [data-active]")?.innerText;
  });

test("a text is found in all rows, forth and back", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await cellAt(page, 0, 0).click();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("NEEDLE");
  const count = page.locator("[data-testid=find-count]");
  await count
    .filter({ hasText: "4 found" })
    .or(count.filter({ hasText: "1 of 4" }))
    .waitFor();
  assert.equal(await active(page), "needle 4999");
  for (const [key, place, text] of [
    ["Enter", "2 of 4", "needle 9999"],
    ["Enter", "3 of 4", "needle 14999"],
    ["Shift+Enter", "2 of 4", "needle 9999"],
    ["Enter", "3 of 4", "needle 14999"],
    ["Enter", "4 of 4", "needle 19999"],
    ["Enter", "1 of 4", "needle 4999"],
  ]) {
    await page.keyboard.press(key);
    await count.filter({ hasText: place }).waitFor();
    assert.equal(await active(page), text);
  }
  assert.equal(await page.locator("regular-table td[data-found]").count(), 1);
  await page.locator("[data-testid=find-bar] input").fill("19,998");
  await count.filter({ hasText: "1 of 1" }).waitFor();
  assert.equal(await active(page), "19,998");
  await page.locator("[data-testid=find-bar] input").fill("nowhere");
  await count.filter({ hasText: "No match" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("[data-testid=find-bar]").count(), 0);
  assert.equal(await active(page), "19,998");
  assert.deepEqual(page.problems, []);
});

test("matches are found again while rows come", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await cellAt(page, 0, 0).click();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("needle");
  const count = page.locator("[data-testid=find-count]");
  await count.filter({ hasText: "1 of 4" }).waitFor();
  await page.evaluate(() => window.table.update([{ id: 20_000, name: "needle new" }]));
  await count.filter({ hasText: "1 of 5" }).waitFor();
  await page.keyboard.press("Shift+Enter");
  await count.filter({ hasText: "5 of 5" }).waitFor();
  assert.equal(await active(page), "needle new");
  await page.evaluate(() => window.table.replace([{ id: 0, name: "hay" }]));
  await count.filter({ hasText: "No match" }).waitFor();
  assert.deepEqual(page.problems, []);
});

test("the keyboard goes to a row by its number", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await cellAt(page, 0, 0).click();
  await page.keyboard.press("Control+g");
  await page.keyboard.type("12,346");
  await page.keyboard.press("Enter");
  await page.locator("regular-table td[data-active]", { hasText: "12,345" }).waitFor();
  await page.keyboard.press("Control+g");
  await page.keyboard.type("x");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("[data-testid=go-to-row]").count(), 1, "no number of a row");
  await page.keyboard.press("Escape");
  await page.locator("[data-testid=go-to-row]").waitFor({ state: "detached" });
  assert.equal(await active(page), "12,345");
});

test("the screen follows the newest row until one scrolls away", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await restore(page, { plugin_config: { follow: true } });
  const last = async () => (await columnTexts(page, 0)).at(-1);
  const add = async (id) => {
    await page.evaluate((id) => window.table.update([{ id, name: "new" }]), id);
    await flush(page);
  };
  assert.equal(await last(), "19,999");
  await add(20_000);
  assert.equal(await last(), "20,000");
  const scrollTo = (top) =>
    page.evaluate((top) => {
      const { shadowRoot } = document.querySelector("millrace-viewer");
      const table = shadowRoot.querySelector("regular-table");
      table.scrollTop = top ?? table.scrollHeight;
    }, top);
  // The row comes in the same moment, before the page was told of the scrolling.
  await scrollTo(0);
  await add(20_001);
  assert.equal((await columnTexts(page, 0))[0], "0");
  await scrollTo(undefined);
  await add(20_002);
  assert.equal(await last(), "20,002");
});
