/** The light on numbers that change, and who does without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, restore } from "../lib/grid.mjs";

const ROWS = Array.from({ length: 10 }, (_, id) => ({ id, price: id }));

/** Lights on the cell right after its number has changed. */
async function lights(page, price) {
  return page.evaluate(async (price) => {
    const viewer = document.querySelector("millrace-viewer");
    await window.table.update([{ id: 3, price }]);
    await viewer.flush();
    const root = viewer.shadowRoot;
    const cells = [...root.querySelectorAll("regular-table td")];
    return cells.filter((cell) => cell.getAnimations().length > 0).map((cell) => cell.innerText);
  }, price);
}

/** Waits until no cell is lit any more. */
function dark(page) {
  return page.waitForFunction(() => {
    const root = document.querySelector("millrace-viewer").shadowRoot;
    const cells = [...root.querySelectorAll("regular-table td")];
    return cells.every((cell) => cell.getAnimations().length === 0);
  });
}

test("a number that changes lights up, unless it is switched off", async (t) => {
  const page = await elementPage(t, { data: ROWS, table: { index: "id" } });
  assert.deepEqual(await lights(page, 70), ["70"]);
  await restore(page, { plugin_config: { flash: false } });
  await dark(page);
  assert.deepEqual(await lights(page, 71), []);
  await restore(page, { plugin_config: {} });
  assert.deepEqual(await lights(page, 72), ["72"]);
  await dark(page);
  await page.emulateMedia({ reducedMotion: "reduce" });
  assert.deepEqual(await lights(page, 73), []);
  assert.equal(await cellAt(page, 3, 1).innerText(), "73");
});
