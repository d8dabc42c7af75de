/**
 * Dragging columns about in the settings panel, by mouse, pen and finger.
 *
 * Pointer events instead of the browser's own drag and drop: that knows no touch. A finger
 * drags by the grip alone, so that the panel still scrolls under it.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { followPointer } from "../grid/follow_pointer.js";
import type { From, To } from "./settings_edits.js";

type Host = ReactiveControllerHost & HTMLElement;

interface DragRules {
  /** What an item in the panel is, read from its data attributes. */
  source(item: HTMLElement): { from: From; label: string } | undefined;
  /** Whether it may be dropped there. */
  allows(from: From, to: To): boolean;
  drop(from: From, to: To): void;
}

/** So far a pointer moves before it drags, px; less is a click. */
const SLACK = 4;
/** So near to the edge of a scrolling part it scrolls, px, and so far in a frame. */
const EDGE = 28;
const SCROLL_STEP = 9;

const CONTROLS = "button, select, input, textarea, a, millrace-menu, [data-nodrag]";

export class ColumnDrag implements ReactiveController {
  readonly #host: Host;
  readonly #rules: DragRules;
  #pressed: { from: From; label: string; x: number; y: number } | undefined;
  #stop: (() => void) | undefined;
  #frame = 0;
  #x = 0;
  #y = 0;
  /** What is being dragged, if anything. */
  from: From | undefined;
  /** Where it would be dropped now. */
  to: To | undefined;

  constructor(host: Host, rules: DragRules) {
    this.#host = host;
    this.#rules = rules;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener("pointerdown", this.#onDown);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener("pointerdown", this.#onDown);
    this.#stop?.();
  }

  readonly #onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    const path = event.composedPath().filter((each) => each instanceof HTMLElement);
    const item = path.find((each) => each.matches("[data-draggable]"));
    const within = item ? path.slice(0, path.indexOf(item)) : [];
    if (!item || within.some((each) => each.matches(CONTROLS))) return;
    if (event.pointerType === "touch" && !within.some((each) => each.matches(".grip"))) return;
    const source = this.#rules.source(item);
    if (!source) return;
    this.#pressed = { ...source, x: event.clientX, y: event.clientY };
    this.#stop = followPointer(
      event.pointerId,
      (move) => this.#move(move),
      (released) => this.#end(released),
    );
    addEventListener("keydown", this.#onKey, true);
  };

  #move(event: PointerEvent): void {
    const pressed = this.#pressed;
    if (!pressed) return;
    this.#x = event.clientX;
    this.#y = event.clientY;
    if (!this.from) {
      if (Math.hypot(this.#x - pressed.x, this.#y - pressed.y) < SLACK) return;
      this.from = pressed.from;
      getSelection()?.removeAllRanges();
      this.#frame = requestAnimationFrame(this.#scroll);
    }
    event.preventDefault();
    this.#look();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.from) return;
    event.preventDefault();
    event.stopPropagation();
    this.#stop?.();
  };

  /** Where the pointer is, and what would happen there. */
  #look(): void {
    const to = this.#placeAt(this.#x, this.#y);
    this.to = this.from && to && this.#rules.allows(this.from, to) ? to : undefined;
    this.#host.requestUpdate();
  }

  #placeAt(x: number, y: number): To | undefined {
    const zone = this.#host.shadowRoot
      ?.elementFromPoint(x, y)
      ?.closest<HTMLElement>("[data-drop-zone]");
    const name = zone?.dataset.dropZone;
    if (!zone || !name) return undefined;
    if (name === "all") return { zone: "all" };
    const items = [...zone.querySelectorAll<HTMLElement>("li[data-index]")];
    const after = items.findIndex((item) => {
      const { top, height } = item.getBoundingClientRect();
      return y < top + height / 2;
    });
    const index = after < 0 ? items.length : after;
    return { zone: name, index } as To;
  }

  /** Near an edge the part under the pointer scrolls, for as long as it is there. */
  readonly #scroll = (): void => {
    if (!this.from) return;
    const parts = this.#host.shadowRoot?.querySelectorAll<HTMLElement>("[data-scrolls]") ?? [];
    for (const part of parts) {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      if (this.#x < left || this.#x > right || this.#y < top || this.#y > bottom) continue;
      const before = part.scrollTop;
      if (this.#y < top + EDGE) part.scrollTop -= SCROLL_STEP;
      else if (this.#y > bottom - EDGE) part.scrollTop += SCROLL_STEP;
      if (part.scrollTop !== before) this.#look();
    }
    this.#frame = requestAnimationFrame(this.#scroll);
  };

  /** What hangs at the pointer; undefined while nothing is dragged. */
  get ghost(): { label: string; x: number; y: number } | undefined {
    if (!this.from || !this.#pressed) return undefined;
    return { label: this.#pressed.label, x: this.#x, y: this.#y };
  }

  #end(released: boolean): void {
    const { from, to } = this;
    removeEventListener("keydown", this.#onKey, true);
    cancelAnimationFrame(this.#frame);
    this.#pressed = undefined;
    this.from = undefined;
    this.to = undefined;
    this.#stop = undefined;
    this.#host.requestUpdate();
    if (released && from && to) this.#rules.drop(from, to);
  }
}
