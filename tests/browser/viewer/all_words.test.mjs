/**
 * No word that people read stands outside the table of words: with each of them between marks,
 * what has no marks around it is data, or a name that is the same in every language.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore } from "../lib/grid.mjs";
import { flush, Settings } from "../lib/page.mjs";

/** Data has no Latin letters, so that it is told from words. */
const ROWS = [
  { λόγος: "ένα", αριθμός: 4, τιμή: -2.5, μέρα: "2026-01-31", ώρα: "2026-01-31T09:30:00Z", ναι: true },
  { λόγος: "δύο", αριθμός: 1, τιμή: 9, μέρα: "2026-02-01", ώρα: "2026-02-01T09:30:00Z", ναι: false },
  { λόγος: "", αριθμός: 3, τιμή: 3, μέρα: "2026-02-02", ώρα: "2026-02-02T09:30:00Z", ναι: true },
];

/** Names of formats, keys, types, units, engine's functions and what is code. */
const SAME_EVERYWHERE =
  /\b(CSV|JSON|Arrow|PNG|SVG|Alt|Ctrl|Shift|F2|ms|GMT|UTC|utf8|bool|int64|float64|date32|timestamp|Aa|gmv|q1|q3|Escape)\b/g;

/** Puts marks around each word. */
async function mark(page) {
  await page.evaluate(async () => {
    const { setWords, WORDS } = await import("/millrace.js");
    const marked = Object.entries(WORDS).map(([key, text]) => [key, `⟦${text}⟧`]);
    setWords(Object.fromEntries(marked));
  });
}

/** What people read in the page's elements, without what has marks around it, and `data`. */
async function unmarked(page, data = []) {
  return page.evaluate(
    ([same, data]) => {
      const found = new Set();
      const keep = (text, where) => {
        let rest = data.reduce((rest, each) => rest.replaceAll(each, " "), text);
        for (let before = ""; before !== rest; ) {
          before = rest;
          rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, " ");
        }
        const words = rest.replace(new RegExp(same, "g"), " ").match(/[⟦⟧]|[a-z]{2,}/giu);
        if (words) found.add(`${where}: ${words.join(" ")}`);
      };
      const ATTRIBUTES = ["aria-label", "title", "placeholder", "aria-roledescription", "label", "data-agg"];
      const SKIPPED = "style, script, code, pre, svg, [data-function] span";
      const walk = (root, where) => {
        let text = "";
        for (const node of root.childNodes) {
          if (node.nodeType === Node.TEXT_NODE) text += node.data;
          if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIPPED)) continue;
          for (const name of ATTRIBUTES) {
            const value = node.getAttribute(name);
            // A column's name has its type, or how it is computed, in its title.
            const isCode = name === "title" && node.matches(".name");
            if (value && !isCode) keep(value, `${where} ${node.localName}[${name}]`);
          }
          if (node.shadowRoot) keep(walk(node.shadowRoot, node.localName), node.localName);
          text += ` ${walk(node, where)}`;
        }
        return text;
      };
      keep(walk(document.body, "body"), "body");
      return [...found];
    },
    [SAME_EVERYWHERE.source, data],
  );
}

async function assertMarked(page, where) {
  assert.deepEqual(await unmarked(page), [], where);
}

/** Opens what the locator opens, looks at it, and closes it again. */
async function look(page, where, locator) {
  await locator.click();
  await assertMarked(page, where);
  await page.keyboard.press("Escape");
}

test("words outside the marks are found", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  assert.notDeepEqual(await unmarked(page), []);
});

test("the status line, its menus and the settings", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    config: {
      group_by: ["λόγος"],
      split_by: ["μέρα"],
      columns: ["τιμή", "αριθμός", "λόγος"],
      aggregates: { τιμή: ["weighted mean", ["αριθμός"]], αριθμός: ["quantile", [0.9]] },
      expressions: { διπλό: '"τιμή" * 2' },
      windows: { μέσος: { column: "διπλό", aggregate: "avg", rows: 2 } },
      sort: [["τιμή", "desc nulls last"]],
      filter: [
        ["λόγος", "in", ["ένα", "δύο", ""]],
        ["τιμή", "between", [1, null]],
        ["ώρα", "within", ["9000d"]],
        ["μέσος", ">", -100],
        { not: { or: [["ναι", "==", true], ["αριθμός", ">", { column: "τιμή" }]] } },
      ],
      having: [["τιμή", ">", 0]],
    },
  });
  await mark(page);
  const settings = new Settings(page);
  await settings.open();
  await page.locator("[data-testid=options] summary").click();
  await flush(page);
  await assertMarked(page, "the panel");
  const menus = page.locator("millrace-menu:visible .opener:not([disabled])");
  const count = await menus.count();
  assert.ok(count > 20, "the panel has its menus");
  for (let index = 0; index < count; index++) {
    const menu = menus.nth(index);
    await look(page, `the menu ${await menu.getAttribute("aria-label")}`, menu);
  }
  await look(page, "the plugin picker", page.locator("[data-testid=plugin-button]"));
  for (const operand of await page.locator("input[role=combobox]").all()) {
    await operand.click();
    await page.locator("[data-testid=offers]:popover-open").waitFor();
    await assertMarked(page, "offered values");
    await page.keyboard.press("Escape");
  }
  await page.locator("[data-testid=search]").fill("ξ");
  await assertMarked(page, "no column found");
  await page.locator("[data-testid=search]").fill("");

  for (const name of ["διπλό", "μέσος"]) {
    await page.locator(`[data-column=${name}] [data-testid=edit-column]`).first().click();
    await page.locator("[data-testid=computed-type]").waitFor();
    await assertMarked(page, `the form of ${name}`);
    // One is read by the other, which stands in a filter: neither is deleted at once.
    await page.locator("[data-testid=computed-delete]").click();
    await page.locator("[data-testid=delete-note]").waitFor();
    await assertMarked(page, `why ${name} stays`);
    await page.locator("[data-testid=computed-cancel]").click();
  }
  for (const kind of ["expression", "window", "aggregate"]) {
    await page.locator("[data-testid=new-column] button").first().click();
    await page.locator(`[data-testid=new-column] [data-value=${kind}]`).click();
    await page.locator("[data-testid=computed-name]").fill("");
    await assertMarked(page, `a new ${kind}`);
    await page.locator("[data-testid=computed-cancel]").click();
  }
  await page.keyboard.press("Escape");
  assert.deepEqual(page.problems, []);
});

test("the grid, its menus, forms and what it says", async (t) => {
  const page = await elementPage(t, {
    data: ROWS,
    table: { index: "λόγος" },
    config: {
      columns: ["λόγος", "αριθμός", "τιμή", "μέρα", "ώρα"],
      plugin_config: { edit_mode: "EDIT" },
    },
  });
  await mark(page);
  await page.locator("[data-testid=pause]").click();
  await page.locator("[data-testid=pause]").click();
  await flush(page);
  for (const name of ["λόγος", "τιμή", "μέρα", "ώρα"]) {
    await headerOf(page, name).click({ button: "right" });
    await assertMarked(page, `the menu of ${name}`);
    await page.getByRole("menuitem", { name: "Style" }).click();
    await assertMarked(page, `the style of ${name}`);
    await page.locator("[data-testid=style-done]").click();
  }
  await cellAt(page, 0, 2).click({ button: "right" });
  await assertMarked(page, "the menu of a cell");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("δ");
  await assertMarked(page, "the find bar");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+g");
  await assertMarked(page, "go to row");
  await page.keyboard.press("Escape");
  await cellAt(page, 0, 2).dblclick();
  await page.keyboard.type("x");
  await page.keyboard.press("Enter");
  await assertMarked(page, "a cell that cannot be read");
  await page.keyboard.press("Escape");
  await restore(page, { group_by: ["μέρα", "λόγος"] });
  await assertMarked(page, "a tree");
  assert.deepEqual(page.problems, []);
});

test("charts in words", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  await mark(page);
  for (const plugin of ["Y Line", "Y Bar", "Pie", "Treemap", "Heatmap", "Candlestick", "X/Y Scatter", "Box Plot", "Histogram", "Density", "Gauge", "Big Number"]) {
    for (const config of [{ columns: ["λόγος"] }, { columns: ["τιμή", "αριθμός"], group_by: ["λόγος"], split_by: ["μέρα"] }]) {
      await restore(page, { group_by: [], split_by: [], ...config, plugin });
      await flush(page);
      await assertMarked(page, `${plugin} of ${config.columns}`);
      await page.locator("[data-testid=chart] .canvas").focus();
      await page.keyboard.press("ArrowRight");
      await assertMarked(page, `a mark of ${plugin}`);
    }
  }
  assert.deepEqual(page.problems, []);
});

test("what stands in place of rows", async (t) => {
  const relay = createServer((_, response) => {
    response.writeHead(403, { "access-control-allow-origin": "*" });
    response.end("\n");
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  t.after(() => relay.close());
  const page = await elementPage(t, { data: ROWS, table: { name: "όνομα" } });
  await mark(page);
  const cover = async (name) => page.locator(`[data-testid=cover-${name}]`).waitFor();
  const replace = (attributes) =>
    page.evaluate((attributes) => {
      const viewer = document.createElement("millrace-viewer");
      for (const [name, value] of Object.entries(attributes)) viewer.setAttribute(name, value);
      document.querySelector("millrace-viewer").replaceWith(viewer);
    }, attributes);
  await replace({});
  await cover("blank");
  await assertMarked(page, "blank");
  await page.evaluate(() => void document.querySelector("millrace-viewer").load(client).catch(() => {}));
  await cover("choose");
  await assertMarked(page, "choose a feed");
  await replace({ src: `ws://127.0.0.1:${relay.address().port}`, feed: "ροή" });
  await cover("refused");
  const remedy = await page.locator("[data-testid=remedy]").innerText();
  assert.deepEqual(await unmarked(page, ["The relay answered 403.", remedy]), [], "refused");
  assert.deepEqual(page.problems, []);
});
