/**
 * Group by another column, until its groups are painted; the peers in turns.
 */
import { Tab } from "../tab.mjs";

/** The columns in turns, and how their texts begin. */
const COLUMNS = [
  ["ticker", "T0"],
  ["client", "C0"],
  ["venue", "V0"],
];
/** How often each is asked before it counts. */
const WARM = 3;

const config = (column) => ({
  group_by: [column],
  columns: ["volume", "price"],
  aggregates: { volume: "sum", price: "avg" },
});

export async function change({ browser, server, peers, options, say }) {
  const tabs = [];
  for (const { name } of peers) {
    const tab = await Tab.open(browser, `${server.base}/bench/pages/${name}.html`);
    tabs.push(tab);
    await tab.ask("cold");
  }
  const found = Object.fromEntries(peers.map(({ name }) => [name, []]));
  for (let run = 0; run < options.runs + WARM; run++) {
    const [column, beginning] = COLUMNS[run % COLUMNS.length];
    for (const [at, { name }] of peers.entries()) {
      const ms = await tabs[at].ask("change", config(column), beginning);
      if (run >= WARM) found[name].push(ms);
    }
  }
  say("config changes are measured");
  for (const tab of tabs) await tab.close();
  return found;
}
