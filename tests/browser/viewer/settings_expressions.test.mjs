/** Computed columns: made with completion, corrected where they are wrong, renamed, deleted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, saved, savedAs } from "../lib/element_page.mjs";
import { flush, grid } from "../lib/page.mjs";

const ROWS = [
  { region: "north", product: "tea", sold: 4, price: 2 },
  { region: "south", product: "salt", sold: 1, price: 9 },
];

const id = (page, name) => page.locator(`[data-testid=${name}]`);

async function make(page, kind) {
  await id(page, "new-column").getByRole("button").click();
  await page.getByRole("menuitem", { name: kind }).click();
}

test("an expression is typed with completion of columns and functions, and shown", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true, columns: ["sold"] } });
  await make(page, "Expression");
  await id(page, "computed-name").fill("worth");
  const box = id(page, "expression");
  await box.click();
  await page.keyboard.type("rou");
  await id(page, "completions").getByRole("option", { name: "round" }).waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await box.inputValue(), "round()");
  await page.keyboard.type('"so');
  await id(page, "completions").getByRole("option", { name: "sold" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type(" * pri");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assert.equal(await box.inputValue(), 'round("sold" * "price")');
  await id(page, "computed-type").getByText("float").waitFor();
  assert.equal(await page.locator(".mirror [data-kind=column]").count(), 2);
  await page.keyboard.press("Control+Enter");
  await savedAs(page, (config) => [config.expressions, config.columns], [
    { worth: 'round("sold" * "price")' },
    ["sold", "worth"],
  ]);
  await flush(page);
  assert.deepEqual(
    (await grid(page)).body.map((row) => Number(row.cells.at(-1))),
    [8, 9],
  );
  assert.deepEqual(page.problems, []);
});

test("time zones are fetched when an expression names the first", async (t) => {
  const page = await elementPage(t, {
    data: { at: "datetime" },
    config: { expressions: { hour: 'hour("at")' }, columns: ["hour"] },
  });
  const fetched = [];
  page.on("request", (request) => {
    if (request.url().endsWith(".bin")) fetched.push(new URL(request.url()).pathname);
  });
  await page.evaluate(() => window.table.update([{ at: "2024-07-01T22:30:00Z" }]));
  await flush(page);
  const shown = async () => (await grid(page)).body.map((row) => row.cells);
  assert.deepEqual([await shown(), fetched], [[["22"]], []]);
  const expressions = { hour: "hour(\"at\", 'Europe/Berlin')", next: "hour(\"at\", 'Asia/Tokyo')" };
  await page.evaluate(
    (expressions) =>
      document
        .querySelector("millrace-viewer")
        .restore({ expressions, columns: ["hour", "next"] }),
    expressions,
  );
  await flush(page);
  assert.deepEqual([await shown(), fetched], [[["0", "7"]], ["/millrace_zones.bin"]]);
  assert.deepEqual(page.problems, []);
});

test("what is wrong has a line under it, and words below with its place", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true } });
  await make(page, "Expression");
  await id(page, "expression").fill('"sold" +\n  "prce"');
  const error = await id(page, "computed-error").innerText();
  assert.match(error, /Line 2, character 3: unknown column "prce", did you mean "price"\?$/);
  assert.equal(await page.locator(".mirror .wrong").innerText(), '"prce"');
  assert.ok(await id(page, "computed-save").isDisabled());
  await id(page, "expression").fill('"sold" + "price"');
  await id(page, "computed-type").waitFor();
  await id(page, "computed-name").fill("region");
  await page.getByText("There is a column “region” already.").waitFor();
  assert.ok(await id(page, "computed-save").isDisabled());
  await page.keyboard.press("Escape");
  assert.deepEqual((await saved(page)).expressions, {});
});

test("the functions are those of the documentation, looked through and put in", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { settings: true } });
  await make(page, "Expression");
  await page.locator("summary", { hasText: "Functions" }).click();
  await id(page, "find-function").fill("nearest multiple nowhere");
  assert.equal(await page.locator("[data-function]").count(), 0);
  await id(page, "find-function").fill("greatest multiple");
  await page.locator("[data-function=bucket]").click();
  assert.equal(await id(page, "expression").inputValue(), "bucket()");
});

test("a new name goes everywhere, and what is used is deleted with a warning", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    config: {
      settings: true,
      expressions: { worth: '"sold" * "price"', twice: '"worth" * 2' },
      columns: ["worth", "twice"],
      group_by: ["region"],
      filter: [{ or: [["worth", ">", 1]] }],
      sort: [["worth", "desc"]],
    },
  });
  const edit = (column) =>
    page.locator(`[data-testid=column][data-column=${column}] [data-testid=edit-column]`).click();
  await edit("worth");
  await id(page, "computed-name").fill("value");
  await id(page, "computed-save").click();
  await savedAs(
    page,
    ({ expressions, columns, filter, sort }) => [expressions, columns, filter, sort],
    [
      { value: '"sold" * "price"', twice: '"value" * 2' },
      ["value", "twice"],
      [{ or: [["value", ">", 1]] }],
      [["value", "desc"]],
    ],
  );

  await edit("value");
  await id(page, "computed-delete").click();
  assert.match(await id(page, "delete-note").innerText(), /“twice” is computed from “value”/);
  await id(page, "computed-cancel").click();
  await edit("twice");
  await id(page, "computed-delete").click();
  await edit("value");
  await id(page, "computed-delete").click();
  assert.match(await id(page, "delete-note").innerText(), /stands in: sort, filter\./);
  await id(page, "delete-sure").click();
  await savedAs(page, ({ expressions, columns, filter, sort }) => [expressions, columns, filter, sort], [
    {},
    [],
    [],
    [],
  ]);
  await page.locator("[data-testid=settings-undo]").click();
  await savedAs(page, (config) => Object.keys(config.expressions), ["value"]);
  assert.deepEqual(page.problems, []);
});

test("a ratio of aggregates is right in totals", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    config: { settings: true, group_by: ["region"], columns: ["sold"] },
  });
  await make(page, "Ratio");
  await id(page, "computed-name").fill("mean price");
  await id(page, "expression").fill('sum("price") / sum("sld")');
  assert.match(await id(page, "computed-error").innerText(), /unknown column "sld"/);
  await id(page, "expression").fill('sum("price") / sum("sold")');
  await id(page, "computed-type").getByText("float").waitFor();
  await id(page, "computed-save").click();
  await savedAs(page, (config) => config.columns, ["sold", "mean price"]);
  await flush(page);
  assert.deepEqual(
    (await grid(page)).body.map((row) => Number(row.cells[1])),
    [2.2, 0.5, 9],
  );
});
