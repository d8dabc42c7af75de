/** Columns that stay at the beginning while the others scroll. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, saved } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore } from "../lib/grid.mjs";
import { flush, grid } from "../lib/page.mjs";

const COLUMNS = Array.from({ length: 40 }, (_, at) => `c${at}`);
const ROWS = Array.from({ length: 50 }, (_, row) =>
  Object.fromEntries(COLUMNS.map((name, at) => [name, row * 100 + at])),
);

async function scrollRight(page) {
  await page.evaluate(() => {
    const table = document
      .querySelector("millrace-viewer")
      .shadowRoot.querySelector("regular-table");
    const scrolled = new Promise((done) =>
      table.addEventListener("regular-table-scroll", done, { once: true }),
    );
    table.scrollLeft = 1_200;
    return scrolled;
  });
}

test("a column is pinned from its menu, and stays in sight", async (t) => {
  const page = await elementPage(t, { data: ROWS, viewport: { width: 700, height: 480 } });
  await headerOf(page, "c3").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Pin column" }).click();
  await flush(page);
  const config = await saved(page);
  assert.deepEqual(config.plugin_config, { pinned: ["c3"] });
  assert.deepEqual(config.columns.slice(0, 3), ["c3", "c0", "c1"]);
  const { head, body } = await grid(page);
  assert.equal(head[0][0], "c3");
  assert.deepEqual([body[1].names, body[1].cells[0]], [["103"], "100"]);

  await scrollRight(page);
  const scrolled = await grid(page);
  assert.equal(scrolled.head[0][0], "c3");
  assert.equal(scrolled.body[1].names[0], "103");
  assert.notEqual(scrolled.head[0][1], "c0");
  const at = Number(scrolled.head[0][1].slice(1));
  assert.equal(scrolled.body[1].cells[0], String(100 + at), "header and cells are of one column");

  // It is sorted, selected and moved in as any other.
  await headerOf(page, "c3").click();
  await flush(page);
  assert.deepEqual((await saved(page)).sort, [["c3", "desc"]]);
  await cellAt(page, 2, 0).click();
  assert.deepEqual(
    await page.evaluate(() => document.querySelector("millrace-viewer").getSelection()),
    {
      start_row: 2,
      end_row: 3,
      start_col: 0,
      end_col: 1,
    },
  );
  await page.keyboard.press("End");
  await page.locator('regular-table [data-active][aria-colindex="40"]').waitFor();
  await page.keyboard.press("Home");
  assert.equal(await cellAt(page, 2, 0).getAttribute("data-active"), "");

  await headerOf(page, "c3").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Unpin column" }).click();
  await flush(page);
  assert.deepEqual((await saved(page)).plugin_config, {});
  assert.deepEqual(page.problems, []);
});

test("a pinned column stands beside the tree", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    viewport: { width: 700, height: 480 },
    config: { group_by: ["c1"], columns: COLUMNS, plugin_config: { pinned: ["c0"] } },
  });
  const { head, body } = await grid(page);
  assert.deepEqual(
    head[0].slice(0, 3),
    ["c1", "sum c0", "sum c1"].map((name) => name.replace("sum ", "")),
  );
  assert.deepEqual(body[1].names, ["1", "0"]);
  await restore(page, { split_by: ["c2"], filter: [["c2", "<", 300]] });
  assert.equal((await grid(page)).body[1].names.length, 1, "under a split nothing is pinned");
  assert.deepEqual(page.problems, []);
});
