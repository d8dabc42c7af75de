/** What scrolling through columns with looks costs, counted: no frame makes what it can reuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, columnTexts, styleOf } from "../lib/grid.mjs";
import { LOOKS, longPage, scrollFrames } from "../lib/scrolling.mjs";

const ROWS = 20_000;
const FRAMES = 60;
/** Four rows. */
const PX = 96;

/** Counts, from now on, elements that are made and styles that are written to cells. */
async function count(page) {
  await page.evaluate(() => {
    const made = [];
    for (const name of ["createElement", "createElementNS"]) {
      const make = document[name];
      document[name] = (...args) => {
        made.push(args.at(-1));
        return make.apply(document, args);
      };
    }
    const root = document.querySelector("millrace-viewer").shadowRoot;
    const styled = new MutationObserver(() => {});
    styled.observe(root.querySelector("regular-table tbody"), {
      subtree: true,
      attributeFilter: ["style"],
    });
    window.counted = () => ({ made, styled: styled.takeRecords().length });
  });
  return () => page.evaluate(() => window.counted());
}

test("a scrolled frame reuses the nodes and the styles of its cells", async (t) => {
  const page = await longPage(t, ROWS, LOOKS);
  await scrollFrames(page, 10, PX);
  const before = await columnTexts(page, 0);
  const counted = await count(page);
  await scrollFrames(page, FRAMES, PX);
  const { made, styled } = await counted();
  assert.deepEqual(made, []);
  assert.equal(styled, 0);
  assert.notDeepEqual(await columnTexts(page, 0), before, "it was scrolled");
});

test("a cell that is reused looks as its value wants", async (t) => {
  const page = await longPage(t, ROWS, LOOKS);
  const look = async (row) => ({
    texts: await Promise.all([1, 2, 3].map((column) => cellAt(page, row, column).innerText())),
    styles: await Promise.all([
      styleOf(cellAt(page, row, 1).locator(".label"), "backgroundColor"),
      styleOf(cellAt(page, row, 2), "color"),
      styleOf(cellAt(page, row, 2), "backgroundColor"),
      styleOf(cellAt(page, row, 3), "backgroundSize"),
      styleOf(cellAt(page, row, 4), "backgroundColor"),
    ]),
  });
  const rows = [3, 7, 12];
  const before = [];
  for (const row of rows) before.push(await look(row));
  assert.equal(new Set(before.map((each) => JSON.stringify(each))).size, rows.length);
  await scrollFrames(page, 20, PX);
  await scrollFrames(page, 20, -PX);
  for (const [at, row] of rows.entries()) assert.deepEqual(await look(row), before[at]);
});
