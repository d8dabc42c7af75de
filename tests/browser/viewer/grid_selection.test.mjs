/** Selecting cells, rows and columns, by pointer and keyboard, and copying them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore } from "../lib/grid.mjs";
import { until } from "../lib/page.mjs";

const ROWS = Array.from({ length: 200 }, (_, at) => ({
  id: at,
  name: `row <b>${at}</b>`,
  price: at + 0.123456,
}));

const selection = (page) =>
  page.evaluate(() => document.querySelector("millrace-viewer").getSelection());
const area = (start_row, end_row, start_col, end_col) => ({
  start_row,
  end_row,
  start_col,
  end_col,
});

/** Notes what `millrace-select` tells. */
async function listen(page) {
  await page.evaluate(() => {
    window.told = [];
    document
      .querySelector("millrace-viewer")
      .addEventListener("millrace-select", ({ detail }) => window.told.push(detail));
  });
}

const told = (page) => page.evaluate(() => window.told.splice(0));

async function drag(page, from, to) {
  const [a, b] = [await from.boundingBox(), await to.boundingBox()];
  await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
  await page.mouse.down();
  await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 4 });
  await page.mouse.up();
}

const selectedCells = (page) => page.locator('regular-table td[aria-selected="true"]').count();

test("a region is drawn by the pointer, extended with Shift, and told", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await listen(page);
  assert.equal(await selection(page), null);
  await drag(page, cellAt(page, 1, 0), cellAt(page, 3, 1));
  assert.deepEqual(await selection(page), area(1, 4, 0, 2));
  assert.equal(await selectedCells(page), 6);
  assert.deepEqual((await told(page)).at(-1).selection, area(1, 4, 0, 2));

  await cellAt(page, 5, 1).click();
  assert.deepEqual(await selection(page), area(5, 6, 1, 2));
  const [click] = await told(page);
  assert.equal(click.row.id, 5);
  await cellAt(page, 2, 2).click({ modifiers: ["Shift"] });
  assert.deepEqual(await selection(page), area(2, 6, 1, 3));

  await cellAt(page, 0, 0).click();
  for (const key of ["Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight"]) {
    await page.keyboard.press(key);
  }
  assert.deepEqual(await selection(page), area(0, 3, 0, 2));
  await page.keyboard.press("Control+a");
  assert.deepEqual(await selection(page), area(0, 200, 0, 3));
  await page.keyboard.press("Escape");
  assert.equal(await selection(page), null);
  assert.equal(await selectedCells(page), 0);
  assert.equal((await told(page)).at(-1).selected, false);
});

test("modes select rows, columns, or nothing", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    config: { plugin_config: { edit_mode: "SELECT_ROW" } },
  });
  await cellAt(page, 2, 1).click();
  assert.deepEqual(await selection(page), area(2, 3, 0, 3));
  await page.keyboard.press("Shift+ArrowDown");
  assert.deepEqual(await selection(page), area(2, 4, 0, 3));

  await restore(page, { plugin_config: { edit_mode: "SELECT_COLUMN" } });
  assert.equal(await selection(page), null, "another mode begins with nothing");
  await headerOf(page, "name").click();
  assert.deepEqual(await selection(page), area(0, 200, 1, 2));

  await restore(page, { plugin_config: { edit_mode: "READ_ONLY" } });
  await cellAt(page, 2, 1).click();
  await page.keyboard.press("Control+a");
  assert.equal(await selection(page), null);

  await restore(page, { plugin_config: {} });
  await page.evaluate(() =>
    document
      .querySelector("millrace-viewer")
      .setSelection({ start_row: 1, end_row: 3, end_col: 1 }),
  );
  assert.deepEqual(await selection(page), area(1, 3, 0, 1));
  assert.equal(await selectedCells(page), 2);
  await page.evaluate(() => document.querySelector("millrace-viewer").setSelection());
  assert.equal(await selection(page), null);
});

/** What is on the clipboard, in both forms. */
async function clipboard(page) {
  return page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const read = async (type) => (await item.getType(type)).text();
    return { text: await read("text/plain"), html: await read("text/html") };
  });
}

async function copied(page, key, word) {
  await page.keyboard.press(key);
  await page.locator(".said", { hasText: word }).waitFor();
  return clipboard(page);
}

test("cells are copied as text with tabs and as a table, beyond the screen too", async (t) => {
  const long = "y".repeat(100_000);
  const rows = [{ id: -1, name: `a\t"b"\n${long}`, price: null }, ...ROWS];
  const page = await elementPage(t, { data: rows });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await drag(page, cellAt(page, 1, 0), cellAt(page, 2, 2));
  const few = await copied(page, "Control+c", "2 rows copied.");
  assert.equal(few.text, "0\trow <b>0</b>\t0.123456\n1\trow <b>1</b>\t1.123456");
  assert.match(few.html, /<td>row &lt;b&gt;0&lt;\/b&gt;<\/td>/);
  // What is said may be the same as before, and the clipboard may just be written.
  await page.keyboard.press("Control+Shift+c");
  const first = () => clipboard(page).then(({ text }) => text.split("\n")[0], () => undefined);
  await until(first, (line) => line === "id\tname\tprice");

  await cellAt(page, 0, 1).click();
  const cell = await copied(page, "Control+c", "1 row copied.");
  assert.equal(cell.text, `"a\t""b""\n${long}"`);

  await page.keyboard.press("Control+a");
  const all = await copied(page, "Control+c", "201 rows copied.");
  assert.ok(all.text.endsWith("\n199\trow <b>199</b>\t199.123456"));

  // A grouped view's rows begin with their names.
  await restore(page, {
    group_by: ["id"],
    columns: ["price", "name"],
    filter: [
      ["id", "<", 1],
      ["id", ">=", 0],
    ],
  });
  await cellAt(page, 1, 1).click();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Control+c");
  const text = () => clipboard(page).then((copy) => copy.text, () => undefined);
  await until(text, (copy) => copy === "0\t0.123456\t1");
  assert.deepEqual(page.problems, []);
});
