/**
 * Why a WebSocket did not open: the browser does not say, so the relay is asked by HTTP.
 *
 * Three answers can be told apart: it lets nobody in and says why (403 with a readable
 * body), it is there but this page may not read it (CORS: most likely the Origin), or
 * nothing answers at all. That it asks for a token is no refusal: the socket brings one.
 */
export type Diagnosis =
  | { kind: "unreachable" }
  /** The relay answers this page; only the socket failed. */
  | { kind: "reachable"; detail: string }
  | { kind: "refused"; detail: string; remedy: string };

export async function diagnose(socketUrl: string, origin: string): Promise<Diagnosis> {
  const feeds = httpUrl(socketUrl, "feeds");
  try {
    const response = await fetch(feeds, { cache: "no-store" });
    if (response.status === 403 || response.status === 421) {
      const body = (await response.text()).trim();
      return {
        kind: "refused",
        detail: firstLine(body) || `The relay answered ${response.status}.`,
        remedy: configLine(body) ?? originLine(origin),
      };
    }
    return {
      kind: "reachable",
      detail: `the relay answers over HTTP (${response.status}), but its WebSocket did not open`,
    };
  } catch {
    // Not readable: the relay is not there, or does not let this page read.
  }
  try {
    await fetch(httpUrl(socketUrl, "healthz"), { mode: "no-cors", cache: "no-store" });
  } catch {
    return { kind: "unreachable" };
  }
  return { kind: "refused", ...guess(socketUrl, origin) };
}

/** Loopback's names, which a relay answers to by default. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The answer may not be read, but that there was one says something. */
function guess(socketUrl: string, origin: string): { detail: string; remedy: string } {
  const { hostname } = new URL(socketUrl);
  const detail = `The relay is there but does not accept pages of the origin ${origin}`;
  if (LOOPBACK.has(hostname)) return { detail: `${detail}.`, remedy: originLine(origin) };
  return {
    detail: `${detail}, or does not answer to the name ${hostname}.`,
    remedy: `${originLine(origin)}\nallowed_hosts = ["${hostname}"]`,
  };
}

/** What stands beside the socket. */
function httpUrl(socketUrl: string, path: string): string {
  const url = new URL(path, socketUrl);
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  return url.href;
}

function firstLine(body: string): string {
  return body.split("\n").find((line) => line.trim() !== "") ?? "";
}

/** The line of the body that looks like configuration. */
function configLine(body: string): string | undefined {
  return body
    .split("\n")
    .map((line) => line.trim())
    .find((line) => /^\w+\s*=\s*\[/.test(line));
}

function originLine(origin: string): string {
  return `allowed_origins = ["${origin}"]`;
}
