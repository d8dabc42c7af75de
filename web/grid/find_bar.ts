/** The bar that finds a text in the view: Enter goes to the next match, Escape back. */
import type { Place } from "./active_cell.js";
import { Matcher, MOST_MATCHES } from "./finder.js";
import type { GridHost } from "./host.js";
import { MatchSearch } from "./match_search.js";

export interface FindHost extends GridHost {
  moveTo(place: Place): Promise<void>;
}

export class FindBar {
  readonly #host: FindHost;
  readonly #matches = new MatchSearch(() => this.#found());
  #bar: HTMLElement | undefined;
  #input: HTMLInputElement | undefined;
  #count: HTMLElement | undefined;
  /** The match that was gone to last. */
  #at: Place | undefined;
  /** Whether the first match is gone to when it is found. */
  #jumps = false;

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
    this.#matches.stop();
    this.#bar.remove();
    this.#bar = undefined;
    this.#host.decorator.found = undefined;
    this.#host.decorator.markSelected();
  }

  /** Another view is on the screen: finds in it. */
  refresh(): void {
    if (this.#bar) this.#search(false);
  }

  /** Other rows are in the view. */
  update(): void {
    this.#matches.update();
  }

  #build(): void {
    const { say } = this.#host.listener;
    const bar = document.createElement("div");
    bar.className = "find-bar";
    bar.setAttribute("role", "search");
    bar.setAttribute("data-testid", "find-bar");
    const input = document.createElement("input");
    input.type = "text";
    input.placeholder = say("grid.find");
    input.setAttribute("aria-label", say("grid.find"));
    const count = document.createElement("span");
    count.className = "count";
    count.setAttribute("role", "status");
    count.setAttribute("data-testid", "find-count");
    bar.append(
      input,
      count,
      iconButton(say("grid.find.previous"), "up", () => void this.#go(-1)),
      iconButton(say("grid.find.next"), "down", () => void this.#go(1)),
      iconButton(say("grid.find.close"), "close", () => this.#leave()),
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
    const matcher = new Matcher(this.#input?.value ?? "");
    const { shown, decorator } = this.#host;
    decorator.found = matcher.isEmpty ? undefined : matcher;
    decorator.markSelected();
    this.#at = undefined;
    this.#jumps = jump;
    if (shown && !matcher.isEmpty) this.#matches.start({ ...shown, matcher });
    else this.#matches.stop();
    this.#tell();
  }

  #found(): void {
    this.#tell();
    if (!this.#jumps || this.#matches.places.length === 0) return;
    this.#jumps = false;
    void this.#go(0);
  }

  /** To the next match or the one before; 0: the first from here, here included. */
  async #go(by: -1 | 0 | 1): Promise<void> {
    const { place } = this.#host.active;
    const next = (): Place | undefined => {
      const { places } = this.#matches;
      if (by < 0) return places.findLast((each) => compare(each, place) < 0);
      return places.find((each) => compare(each, place) >= by);
    };
    let target = next();
    // What is not found yet may be further down.
    if (!target && !this.#matches.isDone) {
      await this.#matches.ended;
      target = next();
    }
    target ??= by < 0 ? this.#matches.places.at(-1) : this.#matches.places[0];
    if (!target) return;
    await this.#host.moveTo(target);
    this.#at = target;
    this.#tell();
  }

  #tell(): void {
    const text = this.#words();
    // It is read aloud when it is written.
    if (this.#count && this.#count.textContent !== text) this.#count.textContent = text;
  }

  #words(): string {
    const { places, isDone } = this.#matches;
    const { say } = this.#host.listener;
    const { length } = places;
    if (!this.#input?.value.trim()) return "";
    if (length === 0) return say(isDone ? "grid.find.none" : "grid.find.busy");
    const number = Math.min(length, MOST_MATCHES).toLocaleString();
    const more = length >= MOST_MATCHES ? "+" : isDone ? "" : "…";
    const at = this.#at;
    const index = at ? places.findIndex((each) => compare(each, at) === 0) + 1 : 0;
    const count = number + more;
    return index > 0
      ? say("grid.find.at", { index: index.toLocaleString(), count })
      : say("grid.find.found", { count });
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
