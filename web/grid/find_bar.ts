/** The bar that finds a text in the view: Enter goes to the next match, Escape back. */
import type { Place } from "./active_cell.js";
import { Matcher, MOST_MATCHES, scan } from "./finder.js";
import type { GridHost } from "./host.js";

export interface FindHost extends GridHost {
  moveTo(place: Place): Promise<void>;
}

export class FindBar {
  readonly #host: FindHost;
  #bar: HTMLElement | undefined;
  #input: HTMLInputElement | undefined;
  #count: HTMLElement | undefined;
  #places: Place[] = [];
  #done = true;
  #stop = new AbortController();
  #progress: Promise<void> = Promise.resolve();

  constructor(host: FindHost) {
    this.#host = host;
  }

  open(): void {
    if (!this.#bar) this.#build();
    this.#input?.focus();
    this.#input?.select();
  }

  close(): void {
    if (!this.#bar) return;
    this.#stop.abort();
    this.#bar.remove();
    this.#bar = undefined;
    this.#host.decorator.found = undefined;
    this.#host.decorator.markSelected();
  }

  /** Another view is on the screen: finds in it. */
  refresh(): void {
    if (this.#bar) this.#search(false);
  }

  #build(): void {
    const bar = document.createElement("div");
    bar.className = "find-bar";
    bar.setAttribute("role", "search");
    bar.setAttribute("data-testid", "find-bar");
    const input = document.createElement("input");
    input.type = "text";
    input.placeholder = "Find in cells";
    input.setAttribute("aria-label", "Find in cells");
    const count = document.createElement("span");
    count.className = "count";
    count.setAttribute("role", "status");
    count.setAttribute("data-testid", "find-count");
    bar.append(
      input,
      count,
      iconButton("Previous match", "up", () => void this.#go(-1)),
      iconButton("Next match", "down", () => void this.#go(1)),
      iconButton("Close", "close", () => this.#leave()),
    );
    input.addEventListener("input", () => this.#search(true));
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#leave();
      else if (event.key === "Enter" && event.target === input) {
        void this.#go(event.shiftKey ? -1 : 1);
      } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f") {
        input.select();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.#bar = bar;
    this.#input = input;
    this.#count = count;
    this.#host.element.append(bar);
  }

  #leave(): void {
    this.close();
    this.#host.focus();
  }

  #search(jump: boolean): void {
    this.#stop.abort();
    const stop = new AbortController();
    this.#stop = stop;
    this.#places = [];
    const matcher = new Matcher(this.#input?.value ?? "");
    const { shown, decorator } = this.#host;
    decorator.found = matcher.isEmpty ? undefined : matcher;
    decorator.markSelected();
    this.#done = matcher.isEmpty || !shown;
    if (!shown || matcher.isEmpty) {
      this.#tell();
      return;
    }
    let first = true;
    const { view, shape, formatters } = shown;
    const scanned = scan(view, matcher, shape, formatters, stop.signal, (places) => {
      this.#places.push(...places);
      this.#tell();
      if (jump && first && places.length > 0) {
        first = false;
        void this.#go(0);
      }
    });
    this.#progress = scanned
      // A view that was replaced while it was read.
      .catch(() => {})
      .then(() => {
        if (stop.signal.aborted) return;
        this.#done = true;
        this.#tell();
      });
  }

  /** To the next match or the one before; 0: the first from here, here included. */
  async #go(by: -1 | 0 | 1): Promise<void> {
    const { place } = this.#host.active;
    const next = (): Place | undefined => {
      if (by < 0) return this.#places.findLast((each) => compare(each, place) < 0);
      return this.#places.find((each) => compare(each, place) >= by);
    };
    let target = next();
    // What is not found yet may be further down.
    if (!target && !this.#done) {
      await this.#progress;
      target = next();
    }
    target ??= by < 0 ? this.#places.at(-1) : this.#places[0];
    if (!target) return;
    await this.#host.moveTo(target);
    this.#tell(target);
  }

  #tell(at?: Place): void {
    if (!this.#count) return;
    const { length } = this.#places;
    const number = Math.min(length, MOST_MATCHES).toLocaleString();
    const more = length >= MOST_MATCHES ? "+" : this.#done ? "" : "…";
    const index = at ? this.#places.findIndex((each) => compare(each, at) === 0) + 1 : 0;
    if (!this.#input?.value.trim()) this.#count.textContent = "";
    else if (length === 0) this.#count.textContent = this.#done ? "No match" : "Searching…";
    else {
      this.#count.textContent =
        index > 0 ? `${index.toLocaleString()} of ${number}${more}` : `${number}${more} found`;
    }
  }
}

function compare(a: Place, b: Place): number {
  return a.row - b.row || a.column - b.column;
}

function iconButton(label: string, icon: string, run: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon";
  button.dataset.icon = icon;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}
