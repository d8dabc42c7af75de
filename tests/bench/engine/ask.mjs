/**
 * Asks one question of all peers in turns, and compares what they answer.
 *
 * @typedef {object} Outcome What came of a question with one peer.
 * @property {number[]} ms The runs, without the first, which is for warming up.
 * @property {string} [not] Why there is no figure.
 * @property {boolean} [wrong] The answer is not that of the others, or our own engine failed.
 * @property {string} [reading] How an aggregate was understood, if not in the standard way.
 */
import { difference } from "./compare.mjs";
import { BATCHES, COLUMNS, readings } from "./questions.mjs";

/** Slow peers are run less often, once they have taken so long: three times, or once. */
const ENOUGH_MS = 10_000;
const TOO_MUCH_MS = 30_000;
const FEWEST_RUNS = 3;
/** Batches are cheap, and their cost varies with what is in them. */
const LIVE_RUNS = 2;

/**
 * @param {import("./questions.mjs").Question} question
 * @param {import("./tab.mjs").Tab[]} tabs
 * @param {{rows: number, runs: number}} options
 * @returns {Promise<Map<string, Outcome>>} By the peer's name.
 */
export async function ask(question, tabs, { rows, runs }) {
  const outcomes = new Map();
  const able = [];
  const attempt = async (tab, work) => {
    try {
      await work();
      return true;
    } catch (error) {
      outcomes.set(tab.peer.name, { ms: [], ...why(tab.peer, error) });
      return false;
    }
  };
  for (const tab of tabs) {
    if (!asked(tab.peer, question)) continue;
    outcomes.set(tab.peer.name, { ms: [] });
    const begun = await attempt(tab, async () => {
      await tab.call("begin", question, rows);
      await tab.call("run");
    });
    if (begun) able.push(tab);
    else await end(tab);
  }
  const rounds = question.live ? Math.min(runs * LIVE_RUNS, BATCHES - 1) : runs;
  for (let round = 0; round < rounds; round++) {
    for (const tab of [...able]) {
      const { ms } = outcomes.get(tab.peer.name);
      const spent = ms.reduce((sum, one) => sum + one, 0);
      if (spent > (ms.length >= FEWEST_RUNS ? ENOUGH_MS : TOO_MUCH_MS)) continue;
      const ran = await attempt(tab, async () => ms.push(await tab.call("run")));
      if (!ran) {
        able.splice(able.indexOf(tab), 1);
        await end(tab);
      }
    }
  }
  if (question.live) await catchUp(able, outcomes, attempt);
  await compareAll(question, able, outcomes, attempt);
  for (const tab of able) await end(tab);
  return outcomes;
}

/** Whether the question is one for the peer: some are there for a few alone. */
function asked({ liveOnly, only }, { id, live }) {
  return (!liveOnly || live !== undefined) && (only === undefined || only === id);
}

/** Why there is no figure, in the words of the table. */
export function why(peer, { name, message, kind }) {
  if (name === "CannotAnswer") return { not: `cannot: ${message}` };
  const refused = name === "MillraceError" && !["engine", "worker", "terminated"].includes(kind);
  if (refused) return { not: `not yet: ${message}` };
  return { not: `failed: ${message}`, wrong: peer.ours };
}

/** A peer that could not even begin may have left half of it. */
async function end(tab) {
  await tab.call("end").catch(() => tab.start());
}

/** Gives those that were run less often the batches that the others have had. */
async function catchUp(able, outcomes, attempt) {
  const runs = ({ peer }) => outcomes.get(peer.name).ms.length;
  const most = Math.max(...able.map(runs));
  for (const tab of [...able]) {
    const caught = await attempt(tab, async () => {
      for (let run = runs(tab); run < most; run++) await tab.call("run");
    });
    if (!caught) {
      able.splice(able.indexOf(tab), 1);
      await end(tab);
    }
  }
}

async function compareAll(question, able, outcomes, attempt) {
  const answers = new Map();
  for (const tab of able) {
    await attempt(tab, async () => answers.set(tab, await tab.call("answer")));
  }
  // SQL can be told how to understand an aggregate, so it is what the others are held against.
  const tabs = [...answers.keys()];
  const reference = tabs.find(({ peer }) => peer.name === "duckdb") ?? tabs[0];
  if (!reference) return;
  const known = [{ reading: undefined, answer: answers.get(reference) }];
  if (reference.peer.name === "duckdb") {
    for (const reading of readings(question).slice(1)) {
      const answer = await reference.call("answer", reading);
      known.push({ reading: Object.values(reading)[0], answer });
    }
  }
  for (const [tab, answer] of answers) {
    const differs = known.map((one) => difference(one.answer, answer, sortedColumn(question)));
    const equal = differs.indexOf(undefined);
    const outcome = outcomes.get(tab.peer.name);
    if (equal >= 0) outcome.reading = known[equal].reading;
    else Object.assign(outcome, wrongAnswer(tab.peer, question, reference.peer, differs[0]));
  }
}

/** A wrong answer is no figure. One that is known and explained does not fail the benchmark. */
function wrongAnswer(peer, question, reference, differs) {
  const defect = question.measures?.map(({ fn }) => peer.defects?.[fn]).find(Boolean);
  if (defect) return { not: `wrong: ${defect}` };
  return { not: `differs: from ${reference.title}, ${differs}`, wrong: true };
}

/** The place in a row of the column that sorts rows, whose ties are open. */
function sortedColumn(question) {
  return question.sort ? COLUMNS.indexOf(question.sort) : undefined;
}
