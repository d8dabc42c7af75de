/**
 * A finger that is held still: what a right click is to a mouse.
 *
 * Some browsers tell of it by `contextmenu`, others by nothing, so that it is timed here; what
 * a browser tells besides, and the click at the end, are held back.
 */
import type { Corner } from "./popup_menu.js";

/** So long a finger is held; so soon after it is lifted the browser has told all. */
const HELD_MS = 500;
/** One that moves further scrolls. */
const STILL_PX = 10;

export function onLongPress(element: HTMLElement, held: (at: Corner) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: Corner = { x: 0, y: 0 };
  let wasHeld = false;
  element.addEventListener("pointerdown", (event) => {
    clearTimeout(timer);
    wasHeld = false;
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      wasHeld = true;
      held(start);
    }, HELD_MS);
  });
  element.addEventListener("pointermove", (event) => {
    if (wasHeld) return;
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > STILL_PX) {
      clearTimeout(timer);
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    element.addEventListener(end, () => {
      clearTimeout(timer);
      if (!wasHeld) return;
      timer = setTimeout(() => {
        wasHeld = false;
      }, HELD_MS);
    });
  }
  element.addEventListener("contextmenu", holdBack, { capture: true });
  element.addEventListener("click", holdBack, { capture: true });

  function holdBack(event: Event): void {
    if (!wasHeld) {
      // The browser was first.
      if (event.type === "contextmenu") clearTimeout(timer);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
