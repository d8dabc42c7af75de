/** Filters fit the type of their column, offer its values, nest, and test groups too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, savedAs } from "../lib/element_page.mjs";
import { flush, grid, Settings } from "../lib/page.mjs";

const DAY = 86_400_000;
const ROWS = ["tea", "tea", "salt", "pepper, black", "tea", "<b>rice</b>"].map((product, i) => ({
  product,
  sold: i,
  cost: 3,
  day: new Date(Date.UTC(2024, 0, 1) + i * DAY).toISOString().slice(0, 10),
  at: new Date(Date.now() - i * 10 * 60_000).toISOString(),
}));

async function panel(t, config = {}) {
  const page = await elementPage(t, { data: ROWS, config: { settings: true, ...config } });
  return { page, settings: new Settings(page) };
}

const filters = (config) => config.filter;

async function shows(page, count) {
  await flush(page);
  assert.equal((await grid(page)).body.length, count);
}

test("values of the column are offered, searched as one types, and several are chosen", async (t) => {
  const { page, settings } = await panel(t);
  await settings.add("filter", "product");
  const item = settings.item("filter", "product");
  await item.locator("[data-testid=operator]").selectOption("in");
  const box = item.locator("[data-testid=operand]");
  await box.click();
  const offers = item.locator("[data-testid=offers] [role=option]");
  await offers.first().waitFor();
  assert.deepEqual((await offers.allInnerTexts()).slice(0, 1), ["tea\n3"], "the most frequent first");
  assert.equal(await offers.count(), 4);

  await page.keyboard.type("PEP");
  await offers.filter({ hasText: "tea" }).waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await savedAs(page, filters, [["product", "in", ["pepper, black"]]]);
  await box.click();
  await offers.filter({ hasText: "<b>rice</b>" }).click();
  await savedAs(page, filters, [["product", "in", ["pepper, black", "<b>rice</b>"]]]);
  await shows(page, 2);
  await item.getByRole("button", { name: "Without pepper, black" }).click();
  await savedAs(page, filters, [["product", "in", ["<b>rice</b>"]]]);
  await box.fill("tea, salt");
  await box.press("Enter");
  await savedAs(page, filters, [["product", "in", ["<b>rice</b>", "tea", "salt"]]]);
  await shows(page, 5);
  assert.deepEqual(page.problems, []);
});

test("ranges, days, moving windows and other columns", async (t) => {
  const { page, settings } = await panel(t);
  await settings.add("filter", "sold");
  const sold = settings.item("filter", "sold");
  await sold.locator("[data-testid=operator]").selectOption("between");
  await sold.locator("[data-testid=operand-from]").fill("1");
  await sold.locator("[data-testid=operand-from]").press("Enter");
  await sold.getByText("Counts once both ends are there.").waitFor();
  await shows(page, 6);
  await sold.locator("[data-testid=operand-to]").fill("3");
  await sold.locator("[data-testid=operand-to]").press("Enter");
  await savedAs(page, filters, [["sold", "between", [1, 3]]]);
  await shows(page, 3);
  await sold.locator("[data-testid=operator]").selectOption("column ==");
  await sold.locator("[data-testid=operand-column]").selectOption("cost");
  await savedAs(page, filters, [["sold", "==", { column: "cost" }]]);
  await shows(page, 1);
  await settings.remove("filter", "sold");

  await settings.filter("day", "<", "2024-01-03");
  await savedAs(page, filters, [["day", "<", Date.UTC(2024, 0, 3)]]);
  await shows(page, 2);
  await settings.remove("filter", "day");

  await settings.filter("at", "within", "soon");
  await settings.item("filter", "at").getByText("How long, such as 15m").waitFor();
  const within = settings.item("filter", "at").locator("[data-testid=operand]");
  await within.fill("");
  await within.click();
  await settings.item("filter", "at").getByRole("option", { name: "last 15 minutes" }).click();
  await savedAs(page, filters, [["at", "within", "15m"]]);
  await shows(page, 2);
});

test("conditions are put into groups, joined otherwise, negated and taken apart", async (t) => {
  const { page } = await panel(t, { filter: [["product", "==", "tea"]] });
  const item = page.locator("[data-testid=item-filter]");
  const more = async (name) => {
    await item.locator("[data-testid=more]").getByRole("button").first().click();
    await item.getByRole("menuitem", { name }).click();
  };
  await more("Put “not” before");
  await savedAs(page, filters, [{ not: ["product", "==", "tea"] }]);
  await shows(page, 3);
  await more("Put into a group");
  await item.locator("[data-testid=add-term]").getByRole("button").click();
  await item.getByRole("menuitem", { name: "sold" }).click();
  const term = item.locator("[data-testid=term][data-column=sold]");
  await term.locator("[data-testid=operand]").fill("4");
  await term.locator("[data-testid=operand]").press("Enter");
  await savedAs(page, filters, [{ or: [{ not: ["product", "==", "tea"] }, ["sold", ">=", 4]] }]);
  await shows(page, 4);
  await item.locator("[data-testid=joiner]").selectOption("all");
  await shows(page, 1);
  await item.locator("[data-testid=joiner]").selectOption("none");
  await savedAs(page, filters, [
    { not: { or: [{ not: ["product", "==", "tea"] }, ["sold", ">=", 4]] } },
  ]);
  await shows(page, 2);
  await item.locator("[data-testid=joiner]").selectOption("all");
  await item.locator("[data-testid=remove-term]").first().click();
  await more("Take the group apart");
  await savedAs(page, filters, [["sold", ">=", 4]]);
});

test("the filters of the top level are joined by and, or by or", async (t) => {
  const { page } = await panel(t, {
    filter: [
      ["product", "==", "tea"],
      ["sold", ">=", 4],
    ],
  });
  await shows(page, 1);
  await page.locator("[data-testid=filter-op]").selectOption("or");
  await savedAs(page, (config) => config.filter_op, "or");
  await shows(page, 4);
});

test("having tests the aggregates of groups", async (t) => {
  const { page, settings } = await panel(t, { group_by: ["product"], columns: ["product", "sold"] });
  await settings.add("having", "product");
  const item = settings.item("having", "product");
  const operators = await item.locator("[data-testid=operator] option").allInnerTexts();
  assert.ok(!operators.includes("contains"), "it is the count that is tested");
  await item.locator("[data-testid=operator]").selectOption(">");
  await item.locator("[data-testid=operand]").fill("1");
  await item.locator("[data-testid=operand]").press("Enter");
  await savedAs(page, (config) => config.having, [["product", ">", 1]]);
  await flush(page);
  assert.deepEqual(
    (await grid(page)).body.map((row) => row.names.join("")),
    ["Total", "tea"],
  );
  assert.deepEqual(page.problems, []);
});
