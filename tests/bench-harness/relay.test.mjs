/**
 * The relay's benchmark: options in, a table out.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FIGURES, parse } from "../bench/relay/options.mjs";
import { report } from "../bench/relay/report.mjs";

test("options", () => {
  assert.equal(parse([]).whole, true);
  assert.equal(parse(["--peer-rows", "50_000"]).peerRows, 50_000);
  assert.deepEqual(parse(["--only", "idle,rate"]).only, ["rate", "idle"]);
  assert.equal(parse(["--only", FIGURES.join(",")]).whole, false);
  assert.throws(() => parse(["--runs", "0"]), /--runs is 0; expected an integer from 1 on/);
  assert.throws(() => parse(["--only", "speed"]), /there is no figure "speed"/);
  assert.throws(() => parse(["--client", "3"]), /there is no option --client/);
  assert.throws(() => parse(["--json"]), /--json has no value/);
  assert.throws(() => parse(["--rows", "100_000"]), /the topic has 100000 records/);
});

const idle = (bytes) => ({ bytes, processors: 0.1 });
const found = {
  topic: { rows: 1_000, bytes: 168_300 },
  rate: { relay: [900_000, 1_000_000, 1_100_000], bare: [1e6, 2e6, 2e6], ratio: 0.55 },
  latency: { median: 31.25, p99: 60, most: 80.04 },
  idle: {
    clients: 10,
    there: 10,
    lost: 0,
    history: 64_000,
    connected: idle(9_000),
    subscribed: idle(31_000),
  },
  broadcast: {
    clients: 20,
    frames: 30,
    frame_bytes: 4_096,
    delivered: 600,
    encoded: 30,
    slow: 0,
    processors: 0.5,
    median: 20,
    p99: 200,
    most: 300,
  },
  peer: { rates: [49_000, 50_000, 51_000], versions: { "perspective-python": "5.6.1" } },
};
const lines = (changed = {}) => report({ ...found, ...changed }, parse([])).split("\n");
const line = (start, changed) => lines(changed).find((text) => text.startsWith(`| ${start}`));

test("a figure that is reached, and one that is not", () => {
  assert.equal(
    line("JSON to encoded"),
    "| JSON to encoded frames, records/s | at least half of it | 1,000,000, 55 % | yes |",
  );
  assert.match(line("from producer"), /at most 50 \+ 5 ms \| 31\.3 ms \| yes \|$/);
  assert.match(line("memory for each of 10 clients that said"), /9\.0 KB .* \| yes \|$/);
  assert.match(
    line("memory for each of 10 clients that took a history of 64 KB"),
    /31\.0 KB .* \| \*\*no\*\* \|$/,
  );
  assert.match(line("to 20 clients"), /200\.0 ms .* \| yes \|$/);
  assert.match(line("Perspective 5.6.1"), /50,000, ours is 20× \| yes \|$/);
});

test("who lost a client, a frame, or encoded one twice, has not reached it", () => {
  const lost = { idle: { ...found.idle, lost: 1 } };
  assert.match(line("memory for each of 10 clients that said", lost), /\*\*no\*\*/);
  const without = { broadcast: { ...found.broadcast, delivered: 599 } };
  assert.match(line("the same: frames delivered", without), /599 of 600.*\*\*no\*\*/);
  const twice = { broadcast: { ...found.broadcast, encoded: 31 } };
  assert.match(line("the same: times", twice), /31 encodings of 30 frames \| \*\*no\*\*/);
});

test("the peer may be missing", () => {
  assert.match(line("Perspective's example", { peer: undefined }), /not measured/);
});
