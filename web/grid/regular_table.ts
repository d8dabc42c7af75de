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

const LEFT_OFF = "--regular-table--clip-x";
const TOP_OFF = "--regular-table--clip-y";

/**
 * What is scrolled away of the first column and row. regular-table says it by custom properties of
 * its `<table>`, which every cell inherits: a scroll by one pixel would have the browser work out
 * the style of each. Here the body and the head are moved as wholes; only where columns are cut,
 * the names of rows are moved back (`data-cut`, see `styles.ts`). regular-table has another
 * `<table>` after it was cleared.
 */
export function moveParts(table: RegularTableElement): void {
  const inner = table.querySelector("table");
  const [thead, tbody] = (inner?.children ?? []) as HTMLCollectionOf<HTMLElement>;
  if (!inner || !thead || !tbody || Object.hasOwn(inner.style, "setProperty")) return;
  let left = 0;
  let cut: number | undefined;
  const move = (top: number) => {
    tbody.style.transform = `translate(${left}px, ${-top}px)`;
    if (left === cut) return;
    cut = left;
    thead.style.transform = left === 0 ? "" : `translate(${left}px)`;
    table.toggleAttribute("data-cut", left !== 0);
    table.style.setProperty("--cut", `${-left}px`);
  };
  inner.style.setProperty = (name, value) => {
    const px = Number.parseFloat(value ?? "");
    // The second comes after the first, and what else there is says the same again.
    if (name === LEFT_OFF) left = isRightToLeft(table) ? px : -px;
    else if (name === TOP_OFF) move(px);
  };
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
