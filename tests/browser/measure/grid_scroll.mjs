/**
 * How long a frame of scrolling takes, of plain columns and of ones with looks: the time
 * between frames, and what the page's main thread does in it.
 *
 *     node measure/grid_scroll.mjs [ROWS] [FRAMES]
 */
import { LOOKS, longPage, scrollFrames } from "../lib/scrolling.mjs";

const [rows = 1_000_000, frames = 180] = process.argv.slice(2).map(Number);
const WARM_UP = 40;
const PX = 96;

/** Events of a trace by what they are work for. */
const PARTS = {
  script: ["FunctionCall", "RunMicrotasks", "v8.callFunction"],
  style: ["UpdateLayoutTree", "RecalculateStyles"],
  layout: ["Layout"],
  paint: ["PrePaint", "Paint", "Layerize", "Commit"],
  raster: ["RasterTask"],
};

async function measure(config) {
  const undo = [];
  const page = await longPage({ after: (fn) => undo.push(fn) }, rows, config);
  try {
    await scrollFrames(page, WARM_UP, PX);
    const browser = page.context().browser();
    await browser.startTracing(page, { categories: ["devtools.timeline", "toplevel"] });
    const times = await scrollFrames(page, frames, PX);
    const trace = JSON.parse(await browser.stopTracing());
    return { times, ...work(trace.traceEvents) };
  } finally {
    for (const fn of undo.reverse()) await fn();
  }
}

/** Processor time a frame by part, ms. */
function work(events) {
  const sums = {};
  for (const [part, names] of Object.entries(PARTS)) {
    const spans = events.filter(({ ph, name }) => ph === "X" && names.includes(name));
    sums[part] = outermost(spans) / 1000 / frames;
  }
  return sums;
}

/** The time of spans that lie in no other of the same thread. */
function outermost(spans) {
  const ends = new Map();
  let sum = 0;
  for (const { ts, dur = 0, tdur, tid, pid } of spans.toSorted((a, b) => a.ts - b.ts)) {
    const thread = `${pid}/${tid}`;
    if (ts < (ends.get(thread) ?? 0)) continue;
    ends.set(thread, ts + dur);
    sum += tdur ?? dur;
  }
  return sum;
}

function line(name, { times, ...parts }) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.floor(part * (sorted.length - 1))].toFixed(1).padStart(6);
  const rest = Object.entries(parts).map(([part, ms]) => `${part} ${ms.toFixed(1)}`);
  return `${name.padEnd(8)} median ${at(0.5)}  p95 ${at(0.95)} ms   ${rest.join("  ")}`;
}

console.log(`${rows} rows, ${frames} frames of ${PX} px; parts in ms of processor time a frame`);
console.log(line("plain", await measure({})));
console.log(line("styled", await measure(LOOKS)));
for (const [name, style] of Object.entries(LOOKS.columns_config)) {
  console.log(line(name, await measure({ columns_config: { [name]: style } })));
}
