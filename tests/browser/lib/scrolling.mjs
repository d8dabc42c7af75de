/** A long table whose columns have looks, and scrolling through it frame by frame. */
import { elementPage } from "./element_page.mjs";
import { flush } from "./page.mjs";

const SCHEMA = {
  id: "integer",
  venue: "string",
  price: "float",
  size: "float",
  change: "float",
  count: "integer",
  side: "string",
  at: "datetime",
};

/** A currency with a rule, a bar under its number, a gradient, and labels. */
export const LOOKS = {
  columns_config: {
    price: {
      number_format: { style: "currency", currency: "EUR" },
      rules: [{ when: [">", 900], color: "#b00020", background: "#ffe9a8", bold: true }],
    },
    size: { number_fg_mode: "label-bar" },
    change: { number_bg_mode: "gradient" },
    venue: { string_color_mode: "series" },
  },
};

/** A page with so many rows, under `config`. */
export async function longPage(t, rows, config) {
  const page = await elementPage(t, { data: SCHEMA });
  await page.evaluate(async (rows) => {
    const venues = Array.from({ length: 12 }, (_, at) => `venue ${at}`);
    const column = (value) => Array.from({ length: rows }, (_, at) => value(at));
    await window.table.update({
      id: column((at) => at),
      venue: column((at) => venues[(at * 7) % 12]),
      price: column((at) => ((at * 7919) % 100_000) / 100),
      size: column((at) => (((at * 104_729) % 20_001) - 10_000) / 10),
      change: column((at) => (((at * 1_299_709) % 2_001) - 1_000) / 7),
      count: column((at) => at % 977),
      side: column((at) => (at % 3 === 0 ? "buy" : "sell")),
      at: column((at) => 1_767_225_600_000 + at * 1_000),
    });
  }, rows);
  await page.evaluate(async (config) => {
    const viewer = document.querySelector("millrace-viewer");
    await viewer.restore(config);
    await viewer.flush();
  }, config);
  await flush(page);
  return page;
}

/**
 * Scrolls by `px` a frame; answers the time between frames, ms. The last is drawn at the end.
 */
export async function scrollFrames(page, frames, px) {
  return page.evaluate(
    async ([frames, px]) => {
      const root = document.querySelector("millrace-viewer").shadowRoot;
      const grid = root.querySelector("regular-table");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const times = [];
      let last = await frame();
      for (let at = 0; at < frames; at++) {
        grid.scrollTop += px;
        const now = await frame();
        times.push(now - last);
        last = now;
      }
      await grid.flush();
      return times;
    },
    [frames, px],
  );
}
