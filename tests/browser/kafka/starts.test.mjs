/** Where reading begins and ends by the clock, which only a real Kafka can answer. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../lib/page.mjs";
import { control, freePort, millrace } from "../lib/program.mjs";
import { Recorder } from "../lib/recorder.mjs";
import { TOPIC } from "../lib/stage.mjs";

/** A relay whose feeds of the topic differ in these fields of their sources. */
async function serve(t, brokers, sources) {
  const folder = await mkdtemp(join(tmpdir(), "millrace-starts-"));
  t.after(() => rm(folder, { recursive: true }));
  const feeds = Object.entries(sources).map(
    ([name, fields]) => `
[[feed]]
name = "${name}"
source = { type = "kafka", brokers = "${brokers}", topic = "${TOPIC}", ${fields} }
`,
  );
  const file = join(folder, "millrace.toml");
  await writeFile(file, `[server]\nlisten = "127.0.0.1:${await freePort()}"\n${feeds.join("")}`);
  const relay = await millrace(["serve", "--config", file]);
  t.after(() => relay.end("SIGKILL"));
  return relay;
}

async function feedsOf(base) {
  const response = await fetch(`${base}/feeds`);
  const { feeds } = await response.json();
  return Object.fromEntries(feeds.map((feed) => [feed.name, feed]));
}

test("reading begins and ends by the records' timestamps", async (t) => {
  const brokers = process.env.KAFKA_BOOTSTRAP;
  assert.ok(brokers, "KAFKA_BOOTSTRAP names the broker");
  const demo = await millrace(["demo", "--listen", "127.0.0.1:0", "--paused", "--rate", "2000", "--kafka", brokers]);
  t.after(() => demo.end("SIGKILL"));
  const total = async () => (await control(demo.base, "/demo")).total;
  const more = async (count) => {
    const before = await total();
    await control(demo.base, "/demo/resume", "POST");
    await until(total, (now) => now >= before + count, { what: `${count} more rows` });
    await control(demo.base, "/demo/pause", "POST");
  };
  // Another test may have written to the topic before.
  const recorded = async () => (await new Recorder(brokers, TOPIC).finish()).length;
  await more(500);
  const before = await recorded();
  // Behind all that is written: a record's time is in whole milliseconds.
  const middle = new Date(Date.now() + 2).toISOString();
  await until(async () => Date.now(), (now) => now > Date.parse(middle) + 2);
  await more(500);
  const all = await recorded();
  const relay = await serve(t, brokers, {
    since: `start = { timestamp = "${middle}" }, end = "latest"`,
    up_to: `end = { timestamp = "${middle}" }`,
    lately: `start = { ago = "1d" }, end = "latest"`,
    later: `start = { timestamp = "2999-01-01T00:00:00Z" }, end = "latest"`,
  });
  const complete = (feeds) => Object.values(feeds).every((feed) => feed.source === "complete");
  const feeds = await until(() => feedsOf(relay.base), complete, { what: "all feeds complete" });
  const rows = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feed.rows]));
  assert.deepEqual(rows, { since: all - before, up_to: before, lately: all, later: 0 });
});
