/**
 * A page in a context of its own, nothing cached, and what the browser says of it.
 */
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

  /** Seconds that the page's main thread has worked. */
  async worked() {
    await this.devtools.send("Performance.enable");
    const { metrics } = await this.devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
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
