/**
 * How high rows are: the custom property `--millrace-row-height`, which a theme or the page sets.
 *
 * A probe wears it, so that it may be of any unit; its transition tells that it, or the size of
 * the font, has changed. Scrolling reckons with whole pixels, so that the styles are given those
 * by `--row-height`, not the property itself.
 */

const FALLBACK = 24;
/** A row still has room for a line of text. */
const LEAST = 14;

export class RowHeight {
  readonly #element: HTMLElement;
  readonly #probe = document.createElement("i");
  #value = FALLBACK;

  /** `changed` is called when another height, or size of font, has come into force. */
  constructor(element: HTMLElement, changed: () => void) {
    this.#element = element;
    this.#probe.className = "row-probe";
    this.#probe.ariaHidden = "true";
    element.append(this.#probe);
    let waiting = false;
    this.#probe.addEventListener("transitionend", () => {
      // Both properties change in one frame.
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        changed();
      });
    });
  }

  /** In pixels, rows and header rows alike. */
  get value(): number {
    return this.#value;
  }

  /** Reads it anew; where the grid is not laid out the last one stays. */
  read(): number {
    const height = Number.parseFloat(getComputedStyle(this.#probe).height);
    if (height > 0) this.#value = Math.max(LEAST, Math.round(height));
    this.#element.style.setProperty("--row-height", `${this.#value}px`);
    return this.#value;
  }
}
