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

/**
 * Minutes after which memory is to stay as it is: until then the browser compiles what runs often,
 * and counts that as the page's JavaScript.
 */
export const STEADY_MINUTES = 3;

/** Looks at memory at the start, when it is to be steady, halfway from there and at the end. */
export async function memory(context) {
  const { options, say } = context;
  const tab = await open(context);
  const looks = [];
  const look = async () => looks.push({ ...(await tab.ask("settle")), heap: await tab.heap() });
  await look();
  const { minutes, changes } = options;
  let from = 0;
  let changed = 0;
  for (const until of [STEADY_MINUTES, (STEADY_MINUTES + minutes) / 2, minutes]) {
    const count = Math.round((changes * until) / minutes) - changed;
    await tab.ask("turned", (until - from) * 60, BATCHES_A_SECOND, count, changed);
    from = until;
    changed += count;
    await look();
    say(`memory after ${until} of ${minutes} min: ${JSON.stringify(looks.at(-1))}`);
  }
  failOn(tab);
  await tab.close();
  return looks;
}
