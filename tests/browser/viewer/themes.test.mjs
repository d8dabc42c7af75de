/** Themes: rows and scrolling follow their height, and what the system asks for is heeded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, saved } from "../lib/element_page.mjs";
import { restore } from "../lib/grid.mjs";
import { flush, until } from "../lib/page.mjs";

const ROWS = Array.from({ length: 2_000 }, (_, row) => ({ name: `row ${row}`, n: row * 7 - 3_000 }));

/** The first row on the screen, how high rows are, and whether the table ends where rows end. */
function look(page) {
  return page.evaluate(() => {
    const root = document.querySelector("millrace-viewer").shadowRoot;
    const table = root.querySelector("regular-table");
    const cells = [...table.querySelectorAll("thead th, tbody td")].filter((cell) => cell.offsetHeight);
    return {
      top: table.querySelector("tbody td")?.innerText,
      heights: [...new Set(cells.map((cell) => cell.getBoundingClientRect().height))],
      scrollHeight: table.scrollHeight,
    };
  });
}

/** Waits for the grid to have taken over rows of this height, with this one at the top. */
async function rowsOf(page, height, first) {
  const taken = ({ heights, scrollHeight, top }) =>
    String(heights) === String(height) &&
    scrollHeight === 2_001 * height &&
    (first === undefined || top === first);
  await until(() => look(page), taken, { within: 5_000, what: `rows of ${height} px` });
}

/** Of however many rows there are. */
async function rowHeight(page, height) {
  const taken = ({ heights }) => String(heights) === String(height);
  await until(() => look(page), taken, { within: 5_000, what: `rows of ${height} px` });
}

async function theme(page, name) {
  await page.evaluate((name) => {
    document.querySelector("millrace-viewer").theme = name;
  }, name);
}

/** A custom property as a colour of the element. */
function property(page, name) {
  return page.evaluate((name) => {
    const viewer = document.querySelector("millrace-viewer");
    return getComputedStyle(viewer).getPropertyValue(name).trim();
  }, name);
}

test("rows, and all that is reckoned with them, follow the theme's height", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await rowsOf(page, 24);
  await page.evaluate(async () => {
    const viewer = document.querySelector("millrace-viewer");
    viewer.shadowRoot.querySelector("regular-table").scrollTop = 24 * 700;
    await viewer.flush();
  });
  const { top } = await look(page);
  assert.match(top, /^row \d{3}$/);

  await theme(page, "dark-dense");
  await rowsOf(page, 20, top);
  await theme(page, "light");
  await rowsOf(page, 24, top);

  // A page sets it in any unit, and the keyboard reaches the last row.
  await page.addStyleTag({ content: "millrace-viewer { --millrace-row-height: 2em }" });
  await rowsOf(page, 25);
  await page.locator("regular-table tbody tr:nth-child(5) td").first().click();
  await page.keyboard.press("Control+End");
  const last = page.locator("regular-table [data-active]");
  await until(() => last.innerText(), (text) => /10,993/.test(text), { within: 5_000, what: "the last cell" });
  const [cell, grid] = await Promise.all([last.boundingBox(), page.locator("regular-table").boundingBox()]);
  assert.ok(cell.y + cell.height <= grid.y + grid.height + 0.5, "the last row is wholly in sight");
  await page.keyboard.press("PageUp");
  await flush(page);
  assert.ok(await page.locator("regular-table td[data-active]").isVisible());
  assert.deepEqual(page.problems, []);
});

test("a theme is saved and restored, also by another viewer's name", async (t) => {
  const page = await elementPage(t, { data: ROWS.slice(0, 5), config: { theme: "Material Dense Dark" } });
  assert.equal((await saved(page)).theme, "dark-dense");
  await rowHeight(page, 20);
  await page.locator("millrace-viewer").evaluate((viewer) => viewer.setAttribute("theme", "Pro Light"));
  await flush(page);
  assert.equal(await page.locator("millrace-viewer").getAttribute("theme"), "light");
  await restore(page, { theme: null });
  assert.equal(await page.locator("millrace-viewer").getAttribute("theme"), null);
  assert.deepEqual(page.problems, []);
});

test("more contrast is had by its theme, or where the system asks for it", async (t) => {
  const page = await elementPage(t, { data: ROWS.slice(0, 5) });
  const background = () => property(page, "--millrace-bg");
  const text = () => property(page, "--millrace-text");
  await theme(page, "high-contrast");
  assert.deepEqual([await background(), await text()], ["#ffffff", "#000000"]);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual([await background(), await text()], ["#000000", "#ffffff"]);

  await theme(page, "dark");
  assert.equal(await background(), "#0b0f14");
  await page.emulateMedia({ colorScheme: "light", contrast: "more" });
  assert.equal(await background(), "#000000", "dark stays dark");
  await theme(page, "light-dense");
  assert.deepEqual([await background(), await text()], ["#ffffff", "#000000"]);
  await rowHeight(page, 20);
  await theme(page, null);
  await page.emulateMedia({ colorScheme: "dark", contrast: "more" });
  assert.equal(await background(), "#000000");
  assert.deepEqual(page.problems, []);
});

test("forced colours reach grid, selection and charts", async (t) => {
  const page = await elementPage(t, { data: ROWS.slice(0, 5), forcedColors: "active", config: { plugin_config: { edit_mode: "SELECT_REGION" } } });
  assert.equal(await property(page, "--millrace-text"), "CanvasText");
  const cell = page.locator("regular-table tbody td").first();
  const plain = await cell.evaluate((cell) => getComputedStyle(cell).backgroundColor);
  await cell.click();
  const selected = await cell.evaluate((cell) => getComputedStyle(cell).backgroundColor);
  assert.notEqual(selected, plain, "what is selected is told from the rest");
  await restore(page, { plugin: "Y Bar", group_by: ["name"], columns: ["n"] });
  const colors = await page.evaluate(() => {
    const probe = document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").shadowRoot.querySelectorAll(".probe i");
    return new Set([...probe].map((each) => getComputedStyle(each).color)).size;
  });
  assert.ok(colors > 10, "series keep colours of their own");
  assert.deepEqual(page.problems, []);
});
