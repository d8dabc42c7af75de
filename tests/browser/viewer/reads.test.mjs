/** What viewers of a page read, counted: one read a frame for all of them, none for who is not seen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { flush, until } from "../lib/page.mjs";

const TICKERS = ["A", "B", "C", "D"];
const ROUNDS = 10;

/** Grids, flat and grouped, and charts; the viewers share one client, and the size of none changes. */
const CONFIGS = [
  {},
  { group_by: ["ticker"] },
  { columns: ["price"], sort: [["price", "desc"]] },
  { group_by: ["ticker"], columns: ["price"], aggregates: { price: "mean" } },
  { plugin: "Y Bar", group_by: ["ticker"], columns: ["size"] },
  { plugin: "Y Line", group_by: ["ticker"], columns: ["price"] },
];

const rows = (round) =>
  TICKERS.map((ticker, at) => ({ ticker, price: 100 + round + at, size: 10 * round + at }));

/** A page whose viewers all show `table`; messages between page and Worker are counted from now on. */
async function sixViewers(t) {
  const page = await elementPage(t, { data: rows(0), table: { index: "ticker" } });
  await page.addStyleTag({
    content: "body { display: grid; grid: repeat(2, 50vh) / repeat(3, 1fr) } millrace-viewer { height: auto !important }",
  });
  await page.evaluate(async (configs) => {
    while (document.querySelectorAll("millrace-viewer").length < configs.length) {
      document.body.append(document.createElement("millrace-viewer"));
    }
    const viewers = [...document.querySelectorAll("millrace-viewer")];
    for (const [at, viewer] of viewers.entries()) {
      await viewer.load(window.table);
      await viewer.restore(configs[at]);
    }
    // What is laid out anew after the last one has come is drawn, too.
    for (const viewer of viewers) await viewer.flush();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    for (const viewer of viewers) await viewer.flush();

    window.viewers = viewers;
    window.posted = [];
    window.received = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (!this.heard) {
        this.heard = true;
        this.addEventListener("message", ({ data }) => window.received.push(data));
      }
      window.posted.push(message);
      return post.call(this, message, ...rest);
    };
    /** What was said since, by the kinds of messages. */
    window.said = () => {
      const posted = window.posted.splice(0);
      const received = window.received.splice(0);
      const reads = posted.filter(({ method }) => method.startsWith("read"));
      const ids = reads.map(({ id }) => id);
      return {
        reads: reads.map(({ params }) => params.reads?.length ?? 1),
        answers: received.filter(({ id }) => ids.includes(id)).length,
        events: received.filter((message) => "events" in message).length,
      };
    };
    window.drawn = async (some) => {
      await Promise.all(
        some.map((viewer) => new Promise((done) => viewer.addEventListener("millrace-view-update", done, { once: true }))),
      );
      // The message that was drawn has been heard here as well.
      await new Promise((done) => setTimeout(done));
    };
  }, CONFIGS);
  return page;
}

test("six viewers on a feed: one message to the engine a frame, and one back", async (t) => {
  const page = await sixViewers(t);
  for (let round = 1; round <= ROUNDS; round++) {
    const said = await page.evaluate(async (rows) => {
      const drawn = window.drawn(window.viewers);
      await window.table.update(rows);
      await drawn;
      return window.said();
    }, rows(round));
    assert.deepEqual(said, { reads: [CONFIGS.length], answers: 1, events: 1 }, `round ${round}`);
  }
  assert.deepEqual(page.problems, []);
});

test("six viewers draw in six tasks, though all was read at once", async (t) => {
  const page = await sixViewers(t);
  const drawn = await page.evaluate(async (rows) => {
    let drawing = 0;
    const together = [];
    for (const viewer of window.viewers) {
      viewer.addEventListener("millrace-view-update", async () => {
        together.push(++drawing);
        // Steps that end with the task that they began in.
        for (let step = 0; step < 1_000; step++) await undefined;
        drawing--;
      });
    }
    const all = window.drawn(window.viewers);
    await window.table.update(rows);
    await all;
    return { together, reads: window.said().reads };
  }, rows(1));
  assert.deepEqual(drawn, { together: CONFIGS.map(() => 1), reads: [CONFIGS.length] });
});

test("a new view is watched and read in the turn in which it came", async (t) => {
  const page = await sixViewers(t);
  const { methods, answered } = await page.evaluate(async () => {
    const post = Worker.prototype.postMessage;
    const methods = [];
    let answers = 0;
    let answered;
    Worker.prototype.postMessage = function (message, ...rest) {
      // Hears of a message when the page has done all that it does with it.
      if (methods.length === 0) this.addEventListener("message", () => answers++);
      if (message.method === "read_all") answered ??= answers;
      methods.push(message.method);
      return post.call(this, message, ...rest);
    };
    await window.viewers[0].restore({ group_by: ["ticker"], columns: ["size"] });
    Worker.prototype.postMessage = post;
    return { methods: methods.slice(0, 3), answered };
  });
  assert.deepEqual(methods, ["create_view", "watch", "read_all"]);
  assert.equal(answered, 0, "messages that were waited for between the view and its first read");
});

test("a read that fails is the fault of its own viewer", async (t) => {
  const page = await sixViewers(t);
  const outcomes = await page.evaluate(async () => {
    const [first, second] = await Promise.all(window.viewers.slice(0, 2).map((viewer) => viewer.getView()));
    const gone = await window.table.view();
    await gone.delete();
    window.said();
    const settled = await Promise.allSettled([first.read(), gone.read(), second.read({ start_row: () => 1 }), second.read()]);
    return { kinds: settled.map(({ value, reason }) => value?.num_rows ?? reason.kind ?? reason.name), ...window.said() };
  });
  assert.deepEqual(outcomes.kinds, [TICKERS.length, "deleted", "DataCloneError", TICKERS.length + 1]);
  assert.deepEqual(outcomes.reads, [3]);
});

test("a change that is told after a read does not overtake it", async (t) => {
  const page = await sixViewers(t);
  const prices = await page.evaluate(async () => {
    const view = await window.table.view({ columns: ["price"] });
    const window_ = { start_row: 0, end_row: 1 };
    const before = view.read(window_);
    // The object is the caller's own again at once.
    window_.end_row = 0;
    const update = window.table.update([{ ticker: "A", price: 7, size: 1 }]);
    const after = view.read({ start_row: 0, end_row: 1 });
    await update;
    return [await before, await after].map(({ columns }) => [...columns[0].values]);
  });
  assert.deepEqual(prices, [[100], [7]]);
});

const firstCell = (page, at) =>
  page.evaluate((at) => window.viewers[at].shadowRoot.querySelector("tbody td:last-of-type")?.textContent, at);

test("an element out of sight reads nothing, and catches up when it is seen", async (t) => {
  const page = await sixViewers(t);
  const before = await firstCell(page, 0);
  await page.evaluate(() => {
    window.viewers[0].style.translate = "-9999px";
    return new Promise((done) => new IntersectionObserver((_, seen) => { seen.disconnect(); done(); }).observe(window.viewers[0]));
  });
  for (let round = 1; round <= 3; round++) {
    const said = await page.evaluate(async (rows) => {
      const drawn = window.drawn(window.viewers.slice(1));
      await window.table.update(rows);
      await drawn;
      return window.said();
    }, rows(round));
    assert.deepEqual(said.reads, [CONFIGS.length - 1]);
  }
  assert.equal(await firstCell(page, 0), before);
  await page.evaluate(() => {
    const drawn = window.drawn([window.viewers[0]]);
    window.viewers[0].style.translate = "";
    return drawn;
  });
  await until(() => firstCell(page, 0), (text) => text === "30", { within: 5_000, what: "the newest size" });
});

test("a hidden tab reads nothing, and catches up when it is shown", async (t) => {
  const page = await sixViewers(t);
  const show = (visible) =>
    page.evaluate((visible) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => !visible });
      document.dispatchEvent(new Event("visibilitychange"));
    }, visible);
  await show(false);
  await page.evaluate(() => window.said());
  const quiet = await page.evaluate(async (rows) => {
    for (let round = 0; round < 3; round++) {
      await window.table.update(rows);
      // The engine has told of the change by then, and there was a frame to draw it in.
      await window.table.size();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    return window.said();
  }, rows(5));
  assert.deepEqual(quiet.reads, []);
  assert.ok(quiet.events > 0, "the changes were told");
  const drawn = page.evaluate(() => window.drawn(window.viewers));
  await show(true);
  await drawn;
  assert.deepEqual((await page.evaluate(() => window.said())).reads, [CONFIGS.length]);
  await flush(page);
  assert.equal(await firstCell(page, 0), "50");
});
