/**
 * Programs that a test starts: found, awaited by a line that they print, and ended.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The workspace. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** A program of the workspace, as `cargo build --release` leaves it. */
export function binary(name) {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  return join(target, "release", name);
}

/** A port of loopback that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A started program; its lines are kept for the report of a failure. */
export class Program {
  #child;
  #lines = [];
  #waiting = new Set();

  constructor(file, args) {
    this.#child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        this.#lines.push(line);
        for (const check of this.#waiting) check();
      });
    }
    this.exited = once(this.#child, "exit");
    this.exited.then(() => {
      for (const check of this.#waiting) check();
    });
  }

  get output() {
    return this.#lines.join("\n");
  }

  get pid() {
    return this.#child.pid;
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The first line that matches, printed before or still to come. */
  line(pattern, { within = 60_000 } = {}) {
    return new Promise((resolve, reject) => {
      const fail = (why) => {
        this.#waiting.delete(check);
        clearTimeout(timer);
        reject(new Error(`${why} before a line like ${pattern}:\n${this.output}`));
      };
      const timer = setTimeout(() => fail(`${within} ms passed`), within);
      const check = () => {
        const found = this.#lines.find((line) => pattern.test(line));
        if (found !== undefined) {
          this.#waiting.delete(check);
          clearTimeout(timer);
          resolve(found);
        } else if (!this.isRunning) fail("the program ended");
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Gives it a line to read. */
  say(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Ends its input. */
  endInput() {
    this.#child.stdin.end();
  }

  /** Sends a signal and waits for the end. */
  async end(signal = "SIGTERM") {
    if (this.isRunning) this.#child.kill(signal);
    await this.exited;
  }
}

/** `millrace` with these arguments, once it serves; `base` is its address. */
export async function millrace(args, ready = /Millrace is up: (\S+)/) {
  const program = new Program(binary("millrace"), args);
  const line = await program.line(ready);
  program.base = ready.exec(line)[1];
  return program;
}

/** The answer of a control path, as JSON. */
export async function control(base, path, method = "GET") {
  const response = await fetch(`${base}${path}`, { method });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
