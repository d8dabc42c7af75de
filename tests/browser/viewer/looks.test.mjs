/**
 * How the element looks in each theme: grid, settings and every chart. The pictures go to
 * `target/screenshots/looks`; what is asserted holds with any font. Each is compared with its
 * baseline in `baselines/`, which `BASELINES=write` makes anew.
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Baselines } from "../lib/baselines.mjs";
import { CONFIGS, SCHEMA, colorsDrawn, restore, trades } from "../lib/charts.mjs";
import { elementPage } from "../lib/element_page.mjs";
import { chartContrast, faintTexts, sticksOut } from "../lib/looks.mjs";
import { flush } from "../lib/page.mjs";
import { ROOT } from "../lib/program.mjs";

const FOLDER = join(ROOT, "target", "screenshots", "looks");
const SIZE = { width: 960, height: 540 };
const ROWS = trades();

const LOOKS = [
  { name: "light", theme: "light" },
  { name: "dark", theme: "dark" },
  { name: "light-dense", theme: "light-dense" },
  { name: "dark-dense", theme: "dark-dense" },
  { name: "high-contrast", theme: "high-contrast", words: 7, lines: 3 },
  { name: "high-contrast-dark", theme: "high-contrast", colorScheme: "dark", words: 7, lines: 3 },
];

const PIVOT = {
  group_by: ["ticker", "client"],
  split_by: ["side"],
  columns: ["price", "volume"],
  aggregates: { price: "mean" },
};
const GRIDS = {
  plain: {},
  pivot: PIVOT,
  styled: {
    columns: ["time", "ticker", "price", "volume", "side"],
    columns_config: {
      ticker: { string_color_mode: "series" },
      side: { string_color_mode: "background" },
      price: { number_fg_mode: "color", number_bg_mode: "gradient" },
      volume: { number_fg_mode: "bar" },
    },
  },
  settings: { ...PIVOT, settings: true, title: "Trades", filter: [["volume", ">", 20]], sort: [["volume", "desc"]] },
};

/** A name of a chart as that of a file. */
const fileName = (name) => name.toLowerCase().replaceAll(/\W+/g, "-");

/** Waits for what takes over another theme's sizes at the end of a transition. */
async function settled(page) {
  await page.evaluate(async () => {
    const { shadowRoot } = document.querySelector("millrace-viewer");
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    const transitions = shadowRoot.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(transitions.map((transition) => transition.finished));
    await frame();
    await frame();
  });
  await flush(page);
}

for (const { name, theme, words = 4.5, lines = 1, colorScheme = "light" } of LOOKS) {
  test(`the element looks right: ${name}`, async (t) => {
    await mkdir(FOLDER, { recursive: true });
    const page = await elementPage(t, { data: SCHEMA, viewport: SIZE, colorScheme });
    await page.evaluate((rows) => window.table.update(rows), ROWS);
    const show = async (config) => {
      await page.evaluate(() => document.querySelector("millrace-viewer").reset());
      await restore(page, { theme, settings: false, ...config });
      await settled(page);
    };
    const baselines = await Baselines.of(name);
    const changed = [];
    const check = async (what) => {
      const png = await page.screenshot({ path: join(FOLDER, `${name}-${fileName(what)}.png`) });
      const problem = await baselines.judge(page, what, png);
      if (problem) changed.push(problem);
      assert.deepEqual(await sticksOut(page), [], `${what}: nothing sticks out`);
      assert.deepEqual(await faintTexts(page, words), [], `${what}: texts can be read`);
    };
    for (const [what, config] of Object.entries(GRIDS)) {
      await show(config);
      await check(what);
    }
    const contrast = await chartContrast(page);
    assert.ok(contrast.words >= words, `words of charts: ${contrast.words}`);
    assert.ok(contrast.series >= 3, `series: ${contrast.series}`);
    assert.ok(contrast.lines >= lines, `lines and borders: ${contrast.lines}`);
    for (const [plugin, config] of Object.entries(CONFIGS)) {
      await show({ plugin, ...config });
      assert.ok((await colorsDrawn(page)) > 3, `${plugin}: something is drawn`);
      await check(plugin);
    }
    await baselines.keep();
    assert.equal(changed.join("\n\n"), "", "pictures look as they did");
    assert.deepEqual(page.problems, []);
  });
}
