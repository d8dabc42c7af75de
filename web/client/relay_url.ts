/**
 * One spelling for a relay's address, so that users may write any of them.
 */
import { MillraceError } from "./errors.js";

/** `localhost:8080`, `http://host`, `ws://host/` … → `ws://host:port/ws`. */
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
  if (url.pathname === "/" || url.pathname === "") url.pathname = "/ws";
  url.hash = "";
  return url.href;
}

function badAddress(address: string): MillraceError {
  return new MillraceError({
    kind: "bad_address",
    message: `"${address}" is not the address of a relay.`,
    where: "src",
    expected: "an address such as ws://localhost:8080",
  });
}
