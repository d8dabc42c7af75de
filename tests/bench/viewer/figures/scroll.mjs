/**
 * A scripted scroll of all rows, twice.
 *
 * By steps: the grid is moved by some turns of a wheel, and the time is taken until other rows
 * are painted, in a browser that paints as soon as it can (a display would round to its 60 Hz).
 * By the wheel: real events for some seconds, at 60 Hz, and the time between frames.
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
  const before = await tab.worked();
  await tab.ask("startFrames");
  for (let step = 0; step < WHEEL_STEPS; step++) await tab.page.mouse.wheel(0, WHEEL_PIXELS);
  const { frames, drawn } = await tab.ask("stopFrames");
  return { frames, drawn, worked: ((await tab.worked()) - before) * 1_000 };
}

export async function scroll({ browser, unlimited, server, peers, options, say }) {
  const found = {};
  for (const grid of grids(peers)) {
    const steps = await withTab(unlimited, server, grid, async (tab) => {
      await tab.ask("steps", WARM_STEPS, STEPS);
      return tab.ask("steps", options.steps, STEPS);
    });
    const wheel = await withTab(browser, server, grid, byWheel);
    found[grid.id] = { steps, ...wheel };
    say(`scrolled: ${grid.id}`);
  }
  return found;
}
