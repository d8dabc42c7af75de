/**
 * A witness of a topic: every message that was in it, read by a consumer that shares no
 * code with the relay, and what a pivot of them must show, by plain loops.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { binary } from "./program.mjs";

export class Recorder {
  #child;
  #messages = [];
  #read;

  constructor(brokers, topic) {
    this.#child = spawn(binary("topic-recorder"), [brokers, topic], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.#child.stdout });
    lines.on("line", (line) => {
      const [partition, offset, ...value] = line.split("\t");
      this.#messages.push({ partition: +partition, offset: +offset, text: value.join("\t") });
    });
    this.#read = Promise.all([once(lines, "close"), once(this.#child, "exit")]);
  }

  /** All messages up to where the topic ends now. */
  async finish() {
    this.#child.stdin.end();
    const [, [code]] = await this.#read;
    if (code !== 0) throw new Error(`the recorder ended with ${code}`);
    return this.#messages;
  }
}

/** `rows` in groups by a key, in the order of their names, and all of them as `Total`. */
export function groups(rows, key) {
  const found = new Map();
  for (const row of rows) {
    const name = row[key];
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(row);
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return [["Total", rows], ...sorted];
}

export function sum(rows, column) {
  return rows.reduce((total, row) => total + row[column], 0);
}
