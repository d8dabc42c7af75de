/**
 * A feed of 100,000 rows a second into a bounded table, with our pivot and two charts.
 */
import { BATCHES, BATCHES_A_SECOND } from "../rows.mjs";
import { Tab } from "../tab.mjs";

const WARM_SECONDS = 5;

async function open({ browser, server, options }) {
  const tab = await Tab.open(browser, `${server.base}/bench/pages/live.html`);
  await tab.ask("start", options.rows, BATCHES);
  await tab.ask("warm", WARM_SECONDS, BATCHES_A_SECOND);
  return tab;
}

function failOn({ problems }) {
  if (problems.length > 0) throw new Error(`in the page: ${problems.join("; ")}`);
}

export async function live(context) {
  const { options, say } = context;
  const tab = await open(context);
  say(`a feed of ${options.seconds} s`);
  const feed = () => tab.ask("live", options.seconds, BATCHES_A_SECOND);
  const { result, seconds, spent } = await tab.observed(feed);
  failOn(tab);
  await tab.close();
  return { ...result, seconds, spent };
}

/** Looks at memory at the start, and at each third of the way. */
export async function memory(context) {
  const { options, say } = context;
  const tab = await open(context);
  const looks = [];
  const look = async () => looks.push({ ...(await tab.ask("settle")), heap: await tab.heap() });
  await look();
  const seconds = options.minutes * 20;
  for (let third = 0; third < 3; third++) {
    const from = Math.round((options.changes * third) / 3);
    const changes = Math.round((options.changes * (third + 1)) / 3) - from;
    await tab.ask("turned", seconds, BATCHES_A_SECOND, changes, from);
    await look();
    say(`memory after ${third + 1} of 3: ${JSON.stringify(looks.at(-1))}`);
  }
  failOn(tab);
  await tab.close();
  return looks;
}
