/**
 * A menu at a place in the grid, by pointer and by keyboard (the menu pattern of WAI-ARIA).
 * It lies in the browser's top layer and is gone once closed.
 */
export interface MenuEntry {
  label: string;
  /** A key or a word at the right. */
  hint?: string;
  disabled?: boolean;
  /** A line above it. */
  apart?: boolean;
  run: () => void;
}

export interface Corner {
  x: number;
  y: number;
}

/** Opens the menu; `closed` is called once it is gone, but for a press that goes elsewhere. */
export function openMenu(
  parent: HTMLElement,
  label: string,
  at: Corner,
  entries: MenuEntry[],
  closed: () => void,
): void {
  const menu = document.createElement("div");
  menu.className = "grid-popup grid-menu";
  // Where a press opens it, the browser would take its release for one beside it.
  menu.popover = "manual";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  menu.setAttribute("data-testid", "grid-menu");
  let left = false;
  let gone = false;
  const finish = () => {
    if (gone) return;
    gone = true;
    window.removeEventListener("pointerdown", beside, { capture: true });
    menu.remove();
    if (!left) closed();
  };
  for (const entry of entries) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "menuitem");
    button.tabIndex = -1;
    button.disabled = entry.disabled ?? false;
    button.classList.toggle("apart", entry.apart ?? false);
    const text = document.createElement("span");
    text.textContent = entry.label;
    button.append(text);
    if (entry.hint) {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = entry.hint;
      button.append(hint);
    }
    button.addEventListener("click", () => {
      // The browser tells of the closing later; what was chosen is done at once.
      menu.hidePopover();
      finish();
      entry.run();
    });
    menu.append(button);
  }
  menu.addEventListener("keydown", (event) => onKey(event, menu));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  menu.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "closed") finish();
  });
  const beside = (event: Event) => {
    if (event.composedPath().includes(menu)) return;
    left = true;
    menu.hidePopover();
  };
  window.addEventListener("pointerdown", beside, { capture: true });
  parent.append(menu);
  showAt(menu, at);
  (menu.querySelector("button:not([disabled])") as HTMLElement | null)?.focus();
}

/** Shows a popover at a place, within the window. */
export function showAt(popover: HTMLElement, { x, y }: Corner): void {
  popover.showPopover();
  const size = popover.getBoundingClientRect();
  popover.style.left = `${Math.max(8, Math.min(x, innerWidth - size.width - 8))}px`;
  popover.style.top = `${Math.max(8, Math.min(y, innerHeight - size.height - 8))}px`;
}

function onKey(event: KeyboardEvent, menu: HTMLElement): void {
  const items = [...menu.querySelectorAll<HTMLElement>("button:not([disabled])")];
  const at = items.indexOf(event.target as HTMLElement);
  let next: HTMLElement | undefined;
  if (event.key === "ArrowDown") next = items[(at + 1) % items.length];
  else if (event.key === "ArrowUp") next = items.at(at - 1);
  else if (event.key === "Home") next = items[0];
  else if (event.key === "End") next = items.at(-1);
  else if (event.key === "Tab" || event.key === "Escape") {
    menu.hidePopover();
    event.preventDefault();
  } else if (event.key.length === 1 && event.key !== " ") {
    const letter = event.key.toLowerCase();
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    next = order.find((item) => item.textContent?.toLowerCase().startsWith(letter));
  }
  if (next) {
    next.focus();
    event.preventDefault();
  }
  // The grid behind it has keys of its own, and so has the page.
  event.stopPropagation();
}
