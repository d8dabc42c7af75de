/**
 * One spelling for a relay's address, so that users may write any of them.
 */
import { MillraceError } from "./errors.js";

/**
 * `localhost:8080`, `http://host`, `ws://host/` … → `ws://host:port/ws`, and `https://host/live/`
 * → `wss://host/live/ws`.
 */
export function relayUrl(address: string, base?: string): string {
  let url: URL;
  try {
    url = new URL(/^[\w.-]+:\d+(\/|$)/.test(address) ? `ws://${address}` : address, base);
  } catch {
    throw badAddress(address);
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") throw badAddress(address);
  if (url.pathname.endsWith("/")) url.pathname += "ws";
  url.hash = "";
  return url.href;
}

/**
 * The relay that serves the script at this address: below the same base path, where the script has
 * the name that a relay gives it, and not that of somebody's bundle. Undefined for a file.
 */
export function relayOf(script: string): string | undefined {
  const { origin, pathname, protocol } = new URL(script);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return pathname.endsWith("/millrace.js") ? new URL(".", script).href : origin;
}

function badAddress(address: string): MillraceError {
  return new MillraceError({
    kind: "bad_address",
    message: `"${address}" is not the address of a relay.`,
    where: "src",
    expected: "an address such as ws://localhost:8080",
  });
}
