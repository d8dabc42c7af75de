/**
 * The command's options.
 */

/** What is measured, in the order of the table's rows. */
export const FIGURES = ["rate", "latency", "idle", "broadcast", "peer"];

const HELP = `options of \`bench relay\`:
  --rows N          records of the topic that is read as fast as can be (default 4000000)
  --only A,B        only these figures: ${FIGURES.join(", ")}
  --runs N          runs of the relay, and of the bare loop (default 5)
  --peer-rows N     the topic's newest records, which the peer reads (default 300000)
  --peer-runs N     runs of the peer (default 3)
  --seconds N       of rows at 50,000 a second, and of frames to many clients (default 30)
  --idle N          clients that do nothing (default 10000)
  --clients N       clients that all get the same frames (default 2000)
  --json FILE       write all figures there`;

/** Options that are integers, and the least they may be. */
const INTEGERS = {
  rows: { otherwise: 4_000_000, least: 10_000 },
  runs: { otherwise: 5, least: 1 },
  "peer-rows": { otherwise: 300_000, least: 1_000 },
  "peer-runs": { otherwise: 3, least: 1 },
  seconds: { otherwise: 30, least: 1 },
  idle: { otherwise: 10_000, least: 1 },
  clients: { otherwise: 2_000, least: 1 },
};

const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * @param {string[]} args
 */
export function parse(args) {
  const options = { only: FIGURES, json: undefined };
  for (const [name, { otherwise }] of Object.entries(INTEGERS)) options[camel(name)] = otherwise;
  for (let at = 0; at < args.length; at += 2) {
    const [flag, value] = [args[at], args[at + 1]];
    const name = flag.replace(/^--/, "");
    if (value === undefined) throw new Error(`${flag} has no value\n${HELP}`);
    if (Object.hasOwn(INTEGERS, name)) {
      options[camel(name)] = integer(value, flag, INTEGERS[name].least);
    } else if (flag === "--only") options.only = chosen(value.split(","));
    else if (flag === "--json") options.json = value;
    else throw new Error(`there is no option ${flag}\n${HELP}`);
  }
  if (options.peerRows > options.rows) {
    throw new Error(
      `--peer-rows is ${options.peerRows}, and the topic has ${options.rows} records`,
    );
  }
  /** Whether all is measured: only then the result is one for the document. */
  const whole = options.only === FIGURES;
  return { ...options, whole };
}

function integer(text, flag, least) {
  const value = Number(text.replaceAll("_", ""));
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${flag} is ${text}; expected an integer from ${least} on`);
}

function chosen(names) {
  const unknown = names.find((name) => !FIGURES.includes(name));
  if (unknown !== undefined) throw new Error(`there is no figure "${unknown}"\n${HELP}`);
  return FIGURES.filter((name) => names.includes(name));
}
