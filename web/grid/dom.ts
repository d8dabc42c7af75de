/**
 * Writing to the document only where something changes: a draw touches every visible cell,
 * and most of them are as they were.
 */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Sets a data attribute or, where the value is empty, removes it. */
export function setData(element: HTMLElement, name: string, value: string): void {
  if (value === "") {
    if (element.dataset[name] !== undefined) delete element.dataset[name];
  } else if (element.dataset[name] !== value) {
    element.dataset[name] = value;
  }
}

export function setMinWidth(element: HTMLElement, value: string): void {
  if (element.style.minWidth !== value) element.style.minWidth = value;
}
