/**
 * `cargo xtask bench viewer`: the element beside Perspective's viewer and datagrid, on the same
 * rows, in one run.
 *
 * Prints Markdown on stdout, progress on stderr; a run of only some figures or peers prints all
 * on stderr, since it is nothing for the document.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../../browser/lib/page.mjs";
import { change } from "./figures/change.mjs";
import { cold, wire } from "./figures/cold.mjs";
import { live, memory } from "./figures/live.mjs";
import { scroll } from "./figures/scroll.mjs";
import { parse } from "./options.mjs";
import { report } from "./report.mjs";
import { makeRows } from "./rows.mjs";
import { Server } from "./server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const npm = join(here, "node_modules");
const dist = join(root, "web/dist");
const say = (text) => process.stderr.write(`${text}\n`);

const MEASURES = { wire, cold, scroll, change, live, memory };

/** The peers that are there: without the registry there may be our own element alone. */
function present(peers) {
  return peers.flatMap((peer) => {
    if (!peer.packages) return [peer];
    const file = join(npm, peer.packages, "package.json");
    if (existsSync(file)) return [{ ...peer, version: JSON.parse(readFileSync(file)).version }];
    say(`${peer.title} is not installed (${peer.packages}), and left out`);
    return [];
  });
}

const options = parse(process.argv.slice(2));
const peers = present(options.peers);
const feeds = options.only.includes("live") || options.only.includes("memory");
say(`${options.rows.toLocaleString("en-US")} rows`);
const data = await makeRows(target, join(dist, "node.js"), options.rows, feeds);
const server = await Server.start({ bench: here, npm, dist, data });
const browser = await launch();
const unlimited = await launch({
  flags: ["--disable-frame-rate-limit", "--disable-gpu-vsync"],
});
try {
  const setting = { ...options, peers, chromium: browser.version() };
  const results = {};
  for (const figure of options.only) {
    say(`${figure} …`);
    results[figure] = await MEASURES[figure]({ browser, unlimited, server, peers, options, say });
    const raw = JSON.stringify({ ...setting, results }, null, 2);
    // What is there is kept, whatever comes of the next.
    if (options.json) writeFileSync(options.json, `${raw}\n`);
  }
  const text = report(results, setting);
  (options.whole ? process.stdout : process.stderr).write(`${text}\n`);
} finally {
  await browser.close();
  await unlimited.close();
  server.close();
}
