/**
 * A scripted scroll through all rows, in three ways.
 *
 * A stream: some turns of a wheel in each frame, in a browser that draws the next frame as soon as
 * it can, so that the time between two is what one costs (a display would round to its 60 Hz).
 * Steps: there as well, the time from one until its rows are painted.
 * The wheel: real events at 60 Hz.
 */
import { Tab } from "../tab.mjs";

/** Pixels of a step: of a wheel that is turned slowly and fast. */
const STEPS = [120, 120, 240, 360, 480, 240];
const WARM_STEPS = 40;
const WHEEL_STEPS = 250;
const WHEEL_PIXELS = 240;

const COLUMNS = ["seq", "time", "ticker", "client", "venue", "side", "price", "change", "volume"];

/** Looks for four columns. */
export const STYLED = {
  ticker: { string_color_mode: "series" },
  price: { number_bg_mode: "gradient" },
  change: { number_bg_mode: "color" },
  volume: { number_fg_mode: "bar" },
};

/** @returns The peers' grids, and our own with styled columns. */
function grids(peers) {
  const plain = peers.map(({ name }) => ({ id: name, page: name, styles: {} }));
  const styled = peers
    .filter(({ ours }) => ours)
    .map(({ name }) => ({ id: `${name} styled`, page: name, styles: STYLED }));
  return [...plain, ...styled];
}

async function withTab(browser, server, { page, styles }, work) {
  const tab = await Tab.open(browser, `${server.base}/bench/pages/${page}.html`);
  try {
    await tab.ask("cold");
    await tab.ask("restore", { group_by: [], columns: COLUMNS, columns_config: styles });
    return await work(tab);
  } finally {
    await tab.close();
  }
}

async function byWheel(tab) {
  const { x, y } = await tab.ask("middle");
  await tab.page.mouse.move(x, y);
  await tab.page.mouse.wheel(0, WHEEL_PIXELS);
  const { result, spent } = await tab.observed(async () => {
    await tab.ask("startFrames");
    for (let step = 0; step < WHEEL_STEPS; step++) await tab.page.mouse.wheel(0, WHEEL_PIXELS);
    return tab.ask("stopFrames");
  });
  return { ...result, spent };
}

export async function scroll({ browser, unlimited, server, peers, options, say }) {
  const found = {};
  for (const grid of grids(peers)) {
    const moved = await withTab(unlimited, server, grid, async (tab) => {
      await tab.ask("stream", WARM_STEPS, STEPS);
      const stream = await tab.ask("stream", options.steps, STEPS);
      return { stream, steps: await tab.ask("steps", Math.ceil(options.steps / 4), STEPS) };
    });
    found[grid.id] = { ...moved, wheel: await withTab(browser, server, grid, byWheel) };
    say(`scrolled: ${grid.id}`);
  }
  return found;
}
