/**
 * What is measured, as processes of their own: an Apache Kafka, a relay, and the load. Each can be
 * bound to processors, by `taskset`.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { binary, Program } from "../../browser/lib/program.mjs";

const run = promisify(execFile);

/** The name of the broker, beside those of the tests. */
const BROKER = "bench";
/** Longer than thousands of clients take to come. */
const PATIENCE = { within: 300_000 };
/** Ticks of the processor times in `/proc/PID/stat`, a second. */
const TICKS = 100;

/** Whoever is measured has the first processor, what it is measured with has the others. */
export const MEASURED = "0";
export const OTHERS = cpus().length > 1 ? `1-${cpus().length - 1}` : MEASURED;
export const ALL = `0-${cpus().length - 1}`;

/** The columns of the demo's topic. */
export const SCHEMA = `timestamp = "timestamp(ms)"
ticker = "string"
client = "string"
open = "float64"
high = "float64"
low = "float64"
close = "float64"
volume = "int64"
date = "date"`;

/** An Apache Kafka with nothing in it. */
export class Broker {
  static async start() {
    const broker = new Broker();
    await broker.#kafka("kill");
    const said = await broker.#kafka("start", "--fresh");
    broker.address = /KAFKA_BOOTSTRAP=(\S+)/.exec(said)[1];
    return broker;
  }

  async stop() {
    await this.#kafka("kill");
  }

  /** Binds it to these processors. */
  async bind(processors) {
    const file = binary(`../kafka/${BROKER}/pid`);
    await bind((await readFile(file, "utf8")).trim(), processors);
  }

  async #kafka(verb, ...options) {
    const program = process.env.MILLRACE_XTASK;
    if (!program) throw new Error("MILLRACE_XTASK is not set: run `cargo xtask bench relay`");
    const { stdout } = await run(program, ["kafka", verb, "--name", BROKER, ...options]);
    return stdout;
  }
}

/** Binds a running process and all its threads to these processors. */
export async function bind(pid, processors) {
  await run("taskset", ["-acp", processors, String(pid)]);
}

/** Starts a program of the workspace on these processors, with as many files as it may open. */
function start(processors, name, args) {
  // Thousands of sockets are more than a shell allows by default.
  const limit = 'ulimit -n "$(ulimit -Hn)" && exec "$@"';
  const command = ["taskset", "-c", processors, binary(name), ...args];
  return new Program("sh", ["-c", limit, "sh", ...command]);
}

/** `relay-load` with these arguments; `processors` may use it. */
export class Load {
  #program;

  constructor(args, processors = ALL) {
    this.#program = start(processors, "relay-load", args.map(String));
  }

  /** What it prints as this stage's figures. */
  async stage(name) {
    return JSON.parse(await this.#program.line(new RegExp(`"stage":"${name}"`), PATIENCE));
  }

  /** Lets it go on. */
  goOn() {
    this.#program.say("");
  }

  /** What it prints at its end. */
  async figures() {
    await this.#program.exited;
    const line = this.#program.output.split("\n").at(-1);
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`relay-load failed:\n${this.#program.output}`);
    }
  }

  async end() {
    await this.#program.end("SIGKILL");
  }
}

/** Runs `relay-load` to its end. */
export function load(args, processors) {
  return new Load(args, processors).figures();
}

/** A relay of one feed, which has the name of its topic. */
export class Relay {
  #program;
  #folder;

  static async start({ brokers, topic, feed = "", processors = ALL }) {
    const relay = new Relay();
    relay.#folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    const file = join(relay.#folder, "millrace.toml");
    await writeFile(
      file,
      `[server]
listen = "127.0.0.1:0"
max_clients = 20000
[[feed]]
name = "${topic}"
source = { type = "kafka", brokers = "${brokers}", topic = "${topic}", start = "earliest" }
${feed}
[feed.schema]
${SCHEMA}
`,
    );
    relay.#program = start(processors, "millrace", ["serve", "--config", file]);
    const line = await relay.#program.line(/Millrace is up: /);
    relay.address = new URL(/http:\S+/.exec(line)[0]).host;
    return relay;
  }

  async stop() {
    await this.#program.end("SIGTERM");
    await rm(this.#folder, { recursive: true });
  }

  /** The feed as `/feeds` tells it. */
  async feed() {
    const { feeds } = await (await fetch(`http://${this.address}/feeds`)).json();
    return feeds[0];
  }

  /** Waits until the feed's columns and source are there. */
  async ready() {
    while ((await this.feed()).source !== "connected") await sleep(20);
  }

  /** A counter or gauge of `/metrics`, summed over its labels. */
  async metric(name) {
    const text = await (await fetch(`http://${this.address}/metrics`)).text();
    const lines = text.split("\n").filter((line) => line.split(/[{ ]/)[0] === name);
    if (lines.length === 0) return 0;
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  /** Bytes of its memory that are resident. */
  async memory() {
    const status = await readFile(`/proc/${this.#program.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) * 1024;
  }

  /** Processor seconds that it has used. */
  async processorSeconds() {
    const stat = await readFile(`/proc/${this.#program.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
