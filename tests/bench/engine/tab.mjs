/**
 * A page with one peer in it, from outside.
 */
import { open } from "../../browser/lib/page.mjs";

/** A run that takes longer is given up, and the page with it. */
const LIMIT_MS = 180_000;

/** What a peer said when it did not do what it was asked. */
export class PeerError extends Error {
  /** @param {{name: string, message: string, kind?: string}} told */
  constructor({ name, message, kind }) {
    super(message);
    this.name = name;
    this.kind = kind;
  }
}

export class Tab {
  #browser;
  #base;
  #page;

  /** @param {{name: string, liveOnly?: boolean}} peer */
  constructor(browser, base, peer) {
    this.#browser = browser;
    this.#base = base;
    this.peer = peer;
    this.notes = [];
  }

  /** Opens the page anew and loads the peer's table. */
  async start() {
    await this.#page?.close();
    this.#page = await open(this.#browser, `${this.#base}/bench/page.html`);
    await this.#page.waitForFunction(() => globalThis.bench !== undefined);
    this.notes = await this.#ask("start", this.peer.name);
    if (!this.peer.liveOnly) await this.#ask("table");
  }

  /** Has the page do something; a page that does not come back is opened anew. */
  async call(action, ...args) {
    try {
      return await this.#ask(action, ...args);
    } catch (error) {
      if (error.name === "Late" || error.name === "Crash") await this.start();
      throw error;
    }
  }

  async #ask(action, ...args) {
    let timer;
    const late = new Promise((_, reject) => {
      const error = new PeerError({ name: "Late", message: `not done in ${LIMIT_MS / 1_000} s` });
      timer = setTimeout(reject, LIMIT_MS, error);
    });
    const done = this.#page
      .evaluate(([name, rest]) => globalThis.bench(name, ...rest), [action, args])
      .catch(({ message }) => {
        // The page itself is gone: out of memory, most of the time.
        throw new PeerError({ name: "Crash", message: message.split("\n")[0] });
      });
    try {
      const told = await Promise.race([done, late]);
      if (told.error) throw new PeerError(told.error);
      return told.value;
    } finally {
      clearTimeout(timer);
      // Whatever a page says that is closed while it works, nobody waits for it.
      done.catch(() => {});
    }
  }
}
