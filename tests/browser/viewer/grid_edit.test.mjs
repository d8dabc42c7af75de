/** Editing the cells of a keyed table. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, columnTexts, restore } from "../lib/grid.mjs";
import { flush } from "../lib/page.mjs";

const ROWS = [
  { id: 1, name: "a", price: 1.5, sold: 3 },
  { id: 2, name: "b", price: 2.5, sold: 4 },
];
const EDIT = { plugin_config: { edit_mode: "EDIT" } };

const rows = (page) =>
  page.evaluate(async () => {
    const view = await window.table.view();
    const rows = await view.to_json();
    await view.delete();
    return rows;
  });

test("a cell is edited by double click, by typing, and left by Escape", async (t) => {
  const page = await elementPage(t, { data: ROWS, table: { index: "id" }, config: EDIT });
  const editor = page.locator("[data-testid=cell-editor]");
  await cellAt(page, 0, 1).dblclick();
  assert.equal(await editor.locator("input").inputValue(), "a");
  await page.keyboard.type("changed");
  await page.keyboard.press("Enter");
  await editor.waitFor({ state: "detached" });
  await flush(page);
  assert.deepEqual(await columnTexts(page, 1), ["changed", "b"]);

  // The place went down a row; typing begins another edit.
  await page.keyboard.type("next");
  await page.keyboard.press("Tab");
  await editor.waitFor({ state: "detached" });
  await page.keyboard.press("F2");
  assert.equal(await editor.locator("input").inputValue(), "2.5");
  await page.keyboard.press("Escape");
  assert.equal(await editor.count(), 0);
  await flush(page);
  assert.deepEqual(await rows(page), [
    { id: 1, name: "changed", price: 1.5, sold: 3 },
    { id: 2, name: "next", price: 2.5, sold: 4 },
  ]);
  assert.deepEqual(page.problems, []);
});

test("what a column cannot hold is said in place", async (t) => {
  const page = await elementPage(t, { data: ROWS, table: { index: "id" }, config: EDIT });
  const editor = page.locator("[data-testid=cell-editor]");
  await cellAt(page, 0, 3).dblclick();
  await page.keyboard.type("many");
  await page.keyboard.press("Enter");
  await editor.locator(".problem", { hasText: "A whole number, such as 42" }).waitFor();
  await editor.locator("input").fill("5");
  await page.keyboard.press("Enter");
  await editor.waitFor({ state: "detached" });
  assert.equal((await rows(page))[0].sold, 5);
});

test("times, days and truth are typed as they are shown, and nothing is null", async (t) => {
  const page = await elementPage(t, {
    data: { id: "integer", at: "datetime", day: "date", ok: "boolean" },
    table: { index: "id" },
    timezoneId: "Asia/Tokyo",
  });
  await page.evaluate(() => window.table.update([{ id: 1, at: 0, day: 0, ok: true }]));
  await restore(page, EDIT);
  const editor = page.locator("[data-testid=cell-editor]");
  const edit = async (column, text) => {
    await cellAt(page, 0, column).dblclick();
    await editor.locator("input").fill(text);
    await page.keyboard.press("Enter");
    await editor.waitFor({ state: "detached" });
  };
  await edit(1, "2026-01-31 09:30");
  await edit(2, "2026-02-01");
  await edit(3, "false");
  const [row] = await rows(page);
  assert.deepEqual(row, {
    id: 1,
    at: Date.UTC(2026, 0, 31, 0, 30),
    day: Date.UTC(2026, 1, 1),
    ok: false,
  });
  await edit(3, "");
  assert.equal((await rows(page))[0].ok, null);
});

test("keys, groups and tables without a key are not edited", async (t) => {
  const page = await elementPage(t, { data: ROWS, table: { index: "id" }, config: EDIT });
  const editor = page.locator("[data-testid=cell-editor]");
  await cellAt(page, 0, 0).dblclick();
  assert.equal(await editor.count(), 0, "a key");
  await restore(page, { group_by: ["name"] });
  await cellAt(page, 1, 2).dblclick();
  assert.equal(await editor.count(), 0, "an aggregate");
  await restore(page, { group_by: [], plugin_config: {} });
  await cellAt(page, 1, 2).dblclick();
  assert.equal(await editor.count(), 0, "another mode");
  await page.evaluate(async (rows) => {
    const viewer = document.querySelector("millrace-viewer");
    await viewer.load(await window.client.table(rows));
    await viewer.restore({ plugin_config: { edit_mode: "EDIT" } });
    await viewer.flush();
  }, ROWS);
  await cellAt(page, 1, 2).dblclick();
  assert.equal(await editor.count(), 0, "no key");
});
