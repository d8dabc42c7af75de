/**
 * A broker with its producer, a relay of its own process, and a page: each can be killed
 * while the others go on.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browse, figure, flush, grid, number, until } from "./page.mjs";
import { binary, control, freePort, millrace, Program } from "./program.mjs";
import { groups, Recorder, sum } from "./recorder.mjs";

export const TOPIC = "stock_values";

/** The columns of the demo's topic, as a configuration states them. */
const SCHEMA = `
timestamp = "timestamp(ms)"
ticker = "string"
client = "string"
open = "float64"
high = "float64"
low = "float64"
close = "float64"
volume = "int64"
date = "date"
`;

/** `millrace broker`, held until its producer is resumed. */
export async function startBroker(t, { rate = 3_000, seed = 1 } = {}) {
  const args = ["broker", "--paused", "--control", "127.0.0.1:0", "--rate", rate, "--seed", seed];
  const program = new Program(binary("millrace"), args);
  t.after(() => program.end("SIGKILL"));
  const [controlLine, brokerLine] = await Promise.all([
    program.line(/Control is up: /),
    program.line(/A broker is up: /),
  ]);
  const base = new URL(/Control is up: (\S+)/.exec(controlLine)[1]).origin;
  const address = /A broker is up: (\S+)/.exec(brokerLine)[1];
  return {
    address,
    resume: () => control(base, "/demo/resume", "POST"),
    pause: () => control(base, "/demo/pause", "POST"),
    total: async () => (await control(base, "/demo")).total,
    recorder: () => new Recorder(address, TOPIC),
    end: () => program.end("SIGKILL"),
  };
}

/** A feed of the topic, as a configuration states it. */
function feedLines(brokers, name, lines, schema) {
  return `
[[feed]]
name = "${name}"
${lines}
[feed.source]
type = "kafka"
brokers = "${brokers}"
topic = "${TOPIC}"
# The embedded broker answers a fetch that finds nothing only when its wait is over.
properties = { "fetch.wait.max.ms" = "10" }
[feed.schema]${schema}`;
}

/** A relay that can be killed and started again at the same address. */
export class Relay {
  #folder;
  #program;
  port;

  /**
   * `server` and `feed` are lines for those tables of the configuration, `name` is that of
   * the feed; `other` is the schema of a second feed of the topic, called `other`.
   */
  static async start(t, brokers, { server = "", feed = "", name = TOPIC, other } = {}) {
    const relay = new Relay();
    relay.port = await freePort();
    relay.#folder = await mkdtemp(join(tmpdir(), "millrace-relay-"));
    relay.server = server;
    relay.feed = feed;
    relay.name = name;
    relay.other = other;
    t.after(async () => {
      await relay.kill();
      await rm(relay.#folder, { recursive: true });
    });
    await relay.restart(brokers);
    return relay;
  }

  get base() {
    return `http://127.0.0.1:${this.port}`;
  }

  async restart(brokers) {
    const file = join(this.#folder, "millrace.toml");
    const feeds = [feedLines(brokers, this.name, this.feed, SCHEMA)];
    if (this.other) feeds.push(feedLines(brokers, "other", "", this.other));
    const server = `[server]\nlisten = "127.0.0.1:${this.port}"\n${this.server}\n`;
    await writeFile(file, server + feeds.join(""));
    this.#program = await millrace(["serve", "--config", file]);
  }

  /** The process id. */
  get pid() {
    return this.#program.pid;
  }

  /** `kill -9`. */
  async kill() {
    await this.#program.end("SIGKILL");
  }
}

/** A page that shows the topic by ticker: volumes and numbers of rows. */
export async function showPivot(t, base) {
  const page = await browse(t, base);
  await page.locator("millrace-viewer").evaluate((viewer) =>
    viewer.restore({
      group_by: ["ticker"],
      columns: ["volume", "client"],
      aggregates: { volume: "sum", client: "count" },
    }),
  );
  return page;
}

/** Waits for some rows more than there are now. */
export async function moreRows(page, count = 3_000) {
  const before = await figure(page, "status-rows");
  await until(() => figure(page, "status-rows"), (rows) => rows >= before + count, {
    what: `${count} more rows than ${before}`,
  });
}

/** The screen shows exactly the messages, each once: by ticker their number and volume. */
export async function assertShows(page, messages) {
  const rows = messages.map((message) => JSON.parse(message.text));
  const expected = groups(rows, "ticker").map(([name, of]) => [name, sum(of, "volume"), of.length]);
  const read = async () => {
    await flush(page);
    const { body } = await grid(page);
    return body.map((row) => [row.names.join(""), ...row.cells.map(number)]);
  };
  await until(read, (shown) => shown[0]?.[2] === rows.length, { what: `${rows.length} rows` });
  assert.deepEqual(await read(), expected);
}
