/**
 * Serves the pages and all that they load, from loopback: nothing comes from elsewhere.
 *
 * Every answer carries the headers of cross-origin isolation: a peer may want shared memory,
 * and all get the same fine clock.
 */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * @param {Record<string, string>} folders First step of a path, and the folder it stands for.
 * @returns {Promise<{base: string, close: () => void}>}
 */
export async function serve(folders) {
  const server = createServer((request, response) => {
    answer(folders, request, response).catch((error) => {
      process.stderr.write(`${request.url}: ${error.message}\n`);
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { base: `http://127.0.0.1:${server.address().port}`, close };
}

async function answer(folders, request, response) {
  const path = fileOf(folders, new URL(request.url, "http://localhost").pathname);
  const found = path && (await stat(path).catch(() => undefined));
  if (!found?.isFile()) {
    response.writeHead(404, HEADERS).end();
    return;
  }
  response.writeHead(200, {
    ...HEADERS,
    "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
    "Content-Length": found.size,
  });
  createReadStream(path).pipe(response);
}

/**
 * The file that a path stands for; undefined if it is none of ours.
 *
 * @param {Record<string, string>} folders
 * @param {string} pathname
 */
export function fileOf(folders, pathname) {
  const [, first, ...rest] = pathname.split("/").map(decodeURIComponent);
  const inside = normalize(join(...rest));
  if (!Object.hasOwn(folders, first) || inside.startsWith("..")) return undefined;
  return join(folders[first], inside);
}
