/**
 * The command's options.
 */
import { chosen } from "./questions.mjs";

/** Everyone who can be asked, in the order of the table's columns. */
export const PEERS = [
  { name: "millrace", title: "Millrace", ours: true },
  { name: "millrace_direct", title: "in its Worker", ours: true, liveOnly: true },
  {
    name: "perspective",
    title: "Perspective",
    packages: "@perspective-dev/client",
    defects: {
      median: "of an even number of values it does not always take the two in the middle",
    },
  },
  { name: "duckdb", title: "DuckDB-Wasm", packages: "@duckdb/duckdb-wasm" },
  { name: "arquero", title: "Arquero", packages: "arquero" },
  { name: "loop", title: "loop", floor: true, only: "q1" },
];

const HELP = `options of \`bench engine\`:
  --rows N          rows of the table (default 1000000)
  --only A,B        only these questions, or those whose names begin so
  --peers A,B       only these peers: ${PEERS.map(({ name }) => name).join(", ")}
  --runs N          runs of each question (default 7)
  --json FILE       write all figures there`;

const int = (text, name, least) => {
  const value = Number(text.replaceAll("_", ""));
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${name} is ${text}; expected an integer from ${least} on`);
};

/**
 * @param {string[]} args
 */
export function parse(args) {
  const options = { rows: 1_000_000, only: [], peers: PEERS, runs: 7, json: undefined };
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at], args[at + 1]];
    if (value === undefined) throw new Error(`${name} has no value\n${HELP}`);
    if (name === "--rows") options.rows = int(value, name, 10_000);
    else if (name === "--runs") options.runs = int(value, name, 1);
    else if (name === "--only") options.only = value.split(",");
    else if (name === "--peers") options.peers = named(value.split(","));
    else if (name === "--json") options.json = value;
    else throw new Error(`there is no option ${name}\n${HELP}`);
  }
  /** Whether all is asked of all: only then the result is one for the document. */
  const whole = options.only.length === 0 && options.peers === PEERS;
  return { ...options, questions: chosen(options.only), whole };
}

function named(names) {
  return names.map((name) => {
    const peer = PEERS.find((one) => one.name === name);
    if (!peer) throw new Error(`there is no peer "${name}"\n${HELP}`);
    return peer;
  });
}
