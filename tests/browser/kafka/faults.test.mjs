/**
 * An Apache Kafka killed with -9 under load, and back again: the page says so meanwhile, and
 * goes on without a row lost or doubled.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "node:test";
import { figure, state } from "../lib/page.mjs";
import { control, millrace } from "../lib/program.mjs";
import { Recorder } from "../lib/recorder.mjs";
import { assertShows, moreRows, showPivot, TOPIC } from "../lib/stage.mjs";

const run = promisify(execFile);

/** One of the workspace's own brokers, apart from the one that other tests share. */
async function kafka(command) {
  const { stdout } = await run("cargo", ["xtask", "kafka", command, "--name", "faults"]);
  return /KAFKA_BOOTSTRAP=(\S+)/.exec(stdout)?.[1];
}

test("a broker killed with -9 comes back, and the page goes on", async (t) => {
  const brokers = await kafka("start");
  assert.ok(brokers, "the broker says where it is");
  t.after(() => kafka("kill"));
  const demo = await millrace(
    ["demo", "--listen", "127.0.0.1:0", "--paused", "--rate", "3000", "--kafka", brokers],
  );
  t.after(() => demo.end("SIGKILL"));
  const page = await showPivot(t, demo.base);
  await control(demo.base, "/demo/resume", "POST");
  await moreRows(page);

  await kafka("kill");
  await state(page, /^Source lost/);
  assert.ok((await figure(page, "status-rows")) >= 3_000, "what was there is still shown");

  assert.equal(await kafka("start"), brokers, "the broker is back where it was");
  await state(page, /^Live/, { within: 60_000 });
  await moreRows(page);
  await control(demo.base, "/demo/pause", "POST");
  const recorder = new Recorder(brokers, TOPIC);
  await assertShows(page, await recorder.finish());
  assert.deepEqual(page.problems, []);
});
