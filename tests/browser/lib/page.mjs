/**
 * Chromium, and a Millrace page in it as a user sees it: what the grid and the status line
 * show, and the settings that one clicks through.
 */
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `flags` are for what a measurement needs besides. */
export async function launch({ flags = [] } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    args: [...FLAGS, ...flags],
  });
}

/** A page at `url`; what goes wrong inside it is kept in `problems`. */
export async function open(browser, url, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  await page.goto(url);
  return page;
}

/** A page at `url` in a browser of its own, which is closed after the test. */
export async function browse(t, url) {
  const browser = await launch();
  t.after(() => browser.close());
  return open(browser, url);
}

/** A number as the grid writes it. */
export function number(text) {
  return Number(text.replaceAll(",", "").replace("−", "-"));
}

/** A figure of the status line, by its test id. */
export async function figure(page, id) {
  return Number(await page.locator(`[data-testid=${id}]`).first().getAttribute("data-value"));
}

/** Waits until `check` of what `read` gives holds; fails with the last value. */
export async function until(read, check, { within = 30_000, what = "a condition" } = {}) {
  const deadline = Date.now() + within;
  let value;
  for (;;) {
    value = await read();
    if (check(value)) return value;
    if (Date.now() > deadline) {
      throw new Error(`${what} did not come about within ${within} ms; last: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for a word of the connection, such as `Live`. */
export async function state(page, pattern, options) {
  const read = async () => (await page.locator("[data-testid=status-state]").textContent()).trim();
  return until(read, (text) => pattern.test(text), { what: `the state ${pattern}`, ...options });
}

/** Resolves when the screen shows the current view. */
export async function flush(page) {
  await page.evaluate(() => document.querySelector("millrace-viewer").flush());
}

/** The visible grid: the texts of its header rows, and of each row its name and its cells. */
export async function grid(page) {
  return page.evaluate(() => {
    const root = document.querySelector("millrace-viewer").shadowRoot;
    const text = (cell) => cell.innerText.trim().replaceAll("\n", " ");
    const rows = (part) =>
      [...root.querySelectorAll(`regular-table ${part} tr`)].map((tr) => [...tr.children]);
    return {
      head: rows("thead").map((cells) => cells.map(text)),
      body: rows("tbody").map((cells) => ({
        names: cells.filter((cell) => cell.tagName === "TH").map(text),
        cells: cells.filter((cell) => cell.tagName === "TD").map(text),
      })),
    };
  });
}

/** The settings panel, by what a user clicks in it. */
export class Settings {
  constructor(page) {
    this.page = page;
  }

  async open() {
    await this.page.locator("[data-testid=settings-toggle]").click();
  }

  async close() {
    await this.page.locator("[data-testid=settings-close]").click();
  }

  async add(zone, column) {
    await this.page.locator(`[data-testid=add-${zone}] button`).first().click();
    await this.page
      .locator(`[data-testid=add-${zone}]`)
      .getByRole("menuitem", { name: new RegExp(`^${column}\\b`) })
      .click();
    await flush(this.page);
  }

  item(zone, column) {
    return this.page.locator(`[data-testid=item-${zone}][data-column=${column}]`);
  }

  async remove(zone, column) {
    await this.item(zone, column).locator("[data-testid=remove]").click();
    await flush(this.page);
  }

  async filter(column, operator, operand) {
    await this.add("filter", column);
    const item = this.item("filter", column);
    await item.locator("[data-testid=operator]").selectOption(operator);
    await item.locator("[data-testid=operand]").fill(operand);
    await item.locator("[data-testid=operand]").press("Enter");
    await flush(this.page);
  }
}
