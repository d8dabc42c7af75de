/** Columns are dragged about, and moved by keyboard, between the list and all zones. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drag, list, middle, zone } from "../lib/drag.mjs";
import { elementPage, saved, savedAs } from "../lib/element_page.mjs";
import { grid, Settings } from "../lib/page.mjs";

const ROWS = [
  { region: "north", product: "tea", sold: 4, price: 2 },
  { region: "south", product: "salt", sold: 1, price: 9 },
];

test("columns are dragged from the list into zones, between them and within them", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true } });
  const settings = new Settings(page);

  await drag(page, list(page, "region"), zone(page, "group_by"));
  await savedAs(page, (config) => config.group_by, ["region"]);
  assert.deepEqual(
    (await grid(page)).body.map((row) => row.names.join("")),
    ["Total", "north", "south"],
  );

  await drag(page, settings.item("columns", "price"), settings.item("columns", "region"), "top");
  await savedAs(page, (config) => config.columns, ["price", "region", "product", "sold"]);
  await drag(page, settings.item("columns", "price"), settings.item("columns", "product"), "bottom");
  await savedAs(page, (config) => config.columns, ["region", "product", "price", "sold"]);

  await drag(page, settings.item("group_by", "region"), zone(page, "split_by"));
  await savedAs(page, (config) => [config.group_by, config.split_by], [[], ["region"]]);

  for (const name of ["sort", "filter", "having"]) {
    await drag(page, settings.item("columns", "sold"), zone(page, name));
  }
  await savedAs(
    page,
    (config) => [config.sort, config.filter, config.having, config.columns.length],
    [[["sold", "desc"]], [["sold", ">=", null]], [["sold", ">=", null]], 4],
  );

  await drag(page, settings.item("split_by", "region"), page.locator("[data-testid=all-columns]"));
  await savedAs(page, (config) => config.split_by, []);
  assert.deepEqual(page.problems, []);
});

test("a line shows where it would drop, Escape lets go, and nowhere changes nothing", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true } });
  const settings = new Settings(page);
  const before = await saved(page);

  await drag(page, settings.item("columns", "price"), settings.item("columns", "region"), "top", true);
  await page.locator("li.drop-before[data-column=region]").waitFor();
  assert.equal(await page.locator(".ghost").innerText(), "price");
  await page.keyboard.press("Escape");
  await page.locator(".ghost").waitFor({ state: "detached" });
  await page.mouse.up();
  assert.deepEqual(await saved(page), before, "the settings are open and nothing has changed");

  await drag(page, settings.item("columns", "price"), page.locator("[data-testid=status]"));
  assert.deepEqual(await saved(page), before);
});

test("a finger drags by the mark of the type", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true }, hasTouch: true });
  const session = await page.context().newCDPSession(page);
  const touch = (type, point) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: point ? [point] : [] });
  const { x, y } = await middle(list(page, "region").locator(".grip"));
  const to = await middle(zone(page, "group_by"));
  await touch("touchStart", { x, y });
  await touch("touchMove", { x, y: y - 20 });
  await touch("touchMove", { x: to.x, y: to.y });
  await touch("touchEnd");
  await savedAs(page, (config) => config.group_by, ["region"]);
});

test("the keyboard moves items within zones and between them", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true, group_by: ["region"] } });
  const settings = new Settings(page);
  const focused = () =>
    page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.dataset.zone ? `${at.dataset.zone} ${at.dataset.column}` : at?.className;
    });

  await settings.item("columns", "region").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await savedAs(page, (config) => config.columns, ["product", "region", "sold", "price"]);
  assert.equal(await focused(), "columns region");
  await page.keyboard.press("Alt+ArrowUp");
  await savedAs(page, (config) => config.columns, ["region", "product", "sold", "price"]);

  await settings.item("group_by", "region").focus();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await savedAs(page, (config) => [config.group_by, config.split_by], [[], ["region"]]);
  assert.equal(await focused(), "split_by region");
  await page.keyboard.press("Delete");
  await savedAs(page, (config) => config.split_by, []);
  assert.equal(await focused(), "opener", "the focus is on what adds the next one");

  const more = settings.item("columns", "sold").locator("[data-testid=more]");
  await more.getByRole("button").focus();
  await page.keyboard.press("ArrowDown");
  await more.getByRole("menuitem", { name: "Add to sort" }).press("Enter");
  await savedAs(page, (config) => config.sort, [["sold", "desc"]]);
  assert.equal(await focused(), "sort sold");
});

test("the list finds columns, and says and changes which are shown", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true, columns: ["sold"] } });
  assert.deepEqual(await list(page, "sold").locator("[data-testid=shown]").isChecked(), true);
  await page.locator("[data-testid=search]").fill("PR");
  assert.deepEqual(await page.locator("[data-testid=column] .name").allInnerTexts(), [
    "product",
    "price",
  ]);
  await list(page, "price").locator("[data-testid=shown]").check();
  await savedAs(page, (config) => config.columns, ["sold", "price"]);
  await list(page, "price").locator("[data-testid=shown]").uncheck();
  await savedAs(page, (config) => config.columns, ["sold"]);
  assert.deepEqual(page.problems, []);
});
