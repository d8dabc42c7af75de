/** Charts while data comes in, and what a person does with them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIGS, MINUTE, SCHEMA, START, chart, chartModel, colorsDrawn, restore, trades } from "../lib/charts.mjs";
import { elementPage, saved } from "../lib/element_page.mjs";
import { flush } from "../lib/page.mjs";

async function tradesPage(t, config, options = {}) {
  const { rows = trades(), ...others } = options;
  const page = await elementPage(t, { data: SCHEMA, ...others });
  await page.evaluate((rows) => window.table.update(rows), rows);
  await restore(page, config);
  return page;
}

async function update(page, rows) {
  await page.evaluate((rows) => window.table.update(rows), rows);
  await flush(page);
}

const trade = (minute, more = {}) => ({ time: START + minute * MINUTE, ticker: "AAPL", client: "retail", side: "buy", price: 100, volume: 5_000, ...more });

/** What uPlot has, or ECharts. */
const renderer = (page, read) => page.evaluate(read, undefined);
const plotRange = (page) =>
  renderer(page, () => document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").chart.renderer.plotted.range);
const zoomOption = (page) =>
  renderer(page, () =>
    document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").chart.renderer.option.dataZoom.map(({ id, start, end, startValue, endValue }) => ({ id, start, end, startValue, endValue })),
  );

test("new rows change a line; zoom and hidden series stay", async (t) => {
  const page = await tradesPage(t, { plugin: "Y Line", ...CONFIGS["Y Line"] });
  const canvas = chart(page).locator(".u-over");
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + box.width * 0.25, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 90, { steps: 4 });
  await page.mouse.up();
  const zoomed = await plotRange(page);
  assert.ok(zoomed.min > START && zoomed.max < START + 40 * MINUTE, JSON.stringify(zoomed));
  await chart(page).locator("[data-testid=chart-legend] button", { hasText: "MSFT" }).click();
  await update(page, [trade(60), trade(61)]);
  const model = await chartModel(page);
  // Of the part that is shown alone are there values.
  assert.deepEqual(model.axis.ends, [START, START + 61 * MINUTE]);
  assert.ok(model.axis.values.length < 62 && model.axis.values.every((x) => x > START));
  assert.deepEqual(model.series.map(({ name }) => name), ["AAPL", "NVDA", "TSLA"]);
  assert.deepEqual(await plotRange(page), zoomed);
  const node = await canvas.evaluateHandle((over) => over);
  await update(page, [trade(62)]);
  assert.ok(await node.evaluate((over) => over.isConnected), "the drawing is not made anew");
  await chart(page).locator("[data-testid=chart-reset-zoom]").click();
  assert.equal(await plotRange(page), undefined);
  assert.deepEqual(page.problems, []);
});

test("new rows change bars; the zoom stays", async (t) => {
  const page = await tradesPage(t, { plugin: "Y Bar", ...CONFIGS["Y Line"], split_by: [], columns: ["volume"] });
  const before = (await chartModel(page)).series[0].values.length;
  await chart(page).locator(".canvas").focus();
  await page.keyboard.press("+");
  await update(page, [trade(60)]);
  const zoom = await zoomOption(page);
  await update(page, [trade(61)]);
  assert.equal((await chartModel(page)).series[0].values.length, before + 2);
  assert.equal((await chartModel(page)).series[0].values.at(-1), 5_000);
  assert.ok(zoom[0].startValue > START, JSON.stringify(zoom));
  assert.deepEqual(await zoomOption(page), zoom);
  await page.keyboard.press("0");
  assert.equal(await chart(page).locator("[data-testid=chart-reset-zoom]").isVisible(), false);
  assert.deepEqual(page.problems, []);
});

test("the minute that is not over is marked as open", async (t) => {
  const now = Date.now();
  const start = now - (now % MINUTE) - 9 * MINUTE;
  const rows = trades({ minutes: 10, start });
  const page = await tradesPage(t, { plugin: "Y Line", ...CONFIGS["Y Line"] }, { rows });
  const model = await chartModel(page);
  // The minute may end while this runs.
  if (Date.now() < start + 10 * MINUTE) assert.equal(model.open, 9);
  await restore(page, { plugin_config: { open_bucket: false } });
  assert.equal((await chartModel(page)).open, -1);
});

test("HTML in data is text in tooltips, labels, legends and pictures", async (t) => {
  const evil = `<img src=x onerror="window.hacked=1"><b>bold</b>`;
  const rows = [
    { name: evil, kind: `${evil}|2`, n: 3, m: 1 },
    { name: "plain", kind: "k", n: 4, m: 2 },
  ];
  const page = await elementPage(t, { data: rows });
  const point = async (plugin, config) => {
    await page.evaluate(() => document.querySelector("millrace-viewer").reset());
    await restore(page, { plugin, ...config });
    await chart(page).locator(".canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  };
  const configs = {
    "Y Bar": { group_by: ["name"], split_by: ["kind"], columns: ["n"] },
    "X/Y Scatter": { columns: ["n", "m", "kind", null, "name"] },
    Treemap: { group_by: ["name"], columns: ["n"] },
    Sunburst: { group_by: ["name"], columns: ["n"] },
    Pie: { group_by: ["name"], columns: ["n"] },
    Heatmap: { group_by: ["name"], columns: ["n", "m"] },
    "Y Line": { columns: ["n"], split_by: ["name"] },
    "Big Number": { group_by: ["name"], columns: ["n"] },
  };
  for (const [plugin, config] of Object.entries(configs)) {
    await t.test(plugin, async () => {
      await point(plugin, config);
      const tip = chart(page).locator(".tip").first();
      await tip.waitFor({ state: "visible", timeout: 5_000 });
      assert.match(await chart(page).locator("[data-testid=chart-said]").textContent(), /\S/);
      const found = await page.evaluate(() => {
        const root = document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").shadowRoot;
        return { images: root.querySelectorAll("img, b").length, hacked: window.hacked };
      });
      assert.deepEqual(found, { images: 0, hacked: undefined });
    });
  }
  await point("Treemap", configs.Treemap);
  assert.equal(await chart(page).locator(".tip-title").first().textContent(), evil);
  for (const plugin of ["Pie", "Y Bar", "Treemap"]) {
    await point(plugin, configs[plugin]);
    const svg = await page.evaluate(async () => {
      const { chart } = document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]");
      return (await chart.exportImage("svg")).text();
    });
    const parsed = await page.evaluate((svg) => {
      const read = new DOMParser().parseFromString(svg, "image/svg+xml");
      return { tags: [...new Set([...read.querySelectorAll("*")].map((each) => each.tagName))], text: read.documentElement.textContent };
    }, svg);
    assert.ok(!parsed.tags.includes("img") && !parsed.tags.includes("parsererror"), parsed.tags.join());
  }
  assert.deepEqual(page.problems, []);
});

test("of 2,000 split columns the first are shown, and it is said", async (t) => {
  const rows = Array.from({ length: 4_000 }, (_, at) => ({ at: at % 2, key: `key ${at >> 1}`, n: at }));
  const page = await elementPage(t, { data: rows });
  for (const plugin of ["Y Line", "Y Bar", "Heatmap"]) {
    await restore(page, { plugin, group_by: ["at"], split_by: ["key"], columns: ["n"] });
    const model = await chartModel(page);
    if (model.series) assert.equal(model.series.length, 100);
    assert.equal(await chart(page).locator("[data-testid=chart-notes]").textContent(), "Showing first 100 of 2,000 series");
    assert.ok((await colorsDrawn(page)) > 10);
  }
  await restore(page, { plugin: "Y Line", plugin_config: { max_series: 500 } });
  assert.equal((await chartModel(page)).series.length, 500);
  assert.deepEqual(page.problems, []);
});

test("of many points the newest are read, and it is said", async (t) => {
  const page = await elementPage(t, { data: { n: "float" } });
  await page.evaluate(() => window.table.update({ n: Float64Array.from({ length: 120_000 }, (_, at) => Math.sin(at / 500)) }));
  await restore(page, { plugin: "Y Scatter", columns: ["n"] });
  const { values } = (await chartModel(page)).axis;
  assert.deepEqual([values[0], values.at(-1)], [20_001, 120_000]);
  assert.equal(await chart(page).locator("[data-testid=chart-notes]").textContent(), "Showing last 100,000 of 120,000 rows");
});

test("the picker changes the plugin by keyboard, and the grid comes back", async (t) => {
  const page = await tradesPage(t, { group_by: ["ticker"], columns: ["volume"] });
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  const button = page.locator("[data-testid=plugin-button]");
  await button.focus();
  await page.keyboard.press("ArrowDown");
  // Points, path, pie.
  for (const letter of "ppp") await page.keyboard.type(letter);
  await page.keyboard.press("Enter");
  await flush(page);
  assert.equal((await saved(page)).plugin, "Pie");
  assert.equal(await button.getAttribute("aria-label"), "Shown as: Pie");
  await button.press("Enter");
  await page.locator("[data-plugin='Y Bar']").click();
  await flush(page);
  assert.equal((await saved(page)).plugin, "Y Bar");
  assert.equal((await chartModel(page)).mark, "bar");
  assert.deepEqual(requests.filter((path) => path === "/millrace-charts.js").length, 1, "fetched once, and not before");
  await button.press("Enter");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await flush(page);
  assert.equal(await page.locator("regular-table").isVisible(), true);
  assert.equal(await chart(page).count(), 0);
  assert.deepEqual(page.problems, []);
});

test("a theme is drawn at once, and the pictures have it", async (t) => {
  const page = await tradesPage(t, { plugin: "Y Bar", theme: "light", ...CONFIGS["Y Bar"] });
  const color = () => renderer(page, () => document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").chart.renderer.option.series[0].color);
  assert.equal(await color(), "rgb(42, 111, 219)");
  await page.evaluate(() => document.querySelector("millrace-viewer").setAttribute("theme", "dark"));
  await page.waitForFunction(() => document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").chart.renderer.option.series[0].color === "rgb(98, 168, 255)");
  for (const plugin of Object.keys(CONFIGS)) {
    await page.evaluate(() => document.querySelector("millrace-viewer").reset());
    await restore(page, { plugin, ...CONFIGS[plugin] });
    const pictures = await page.evaluate(async () => {
      const { chart } = document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]");
      const [png, svg] = await Promise.all([chart.exportImage("png"), chart.exportImage("svg")]);
      const image = await createImageBitmap(png);
      return { type: png.type, size: png.size, width: image.width, svg: (await svg.text()).slice(0, 4), long: svg.size };
    });
    assert.equal(pictures.type, "image/png");
    assert.equal(pictures.svg, "<svg", plugin);
    assert.ok(pictures.size > 3_000 && pictures.long > 1_500 && pictures.width > 1_000, `${plugin}: ${JSON.stringify(pictures)}`);
  }
  assert.deepEqual(page.problems, []);
});

test("a click on a bar tells of its group", async (t) => {
  const page = await tradesPage(t, { plugin: "X Bar", group_by: ["ticker"], columns: ["volume"] });
  const clicked = page.evaluate(() => new Promise((resolve) => {
    document.querySelector("millrace-viewer").addEventListener("millrace-click", (event) => resolve(event.detail), { once: true });
  }));
  await chart(page).locator(".canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const { row, column_names, config } = await clicked;
  assert.deepEqual(row.__ROW_PATH__, ["MSFT"]);
  assert.deepEqual(column_names, ["volume"]);
  assert.deepEqual(config.filter, [["ticker", "==", "MSFT"]]);
});

test("another table starts with an empty chart; nothing of the old one stays", async (t) => {
  const page = await tradesPage(t, { plugin: "Y Bar", group_by: ["ticker"], split_by: ["client"], columns: ["volume"] });
  await chart(page).locator("[data-testid=chart-legend] button").first().click();
  assert.equal((await chartModel(page)).series.length, 2);
  await page.evaluate(async () => {
    const other = await window.client.table([{ ticker: "X", client: "a", volume: 1 }, { ticker: "Y", client: "b", volume: 2 }]);
    await document.querySelector("millrace-viewer").load(other);
  });
  await flush(page);
  const model = await chartModel(page);
  assert.deepEqual(model.axis.levels, [["X", "Y"]]);
  assert.equal(model.series.length, 2);
  assert.equal(await chart(page).locator("canvas").count(), 1);
  assert.deepEqual(page.problems, []);
});
