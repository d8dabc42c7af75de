/**
 * `cargo xtask bench engine`: the engine and its peers on the same rows and questions, in one
 * Chromium.
 *
 * Prints Markdown on stdout, progress on stderr; a run of only some questions or peers prints
 * all on stderr, since it is nothing for the document. Fails if answers differ.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../../browser/lib/page.mjs";
import { ask } from "./ask.mjs";
import { parse } from "./options.mjs";
import { report } from "./report.mjs";
import { serve } from "./server.mjs";
import { median, milliseconds } from "./statistics.mjs";
import { Tab } from "./tab.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const say = (text) => process.stderr.write(`${text}\n`);

function version({ packages }) {
  if (!packages) return undefined;
  return JSON.parse(readFileSync(join(here, "node_modules", packages, "package.json"))).version;
}

/** The folder with the rows, made now: the same for the same number. */
function makeRows(rows) {
  const folder = join(target, "bench/engine", String(rows));
  say(`making ${rows.toLocaleString("en-US")} rows in ${folder}`);
  execFileSync(join(target, "release/examples/group_by_table"), [String(rows), folder]);
  return folder;
}

/** One line of progress: everyone's median, or why there is none. */
function line(question, outcomes) {
  const parts = [...outcomes].map(([name, { ms, not }]) =>
    not ? `${name} ${not}` : `${name} ${milliseconds(median(ms))}`,
  );
  return `${question.id}: ${parts.join(", ")}`;
}

async function measure(options, browser, base) {
  const tabs = options.peers.map((peer) => new Tab(browser, base, peer));
  for (const tab of tabs) {
    await tab.start();
    say(`${tab.peer.title} is ready`);
  }
  const results = [];
  for (const question of options.questions) {
    const outcomes = await ask(question, tabs, options);
    say(line(question, outcomes));
    results.push({ question, outcomes });
  }
  const peers = tabs.map(({ peer, notes }) => ({ ...peer, notes, version: version(peer) }));
  return { results, peers };
}

function raw({ results, peers }, setting) {
  const questions = results.map(({ question, outcomes }) => ({
    id: question.id,
    text: question.text,
    outcomes: Object.fromEntries(outcomes),
  }));
  return JSON.stringify({ ...setting, peers, questions }, null, 2);
}

const options = parse(process.argv.slice(2));
const server = await serve({
  bench: here,
  npm: join(here, "node_modules"),
  dist: join(root, "web/dist"),
  wasm: join(root, "web/wasm"),
  data: makeRows(options.rows),
});
const browser = await launch();
try {
  const measured = await measure(options, browser, server.base);
  const setting = { rows: options.rows, runs: options.runs, chromium: browser.version() };
  if (options.json) writeFileSync(options.json, `${raw(measured, setting)}\n`);
  const text = report(measured.results, measured.peers, setting);
  (options.whole ? process.stdout : process.stderr).write(`${text}\n`);
  const wrong = measured.results.flatMap(({ question, outcomes }) =>
    [...outcomes]
      .filter(([, { wrong }]) => wrong)
      .map(([name, { not }]) => `${question.id}, ${name}: ${not}`),
  );
  if (wrong.length > 0) {
    say(`\nanswers are wrong:\n${wrong.join("\n")}`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  server.close();
}
