/**
 * Cold starts, each in a context of its own, and what comes over the wire in one.
 */
import { Tab } from "../tab.mjs";

/** Where each peer's files come from; what the benchmark itself loads is not counted. */
const SHIPPED = ["dist", "npm"];

async function coldStart(browser, server, { name }) {
  const tab = await Tab.open(browser, `${server.base}/bench/pages/${name}.html`);
  try {
    return await tab.ask("cold");
  } finally {
    await tab.close();
  }
}

/** Also the start that is not counted: afterwards the server has everything compressed. */
export async function wire({ browser, server, peers }) {
  const found = {};
  for (const peer of peers) {
    server.forget();
    await coldStart(browser, server, peer);
    found[peer.name] = Object.fromEntries(server.sent(SHIPPED));
  }
  return found;
}

export async function cold({ browser, server, peers, options, say }) {
  const found = Object.fromEntries(peers.map(({ name }) => [name, []]));
  for (let run = 0; run <= options.runs; run++) {
    for (const peer of peers) {
      const ms = await coldStart(browser, server, peer);
      if (run > 0) found[peer.name].push(ms);
    }
    say(`cold start ${run} of ${options.runs}`);
  }
  return found;
}
