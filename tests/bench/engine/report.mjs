/**
 * The figures as Markdown, for `docs/benchmarks.md`.
 */
import { median, milliseconds, times } from "./statistics.mjs";

/**
 * @param {{question: import("./questions.mjs").Question,
 *   outcomes: Map<string, import("./ask.mjs").Outcome>}[]} results
 * @param {{name: string, title: string, version?: string, ours?: boolean, floor?: boolean,
 *   notes: string[]}[]} peers
 * @param {{rows: number, runs: number, chromium: string}} setting
 * @returns {string}
 */
export function report(results, peers, setting) {
  const shown = peers.filter(({ floor }) => !floor);
  /** What is said of a figure, and of which questions. */
  const notes = new Map();
  const row = ({ question, outcomes }) => {
    const ours = figure(outcomes.get("millrace"));
    const cells = shown.map((peer) => cell(peer, outcomes.get(peer.name), ours, question, notes));
    return `| ${[`${question.id}: ${question.text}`, ...cells].join(" | ")} |`;
  };
  const rows = results.map(row);
  const title = ({ title, version }) => (version ? `${title} ${version}` : title);
  return [
    head(setting),
    "",
    `| ms, median (least) | ${shown.map(title).join(" | ")} |`,
    `|---|${shown.map(() => "---|").join("")}`,
    ...rows,
    "",
    ...floor(results, peers),
    ...peers.flatMap(({ notes: said }) => said).map((note) => `${note}\n`),
    ...[...notes].map(([note, ids]) => `- ${ids.join(", ")}: ${note}`),
  ].join("\n");
}

function head({ rows, runs, chromium }) {
  return `The table of the db-benchmark's group-by task, ${rows.toLocaleString("en-US")} rows, K = 100, in Chromium ${chromium}: one page
for each engine, asked in turns, ${runs} runs each after one that is not counted (fewer of what takes seconds;
twice as many of live questions). Timed is the way from a question to its first 50 rows in the page; views are
deleted between runs. A live question times 1,000 rows as Arrow into the table and the read behind
them; "in its Worker" is the same without the way between page and Worker. Behind a figure stands
how many times Millrace's it is. All engines' answers were compared and are equal, but where it is said.`;
}

const figure = (outcome) => (outcome?.ms.length && !outcome.not ? median(outcome.ms) : undefined);

function cell(peer, outcome, ours, { id }, notes) {
  if (!outcome) return "";
  const note = (text) => {
    const whole = `${peer.title}, ${text}`;
    notes.set(whole, [...(notes.get(whole) ?? []), id]);
  };
  const ms = figure(outcome);
  if (ms === undefined) {
    const [word] = outcome.not.split(":");
    // Without the engine in its Worker, which says what it says by way of the page.
    if (!peer.liveOnly) note(outcome.not.split(" (expected ")[0]);
    return word;
  }
  if (outcome.reading) note(`the aggregate is the ${outcome.reading}`);
  if (outcome.ms.length === 1) note("one run");
  const least = Math.min(...outcome.ms);
  const ratio = peer.ours || ours === undefined ? "" : `, ${times(ms / ours)}`;
  return `${milliseconds(ms)} (${milliseconds(least)})${ratio}`;
}

/** The plain loop beside the question that it is the floor of. */
function floor(results, peers) {
  const loop = peers.find((peer) => peer.floor);
  const found = results.find(({ outcomes }) => figure(outcomes.get(loop?.name)) !== undefined);
  if (!found) return [];
  const { question, outcomes } = found;
  const ms = figure(outcomes.get(loop.name));
  return [
    `The floor of ${question.id}: a plain loop in JavaScript over the codes of \`id1\` and the values of \`v1\` takes ${milliseconds(ms)} ms.\n`,
  ];
}
