/** What assistive technology is told of the grid, checked by axe, and writing from the right. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore, styleOf } from "../lib/grid.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ROWS = Array.from({ length: 60 }, (_, at) => ({
  id: at,
  region: ["north", "south"][at % 2],
  price: at % 3 ? at - 10.5 : null,
  home: `https://example.org/${at}`,
  at: Date.UTC(2026, 0, 1 + at),
}));

const STYLED = {
  columns_config: {
    price: { number_fg_mode: "label-bar" },
    id: { number_bg_mode: "gradient" },
    region: { string_color_mode: "series" },
    home: { format: "link" },
  },
};

/** Findings that are serious or worse, each with a place. */
async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document.querySelector("millrace-viewer"), { resultTypes: ["violations"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary ?? ""}`,
    );
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious in the grid, ${colorScheme}`, async (t) => {
    const page = await elementPage(t, { data: ROWS, config: STYLED, colorScheme });
    await cellAt(page, 2, 1).click();
    await page.keyboard.press("Shift+ArrowDown");
    assert.deepEqual(await findings(page), [], "flat");
    await page.keyboard.press("Control+f");
    await page.keyboard.type("north");
    await page.locator("[data-testid=find-count]", { hasText: /30/ }).waitFor();
    assert.deepEqual(await findings(page), [], "with the find bar");
    await page.keyboard.press("Escape");
    await headerOf(page, "price").click({ button: "right" });
    assert.deepEqual(await findings(page), [], "with a menu");
    await page.getByRole("menuitem", { name: "Style…" }).click();
    await page.locator("[data-testid=style-form]").waitFor();
    assert.deepEqual(await findings(page), [], "with the form of a style");
    await page.keyboard.press("Escape");
    await restore(page, {
      group_by: ["region"],
      columns: ["price", "id"],
      sort: [["price", "desc"]],
    });
    assert.deepEqual(await findings(page), [], "grouped");
    await restore(page, { settings: true });
    assert.deepEqual(await findings(page), [], "with the settings open");
  });
}

test("rows, columns and selection are told as a treegrid has them", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    config: { group_by: ["region"], columns: ["price"] },
  });
  const table = page.getByRole("treegrid");
  assert.equal(await table.getAttribute("aria-rowcount"), "4");
  assert.equal(await table.getAttribute("aria-colcount"), "2");
  assert.equal(await table.getAttribute("aria-multiselectable"), "true");
  await cellAt(page, 1, 1).click();
  assert.equal(await cellAt(page, 1, 1).getAttribute("aria-selected"), "true");
  assert.equal(await cellAt(page, 2, 1).getAttribute("aria-selected"), "false");
  assert.equal(await page.locator("regular-table [tabindex='0']").count(), 1, "one stop of Tab");
});

test("columns begin at the right where one writes from the right", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await page.evaluate(async () => {
    document.documentElement.setAttribute("dir", "rtl");
    await document.querySelector("millrace-viewer").resize();
  });
  const [id, region] = [
    await headerOf(page, "id").boundingBox(),
    await headerOf(page, "region").boundingBox(),
  ];
  assert.ok(id.x > region.x, "the first column is at the right");
  assert.equal(await styleOf(cellAt(page, 0, 1), "textAlign"), "right");
  // Scrolled, header and cells stay one above the other, and the keyboard finds the last column.
  await page.setViewportSize({ width: 360, height: 480 });
  await cellAt(page, 0, 0).click();
  await page.keyboard.press("End");
  await page.locator("regular-table td:focus[aria-colindex='5']").waitFor();
  const [head, cell] = [
    await headerOf(page, "at").boundingBox(),
    await cellAt(page, 0, 4).boundingBox(),
  ];
  assert.ok(Math.abs(head.x - cell.x) < 1, `${head.x} and ${cell.x}`);
  assert.ok(cell.x > -1 && cell.x + cell.width < 361, "the column is in sight");
  await page.keyboard.press("Home");
  await page.locator("regular-table td:focus[aria-colindex='1']").waitFor();
  const first = await cellAt(page, 0, 0).boundingBox();
  assert.ok(first.x + first.width > 340, "the first column is at the right again");
});

test("while the active cell is out of sight something stands in for it", async (t) => {
  const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, price: id / 2 }));
  const page = await elementPage(t, { data: rows });
  const standIn = page.locator("[data-testid=grid-stand-in]");
  const focused = () =>
    page.evaluate(() => {
      const { activeElement } = document.querySelector("millrace-viewer").shadowRoot;
      return activeElement?.dataset.testid ?? activeElement?.innerText ?? null;
    });
  const scrollTo = async (top) => {
    await page.locator("regular-table").evaluate((table, top) => {
      table.scrollTop = top;
    }, top);
    const row = page.locator(`tbody tr[aria-rowindex="${Math.floor(top / 24) + 6}"]`);
    await row.waitFor({ state: "attached" });
  };
  await cellAt(page, 2, 0).click();
  assert.equal(await standIn.isHidden(), true, "nothing stands in for a cell in sight");

  // The keyboard is not lost by scrolling, and a key goes on from the cell.
  await scrollTo(24_000);
  await standIn.waitFor({ state: "visible" });
  assert.equal(await focused(), "grid-stand-in");
  assert.equal(await standIn.getAttribute("aria-label"), "Back to the active cell");
  assert.deepEqual(await findings(page), [], "axe");
  await page.keyboard.press("ArrowDown");
  await cellAt(page, 3, 0).waitFor();
  await page.waitForFunction(
    () => document.querySelector("millrace-viewer").shadowRoot.activeElement?.tagName === "TD",
  );
  assert.equal(await focused(), "3");
  assert.equal(await standIn.isHidden(), true);

  // Scrolled back by hand, the cell has the focus again.
  await scrollTo(24_000);
  await standIn.waitFor({ state: "visible" });
  await scrollTo(0);
  await standIn.waitFor({ state: "hidden" });
  assert.equal(await focused(), "3");

  // Who comes by Tab finds the grid, and in it the cell.
  await page.evaluate(() => {
    const before = document.createElement("button");
    document.body.prepend(before);
    before.focus();
  });
  await scrollTo(24_000);
  await page.keyboard.press("Tab");
  await cellAt(page, 3, 0).waitFor();
  await page.waitForFunction(
    () => document.querySelector("millrace-viewer").shadowRoot.activeElement?.innerText === "3",
  );
  assert.deepEqual(page.problems, []);
});
