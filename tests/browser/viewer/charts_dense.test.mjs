/** Lines of more rows than pixels: what is read of them, and what is seen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, START, chart, chartModel, restore } from "../lib/charts.mjs";
import { elementPage } from "../lib/element_page.mjs";
import { flush } from "../lib/page.mjs";

const SPIKE = 617_283;

/** A table of `rows` rows, a wave with one value of 999, whose views tell how they are read. */
async function densePage(t, rows, config) {
  const page = await elementPage(t, { data: { time: "datetime", n: "float" } });
  await page.evaluate(
    async ([rows, spike, start]) => {
      const n = Float64Array.from({ length: rows }, (_, at) => (at === spike ? 999 : Math.sin(at / 5_000)));
      await window.table.update({ time: n.map((_, at) => start + at * 1_000), n });
      window.reads = [];
      const view = window.table.view.bind(window.table);
      window.table.view = async (config) => {
        const made = await view(config);
        const read = made.read.bind(made);
        made.read = async (asked) => {
          const answer = await read(asked);
          window.reads.push({ asked, rows: answer.columns[0]?.values.length ?? 0 });
          return answer;
        };
        return made;
      };
    },
    [rows, SPIKE, START],
  );
  await restore(page, { columns: ["n"], ...config });
  return page;
}

/** What the chart was given, and which part of its axis it shows. */
async function shown(page) {
  return page.evaluate(() => {
    const root = document.querySelector("millrace-viewer").shadowRoot;
    const { model, renderer } = root.querySelector("[data-testid=chart]").chart;
    const { values, ends } = model.axis;
    const canvas = root.querySelector("[data-testid=chart]").shadowRoot.querySelector(".canvas");
    return {
      xs: [...values],
      ends,
      high: Math.max(...model.series[0].values),
      range: renderer.plotted.range,
      pixels: Math.ceil(canvas.clientWidth * devicePixelRatio),
    };
  });
}

/** Waits until what was read is of the part that is shown. */
async function readAgain(page) {
  await page.waitForFunction(() => {
    const { model, renderer } = document.querySelector("millrace-viewer").shadowRoot.querySelector("[data-testid=chart]").chart;
    const { range } = renderer.plotted;
    const asked = window.reads.at(-1).asked.downsample;
    const { values, ends } = model.axis;
    const whole = values[0] === ends[0] && values.at(-1) === ends[1];
    const isAsked = range && Math.abs(asked.to - asked.from - (range.max - range.min)) < 1e-3;
    return range ? isAsked && !whole : asked.from === undefined && whole;
  });
  return shown(page);
}

const consecutive = (xs, step = 1) => xs.every((x, at) => at === 0 || x - xs[at - 1] === step);

test("a spike of one row among a million is seen, and zoom shows all rows of its part", async (t) => {
  const page = await densePage(t, 1_000_000, { plugin: "Y Line" });
  const all = await shown(page);
  assert.equal(all.high, 999);
  assert.deepEqual([all.xs[0], all.xs.at(-1), ...all.ends], [1, 1_000_000, 1, 1_000_000]);
  assert.ok(all.xs.length > all.pixels && all.xs.length <= 4 * all.pixels, `${all.xs.length} rows for ${all.pixels} pixels`);
  assert.equal(await chart(page).locator("[data-testid=chart-notes]").isVisible(), false);

  const box = await chart(page).locator(".u-over").boundingBox();
  const x = (row) => box.x + (row / 1_000_000) * box.width;
  await page.mouse.move(x(SPIKE - 50_000), box.y + 60);
  await page.mouse.down();
  await page.mouse.move(x(SPIKE + 50_000), box.y + 70, { steps: 4 });
  await page.mouse.up();
  const part = await readAgain(page);
  assert.ok(part.xs.includes(SPIKE + 1) && part.xs.length <= 4 * part.pixels + 2, `${part.xs.length} rows`);
  const inside = part.xs.filter((each) => each >= part.range.min && each <= part.range.max).length;
  assert.equal(part.xs.length - inside, 2, "a row on each side, to which the line goes on");

  await chart(page).locator(".canvas").focus();
  let near = part;
  while (near.range.max - near.range.min > 3 * near.pixels) {
    await page.keyboard.press("+");
    near = await readAgain(page);
  }
  assert.ok(consecutive(near.xs), "all rows of the part are there");
  assert.ok(near.xs[0] < near.range.min && near.xs.at(-1) > near.range.max);
  for (const { asked, rows } of await page.evaluate(() => window.reads)) {
    assert.ok(rows <= 4 * all.pixels + 2, `${rows} rows for ${JSON.stringify(asked)}`);
  }

  // Rows that come are told of, and the part that is looked at stays.
  await page.evaluate(() => window.table.update({ time: [0], n: [-999] }));
  await flush(page);
  const later = await shown(page);
  assert.deepEqual([later.range, later.xs, later.ends], [near.range, near.xs, [1, 1_000_001]]);
  await page.keyboard.press("0");
  const again = await readAgain(page);
  assert.deepEqual([again.xs[0], again.xs.at(-1), again.high], [1, 1_000_001, 999]);
  assert.deepEqual(page.problems, []);
});

test("groups of a time are read by their keys; LTTB keeps a row a pixel", async (t) => {
  const page = await densePage(t, 50_000, { plugin: "Y Area", group_by: ["time"] });
  const all = await shown(page);
  assert.deepEqual(all.ends, [START, START + 49_999_000]);
  assert.ok(all.xs.length <= 4 * all.pixels, `${all.xs.length} rows`);
  await chart(page).locator(".canvas").focus();
  let near = all;
  while (!near.range || near.range.max - near.range.min > 20 * MINUTE) {
    await page.keyboard.press("+");
    near = await readAgain(page);
  }
  assert.ok(consecutive(near.xs, 1_000), "all groups of the part are there");
  const title = (await chartModel(page)).lists[0].marks[1];
  assert.equal(title.row, 1 + (near.xs[1] - START) / 1_000, "behind the total");
  await page.keyboard.press("0");
  await readAgain(page);
  await restore(page, { plugin_config: { downsample: "lttb" } });
  const few = await shown(page);
  assert.equal(few.xs.length, few.pixels);
  await restore(page, { plugin_config: { downsample: false } });
  assert.equal((await shown(page)).xs.length, 50_000);
  assert.deepEqual(page.problems, []);
});

test("another axis is shown whole", async (t) => {
  const page = await densePage(t, 20_000, { plugin: "Y Line" });
  await chart(page).locator(".canvas").focus();
  await page.keyboard.press("+");
  assert.ok((await readAgain(page)).range);
  await restore(page, { group_by: ["time"] });
  const { range, xs } = await shown(page);
  assert.deepEqual([range, xs[0], xs.at(-1)], [undefined, START, START + 19_999_000]);
  assert.equal(await chart(page).locator("[data-testid=chart-reset-zoom]").isVisible(), false);
  assert.deepEqual(page.problems, []);
});
