/**
 * A page in a context of its own, nothing cached, and what the browser says of it.
 */

/** What the main thread does, by the browser's names for it. */
const PARTS = {
  all: "TaskDuration",
  script: "ScriptDuration",
  style: "RecalcStyleDuration",
  layout: "LayoutDuration",
};

export class Tab {
  static async open(browser, url) {
    const tab = new Tab();
    tab.context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    tab.page = await tab.context.newPage();
    tab.problems = [];
    tab.page.on("pageerror", ({ message }) => tab.problems.push(message));
    tab.devtools = await tab.context.newCDPSession(tab.page);
    await tab.devtools.send("Network.enable");
    await tab.devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    await tab.page.goto(url, { waitUntil: "commit" });
    await tab.page.waitForFunction(() => globalThis.bench !== undefined, undefined, {
      timeout: 120_000,
    });
    return tab;
  }

  /** What the page's `bench` answers. */
  async ask(action, ...args) {
    await this.page.bringToFront();
    return this.page.evaluate(
      async ([name, rest]) => {
        const what = globalThis.bench[name];
        return typeof what === "function" ? what(...rest) : what;
      },
      [action, args],
    );
  }

  /** Runs the work; answers what came of it, and what the page's main thread did in those seconds. */
  async observed(work) {
    const before = await this.#worked();
    const begin = performance.now();
    const result = await work();
    const seconds = (performance.now() - begin) / 1_000;
    const after = await this.#worked();
    const spent = Object.keys(PARTS).map((part) => [part, after[part] - before[part]]);
    return { result, seconds, spent: Object.fromEntries(spent) };
  }

  /** Seconds that the page's main thread has worked, in all and at what. */
  async #worked() {
    await this.devtools.send("Performance.enable");
    const { metrics } = await this.devtools.send("Performance.getMetrics");
    const of = (metric) => metrics.find(({ name }) => name === metric).value;
    return Object.fromEntries(Object.entries(PARTS).map(([part, metric]) => [part, of(metric)]));
  }

  /** Bytes of the page's JavaScript, of which nothing is garbage. */
  async heap() {
    await this.devtools.send("HeapProfiler.collectGarbage");
    await this.devtools.send("HeapProfiler.collectGarbage");
    return (await this.devtools.send("Runtime.getHeapUsage")).usedSize;
  }

  close() {
    return this.context.close();
  }
}
