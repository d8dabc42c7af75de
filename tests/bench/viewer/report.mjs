/**
 * The figures as Markdown, for `docs/benchmarks.md`, beside what they are to reach.
 */
import { median, milliseconds, quantile, times } from "../engine/statistics.mjs";

/** A frame of our code may take so long; the browser tells of tasks that take longer. */
const LONG_MS = 50;

const KB = 1_000;
const kilobytes = (bytes) => `${Math.round(bytes / KB).toLocaleString("en-US")} KB`;
const megabytes = (bytes) => `${(bytes / (KB * KB)).toFixed(1)} MB`;
const ms = (value) => `${milliseconds(value)} ms`;
const percent = (share) => `${(share * 100).toFixed(1)} %`;
const sum = (values) => values.reduce((total, value) => total + value, 0);
const p99 = (values) => quantile(values, 0.99);

/**
 * A line of the table.
 *
 * @typedef {object} Line
 * @property {string} figure
 * @property {string} target Empty: there is none, the figure explains another.
 * @property {string} ours
 * @property {string} [theirs]
 * @property {boolean} [reached]
 */

/** @returns {Line} */
function compared(figure, target, [ours, theirs], show, within) {
  const ratio = theirs === undefined || ours === undefined ? undefined : theirs / ours;
  return {
    figure,
    target,
    ours: ours === undefined ? "" : show(ours),
    theirs: theirs === undefined ? "" : `${show(theirs)}${ratio ? `, ${times(ratio)}` : ""}`,
    reached: within && ours !== undefined ? within(ours, theirs) : undefined,
  };
}

/**
 * What is asked of our figure alone, and beside theirs; without theirs it stays open whether the
 * second is reached.
 */
const least = (limit, ratio) => (ours, theirs) => {
  if (limit !== undefined && ours > limit) return false;
  if (ratio === undefined) return true;
  return theirs === undefined ? undefined : theirs / ours >= ratio;
};

const pick = (found, read) =>
  ["millrace", "perspective"].map((name) => (found[name] ? read(found[name]) : undefined));

const shareDrawn = ({ stream }) => stream.drawn / stream.frames.length;

/** All that the main thread did, and the parts of it that have a name. */
function work({ all, ...parts }, show) {
  const named = Object.entries(parts).map(([name, seconds]) => `${name} ${show(seconds)}`);
  return `${show(all)} (${named.join(", ")})`;
}

function workAFrame(grid) {
  if (!grid) return "";
  const { spent, drawn } = grid.wheel;
  return work(spent, (seconds) => ms((seconds * 1_000) / Math.max(1, drawn)));
}

const LINES = {
  wire(found) {
    const all = (files) => sum(Object.values(files));
    return [
      compared(
        "script, style and wasm over the wire, brotli",
        "at most 700 KB",
        pick(found, all),
        kilobytes,
        least(700 * KB),
      ),
    ];
  },

  cold(found) {
    return [
      compared(
        "cold start to first painted rows, median",
        "at most a third",
        pick(found, median),
        ms,
        least(undefined, 3),
      ),
    ];
  },

  scroll(found) {
    const stream = (read) => pick(found, (grid) => read(grid.stream.frames));
    const wheel = (read) => pick(found, (grid) => read(grid.wheel));
    const lines = [
      compared(
        "scroll: time of a frame, 99 %",
        "at most 16 ms and a half",
        stream(p99),
        ms,
        least(16, 2),
      ),
      compared("the same, median", "", stream(median), ms),
      compared("the same: frames with other rows", "", pick(found, shareDrawn), percent),
      compared(
        "scroll: from a step until its rows are painted, median",
        "",
        pick(found, ({ steps }) => median(steps)),
        ms,
      ),
      compared(
        "scroll by wheel at 60 Hz: between frames, 99 %",
        "",
        wheel(({ frames }) => p99(frames)),
        ms,
      ),
      compared(
        "the same, median",
        "",
        wheel(({ frames }) => median(frames)),
        ms,
      ),
      {
        figure: "the same: the main thread's work for a frame with other rows",
        target: "",
        ours: workAFrame(found.millrace),
        theirs: workAFrame(found.perspective),
      },
    ];
    const styled = found["millrace styled"]?.stream;
    if (styled) {
      lines.push(
        compared(
          "scroll, four styled columns: time of a frame, 99 %",
          "at most 16 ms",
          [p99(styled.frames)],
          ms,
          least(16),
        ),
        compared("the same, median", "", [median(styled.frames)], ms),
        compared("the same: frames with other rows", "", [shareDrawn({ stream: styled })], percent),
      );
    }
    return lines;
  },

  change(found) {
    return [
      compared(
        "group by another column to painted, median",
        "at most 60 ms, 20 times faster",
        pick(found, median),
        ms,
        least(60, 20),
      ),
    ];
  },

  live({ elements, seconds, spent, longTasks, behind }) {
    const busy = spent.all / seconds;
    const ages = elements.flatMap((element) => element.ages);
    const of = ({ id, ages, draws, missed }) =>
      `${id} ${ages.length ? ms(quantile(ages, 0.95)) : "nothing"}, ${draws} draws${missed ? `, ${missed} batches not shown` : ""}`;
    const over = longTasks.map(({ duration }) => duration);
    return [
      {
        figure: "live: from arrival to paint, 95 %",
        target: "at most 100 ms",
        ours: `${ms(quantile(ages, 0.95))} (${elements.map(of).join("; ")})`,
        reached: quantile(ages, 0.95) <= 100 && elements.every(({ missed }) => missed === 0),
      },
      { figure: "the same, median", target: "", ours: ms(median(ages)) },
      { figure: "live: batches not taken in at the end", target: "", ours: String(behind) },
      {
        figure: "live: main thread",
        target: "under half a core",
        ours: work(spent, (part) => percent(part / seconds)),
        reached: busy < 0.5,
      },
      {
        figure: `live: tasks over ${LONG_MS} ms`,
        target: "none",
        ours: over.length === 0 ? "none" : `${over.length}, the longest ${ms(Math.max(...over))}`,
        reached: over.length === 0,
      },
    ];
  },

  memory(looks) {
    const [, steady, , end] = looks;
    const growth = end.heap / steady.heap - 1;
    return [
      {
        figure: "wasm memory after three minutes, and at the end",
        target: "unchanged",
        ours: `${megabytes(steady.wasm)}, ${megabytes(end.wasm)}`,
        reached: end.wasm === steady.wasm,
      },
      {
        figure: "the page's JavaScript after three minutes, and at the end",
        target: "within 2 %",
        ours: `${megabytes(steady.heap)}, ${megabytes(end.heap)} (${growth < 0 ? "" : "+"}${percent(growth)})`,
        reached: growth <= 0.02,
      },
    ];
  },
};

/** How much of what each peer's files make. */
function files(wire, peers) {
  if (!wire) return [];
  const name = (path) => path.split("/").at(-1);
  return peers.map(({ name: peer, title }) => {
    const parts = Object.entries(wire[peer])
      .sort(([, one], [, other]) => other - one)
      .map(([path, bytes]) => `\`${name(path)}\` ${kilobytes(bytes)}`);
    return `- Over the wire, ${title}: ${parts.join(", ")}`;
  });
}

function head({ rows, chromium, runs, steps, seconds, changes, minutes, peers }) {
  const missing = peers.some(({ name }) => name === "perspective")
    ? ""
    : "\n\nPerspective was not there to be measured.";
  return `${rows.toLocaleString("en-US")} trades of nine columns, in Chromium ${chromium} without a window, all peers in one run, in turns
where they are timed again and again: ${runs} cold starts and config changes each after those that are
not counted, each cold start in a context of its own without a cache; ${steps} steps of the scroll. Scripts,
styles and wasm come by brotli from loopback, the rows as an Arrow stream without compression. The time of
a frame is taken in a browser without a frame limit, with a step of the scroll in each. Live:
100,000 rows/s for ${seconds} s, a batch of 10,000 rows each 100 ms, into a full table of that size, under a
pivot and two charts. Memory: ${changes} config changes evenly over ${minutes} min of that feed. The
documented whole is \`--changes 1000 --minutes 10\`. Behind Perspective's figures stands how many times ours they are.${missing}`;
}

/**
 * @param {Record<string, any>} results By the names of figures.
 * @param {object} setting Options, peers and browser.
 * @returns {string}
 */
export function report(results, setting) {
  const theirs = setting.peers.find(({ ours }) => !ours);
  const word = { true: "yes", false: "**no**", undefined: "" };
  const lines = Object.entries(results).flatMap(([name, found]) => LINES[name](found));
  const rows = lines.map(
    ({ figure, target, ours, theirs = "", reached }) =>
      `| ${figure} | ${target} | ${ours} | ${theirs} | ${word[reached]} |`,
  );
  return [
    head(setting),
    "",
    `| figure | to reach | Millrace | ${theirs ? `${theirs.title} ${theirs.version}` : "Perspective"} | reached |`,
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...files(results.wire, setting.peers),
  ].join("\n");
}
