/**
 * regular-table, typed for where it stands here, and made to work where one writes from the
 * right: it reckons with distances from the left, and a browser counts the scrolled distance
 * down from zero there.
 */
import type { RegularTableElement } from "regular-table/dist/esm/regular-table.js";
import "regular-table";

export type { RegularTableElement };

/** Width that regular-table takes for a column which it has not seen. */
export const UNSEEN_WIDTH = 60;

export function createRegularTable(): RegularTableElement {
  const table = document.createElement("regular-table") as unknown as RegularTableElement;
  mirrorScroll(table);
  mirrorResize(table);
  return table;
}

export function isRightToLeft(element: Element): boolean {
  return element.matches(":dir(rtl)");
}

/** `scrollLeft` becomes the distance from where the columns begin, at either side. */
function mirrorScroll(table: RegularTableElement): void {
  const native = Object.getOwnPropertyDescriptor(Element.prototype, "scrollLeft");
  Object.defineProperty(table, "scrollLeft", {
    get: () => Math.abs(native?.get?.call(table) ?? 0),
    set: (value: number) => native?.set?.call(table, isRightToLeft(table) ? -value : value),
  });
}

/** A border that is dragged to the left makes its column wider where columns go that way. */
function mirrorResize(table: RegularTableElement): void {
  table.addEventListener(
    "mousedown",
    (down) => {
      const [target] = down.composedPath() as HTMLElement[];
      if (!target?.classList?.contains("rt-column-resize") || !isRightToLeft(table)) return;
      const move = (event: MouseEvent) => {
        if (!event.isTrusted) return;
        event.stopImmediatePropagation();
        const clientX = 2 * down.clientX - event.clientX;
        const opposite = new MouseEvent("mousemove", { clientX, clientY: event.clientY });
        document.dispatchEvent(opposite);
      };
      const stop = () => {
        window.removeEventListener("mousemove", move, { capture: true });
        window.removeEventListener("mouseup", stop, { capture: true });
      };
      window.addEventListener("mousemove", move, { capture: true });
      window.addEventListener("mouseup", stop, { capture: true });
    },
    { capture: true },
  );
}

const mirrored = new CSSStyleSheet();
mirrored.replaceSync(":host(:dir(rtl)) .rt-scroll-table-clip { right: 0 }");

/** The part of it that is regular-table's own style, once that is in the document. */
export function mirrorStyle({ shadowRoot }: RegularTableElement): void {
  if (!shadowRoot || shadowRoot.adoptedStyleSheets.includes(mirrored)) return;
  shadowRoot.adoptedStyleSheets.push(mirrored);
}
