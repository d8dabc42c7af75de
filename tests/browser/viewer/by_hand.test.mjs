/**
 * A view of stock values built as a person builds it, by mouse and once more by keyboard alone;
 * then saved, and restored into another element.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generator } from "../lib/charts.mjs";
import { drag, list, zone } from "../lib/drag.mjs";
import { elementPage, saved } from "../lib/element_page.mjs";
import { flush, grid, number, Settings } from "../lib/page.mjs";

const SCHEMA = {
  timestamp: "datetime",
  ticker: "string",
  client: "string",
  open: "float",
  high: "float",
  low: "float",
  close: "float",
  volume: "integer",
  date: "date",
};
const TICKERS = ["AAPL", "AMZN", "GOOGL", "MSFT", "NVDA", "TSLA"];
const CLIENTS = ["Alpha", "Beta", "Gamma"];

/** As many rows as the topic's table keeps. */
function stockValues(count = 2_500) {
  const random = generator();
  const start = Date.UTC(2026, 0, 5, 14, 30);
  return Array.from({ length: count }, (_, at) => {
    const timestamp = start + at * 250;
    const open = 50 + random() * 400;
    const close = open * (0.99 + random() * 0.02);
    return {
      timestamp,
      ticker: TICKERS[Math.floor(random() * TICKERS.length)],
      client: CLIENTS[Math.floor(random() * CLIENTS.length)],
      open,
      high: Math.max(open, close) + random(),
      low: Math.min(open, close) - random(),
      close,
      volume: Math.floor(random() ** 2 * 1_000),
      date: timestamp - (timestamp % 86_400_000),
    };
  });
}

const ROWS = stockValues();

/** The view that is built: how much of each stock each client moved, and at which mean price. */
const WANTED = {
  title: "Stock values",
  theme: "dark",
  group_by: ["ticker"],
  split_by: ["client"],
  columns: ["volume", "close"],
  aggregates: { close: ["weighted mean", ["volume"]] },
  sort: [["volume", "desc"]],
  filter: [["volume", ">=", 100]],
};

/** What the cells of that view must be, by plain loops over the rows. */
function expected() {
  const rows = ROWS.filter((row) => row.volume >= 100);
  const volume = (of) => of.reduce((sum, row) => sum + row.volume, 0);
  const close = (of) => of.reduce((sum, row) => sum + row.close * row.volume, 0) / volume(of);
  const line = (name, of) => ({
    name,
    volume: volume(of),
    cells: CLIENTS.flatMap((client) => {
      const part = of.filter((row) => row.client === client);
      return [volume(part), close(part)];
    }),
  });
  const lines = TICKERS.map((ticker) => line(ticker, rows.filter((row) => row.ticker === ticker)));
  return [line("Total", rows), ...lines.sort((a, b) => b.volume - a.volume)];
}

/** The table, in an element whose theme has the name that it has in the page it comes from. */
async function stockPage(t) {
  const table = { limit: 2_500, name: "stock_values" };
  const page = await elementPage(t, { data: SCHEMA, table, config: { theme: "Pro Dark" } });
  await page.evaluate((rows) => window.table.update(rows), ROWS);
  await flush(page);
  return page;
}

/** The screen shows the view, and so does another element that is given what was saved. */
async function assertBuilt(page) {
  await flush(page);
  const config = await saved(page);
  const built = Object.fromEntries(Object.keys(WANTED).map((field) => [field, config[field]]));
  assert.deepEqual(built, WANTED);
  const shown = await grid(page);
  assert.deepEqual(shown.head[0].slice(1).filter(Boolean), CLIENTS);
  const lines = expected();
  assert.deepEqual(
    shown.body.map((row) => row.names.join("")),
    lines.map(({ name }) => name),
  );
  for (const [row, { cells }] of lines.entries()) {
    for (const [column, value] of cells.entries()) {
      const text = shown.body[row].cells[column];
      assert.ok(Math.abs(number(text) - value) <= 0.005, `row ${row}, column ${column}: ${text}, not ${value}`);
    }
  }

  await page.evaluate(async (text) => {
    const second = document.createElement("millrace-viewer");
    document.querySelector("millrace-viewer").replaceWith(second);
    await second.load(window.table);
    await second.restore(JSON.parse(text));
  }, JSON.stringify(config));
  await flush(page);
  assert.deepEqual(await grid(page), shown, "the same cells");
  assert.deepEqual(await saved(page), config, "and it would save the same");
  assert.deepEqual(page.problems, []);
}

test("the stock values, built by mouse", async (t) => {
  const page = await stockPage(t);
  const settings = new Settings(page);
  await settings.open();

  await drag(page, list(page, "ticker"), zone(page, "group_by"));
  await drag(page, list(page, "client"), zone(page, "split_by"));
  await drag(page, list(page, "volume"), zone(page, "filter"));
  const filter = settings.item("filter", "volume");
  await filter.locator("[data-testid=operand]").fill("100");
  await filter.locator("[data-testid=operand]").press("Enter");
  for (const column of ["timestamp", "date", "ticker", "client", "open", "high"]) {
    await settings.remove("columns", column);
  }
  // Dragged out of the zone onto the list of all columns, one goes too.
  await drag(page, settings.item("columns", "low"), page.locator("[data-testid=all-columns]"));
  await list(page, "low").locator("[data-testid=shown]").uncheck();
  await drag(page, settings.item("columns", "volume"), settings.item("columns", "close"), "top");
  const close = settings.item("columns", "close");
  await close.locator("[data-testid=aggregate]").selectOption("weighted mean");
  await close.locator("[data-testid=aggregate-operand]").selectOption("volume");
  await drag(page, settings.item("columns", "volume"), zone(page, "sort"));
  await page.locator("[data-testid=options] summary").click();
  await page.locator("[data-testid=option-title]").fill("Stock values");
  await settings.close();
  await assertBuilt(page);
});

/** What has the focus, as assistive technology calls it. */
function focused(page) {
  return page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const label = at?.labels?.[0]?.firstElementChild?.textContent ?? at?.textContent ?? "";
    return (at?.getAttribute("aria-label") ?? label).trim();
  });
}

/** Tab, or Shift+Tab, until the focus is on what is called so; Tab reaches everything. */
async function goTo(page, name, key = "Tab") {
  const passed = [];
  for (let stops = 0; stops < 80; stops++) {
    const label = await focused(page);
    if (name.test(label)) return;
    passed.push(label);
    await page.keyboard.press(key);
  }
  assert.fail(`${key} does not reach ${name}: ${passed.join(" · ")}`);
}

test("the same by keyboard alone", async (t) => {
  const page = await stockPage(t);
  const { keyboard } = page;
  const press = async (...keys) => {
    for (const key of keys) await keyboard.press(key);
  };
  /** Opens the menu behind a zone's "+ Add" and takes the column that these letters find. */
  const add = async (title, ...letters) => {
    await goTo(page, new RegExp(`^Add to ${title}$`));
    await press("Enter");
    await page.locator("[role=menu]:visible").waitFor();
    await press(...letters, "Enter");
    await flush(page);
  };

  await goTo(page, /^Configure$/);
  await press("Enter");
  await goTo(page, /^Close settings$/);
  await add("Group by", "t");
  await add("Split by", "c");
  await goTo(page, /^timestamp, 1 of 9/);
  // The focus goes on to the next item each time.
  for (const next of ["ticker", "client", "open", "high", "low", "close"]) {
    await press("Delete");
    await flush(page);
    assert.match(await focused(page), new RegExp(`^${next}, 1 of`));
  }
  await goTo(page, /^Aggregate of close$/);
  await keyboard.type("weighted");
  await flush(page);
  await goTo(page, /^weighted by$/);
  await keyboard.type("vol");
  await flush(page);
  await goTo(page, /^volume, 2 of 3/);
  await press("Alt+ArrowUp");
  await flush(page);
  await goTo(page, /^date, 3 of 3/);
  await press("Delete");
  await flush(page);
  await add("Sort", "v");
  await add("Filter", "v");
  await goTo(page, /^Value for volume$/);
  await keyboard.type("100");
  await press("Enter");
  await goTo(page, /^Options/);
  await press("Enter");
  await goTo(page, /^Title$/);
  await keyboard.type("Stock values");
  await press("Enter");
  await flush(page);
  await press("Escape");
  await goTo(page, /^Configure$/);
  await assertBuilt(page);
});
