/** The element on a phone: everything by finger, with room for it, on a narrow screen. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { SCHEMA, trades } from "../lib/charts.mjs";
import { elementPage, saved, savedAs } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore } from "../lib/grid.mjs";
import { sticksOut } from "../lib/looks.mjs";
import { flush, grid, Settings, until } from "../lib/page.mjs";
import { ROOT } from "../lib/program.mjs";
import { centre, Finger, smallTargets } from "../lib/touch.mjs";

const FOLDER = join(ROOT, "target", "screenshots", "touch");
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const ROWS = trades();
const TREE = { group_by: ["ticker", "client"], columns: ["price", "volume"], group_by_depth: 1 };

async function phone(t, config = {}, options = {}) {
  const page = await elementPage(t, { data: SCHEMA, ...PHONE, ...options });
  await page.evaluate((rows) => window.table.update(rows), ROWS);
  await restore(page, config);
  await flush(page);
  return page;
}

const selection = (page) =>
  page.evaluate(() => document.querySelector("millrace-viewer").getSelection());
const names = async (page) => (await grid(page)).body.map((row) => row.names.join(""));

/** What a tap does comes with the click that the browser makes of it, some time later. */
const comes = (read, wanted) => {
  const text = JSON.stringify(wanted);
  return until(read, (found) => JSON.stringify(found) === text, { within: 5_000, what: text });
};
const selected = (page, wanted) => comes(() => selection(page), wanted);
const shows = (page, wanted) => comes(() => names(page), wanted);
const menu = (page) => page.locator("[data-testid=grid-menu]");

test("a finger scrolls the grid and selects nothing by it, a tap selects", async (t) => {
  const page = await phone(t);
  const finger = await Finger.of(page);
  await finger.swipe({ x: 120, y: 640 }, { x: 120, y: 200 }, 250);
  const scrolled = () => document.querySelector("millrace-viewer").shadowRoot.querySelector("regular-table").scrollTop > 300;
  await page.waitForFunction(scrolled);
  await flush(page);
  assert.equal(await selection(page), null);
  assert.equal(await cellAt(page, 0, 0).count(), 0, "other rows are shown");

  const second = page.locator("regular-table tbody tr").nth(1);
  const row = Number(await second.getAttribute("aria-rowindex")) - 2;
  await cellAt(page, row, 1).tap();
  await selected(page, { start_row: row, end_row: row + 1, start_col: 1, end_col: 2 });
  await cellAt(page, row + 2, 0).tap();
  await selected(page, { start_row: row + 2, end_row: row + 3, start_col: 0, end_col: 1 });
  assert.deepEqual(page.problems, []);
});

test("a tap opens a row of the tree, and closes it", async (t) => {
  const page = await phone(t, TREE);
  assert.deepEqual(await names(page), ["Total", "AAPL", "MSFT", "NVDA", "TSLA"]);
  await page.locator("regular-table tbody th", { hasText: "MSFT" }).tap();
  const opened = ["Total", "AAPL", "MSFT", "north desk", "retail", "south desk", "NVDA", "TSLA"];
  await shows(page, opened);
  await page.getByRole("button", { name: "Collapse MSFT" }).tap();
  await shows(page, ["Total", "AAPL", "MSFT", "NVDA", "TSLA"]);
  assert.deepEqual(page.problems, []);
});

test("a long press opens the menu, which stays when the finger goes", async (t) => {
  const page = await phone(t);
  const finger = await Finger.of(page);
  const cell = cellAt(page, 2, 2);
  const value = await cell.innerText();
  await finger.down(await centre(cell));
  await menu(page).waitFor();
  await finger.up();
  await selected(page, { start_row: 2, end_row: 3, start_col: 2, end_col: 3 });
  assert.deepEqual(await smallTargets(page), []);
  await page.getByRole("menuitem", { name: "Keep only this value" }).tap();
  await savedAs(page, (config) => config.filter, [["client", "==", value]]);

  // A finger that moves on the way scrolls, and opens nothing.
  await finger.down({ x: 100, y: 500 });
  await finger.move({ x: 100, y: 470 });
  await finger.rest(700);
  await finger.up();
  assert.equal(await menu(page).count(), 0);

  // The press is over: the next tap is a tap.
  await headerOf(page, "ticker").locator("span").first().tap();
  await savedAs(page, (config) => config.sort.map(([column]) => column), ["ticker"]);
  assert.deepEqual(page.problems, []);
});

test("a header shows the button of its menu, and a long press on it does the same", async (t) => {
  const page = await phone(t);
  await headerOf(page, "ticker").locator(".column-menu").tap();
  await menu(page).waitFor();
  await page.getByRole("menuitem", { name: "Hide column" }).tap();
  await savedAs(page, (config) => config.columns.includes("ticker"), false);
  const finger = await Finger.of(page);
  await finger.down(await centre(headerOf(page, "client").locator("span").first()));
  await menu(page).waitFor();
  await finger.up();
  await page.getByRole("menuitem", { name: "Sort descending" }).tap();
  await savedAs(page, (config) => config.sort, [["client", "desc"]]);
  assert.deepEqual(page.problems, []);
});

test("a finger moves the border of a column by the mark at it", async (t) => {
  for (const dir of ["ltr", "rtl"]) {
    const page = await phone(t, { columns: ["ticker", "price"] });
    await page.locator("html").evaluate((root, dir) => root.setAttribute("dir", dir), dir);
    await flush(page);
    const header = headerOf(page, "ticker");
    const before = (await header.boundingBox()).width;
    const finger = await Finger.of(page);
    const from = await centre(header.locator(".column-menu"));
    await finger.swipe(from, { ...from, x: from.x + (dir === "ltr" ? 60 : -60) }, 100);
    const saved_ = async () => (await saved(page)).plugin_config.columns?.ticker?.column_size_override;
    const wanted = Math.round(before + 60);
    await until(saved_, (width) => Math.abs(width - wanted) <= 2, { within: 5_000, what: `${wanted} px, ${dir}` });
    assert.ok(Math.abs((await header.boundingBox()).width - wanted) <= 2, dir);
    assert.equal(await menu(page).count(), 0);

    // A tap is a tap still.
    await header.locator(".column-menu").tap();
    await menu(page).waitFor();
    assert.deepEqual(page.problems, []);
  }
});

test("settings by finger: add, order, filter, remove, and another chart", async (t) => {
  const page = await phone(t);
  const settings = new Settings(page);
  const finger = await Finger.of(page);
  const choose = async (button, name) => {
    await button.tap();
    await page.getByRole("menuitem", { name }).and(page.locator(":visible")).tap();
  };
  await page.locator("[data-testid=settings-toggle]").tap();
  await choose(page.locator("[data-testid=add-group_by]").getByRole("button"), /^ticker/);
  await savedAs(page, (config) => config.group_by, ["ticker"]);
  await choose(page.locator("[data-testid=add-group_by]").getByRole("button"), /^client/);
  await savedAs(page, (config) => config.group_by, ["ticker", "client"]);

  // By the mark of its type one is dragged before the other, by its menu it goes back.
  const [client, ticker] = ["client", "ticker"].map((column) => settings.item("group_by", column));
  const to = await centre(ticker);
  await finger.swipe(await centre(client.locator(".grip")), { x: to.x, y: to.y - 12 }, 250);
  await savedAs(page, (config) => config.group_by, ["client", "ticker"]);
  await choose(client.locator("[data-testid=more]").getByRole("button").first(), /^Move down/);
  await savedAs(page, (config) => config.group_by, ["ticker", "client"]);
  await client.locator("[data-testid=remove]").tap();
  await savedAs(page, (config) => config.group_by, ["ticker"]);

  await choose(page.locator("[data-testid=add-filter]").getByRole("button"), /^client/);
  const filter = settings.item("filter", "client");
  await filter.locator("[data-testid=operator]").selectOption("in");
  await filter.locator("[data-testid=operand]").tap();
  await filter.getByRole("option", { name: /retail/ }).tap();
  await savedAs(page, (config) => config.filter, [["client", "in", ["retail"]]]);
  await page.locator("[data-testid=column][data-column=side] .check").tap();
  await savedAs(page, (config) => config.columns.includes("side"), false);
  await page.locator("[data-testid=settings-close]").tap();

  await page.locator("[data-testid=plugin-button]").tap();
  await page.getByRole("menuitemradio", { name: "Column" }).tap();
  await savedAs(page, (config) => config.plugin, "Y Bar");
  assert.deepEqual(page.problems, []);
});

for (const colorScheme of ["light", "dark"]) {
  test(`on a phone all fits, and a finger finds what it presses: ${colorScheme}`, async (t) => {
    await mkdir(FOLDER, { recursive: true });
    const page = await phone(t, {}, { colorScheme });
    const tap = (id) => page.locator(`[data-testid=${id}]`).getByRole("button").first().tap();
    const leave = () => page.locator("[data-testid=computed-cancel]").tap();
    const check = async (what) => {
      await page.screenshot({ path: join(FOLDER, `${colorScheme}-${what}.png`) });
      assert.deepEqual(await sticksOut(page), [], `${what}: nothing sticks out`);
      assert.deepEqual(await smallTargets(page), [], `${what}: nothing is too small`);
    };
    await check("rows");
    await restore(page, { ...TREE, title: "Trades" });
    await check("tree");
    await page.locator("[data-testid=plugin-button]").tap();
    await check("picker");
    await page.locator("[data-plugin='Y Bar']").tap();
    await savedAs(page, (config) => config.plugin, "Y Bar");
    await restore(page, { split_by: ["side"] });
    await check("chart");
    await tap("export");
    await check("export");
    await page.keyboard.press("Escape");
    await restore(page, {
      plugin: "Datagrid",
      settings: true,
      filter: [["ticker", "in", ["AAPL", "MSFT"]], ["time", "between", [0, 9e12]], ["volume", ">", 20]],
      sort: [["volume", "desc"]],
    });
    await page.locator("[data-testid=search]").tap();
    await check("settings");
    await page.locator("[data-testid=item-filter]").last().scrollIntoViewIfNeeded();
    await check("filters");
    await page.locator("[data-testid=options] summary").tap();
    await page.locator("[data-testid=option-title]").scrollIntoViewIfNeeded();
    await check("options");
    for (const kind of ["Expression", "Window", "Ratio"]) {
      await tap("new-column");
      await page.getByRole("menuitem", { name: kind }).tap();
      await check(kind.toLowerCase());
      await leave();
    }
    assert.ok((await saved(page)).settings);
    assert.deepEqual(page.problems, []);
  });
}
