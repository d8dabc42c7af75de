/** Each kind of chart shows the right data, and draws it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIGS, SCHEMA, chartModel, colorsDrawn, restore, trades } from "../lib/charts.mjs";
import { elementPage, saved } from "../lib/element_page.mjs";

const ROWS = trades();

function sum(rows, field) {
  return rows.reduce((total, row) => total + row[field], 0);
}

function of(field, value) {
  return ROWS.filter((row) => row[field] === value);
}

const names = (field) => [...new Set(ROWS.map((row) => row[field]))].sort();
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

/** What each chart of `CONFIGS` must show. */
const CHECKS = {
  "Y Line"(model) {
    assert.equal(model.axis.kind, "time");
    assert.equal(model.axis.values.length, 60);
    assert.deepEqual(model.series.map(({ name }) => name), names("ticker"));
    const first = ROWS.filter((row) => row.ticker === "AAPL").slice(0, 3);
    close(model.series[0].values[0], sum(first, "price") / 3);
  },
  "Y Area"(model) {
    for (const series of model.series) close(series.values.reduce((a, b) => a + b), sum(of("ticker", series.name), "volume"));
    assert.equal(new Set(model.series.map(({ stack }) => stack)).size, 1);
  },
  "Y Bar"(model) {
    assert.deepEqual(model.axis.levels, [names("ticker")]);
    for (const series of model.series) {
      const wanted = names("ticker").map((ticker) => sum(of("ticker", ticker).filter((row) => row.client === series.name), "volume"));
      assert.deepEqual(series.values, wanted);
    }
  },
  "X Bar"(model) {
    assert.equal(model.flipped, true);
    assert.equal(model.axis.levels.length, 2);
    assert.equal(model.axis.levels[0].length, 12);
    close(model.series[0].values.reduce((a, b) => a + b), sum(ROWS, "volume"));
  },
  "Y Scatter"(model) {
    assert.deepEqual(model.series.map(({ name }) => name), names("client"));
    assert.equal(model.series[0].values.length, 4);
  },
  "X/Y Scatter"(model) {
    assert.deepEqual(model.series.map(({ name }) => name), names("ticker"));
    assert.equal(sum(model.lists, "length"), 12);
    assert.deepEqual(model.series[0].labels, names("client"));
    close(sum(model.series.map(({ sizes }) => ({ n: sum(sizes.map((n) => ({ n })), "n") })), "n"), ROWS.length);
  },
  "X/Y Line"(model) {
    assert.equal(model.series[0].xs.length, 60);
    close(model.series[0].ys.reduce((a, b) => a + b), sum(ROWS, "volume"));
  },
  Pie(model) {
    const [pie] = model.pies;
    assert.deepEqual(pie.slices.map(({ name, value }) => [name, value]), names("ticker").map((name) => [name, sum(of("ticker", name), "volume")]));
  },
  Donut(model) {
    assert.deepEqual(model.pies.map(({ name }) => name), names("client"));
  },
  Treemap(model) {
    assert.deepEqual(model.roots.map(({ name, value }) => [name, value]), names("client").map((name) => [name, sum(of("client", name), "volume")]));
  },
  Sunburst(model) {
    assert.equal(model.roots[0].children[0].children.length, 2);
  },
  Heatmap(model) {
    assert.equal(model.cells.length, 24);
    close(sum(model.cells.map(([, , n]) => ({ n })), "n"), sum(ROWS, "volume"));
  },
  Candlestick(model) {
    assert.equal(model.series[0].values.length, 60);
    const minute = of("ticker", "AAPL").slice(0, 3).map(({ price }) => price);
    assert.deepEqual(model.series[0].values[0], [minute[0], minute[2], Math.min(...minute), Math.max(...minute)]);
  },
  OHLC(model) {
    assert.equal(model.mark, "ohlc");
    assert.equal(model.series[0].values.length, 60);
  },
  Histogram(model) {
    assert.equal(model.series[0].values.reduce((a, b) => a + b), ROWS.length);
  },
  "Box Plot"(model) {
    assert.deepEqual(model.axis.levels, [names("ticker")]);
    for (const [low, q1, median, q3, high] of model.series[0].values) assert.ok(low <= q1 && q1 <= median && median <= q3 && q3 <= high);
  },
  Density(model) {
    assert.deepEqual(model.series.map(({ name }) => name), names("ticker"));
  },
  Gauge(model) {
    assert.deepEqual(model.figures.map(({ name }) => name), ["price", "volume"]);
    assert.equal(model.figures[1].value, sum(ROWS, "volume"));
  },
  "Big Number"(model) {
    assert.equal(model.figures[0].value, sum(ROWS, "volume"));
    assert.equal(model.figures[0].trend.length, 60);
  },
};

test("each kind of chart shows the view's values", async (t) => {
  const page = await elementPage(t, { data: SCHEMA });
  await page.evaluate((rows) => window.table.update(rows), ROWS);
  assert.deepEqual(Object.keys(CHECKS).sort(), Object.keys(CONFIGS).sort());
  for (const [plugin, check] of Object.entries(CHECKS)) {
    await t.test(plugin, async () => {
      await page.evaluate(() => document.querySelector("millrace-viewer").reset());
      await restore(page, { plugin, ...CONFIGS[plugin] });
      const model = await chartModel(page);
      assert.notEqual(model.family, "nothing", model.words);
      check(model);
      assert.ok(model.lists[0].marks[0].lines.length > 0, "a mark can be asked about");
      assert.ok((await colorsDrawn(page)) > 3, "something is drawn");
      assert.equal((await saved(page)).plugin, plugin);
    });
  }
  assert.deepEqual(page.problems, []);
});

test("layouts of Perspective's versions are restored with their charts", async (t) => {
  const page = await elementPage(t, { data: SCHEMA });
  await page.evaluate((rows) => window.table.update(rows), ROWS);
  const layouts = [
    [{ plugin: "d3_y_bar", "row-pivots": ["ticker"], "column-pivots": ["client"], columns: ["volume"] }, "Y Bar"],
    [{ plugin: "d3_xy_scatter", row_pivots: ["ticker"], columns: ["price", "volume", null, null] }, "X/Y Scatter"],
    [{ version: "3.4.0", plugin: "X Bar", plugin_config: { splitMainValues: [] }, group_by: ["ticker"], columns: ["volume"] }, "X Bar"],
    [{ version: "2.10.1", plugin: "Treemap", plugin_config: { legend: { left: "9px" }, treemaps: {} }, group_by: ["client"], columns: ["volume", null, null] }, "Treemap"],
    [{ plugin: "vertical", group_by: ["ticker"], columns: ["volume"] }, "Y Bar"],
  ];
  for (const [layout, plugin] of layouts) {
    await restore(page, layout);
    assert.equal((await saved(page)).plugin, plugin);
    assert.notEqual((await chartModel(page)).family, "nothing", plugin);
  }
  assert.deepEqual(page.problems, []);
});

test("a chart that has nothing to show says what it needs", async (t) => {
  const page = await elementPage(t, { data: [{ name: "a", n: 1 }], config: { plugin: "X/Y Scatter", columns: ["name", "n"] } });
  const words = page.locator("[data-testid=chart-words]");
  assert.match(await words.textContent(), /needs two numeric columns.*“name” holds no numbers/);
  await restore(page, { plugin: "Sunburst", columns: ["n"] });
  assert.match(await words.textContent(), /needs a group by/);
  await restore(page, { plugin: "Sunburst", columns: ["n"], group_by: ["name"] });
  assert.equal(await words.textContent(), "");
  assert.deepEqual(page.problems, []);
});
