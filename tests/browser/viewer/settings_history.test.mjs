/** Undo and redo: of edits in the panel, of header clicks, of a reset. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, savedAs } from "../lib/element_page.mjs";
import { flush, grid, Settings } from "../lib/page.mjs";

const ROWS = [
  { region: "north", sold: 4 },
  { region: "south", sold: 1 },
];

async function panel(t) {
  const page = await elementPage(t, { data: ROWS, config: { settings: true } });
  return { page, settings: new Settings(page) };
}

const undo = (page) => page.locator("[data-testid=settings-undo]");
const redo = (page) => page.locator("[data-testid=settings-redo]");

test("edits and header clicks are taken back and done again", async (t) => {
  const { page, settings } = await panel(t);
  await settings.add("group_by", "region");
  await page.locator("regular-table th", { hasText: "sold" }).first().click();
  const state = (config) => [config.group_by, config.sort];
  await savedAs(page, state, [["region"], [["sold", "desc"]]]);
  assert.ok(await redo(page).isDisabled());

  await undo(page).click();
  await savedAs(page, state, [["region"], []]);
  await undo(page).click();
  await savedAs(page, state, [[], []]);
  await flush(page);
  assert.equal((await grid(page)).body.length, ROWS.length);
  await redo(page).click();
  await redo(page).click();
  await savedAs(page, state, [["region"], [["sold", "desc"]]]);

  await page.locator("[data-testid=settings-reset]").click();
  await savedAs(page, state, [[], []]);
  await undo(page).click();
  await savedAs(page, state, [["region"], [["sold", "desc"]]]);
  await settings.remove("sort", "sold");
  assert.ok(await redo(page).isDisabled(), "a new edit ends what could be done again");
});

test("keys do it, but in a box that is being typed in they are the box's own", async (t) => {
  const { page, settings } = await panel(t);
  await settings.filter("sold", ">", "2");
  await savedAs(page, (config) => config.filter, [["sold", ">", 2]]);
  const operand = settings.item("filter", "sold").locator("[data-testid=operand]");
  await page.keyboard.press("Control+z");
  await savedAs(page, (config) => config.filter, [["sold", ">", null]]);
  assert.equal(await operand.inputValue(), "");
  await page.keyboard.press("Control+Shift+z");
  await savedAs(page, (config) => config.filter, [["sold", ">", 2]]);

  await operand.click();
  await page.keyboard.press("End");
  await page.keyboard.type("7");
  await page.keyboard.press("Control+z");
  assert.equal(await operand.inputValue(), "2");
  await savedAs(page, (config) => config.filter, [["sold", ">", 2]]);
});

test("a config that fails is taken back like any other", async (t) => {
  const { page, settings } = await panel(t);
  await page.evaluate(() =>
    document
      .querySelector("millrace-viewer")
      .restore({ sort: [["sold", "col desc"]], filter: [["sold", "contains", "x"]] })
      .catch(() => {}),
  );
  await settings.item("filter", "sold").waitFor();
  await page.locator("[data-testid=config-error]").waitFor();
  await undo(page).click();
  await page.locator("[data-testid=config-error]").waitFor({ state: "detached" });
  await savedAs(page, (config) => config.filter, []);
  assert.deepEqual(page.problems, []);
});
