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
import { readings } from "./questions.mjs";

/** Slow peers are run less often, once they have taken so long. */
const ENOUGH_MS = 10_000;
const FEWEST_RUNS = 3;
/** Batches are cheap, and their cost varies with what is in them. */
const LIVE_RUNS = 3;

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
    if (tab.peer.liveOnly && !question.live) continue;
    outcomes.set(tab.peer.name, { ms: [] });
    const begun = await attempt(tab, async () => {
      await tab.call("begin", question, rows);
      await tab.call("run");
    });
    if (begun) able.push(tab);
    else await end(tab);
  }
  const rounds = question.live ? runs * LIVE_RUNS : runs;
  for (let round = 0; round < rounds; round++) {
    for (const tab of [...able]) {
      const { ms } = outcomes.get(tab.peer.name);
      const spent = ms.reduce((sum, one) => sum + one, 0);
      if (!question.live && ms.length >= FEWEST_RUNS && spent > ENOUGH_MS) continue;
      const ran = await attempt(tab, async () => ms.push(await tab.call("run")));
      if (!ran) {
        able.splice(able.indexOf(tab), 1);
        await end(tab);
      }
    }
  }
  await compareAll(question, able, outcomes, attempt);
  for (const tab of able) await end(tab);
  return outcomes;
}

/** Why there is no figure, in the words of the table. */
export function why(peer, { name, message, kind }) {
  if (name === "CannotAnswer") return { not: `cannot: ${message}` };
  const refused = name === "MillraceError" && !["engine", "worker", "terminated"].includes(kind);
  if (peer.ours && refused) return { not: `not yet: ${message}` };
  return { not: `failed: ${message}`, wrong: peer.ours };
}

/** A peer that could not even begin may have left half of it. */
async function end(tab) {
  await tab.call("end").catch(() => tab.start());
}

async function compareAll(question, able, outcomes, attempt) {
  const answers = new Map();
  for (const tab of able) {
    await attempt(tab, async () => answers.set(tab, await tab.call("answer")));
  }
  // SQL can be told how to understand an aggregate, so it is who the others are compared with.
  const reference = able.find(({ peer }) => peer.name === "duckdb") ?? able.find((t) => answers.has(t));
  const standard = answers.get(reference);
  if (!standard) return;
  const [, ...others] = reference.peer.name === "duckdb" ? readings(question) : [{}];
  const read = new Map();
  for (const [tab, answer] of answers) {
    const outcome = outcomes.get(tab.peer.name);
    const differs = difference(standard, answer, sortedColumn(question));
    if (!differs) continue;
    outcome.wrong = true;
    outcome.not = `differs from ${reference.peer.title}: ${differs}`;
    for (const reading of others) {
      const [name] = Object.values(reading);
      if (!read.has(name)) read.set(name, await reference.call("answer", reading));
      if (!difference(read.get(name), answer)) {
        Object.assign(outcome, { wrong: false, not: undefined, reading: name });
      }
    }
  }
}

/** The place in a row of the column that sorts rows, whose ties are open. */
function sortedColumn(question) {
  return question.sort ? question.columns.indexOf(question.sort) : undefined;
}
