/** What scrolling through columns with looks costs, counted: no frame makes what it can reuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, columnTexts, styleOf } from "../lib/grid.mjs";
import { flush } from "../lib/page.mjs";
import { LOOKS, longPage, scrollFrames } from "../lib/scrolling.mjs";

const ROWS = 20_000;
const FRAMES = 60;
const ROW_PX = 24;
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

/** Scrolls by `px`, until that is drawn and painted, so many times. */
async function scrollSteps(page, steps, px) {
  await page.evaluate(
    async ([steps, px]) => {
      const grid = document.querySelector("millrace-viewer").shadowRoot.querySelector("regular-table");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      let top = grid.scrollTop;
      for (let step = 0; step < steps; step++) {
        const drawn = new Promise((done) => grid.addEventListener("regular-table-scroll", done, { once: true }));
        top += px;
        grid.scrollTop = top;
        await drawn;
        await frame();
      }
    },
    [steps, px],
  );
}

test("rows that stay on the screen keep their elements; only those of new rows are written", async (t) => {
  const page = await longPage(t, ROWS, {});
  for (const rows of [3, -2]) {
    await scrollSteps(page, 5, 10 * ROW_PX);
    await page.evaluate(() => {
      const body = document.querySelector("millrace-viewer").shadowRoot.querySelector("tbody");
      window.before = new Map([...body.rows].map((row) => [row.getAttribute("aria-rowindex"), row]));
      window.written = new MutationObserver(() => {});
      window.written.observe(body, { subtree: true, childList: true });
    });
    await scrollSteps(page, 1, rows * ROW_PX);
    const { stayed, kept, written, columns } = await page.evaluate(() => {
      const body = document.querySelector("millrace-viewer").shadowRoot.querySelector("tbody");
      const cells = new Set(window.written.takeRecords().map(({ target }) => target).filter(({ tagName }) => tagName === "TD"));
      const stayed = [...body.rows].filter((row) => window.before.has(row.getAttribute("aria-rowindex")));
      const kept = stayed.filter((row) => window.before.get(row.getAttribute("aria-rowindex")) === row);
      return { stayed: stayed.length, kept: kept.length, written: cells.size, columns: body.rows[0].cells.length };
    });
    assert.ok(stayed > 20, `${stayed} rows stayed`);
    assert.equal(kept, stayed);
    // One more row may have come into sight by a part.
    assert.ok(written <= (Math.abs(rows) + 1) * columns, `${written} cells were written`);
  }
});

test("a cell that has the focus keeps it while rows are turned", async (t) => {
  const page = await longPage(t, ROWS, {});
  await cellAt(page, 2, 1).click();
  const focus = () =>
    page.evaluate(() => document.querySelector("millrace-viewer").shadowRoot.activeElement?.tagName);
  await scrollSteps(page, 2, ROW_PX);
  assert.equal(await focus(), "TD");
  await scrollSteps(page, 3, ROW_PX);
  assert.equal(await focus(), "DIV", "what stands in for it has the focus");
});

for (const [name, config] of [["plain", {}], ["styled", LOOKS]]) {
  test(`a scrolled frame is laid out once: ${name} columns`, async (t) => {
    const page = await longPage(t, ROWS, config);
    await scrollSteps(page, 10, PX);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable");
    const layouts = async () => {
      const { metrics } = await devtools.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "LayoutCount").value;
    };
    const before = await layouts();
    await scrollSteps(page, FRAMES, PX);
    const each = ((await layouts()) - before) / FRAMES;
    assert.ok(each < 1.2, `${each} layouts a frame`);
  });
}

test("no cell is moved or cut by itself, and none has its style worked out for a part of a row", async (t) => {
  const page = await longPage(t, ROWS, {});
  await scrollSteps(page, 3, 10);
  const found = await page.evaluate(() => {
    const root = document.querySelector("millrace-viewer").shadowRoot;
    const styles = [...root.querySelectorAll("tbody td")].map((cell) => getComputedStyle(cell));
    return {
      own: styles.filter(({ transform, clipPath }) => transform !== "none" || clipPath !== "none").length,
      moved: getComputedStyle(root.querySelector("tbody")).transform,
      inherited: styles[0].getPropertyValue("--regular-table--transform-y"),
    };
  });
  assert.deepEqual([found.own, found.inherited], [0, "0px"]);
  assert.match(found.moved, /^matrix\(1, 0, 0, 1, 0, -\d/);
});

for (const dir of ["ltr", "rtl"]) {
  test(`headers stand over their columns, however far these are scrolled, and names of rows stay: ${dir}`, async (t) => {
    const page = await longPage(t, 200, { plugin_config: { pinned: ["id"] } });
    await page.setViewportSize({ width: 520, height: 400 });
    await page.evaluate((dir) => { document.documentElement.dir = dir; }, dir);
    await flush(page);
    const lefts = (where) =>
      page.evaluate((where) => {
        const grid = document.querySelector("millrace-viewer").shadowRoot.querySelector("regular-table");
        const side = document.documentElement.dir === "rtl" ? "right" : "left";
        const edge = grid.getBoundingClientRect()[side];
        return [...grid.querySelectorAll(where)].map((cell) => Math.round(Math.abs(cell.getBoundingClientRect()[side] - edge)));
      }, where);
    const width = (page) =>
      page.evaluate(() => {
        const { shadowRoot } = document.querySelector("millrace-viewer");
        return Math.round(shadowRoot.querySelector("tbody tr:nth-child(2) th").getBoundingClientRect().width);
      });
    const pinned = await lefts("tbody tr:nth-child(2) th");
    await page.evaluate(async () => {
      const grid = document.querySelector("millrace-viewer").shadowRoot.querySelector("regular-table");
      grid.scrollLeft = 37;
      await grid.flush();
    });
    const cells = await lefts("tbody tr:nth-child(2) > *");
    assert.deepEqual(await lefts("thead tr:last-child th"), cells);
    const under = pinned[0] + (await width(page)) - cells[1];
    assert.ok(Math.abs(under - 37) <= 1, `${under} px of the first column lie under the names`);
    assert.deepEqual(await lefts("tbody tr:nth-child(2) th"), pinned);
    const hit = await page.evaluate(() => {
      const root = document.querySelector("millrace-viewer").shadowRoot;
      const { left, top, width, height } = root.querySelector("tbody tr:nth-child(2) th").getBoundingClientRect();
      return root.elementFromPoint(left + width / 2, top + height / 2).tagName;
    });
    assert.equal(hit, "TH", "the name lies over the cells");
  });
}
