/** Data and configs that show every kind of chart, and what a test asks a chart. */
import { flush } from "./page.mjs";

const TICKERS = ["AAPL", "MSFT", "NVDA", "TSLA"];
const CLIENTS = ["north desk", "south desk", "retail"];
export const MINUTE = 60_000;
export const START = Date.UTC(2026, 0, 5, 9, 30);

/** The same numbers each time. */
export function generator(seed = 7) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Trades of four tickers by three clients, some each minute. */
export function trades({ minutes = 60, start = START } = {}) {
  const random = generator();
  const price = new Map(TICKERS.map((ticker, at) => [ticker, 90 + at * 60]));
  const rows = [];
  for (let minute = 0; minute < minutes; minute++) {
    for (const ticker of TICKERS) {
      for (let trade = 0; trade < 3; trade++) {
        const next = price.get(ticker) * (1 + (random() - 0.49) * 0.012);
        price.set(ticker, next);
        rows.push({
          time: start + minute * MINUTE + trade * 15_000,
          ticker,
          client: CLIENTS[Math.floor(random() * CLIENTS.length)],
          side: random() < 0.5 ? "buy" : "sell",
          price: Math.round(next * 100) / 100,
          volume: 10 + Math.floor(random() ** 3 * 900),
        });
      }
    }
  }
  return rows;
}

export const SCHEMA = {
  time: "datetime",
  ticker: "string",
  client: "string",
  side: "string",
  price: "float",
  volume: "integer",
};

const BY_MINUTE = { group_by: ["minute"], expressions: { minute: `bucket("time", '1m')` } };

/** A config for each chart that shows what it is for. */
export const CONFIGS = {
  "Y Line": { ...BY_MINUTE, split_by: ["ticker"], columns: ["price"], aggregates: { price: "mean" } },
  "Y Area": { ...BY_MINUTE, split_by: ["ticker"], columns: ["volume"] },
  "Y Bar": { group_by: ["ticker"], split_by: ["client"], columns: ["volume"] },
  "X Bar": { group_by: ["client", "ticker"], columns: ["volume"] },
  "Y Scatter": { group_by: ["ticker"], split_by: ["client"], columns: ["price"], aggregates: { price: "mean" } },
  "X/Y Scatter": {
    group_by: ["ticker", "client"],
    columns: ["price", "volume", "ticker", "trades", "client"],
    aggregates: {
      price: "mean",
      ticker: "unique",
      client: "unique",
      trades: { column: "price", aggregate: "count" },
    },
  },
  "X/Y Line": { ...BY_MINUTE, columns: ["price", "volume"], aggregates: { price: "mean" } },
  Pie: { group_by: ["ticker"], columns: ["volume"] },
  Donut: { group_by: ["ticker"], split_by: ["client"], columns: ["volume"] },
  Treemap: { group_by: ["client", "ticker"], columns: ["volume"] },
  Sunburst: { group_by: ["client", "ticker", "side"], columns: ["volume"] },
  Heatmap: { group_by: ["client", "side"], split_by: ["ticker"], columns: ["volume"] },
  Candlestick: {
    ...BY_MINUTE,
    filter: [["ticker", "==", "AAPL"]],
    columns: ["open", "close", "high", "low"],
    aggregates: {
      open: { column: "price", aggregate: "first" },
      close: { column: "price", aggregate: "last" },
      high: { column: "price", aggregate: "max" },
      low: { column: "price", aggregate: "min" },
    },
  },
  Histogram: { columns: ["price"] },
  "Box Plot": { group_by: ["ticker", "minute"], expressions: BY_MINUTE.expressions, columns: ["price"], aggregates: { price: "mean" } },
  Density: { split_by: ["ticker"], columns: ["price"] },
  Gauge: { group_by: ["ticker"], columns: ["price", "volume"], aggregates: { price: "mean" } },
  "Big Number": { ...BY_MINUTE, columns: ["volume", "price"], aggregates: { price: "mean" } },
};
CONFIGS.OHLC = CONFIGS.Candlestick;

export async function restore(page, config) {
  await page.evaluate((config) => document.querySelector("millrace-viewer").restore(config), config);
  await flush(page);
}

/** What the chart on the screen shows: its model, with functions answered and arrays plain. */
export async function chartModel(page) {
  return page.evaluate(() => {
    const plugin = document
      .querySelector("millrace-viewer")
      .shadowRoot.querySelector("[data-testid=chart]")?.chart;
    if (!plugin?.model) return undefined;
    const plain = (value) => {
      if (ArrayBuffer.isView(value)) return [...value];
      if (Array.isArray(value)) return value.map(plain);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, each]) => typeof each !== "function")
          .map(([key, each]) => [key, plain(each)]),
      );
    };
    const lists = plugin.model.lists.map((list) => ({
      ...plain(list),
      marks: Array.from({ length: Math.min(list.length, 300) }, (_, mark) => ({
        title: list.title(mark),
        lines: list.lines(mark).map(({ name, value }) => [name, value]),
        row: list.row(mark),
      })),
    }));
    return { ...plain({ ...plugin.model, lists: [] }), lists };
  });
}

/** How many colours the chart's canvas shows: an empty one shows one. */
export async function colorsDrawn(page) {
  return page.evaluate(() => {
    const root = document
      .querySelector("millrace-viewer")
      .shadowRoot.querySelector("[data-testid=chart]").shadowRoot;
    const colors = new Set();
    for (const canvas of root.querySelectorAll("canvas")) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4 * 7) {
        if (data[at + 3] > 0) colors.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
      }
    }
    return colors.size;
  });
}

/** The chart's own root. */
export function chart(page) {
  return page.locator("[data-testid=chart]");
}
