/**
 * Serves the pages and all that they load, from loopback: scripts, styles and wasm by brotli, at
 * its best for everyone; rows as they are.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { fileOf } from "../engine/server.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};
const HEADERS = { "Cache-Control": "no-store" };
const compress = promisify(brotliCompress);

export class Server {
  #folders;
  #http;
  /** What files are sent as. */
  #bodies = new Map();
  /** Bytes of each file that was sent since `forget`. */
  #sent = new Map();

  /** @param {Record<string, string>} folders First step of a path, and the folder it stands for. */
  static async start(folders) {
    const server = new Server();
    server.#folders = folders;
    server.#http = createServer((request, response) => {
      server.#answer(request, response).catch(({ message }) => {
        process.stderr.write(`${request.url}: ${message}\n`);
        response.destroy();
      });
    });
    server.#http.listen(0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  get base() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  close() {
    this.#http.close();
    this.#http.closeAllConnections();
  }

  forget() {
    this.#sent.clear();
  }

  /** What was sent since `forget` from these folders: paths and bytes. */
  sent(folders) {
    return [...this.#sent].filter(([path]) => folders.includes(path.split("/")[1]));
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = fileOf(this.#folders, pathname);
    const body = path && (await this.#body(path));
    if (!body) {
      response.writeHead(404, HEADERS).end();
      return;
    }
    const type = TYPES[extname(path)];
    if (type && !/\bbr\b/.test(request.headers["accept-encoding"] ?? "")) {
      throw new Error("is asked for without brotli");
    }
    this.#sent.set(pathname, body.length);
    response.writeHead(200, {
      ...HEADERS,
      ...(type ? { "Content-Encoding": "br" } : {}),
      "Content-Type": type ?? "application/octet-stream",
      "Content-Length": body.length,
    });
    response.end(body);
  }

  /** The file as it is sent; undefined if it is not there. */
  #body(path) {
    const known = this.#bodies.get(path);
    if (known) return known;
    const made = readFile(path).then(
      (bytes) => (TYPES[extname(path)] ? brotli(bytes) : bytes),
      () => undefined,
    );
    this.#bodies.set(path, made);
    return made;
  }
}

function brotli(bytes) {
  return compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
