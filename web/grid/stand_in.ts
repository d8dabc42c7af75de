/**
 * Stands in for the active cell while that is scrolled out of sight: the grid keeps its stop of
 * the Tab key, and the keyboard its place. Who comes to it by Tab is brought to the cell.
 */
import type { Say } from "../viewer/words.js";

export interface StandInActions {
  /** Scrolls to the active cell and gives it the focus. */
  reveal(): void;
  /** A key that is meant for the active cell. */
  key(event: KeyboardEvent): void;
  /** The focus has gone elsewhere. */
  left(to: Node | null): void;
}

export class StandIn {
  readonly element = document.createElement("div");
  /** The focus is handed over by a scroll, which must not be undone by going to the cell. */
  #taking = false;

  constructor({ reveal, key, left }: StandInActions) {
    this.element.className = "stand-in";
    this.element.tabIndex = 0;
    this.element.hidden = true;
    this.element.role = "button";
    this.element.dataset.testid = "grid-stand-in";
    this.element.addEventListener("focus", () => {
      if (!this.#taking) reveal();
    });
    this.element.addEventListener("click", () => reveal());
    this.element.addEventListener("keydown", key);
    this.element.addEventListener("blur", (event) => left(event.relatedTarget as Node | null));
  }

  show(say: Say): void {
    this.element.ariaLabel = say("grid.away");
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }

  takeFocus(): void {
    this.#taking = true;
    this.element.focus({ preventScroll: true });
    this.#taking = false;
  }
}
