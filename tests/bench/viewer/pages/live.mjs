/**
 * A feed into a bounded table, under a pivot and two charts.
 *
 * A batch is painted by an element when its first draw that began to read after the batch had
 * come has been painted. The engine answers in the order it is asked, so that draw has the batch.
 */
import { frame, painted } from "/bench/pages/screen.mjs";
import millrace from "/dist/millrace.js";

const CONFIGS = {
  pivot: {
    group_by: ["ticker"],
    split_by: ["side"],
    columns: ["seq", "volume", "price"],
    aggregates: { seq: "max", volume: "sum", price: "mean" },
  },
  line: {
    plugin: "Y Line",
    group_by: ["bucket"],
    split_by: ["venue"],
    columns: ["price"],
    aggregates: { price: "mean" },
    expressions: { bucket: `bucket("time", '5s')` },
  },
  bars: { plugin: "Y Bar", group_by: ["client"], columns: ["volume"] },
};

/** What a person turns a pivot to, one after the other. */
const TURNS = [
  { group_by: ["client"], split_by: [] },
  { group_by: ["venue", "ticker"], split_by: ["side"] },
  { group_by: [], split_by: [], columns: ["seq", "ticker", "price"], sort: [["seq", "desc"]] },
  { ...CONFIGS.pivot, sort: [] },
];

const READS = ["read", "to_arrow", "to_columns", "num_rows", "get_min_max", "column_paths"];

/** Bytes of the batches, and what is told of those on their way to the screen. */
let batches = [];
let client;
let table;

async function bytes(name) {
  const response = await fetch(`/data/${name}.arrow`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.arrayBuffer();
}

/** Notes when batches get from their arrival to an element's pixels. */
class Watch {
  ages = [];
  draws = 0;
  #waiting = [];
  #readBegan = 0;
  #stop;

  constructor(viewer, view) {
    for (const name of READS) {
      const read = view[name].bind(view);
      view[name] = (...args) => {
        // Of a draw that reads more than once the first read counts.
        this.#readBegan ||= performance.now();
        return read(...args);
      };
    }
    const drawn = () => this.#drawn();
    viewer.addEventListener("millrace-view-update", drawn);
    this.#stop = () => {
      viewer.removeEventListener("millrace-view-update", drawn);
      for (const name of READS) delete view[name];
    };
  }

  arrive(at) {
    this.#waiting.push(at);
  }

  async #drawn() {
    const began = this.#readBegan;
    this.#readBegan = 0;
    if (began === 0) return;
    this.draws++;
    const count = this.#waiting.filter((at) => at <= began).length;
    const shown = this.#waiting.splice(0, count);
    await frame();
    const now = await painted();
    this.ages.push(...shown.map((at) => now - at));
  }

  end() {
    this.#stop();
    return { ages: this.ages, draws: this.draws, missed: this.#waiting.length };
  }
}

/** Hands batches over at their times for so many seconds; answers how late that was. */
function feed(seconds, perSecond, watches) {
  const count = seconds * perSecond;
  const begin = performance.now();
  let posted = 0;
  let done = 0;
  let late = 0;
  return new Promise((resolve, reject) => {
    const tick = () => {
      while (posted < count && performance.now() >= begin + (posted * 1_000) / perSecond) {
        const now = performance.now();
        late = Math.max(late, now - begin - (posted * 1_000) / perSecond);
        for (const watch of watches) watch.arrive(now);
        table.update(batches[feed.next++ % batches.length].slice(0)).then(() => done++, reject);
        posted++;
      }
      if (posted === count) resolve({ posted, behind: posted - done, late });
      else setTimeout(tick, begin + (posted * 1_000) / perSecond - performance.now());
    };
    tick();
  });
}
feed.next = 0;

function longTasks() {
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push({ startTime, duration });
  });
  observer.observe({ type: "longtask" });
  return () => {
    observer.disconnect();
    return tasks;
  };
}

const viewers = () => Object.keys(CONFIGS).map((id) => document.getElementById(id));

globalThis.bench = {
  async start(rows, count) {
    client = await millrace.worker();
    table = await client.table(await bytes("rows"), { limit: rows });
    const names = Array.from({ length: count }, (_, at) => `batch-${String(at).padStart(3, "0")}`);
    batches = [];
    for (const name of names) batches.push(await bytes(name));
    for (const viewer of viewers()) {
      await viewer.load(table);
      await viewer.restore(CONFIGS[viewer.id]);
      await viewer.flush();
    }
  },

  /** A feed that is not measured, for whatever is compiled and grows at first. */
  warm: (seconds, perSecond) => feed(seconds, perSecond, []),

  async live(seconds, perSecond) {
    const watches = [];
    for (const viewer of viewers()) watches.push(new Watch(viewer, await viewer.getView()));
    const stopTasks = longTasks();
    const fed = await feed(seconds, perSecond, watches);
    for (const viewer of viewers()) await viewer.flush();
    // The paint behind the last draw.
    await frame();
    await painted();
    const elements = viewers().map(({ id }, at) => ({ id, ...watches[at].end() }));
    return { ...fed, elements, longTasks: stopTasks() };
  },

  /** A feed with config changes evenly over it. */
  async turned(seconds, perSecond, changes, from) {
    const [pivot] = viewers();
    const begin = performance.now();
    const turning = (async () => {
      for (let change = 0; change < changes; change++) {
        await pivot.restore(TURNS[(from + change) % TURNS.length]);
        await pivot.flush();
        const wait = begin + ((change + 1) * seconds * 1_000) / changes - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      }
    })();
    const fed = await feed(seconds, perSecond, []);
    await turning;
    return fed;
  },

  /** The same config at each look. */
  async settle() {
    const [pivot] = viewers();
    await pivot.restore(TURNS.at(-1));
    for (const viewer of viewers()) await viewer.flush();
    const { heap_size, tables, views } = await client.system_info();
    return { wasm: heap_size, tables, views };
  },
};
