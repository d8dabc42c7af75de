/**
 * Runs in the page: one peer, asked by the program outside through `globalThis.bench`.
 *
 * What is timed lies between two looks at the clock with nothing else between them. A view is
 * deleted behind its run, so that no run finds what another has computed.
 */
import { flatAnswer, groupedAnswer } from "./answers.mjs";
import { WINDOW } from "./questions.mjs";

/** @type {import("./peers/peer.mjs").Peer} */
let peer;
/** The table that questions are asked of. */
let table;
const files = new Map();

/** The bytes of a data file, for a peer that may use them up. */
async function file(name) {
  if (!files.has(name)) {
    const response = await fetch(`/data/${name}.arrows`);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    files.set(name, await response.arrayBuffer());
  }
  return files.get(name).slice(0);
}

/** Milliseconds of what is done, and its result. */
async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

/** What went wrong, for the program outside. */
async function told(work) {
  try {
    return { value: await work() };
  } catch (error) {
    const { name = "Error", message = String(error), kind } = error ?? {};
    return { error: { name, message, kind } };
  }
}

async function answer({ question, view }) {
  const source = await peer.source(view);
  return question.kind === "rows" ? flatAnswer(source) : groupedAnswer(source, question);
}

/** Loads the file, says its rows and gives the table up. */
async function load(question) {
  const bytes = await file(question.dataset);
  const [ms, [loaded, rows]] = await timed(async () => {
    const made = await peer.load(bytes);
    return [made, await peer.size(made)];
  });
  await peer.drop(loaded);
  return { ms, rows };
}

/** A view, from nothing to its first rows; of a jump, only the window behind that. */
async function view({ question, plan, rows }) {
  const [ms, made] = await timed(async () => {
    const asked = await peer.ask(plan);
    await peer.first(asked);
    return asked;
  });
  const from = Math.floor(rows / 2);
  const [jump] = question.jump
    ? await timed(() => peer.window(made, from, from + WINDOW))
    : [undefined];
  await peer.close(made);
  return jump ?? ms;
}

/** A batch, and the read behind it. */
async function step(now) {
  const number = String(now.batch++).padStart(3, "0");
  const bytes = await file(`${now.question.live.batches}-${number}`);
  if (peer.step) return peer.step(now.own, now.view, bytes);
  const [ms] = await timed(async () => {
    await peer.append(now.own, bytes);
    if (peer.refresh) await peer.refresh(now.view);
    return peer.first(now.view);
  });
  return ms;
}

/**
 * The question that is being asked.
 *
 * @type {{question: import("./questions.mjs").Question, rows: number, plan?: any, own?: any,
 *   view?: any, batch: number}}
 */
let now;

const actions = {
  async start(name) {
    const module = await import(`./peers/${name}.mjs`);
    peer = new module.Peer();
    await peer.start();
    return peer.notes;
  },

  /** Loads the table that questions are asked of. */
  async table() {
    table = await peer.load(await file("dictionary"));
    return peer.size(table);
  },

  /** Turns to a question; a live one gets a table of its own, with its view. */
  async begin(question, rows) {
    now = { question, rows, batch: 0 };
    if (question.kind === "load") return;
    const { live } = question;
    if (live) now.own = await peer.load(await file(live.table), { ...live, rows });
    now.plan = await peer.prepare(now.own ?? table, question);
    if (live) {
      now.view = await peer.ask(now.plan);
      await peer.first(now.view);
    }
  },

  /** One run, in milliseconds. */
  async run() {
    if (now.question.kind === "load") return (await load(now.question)).ms;
    return now.question.live ? step(now) : view(now);
  },

  /** The answer; in another reading than the peer's own, if one is named. */
  async answer(reading) {
    if (now.question.kind === "load") {
      const { rows } = await load(now.question);
      return { rows, start: [], middle: [], end: [] };
    }
    if (now.view && !reading) return answer(now);
    const target = now.own ?? table;
    const plan = reading ? await peer.prepare(target, now.question, reading) : now.plan;
    const made = await peer.ask(plan);
    const found = await answer({ ...now, view: made });
    await peer.close(made);
    if (reading) await peer.release?.(plan);
    return found;
  },

  /** Gives up what the question needed, as far as it came. */
  async end() {
    // A page that was opened anew has begun nothing.
    if (!now) return;
    if (now.view) await peer.close(now.view);
    if (now.plan) await peer.release?.(now.plan);
    if (now.own) await peer.drop(now.own);
  },
};

globalThis.bench = (action, ...args) => told(() => actions[action](...args));
