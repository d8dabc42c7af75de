/** A small form above the grid: a dialog in the browser's top layer, gone once closed. */

/** `name`: its class and test id. The form is not in the document yet. */
export function popupForm(name: string, label: string, closed: () => void): HTMLFormElement {
  const form = document.createElement("form");
  form.className = `grid-popup ${name}`;
  form.popover = "auto";
  form.setAttribute("role", "dialog");
  form.setAttribute("aria-label", label);
  form.setAttribute("data-testid", name);
  // The grid behind it has keys of its own, and so has the page.
  form.addEventListener("keydown", (event) => event.stopPropagation());
  form.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    form.remove();
    closed();
  });
  return form;
}
