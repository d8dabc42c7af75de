/** What of a header cell regular-table leaves to us: its name, its menu, and taking both away. */
import { setAttribute, setData, setMinWidth } from "./dom.js";

/** regular-table leaves headers of row headers empty, and does not look at them again. */
export function setHeaderText(th: HTMLElement, label: string): void {
  const text = th.querySelector("span");
  if (text && text.textContent !== label) text.textContent = label;
}

/** The button of a column's menu, between its name and the border that is dragged. */
export function addMenuButton(th: HTMLElement, label: string): void {
  let button = th.querySelector<HTMLButtonElement>(".column-menu");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "column-menu";
    // The header itself takes the keys.
    button.tabIndex = -1;
    button.setAttribute("aria-haspopup", "menu");
    th.insertBefore(button, th.lastChild);
  }
  setAttribute(button, "aria-label", label);
}

/** A header cell that neither sorts nor takes the focus. */
export function plainHeader(th: HTMLElement, kind: "split" | "corner"): void {
  setData(th, "kind", kind);
  for (const name of ["agg", "sort", "sortIndex", "sortAbs"]) setData(th, name, "");
  th.querySelector(".column-menu")?.remove();
  for (const name of ["aria-sort", "tabindex", "data-active"]) {
    setAttribute(th, name, null);
  }
  setMinWidth(th, "");
}
