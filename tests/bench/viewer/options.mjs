/**
 * The command's options.
 */

/** Whose elements are measured, in the order of the table's columns. */
export const PEERS = [
  { name: "millrace", title: "Millrace", ours: true },
  { name: "perspective", title: "Perspective", packages: "@perspective-dev/viewer" },
];

/** What is measured, in the order of the table's rows. */
export const FIGURES = ["wire", "cold", "scroll", "change", "live", "memory"];

const HELP = `options of \`bench viewer\`:
  --rows N          rows of the table (default 1000000)
  --only A,B        only these figures: ${FIGURES.join(", ")}
  --peers A,B       only these peers: ${PEERS.map(({ name }) => name).join(", ")}
  --runs N          cold starts, and config changes, of each (default 7)
  --steps N         steps of the scroll (default 400)
  --seconds N       of the live feed (default 30)
  --changes N       config changes while memory is watched (default 200; the whole: 1000)
  --minutes N       of feed while memory is watched (default 5, at least 4; the whole: 10)
  --json FILE       write all figures there`;

/** Options that are integers, and the least they may be. */
const INTEGERS = {
  rows: { otherwise: 1_000_000, least: 10_000 },
  runs: { otherwise: 7, least: 1 },
  steps: { otherwise: 400, least: 20 },
  seconds: { otherwise: 30, least: 3 },
  changes: { otherwise: 200, least: 3 },
  minutes: { otherwise: 5, least: 4 },
};

/**
 * @param {string[]} args
 */
export function parse(args) {
  const options = { only: FIGURES, peers: PEERS, json: undefined };
  for (const [name, { otherwise }] of Object.entries(INTEGERS)) options[name] = otherwise;
  for (let at = 0; at < args.length; at += 2) {
    const [flag, value] = [args[at], args[at + 1]];
    const name = flag.replace(/^--/, "");
    if (value === undefined) throw new Error(`${flag} has no value\n${HELP}`);
    if (Object.hasOwn(INTEGERS, name)) options[name] = integer(value, flag, INTEGERS[name].least);
    else if (flag === "--only") options.only = FIGURES.filter(among(value, FIGURES, "figure"));
    else if (flag === "--peers") options.peers = chosenPeers(value);
    else if (flag === "--json") options.json = value;
    else throw new Error(`there is no option ${flag}\n${HELP}`);
  }
  /** Whether all is measured of all: only then the result is one for the document. */
  const whole = options.only === FIGURES && options.peers === PEERS;
  return { ...options, whole };
}

function integer(text, flag, least) {
  const value = Number(text.replaceAll("_", ""));
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${flag} is ${text}; expected an integer from ${least} on`);
}

/** Whether a name is among those that are given; one that does not exist is an error. */
function among(text, known, what) {
  const names = text.split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no ${what} "${unknown}"\n${HELP}`);
  return (name) => names.includes(name);
}

function chosenPeers(text) {
  const chosen = among(
    text,
    PEERS.map(({ name }) => name),
    "peer",
  );
  return PEERS.filter(({ name }) => chosen(name));
}
