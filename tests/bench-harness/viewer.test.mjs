/**
 * The viewer's benchmark: options in, a table out.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { quantile } from "../bench/engine/statistics.mjs";
import { FIGURES, PEERS, parse } from "../bench/viewer/options.mjs";
import { report } from "../bench/viewer/report.mjs";

test("options", () => {
  assert.equal(parse([]).whole, true);
  assert.equal(parse(["--minutes", "10", "--changes", "1_000"]).whole, true);
  assert.equal(parse(["--minutes", "10"]).minutes, 10);
  assert.deepEqual(parse(["--only", "live,wire"]).only, ["wire", "live"]);
  assert.equal(parse(["--only", FIGURES.join(",")]).whole, false);
  assert.deepEqual(
    parse(["--peers", "millrace"]).peers.map(({ name }) => name),
    ["millrace"],
  );
  assert.throws(() => parse(["--rows", "7"]), /--rows is 7; expected an integer from 10000 on/);
  assert.throws(() => parse(["--only", "speed"]), /there is no figure "speed"/);
  assert.throws(() => parse(["--peers", "x"]), /there is no peer "x"/);
  assert.throws(() => parse(["--run", "3"]), /there is no option --run/);
  assert.throws(() => parse(["--runs"]), /--runs has no value/);
});

test("quantiles", () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.equal(quantile(values, 0.95), 95);
  assert.equal(quantile(values, 0.99), 99);
  assert.equal(quantile([7], 0.5), 7);
});

const setting = {
  ...parse([]),
  peers: PEERS.map((peer) => (peer.ours ? peer : { ...peer, version: "5.5.1" })),
  chromium: "1",
};

test("figures stand beside what they are to reach, misses too", () => {
  const results = {
    wire: {
      millrace: { "/dist/a.js": 100_000, "/dist/b.wasm": 500_000 },
      perspective: { "/npm/c.js": 3_000_000 },
    },
    cold: { millrace: [100, 110, 120], perspective: [200, 200, 200] },
    live: {
      elements: [{ id: "pivot", ages: [20, 30], draws: 2, missed: 0 }],
      seconds: 20,
      spent: { all: 5, script: 3, style: 0.5, layout: 0.25 },
      longTasks: [{ startTime: 1, duration: 60 }],
      behind: 0,
    },
    memory: [1, 2, 3, 4].map((at) => ({ wasm: 64e6, heap: at === 4 ? 10.1e6 : 10e6 })),
  };
  const text = report(results, setting);
  assert.ok(text.includes("| at most 700 KB | 600 KB | 3,000 KB, 5.0× | yes |"), text);
  assert.ok(text.includes("| at most a third | 110 ms | 200 ms, 1.8× | **no** |"), text);
  assert.ok(text.includes("| none | 1, the longest 60.0 ms |  | **no** |"), text);
  assert.ok(
    text.includes(
      "| under half a core | 25.0 % (script 15.0 %, style 2.5 %, layout 1.3 %) |  | yes |",
    ),
    text,
  );
  assert.ok(text.includes("| unchanged | 64.0 MB, 64.0 MB |  | yes |"), text);
  assert.ok(text.includes("10.0 MB, 10.1 MB (+1.0 %) |  | yes |"), text);
  assert.ok(text.includes("- Over the wire, Millrace: `b.wasm` 500 KB, `a.js` 100 KB"), text);
});

test("a batch that was never shown is a miss, however fast the others were", () => {
  const live = {
    elements: [{ id: "line", ages: [20], draws: 1, missed: 1 }],
    seconds: 10,
    spent: { all: 1, script: 1, style: 0, layout: 0 },
    longTasks: [],
    behind: 0,
  };
  assert.match(report({ live }, setting), /1 batches not shown\) \| {2}\| \*\*no\*\* \|/);
});

test("without the peer it is said, and nothing is claimed of the two", () => {
  const alone = { ...setting, peers: PEERS.filter(({ ours }) => ours) };
  const text = report({ cold: { millrace: [100] } }, alone);
  assert.ok(text.includes("Perspective was not there to be measured."));
  assert.ok(text.includes("| at most a third | 100 ms |  |  |"), text);
});
