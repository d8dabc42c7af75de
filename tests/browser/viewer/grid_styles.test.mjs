/** How cells look by `columns_config`: formats, colours, bars, labels, lines, links, rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { cellAt, columnTexts, restore, styleOf } from "../lib/grid.mjs";
import { flush } from "../lib/page.mjs";

const NOON = Date.UTC(2026, 0, 31, 12, 0, 0);

const SCHEMA = { name: "string", price: "float", part: "float", at: "datetime", day: "date" };
const ROWS = [
  { name: "a", price: 1234.5, part: 0.256, at: NOON, day: Date.UTC(2026, 0, 31) },
  { name: "b", price: -10, part: -0.5, at: NOON + 1_000, day: null },
  { name: "c", price: 0, part: 1, at: null, day: Date.UTC(2025, 5, 1) },
];

async function filled(t, schema, rows, config, options = {}) {
  const page = await elementPage(t, { data: schema, ...options });
  await page.evaluate((rows) => window.table.update(rows), rows);
  await restore(page, config);
  return page;
}

test("numbers, currencies, percents, dates and times are written as set", async (t) => {
  const page = await filled(t, SCHEMA, ROWS, {
    columns_config: {
      price: { number_format: { style: "currency", currency: "EUR" } },
      part: { number_format: { style: "percent", maximumFractionDigits: 1 } },
      at: { date_format: { timeZone: "Asia/Tokyo", timeZoneName: "short" } },
      day: { date_format: { dateStyle: "long" } },
    },
  });
  assert.deepEqual(await columnTexts(page, 1), ["€1,234.50", "-€10.00", "€0.00"]);
  assert.deepEqual(await columnTexts(page, 2), ["25.6%", "-50%", "100%"]);
  assert.deepEqual(await columnTexts(page, 3), [
    "2026-01-31 21:00:00 GMT+9",
    "2026-01-31 21:00:01 GMT+9",
    "–",
  ]);
  assert.deepEqual(await columnTexts(page, 4), ["January 31, 2026", "–", "June 1, 2025"]);

  // As older layouts have it, and what no browser knows.
  await restore(page, {
    columns_config: {
      price: { fixed: 3 },
      part: { number_format: { style: "currency" } },
      at: { timeZone: "UTC", timeStyle: "short", dateStyle: "disabled" },
    },
  });
  assert.deepEqual(await columnTexts(page, 1), ["1,234.500", "-10.000", "0.000"]);
  assert.deepEqual(await columnTexts(page, 2), ["0.26", "-0.50", "1.00"]);
  assert.match((await columnTexts(page, 3))[0], /^12:00\sPM$/);
  assert.deepEqual(page.problems, []);
});

test("formats follow the language of the page", async (t) => {
  const page = await filled(t, SCHEMA, ROWS, {});
  await page.evaluate(() => document.documentElement.setAttribute("lang", "de"));
  await restore(page, {
    columns_config: { price: { number_format: { style: "currency", currency: "EUR" } } },
  });
  assert.deepEqual(await columnTexts(page, 1), ["1.234,50\u00a0€", "-10,00\u00a0€", "0,00\u00a0€"]);
  assert.equal((await columnTexts(page, 2))[0], "0,26");
});

test("colours, bars and gradients follow the number", async (t) => {
  const page = await filled(t, SCHEMA, ROWS, {
    columns_config: {
      price: { number_fg_mode: "label-bar", pos_fg_color: "rgb(0, 128, 0)", fg_gradient: 2469 },
      part: { number_fg_mode: "color", pos_fg_color: "#0000ff", neg_fg_color: "#ff0000" },
    },
  });
  const bar = cellAt(page, 0, 1);
  assert.equal(await bar.innerText(), "1,234.50");
  assert.match(await styleOf(bar, "backgroundImage"), /^linear-gradient/);
  assert.equal(await styleOf(bar, "backgroundSize"), "calc(50% - 4px) 10px");
  assert.match(await styleOf(cellAt(page, 1, 1), "backgroundPosition"), /^calc\(100% - 4px\)/);
  assert.equal(await styleOf(cellAt(page, 0, 2), "color"), "rgb(0, 0, 255)");
  assert.equal(await styleOf(cellAt(page, 1, 2), "color"), "rgb(255, 0, 0)");

  await restore(page, { columns_config: { part: { number_bg_mode: "gradient" } } });
  assert.equal(await styleOf(bar, "backgroundImage"), "none", "the bar went with its style");
  assert.equal((await styleOf(cellAt(page, 1, 2), "color")) === "rgb(255, 0, 0)", false);
  const alpha = async (row) =>
    Number(/[/,] ([\d.]+)\)/.exec(await styleOf(cellAt(page, row, 2), "backgroundColor"))?.[1]);
  const [first, second, third] = [await alpha(0), await alpha(1), await alpha(2)];
  assert.ok(first < second && second < third, `${first} < ${second} < ${third}`);
});

test("rules set colour, background and weight where they hold", async (t) => {
  const page = await filled(t, SCHEMA, ROWS, {
    columns_config: {
      price: {
        rules: [
          { when: [">", 1000], color: "rgb(1, 2, 3)", bold: true },
          { when: ["between", [-20, -1]], background: "rgb(4, 5, 6)" },
          { when: [">", 0], color: "rgb(9, 9, 9)" },
          { when: ["no such operator", 1], color: "red" },
          { when: ["==", 0], background: "url(http://elsewhere/x.png)" },
        ],
      },
      name: { rules: [{ when: ["contains", "B"], color: "rgb(7, 8, 9)" }] },
      at: { rules: [{ when: ["is null"], background: "rgb(10, 11, 12)" }] },
    },
  });
  const [high, low, zero] = [0, 1, 2].map((row) => cellAt(page, row, 1));
  assert.equal(await styleOf(high, "color"), "rgb(1, 2, 3)");
  assert.equal(await styleOf(high, "fontWeight"), "600");
  assert.equal(await styleOf(low, "backgroundColor"), "rgb(4, 5, 6)");
  assert.equal(await styleOf(zero, "backgroundColor"), "rgba(0, 0, 0, 0)");
  assert.equal(await styleOf(cellAt(page, 1, 0), "color"), "rgb(7, 8, 9)");
  assert.equal(await styleOf(cellAt(page, 2, 3), "backgroundColor"), "rgb(10, 11, 12)");

  // A number that leaves the rule loses its look.
  await page.evaluate(() => window.table.replace([{ name: "a", price: 5 }]));
  await flush(page);
  assert.equal(await styleOf(high, "fontWeight"), "400");
  assert.equal(await styleOf(high, "color"), "rgb(9, 9, 9)");
});

test("links lead to pages and mail only, and markup is text", async (t) => {
  const rows = [
    "https://example.org/a?b=1",
    "mailto:a@example.org",
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "<img src=x onerror=window.hurt=1>",
  ].map((name) => ({ name }));
  const page = await filled(t, { name: "string" }, rows, {
    columns_config: { name: { format: "link" } },
  });
  const links = await page
    .locator("regular-table td a")
    .evaluateAll((links) => links.map(({ href, rel, target }) => [href, rel, target]));
  assert.deepEqual(links, [
    ["https://example.org/a?b=1", "noopener noreferrer", "_blank"],
    ["mailto:a@example.org", "noopener noreferrer", "_blank"],
  ]);
  assert.deepEqual(
    await columnTexts(page, 0),
    rows.map((row) => row.name),
  );
  for (const style of [{ string_color_mode: "series" }, { format: "image" }, { format: "bold" }]) {
    await restore(page, { columns_config: { name: style } });
    assert.equal((await columnTexts(page, 0))[4], rows[4].name);
  }
  assert.equal(await page.evaluate(() => window.hurt), undefined);
});

test("lists of numbers and recent values are lines", async (t) => {
  const page = await filled(
    t,
    { id: "integer", list: "string", price: "float" },
    [
      { id: 1, list: "[1, 5, 2.5]", price: 3 },
      { id: 2, list: "none", price: 4 },
    ],
    { columns_config: { list: { sparkline: "list" }, price: { sparkline: "recent" } } },
    { table: { index: "id" } },
  );
  const line = cellAt(page, 0, 1).locator("svg[role=img]");
  assert.equal(await line.getAttribute("aria-label"), "3 numbers from 1 to 5, the last 2.5");
  assert.equal(await cellAt(page, 1, 1).innerText(), "none");
  for (const price of [7, 5]) {
    await page.evaluate((price) => window.table.update([{ id: 1, price }]), price);
    await flush(page);
  }
  const points = await cellAt(page, 0, 2).locator("polyline").getAttribute("points");
  assert.equal(points.split(" ").length, 3);
  assert.equal(await cellAt(page, 0, 2).innerText(), "5.00");
});

test("a long text is cut on the screen", async (t) => {
  const page = await filled(t, { text: "string" }, [{ text: "x".repeat(100_000) }], {});
  const cell = cellAt(page, 0, 0);
  assert.equal(await cell.innerText(), `${"x".repeat(300)}…`);
  const { width } = await cell.boundingBox();
  assert.ok(width <= 480, `${width} px`);
});
