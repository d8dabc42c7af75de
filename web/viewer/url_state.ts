/**
 * What the element is set to, in the page's address: for who reloads, shares or goes back.
 *
 * Each element has a part `key=JSON` of the fragment, or of the query where its key begins with
 * `?`. It holds what differs from the element's own defaults; without a difference there is no
 * part. Other parts are the page's or other elements', and stay as they are.
 */
import { isObject } from "./is_object.js";
import type { ViewerConfig } from "./viewer_config.js";

/** The address is written at most once in that time: browsers refuse too many writes. */
const REST_MS = 400;

const DEFAULT_KEY = "view";

export interface UrlStateHost {
  /** What is on the screen, once changes under way have settled; none where nothing is. */
  settled(): Promise<ViewerConfig | undefined>;
  restore(config: Record<string, unknown>): Promise<void>;
}

export class UrlState {
  readonly #where: "hash" | "search";
  readonly #key: string;
  readonly #defaults: ViewerConfig;
  readonly #host: UrlStateHost;
  /** The part as it was read or written last. */
  #text: string | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #again = false;
  #listening = false;
  /** A restore that has not ended yet. */
  #following: Promise<void> | undefined;
  readonly #onPop = () => this.#follow();

  /** `key` is the attribute's text; `defaults` is what the element shows without a part. */
  constructor(key: string, defaults: ViewerConfig, host: UrlStateHost) {
    this.#where = key.startsWith("?") ? "search" : "hash";
    this.#key = key.replace(/^\?/, "") || DEFAULT_KEY;
    this.#defaults = defaults;
    this.#host = host;
  }

  /** What the address says; none where it says nothing that can be read. */
  read(): Record<string, unknown> | undefined {
    this.#text = partOf(location[this.#where], this.#key);
    if (this.#text === undefined) return undefined;
    const state = decodeState(this.#text);
    if (!state) {
      console.warn(`millrace-viewer: “${this.#key}” in the page's address cannot be read`);
    }
    return state;
  }

  /** From now on goes where the browser's Back and Forward go. */
  listen(): void {
    this.#listening = true;
    addEventListener("popstate", this.#onPop);
  }

  stop(): void {
    this.#listening = false;
    removeEventListener("popstate", this.#onPop);
    clearTimeout(this.#resting);
    this.#resting = undefined;
    this.#again = false;
  }

  /** Tells that the element may be set to something else. */
  changed(): void {
    if (this.#resting !== undefined) {
      this.#again = true;
      return;
    }
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.changed();
    }, REST_MS);
    void this.#write();
  }

  async #write(): Promise<void> {
    await this.#following;
    const config = await this.#host.settled();
    // What was popped meanwhile is not overwritten by what was before.
    if (!config || this.#following || !this.#listening) return;
    const text = encodeState(differences(config, this.#defaults));
    if (text === this.#text) return;
    this.#text = text;
    const url = new URL(location.href);
    url[this.#where] = withPart(url[this.#where], this.#key, text);
    try {
      history.replaceState(history.state, "", url);
    } catch (error) {
      console.warn("millrace-viewer: the page's address cannot be written", error);
    }
  }

  #follow(): void {
    if (partOf(location[this.#where], this.#key) === this.#text) return;
    const state = this.read();
    // A part that cannot be read leaves things as they are.
    if (!state && this.#text !== undefined) return;
    const following = this.#host.restore({ ...this.#defaults, ...state }).catch(() => {});
    this.#following = following;
    void following.then(() => {
      if (this.#following === following) this.#following = undefined;
    });
  }
}

/** The fields that are not as by default. */
export function differences(config: ViewerConfig, defaults: ViewerConfig): Partial<ViewerConfig> {
  const fields = Object.entries(config).filter(
    ([field, value]) =>
      JSON.stringify(value) !== JSON.stringify(defaults[field as keyof ViewerConfig]),
  );
  return Object.fromEntries(fields);
}

/** None for a state without fields. */
export function encodeState(state: Record<string, unknown>): string | undefined {
  if (Object.keys(state).length === 0) return undefined;
  // Both are allowed in addresses, and they are what JSON has most of beside quotes.
  return encodeURIComponent(JSON.stringify(state)).replace(/%(3A|2C)/g, decodeURIComponent);
}

export function decodeState(text: string): Record<string, unknown> | undefined {
  try {
    const state: unknown = JSON.parse(decodeURIComponent(text));
    return isObject(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** The text of the part `key=…` in a fragment or query. */
export function partOf(fragment: string, key: string): string | undefined {
  const start = `${encodeURIComponent(key)}=`;
  const part = partsOf(fragment).find((each) => each.startsWith(start));
  return part?.slice(start.length);
}

/** The fragment or query with another text for the part, or without it. */
export function withPart(fragment: string, key: string, text: string | undefined): string {
  const start = `${encodeURIComponent(key)}=`;
  const parts = partsOf(fragment);
  const at = parts.findIndex((each) => each.startsWith(start));
  parts.splice(at < 0 ? parts.length : at, 1, ...(text === undefined ? [] : [start + text]));
  return parts.join("&");
}

function partsOf(fragment: string): string[] {
  return fragment
    .replace(/^[#?]/, "")
    .split("&")
    .filter((part) => part !== "");
}
