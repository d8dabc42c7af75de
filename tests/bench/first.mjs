/**
 * `cargo xtask bench first`: how old a row is when it is painted, and how many rows a second
 * the whole way carries.
 *
 * Broker with producer, relay and Chromium run on this machine and share its processors. The
 * page shows the demo's pivot by ticker. A row's age at paint is measured row by row: the
 * recorder knows when each was made, the page says after every paint how many it had shown.
 * Prints Markdown on stdout, progress on stderr.
 */
import { cpus } from "node:os";
import { readdir, readFile } from "node:fs/promises";
import { figure, launch, open, state, until } from "../browser/lib/page.mjs";
import { Relay, startBroker } from "../browser/lib/stage.mjs";

const LATENCY_SECONDS = 30;
const STEP_SECONDS = 8;
const RATES = [50_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 800_000];
/** A backlog of more than so much of a second's rows, and growing, is one. */
const BACKLOG_SECONDS = 0.5;

const finishers = [];
/** What a test would hand to the stage. */
const context = { after: (finish) => finishers.push(finish) };

async function cleanUp() {
  for (const finish of finishers.splice(0).reverse()) await finish();
}

const say = (text) => process.stderr.write(`${text}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

/** The demo's page over a broker and a relay of their own processes. */
async function stage(rate) {
  const broker = await startBroker(context, { rate });
  // Every row is kept, so that rows shown and rows made can be compared.
  const relay = await Relay.start(context, broker.address, { feed: "table = { limit = 0 }" });
  const browser = await launch();
  context.after(() => browser.close());
  const page = await open(browser, relay.base);
  return { broker, relay, page };
}

/** Notes in the page, after each paint, how many rows the total had shown, and when. */
async function watchPaints(page) {
  await page.locator("millrace-viewer").evaluate((viewer) => {
    const root = viewer.shadowRoot;
    window.paints = [];
    let last = 0;
    const painted = new MessageChannel();
    painted.port1.onmessage = ({ data }) =>
      window.paints.push([data, performance.timeOrigin + performance.now()]);
    const look = () => {
      const cells = root.querySelectorAll("regular-table tbody tr:first-child td");
      const count = Number(cells[cells.length - 1]?.innerText.replaceAll(",", "") ?? 0);
      // A message posted in an animation frame is delivered when the frame was painted.
      if (count !== last) painted.port2.postMessage((last = count));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** The age in ms of every row when it was painted first. */
async function ages(rate) {
  const { broker, page } = await stage(rate);
  const recorder = broker.recorder();
  await watchPaints(page);
  await broker.resume();
  await state(page, /^Live/);
  await sleep(LATENCY_SECONDS * 1_000);
  await broker.pause();
  const total = await broker.total();
  await until(() => figure(page, "status-rows"), (rows) => rows >= total);
  const made = (await recorder.finish()).map(({ text }) => Date.parse(JSON.parse(text).timestamp));
  made.sort((a, b) => a - b);
  await until(() => page.evaluate(() => window.paints.at(-1)[0]), (count) => count >= total);
  const paints = await page.evaluate(() => window.paints);
  const result = [];
  let paint = 0;
  for (const [row, time] of made.entries()) {
    while (paints[paint][0] <= row) paint++;
    result.push(paints[paint][1] - time);
  }
  await cleanUp();
  // The first second holds the start of everything.
  return { ages: result.slice(rate).sort((a, b) => a - b), paints: paints.length, rows: total };
}

/** Processor seconds that this process's children and theirs have used, by kind. */
async function processorSeconds() {
  const used = { producer: 0, relay: 0, chromium: 0 };
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    try {
      const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const seconds = (Number(fields[11]) + Number(fields[12])) / 100;
      if (/millrace$/.test(command[0])) used[command[1] === "serve" ? "relay" : "producer"] += seconds;
      else if (/chrom/.test(command[0])) used.chromium += seconds;
    } catch {
      // It ended while it was looked at.
    }
  }
  return used;
}

/** One step of the search for the highest rate. */
async function step(rate) {
  const { broker, relay, page } = await stage(rate);
  const shown = () => figure(page, "status-rows");
  await broker.resume();
  await state(page, /^Live/);
  await sleep(2_000);
  const backlog = async () => (await broker.total()) - (await shown());
  const [start, startMade, startBacklog, before] = [
    performance.now(),
    await broker.total(),
    await backlog(),
    await processorSeconds(),
  ];
  await sleep(STEP_SECONDS * 1_000);
  const endBacklog = await backlog();
  const { feeds } = await (await fetch(`${relay.base}/feeds`)).json();
  const seconds = (performance.now() - start) / 1_000;
  const achieved = ((await broker.total()) - startMade) / seconds;
  const after = await processorSeconds();
  const load = Object.fromEntries(
    Object.keys(after).map((kind) => [kind, (after[kind] - before[kind]) / seconds]),
  );
  await cleanUp();
  const grows = endBacklog > BACKLOG_SECONDS * rate && endBacklog > startBacklog;
  const behind = feeds[0].lag_messages;
  const carried = !grows && achieved > 0.95 * rate;
  return { rate, achieved, startBacklog, endBacklog, behind, load, carried };
}

try {
  say(`age at paint: ${LATENCY_SECONDS} s at 10,000 rows/s`);
  const latency = await ages(10_000);
  const median = quantile(latency.ages, 0.5);
  const p99 = quantile(latency.ages, 0.99);
  say(`median ${median.toFixed(0)} ms, 99th percentile ${p99.toFixed(0)} ms`);
  const steps = [];
  for (const rate of RATES) {
    const found = await step(rate);
    steps.push(found);
    say(`${rate} rows/s: made ${found.achieved.toFixed(0)}/s, backlog ${found.endBacklog}`);
    if (!found.carried) break;
  }
  const n = (x) => Math.round(x).toLocaleString("en-US");
  const best = steps.filter((s) => s.carried).at(-1);
  const end = steps.find((s) => !s.carried);
  const busy = (s) => Object.values(s.load).reduce((sum, load) => sum + load, 0);
  const limit = end
    ? `At ${n(end.rate)} rows/s ${busy(end).toFixed(2)} of ${cpus().length} processors were busy, the producer made ${n(end.achieved)}, and ${n(end.endBacklog)} rows were made and not shown.`
    : "No rate that was tried was too much.";
  console.log(`Produce to paint at 10,000 rows/s: the age of a row when it is first painted, over
${n(latency.rows)} rows in ${LATENCY_SECONDS} s, ${n(latency.paints)} paints, with broker, relay and Chromium on the same
${cpus().length} processors.

| | median | 90 % | 99 % | most |
|---|---|---|---|---|
| age at paint, ms | ${[0.5, 0.9, 0.99, 1].map((q) => n(quantile(latency.ages, q))).join(" | ")} |

The highest rate without a growing backlog: **${best ? n(best.rate) : "none of those tried"}** rows/s. ${limit}
The backlog is
rows made and not shown; what of it the relay had not read yet lies before the relay. Load is in
processors.

| rate | made | backlog at start | at end | of it before the relay | producer and broker | relay | Chromium | carried |
|---|---|---|---|---|---|---|---|---|
${steps
  .map(
    (s) =>
      `| ${n(s.rate)} | ${n(s.achieved)} | ${n(s.startBacklog)} | ${n(s.endBacklog)} | ${n(s.behind)} | ${s.load.producer.toFixed(2)} | ${s.load.relay.toFixed(2)} | ${s.load.chromium.toFixed(2)} | ${s.carried ? "yes" : "no"} |`,
  )
  .join("\n")}`);
} finally {
  await cleanUp();
}
