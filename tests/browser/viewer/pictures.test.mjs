/**
 * The pictures of README and guides, drawn by the element as it is. They go to
 * `target/screenshots/pictures`; `PICTURES=write` puts them into `docs/pictures` as well.
 */
import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { CONFIGS, colorsDrawn, SCHEMA, trades } from "../lib/charts.mjs";
import { elementPage } from "../lib/element_page.mjs";
import { ROOT } from "../lib/program.mjs";

const FOLDER = join(ROOT, "target", "screenshots", "pictures");
const DOCS = join(ROOT, "docs", "pictures");
const MOST_BYTES = 150_000;

const GRID = {
  title: "Trades by ticker and client",
  group_by: ["ticker", "client"],
  split_by: ["side"],
  columns: ["price", "volume"],
  aggregates: { price: "mean" },
  columns_config: {
    price: { number_format: { style: "currency", currency: "EUR" } },
    volume: { number_fg_mode: "label-bar" },
  },
};

/** What stands on each picture: one element, or several beside and below each other. */
const PICTURES = {
  grid: [GRID],
  settings: [
    {
      ...GRID,
      settings: true,
      filter: [["client", "in", ["north desk", "retail"]], ["volume", ">", 20]],
      sort: [["volume", "desc"]],
    },
  ],
  charts: ["Y Line", "Y Bar", "Treemap", "Heatmap"].map((plugin) => ({ plugin, ...CONFIGS[plugin] })),
  dark: [
    { ...GRID, split_by: [], theme: "dark" },
    { plugin: "Candlestick", ...CONFIGS.Candlestick, title: "AAPL", theme: "dark" },
  ],
};

test("the pictures of the guides", async (t) => {
  await mkdir(FOLDER, { recursive: true });
  const page = await elementPage(t, { data: SCHEMA, viewport: { width: 1120, height: 640 } });
  await page.evaluate((rows) => window.table.update(rows), trades());
  for (const [name, configs] of Object.entries(PICTURES)) {
    await t.test(name, async () => {
      await page.evaluate(async (configs) => {
        const { style } = document.body;
        style.cssText = "display: grid; gap: 1px; height: 100vh; grid-auto-rows: minmax(0, 1fr); background: #8884";
        style.gridTemplateColumns = configs.length > 1 ? "1fr 1fr" : "1fr";
        const viewers = configs.map(() => document.createElement("millrace-viewer"));
        for (const viewer of viewers) viewer.style.height = "auto";
        document.body.replaceChildren(...viewers);
        await Promise.all(
          viewers.map(async (viewer, at) => {
            await viewer.load(window.table);
            await viewer.restore({ theme: "light", ...configs[at] });
            await viewer.flush();
          }),
        );
      }, configs);
      if (configs[0].plugin) assert.ok((await colorsDrawn(page)) > 3, "something is drawn");
      const file = join(FOLDER, `${name}.png`);
      const { length } = await page.screenshot({ path: file });
      assert.ok(length < MOST_BYTES, `${length} bytes`);
      if (process.env.PICTURES !== "write") return;
      await mkdir(DOCS, { recursive: true });
      await copyFile(file, join(DOCS, `${name}.png`));
    });
  }
  assert.deepEqual(page.problems, []);
});

test("every picture that README and guides show is there, and small", async () => {
  const pages = ["README.md", ...(await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
  let shown = 0;
  for (const name of pages) {
    const text = await readFile(join(ROOT, name), "utf8");
    for (const [, link] of text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)) {
      const { size } = await stat(join(ROOT, dirname(name), link));
      assert.ok(size < MOST_BYTES, `${link} of ${name}: ${size} bytes`);
      shown++;
    }
  }
  assert.ok(shown >= 4);
});
