/** The tree: what a person opened stays open, over updates and over other configs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore } from "../lib/grid.mjs";
import { flush, grid } from "../lib/page.mjs";

const ROWS = ["north", "south", "west"].flatMap((region, r) =>
  ["tea", "salt"].map((product, p) => ({ region, product, sold: (r + 1) * 10 + p })),
);

const labels = async (page) => (await grid(page)).body.map((row) => row.names.join(""));

test("rows that were opened are open in the next view", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    config: { group_by: ["region", "product"], columns: ["sold"], group_by_depth: 1 },
  });
  assert.deepEqual(await labels(page), ["Total", "north", "south", "west"]);
  await cellAt(page, 2, 0).locator(".chevron").click();
  await flush(page);
  const opened = ["Total", "north", "south", "salt", "tea", "west"];
  assert.deepEqual(await labels(page), opened);

  await page.evaluate(() => window.table.update([{ region: "east", product: "tea", sold: 1 }]));
  await flush(page);
  assert.deepEqual(await labels(page), ["Total", "east", ...opened.slice(1)]);

  await headerOf(page, "sold").click();
  await flush(page);
  assert.deepEqual(await labels(page), ["Total", "west", "south", "salt", "tea", "north", "east"]);
  await restore(page, {
    columns: ["sold", "product"],
    sort: [],
    filter: [["region", "!=", "east"]],
  });
  assert.deepEqual(await labels(page), opened);

  await cellAt(page, 2, 0).locator(".chevron").click();
  await flush(page);
  await restore(page, { columns: ["sold"] });
  assert.deepEqual(await labels(page), ["Total", "north", "south", "west"]);

  // Another outer group: nothing of it was ever opened.
  await cellAt(page, 1, 0).locator(".chevron").click();
  await restore(page, { group_by: ["product", "region"] });
  assert.deepEqual(await labels(page), ["Total", "salt", "tea"]);
  assert.deepEqual(page.problems, []);
});
