/** What is saved and restored: all of a config, also parts that only the API sets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, saved } from "../lib/element_page.mjs";
import { flush, grid } from "../lib/page.mjs";

const ROWS = [
  { region: "north", product: "tea", sold: 4, price: 2 },
  { region: "north", product: "salt", sold: 1, price: 9 },
  { region: "south", product: "tea", sold: 3, price: 3 },
  { region: "west", product: "tea", sold: 8, price: 1 },
];

const CONFIG = {
  title: "What was sold",
  columns: ["worth", null, "ratio"],
  group_by: ["region"],
  expressions: { worth: '"sold" * "price"' },
  aggregates: { ratio: { expression: 'sum("worth") / sum("sold")' } },
  filter: [{ or: [["product", "==", "tea"], { not: ["sold", "<", 2] }] }],
  having: [["worth", ">", 8]],
  sort: [["worth", "desc nulls last"]],
  group_limit: 2,
  plugin_config: { scroll_lock: true },
  columns_config: { worth: { number_fg_mode: "bar" } },
};

test("a config with everything in it is shown, saved and restored", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: CONFIG });
  const names = async () => (await grid(page)).body.map((row) => row.names.join(""));
  // South's 3 at 3 are 9, west's 8 at 1 are 8: not more than 8, so that it is not shown.
  assert.deepEqual(await names(), ["Total", "south"]);
  const config = await saved(page);
  for (const [field, value] of Object.entries(CONFIG)) assert.deepEqual(config[field], value, field);

  await page.evaluate(() => document.querySelector("millrace-viewer").reset());
  await flush(page);
  assert.equal((await grid(page)).body.length, ROWS.length);
  await page.evaluate((config) => document.querySelector("millrace-viewer").restore(config), config);
  await flush(page);
  assert.deepEqual(await names(), ["Total", "south"]);
  assert.deepEqual(await saved(page), config);
  assert.deepEqual(page.problems, []);
});
