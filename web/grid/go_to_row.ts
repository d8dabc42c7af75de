/** Asks for a row's number and goes there. */
import type { FindHost } from "./find_bar.js";
import { showAt } from "./popup_menu.js";

export function openGoToRow(host: FindHost): void {
  const rows = host.shown?.window.num_rows ?? 0;
  if (rows === 0) return;
  const form = document.createElement("form");
  form.className = "grid-popup go-to-row";
  form.popover = "auto";
  form.setAttribute("role", "dialog");
  form.setAttribute("aria-label", "Go to row");
  form.setAttribute("data-testid", "go-to-row");
  const label = document.createElement("label");
  label.textContent = `Row, 1 to ${rows.toLocaleString()} `;
  const input = document.createElement("input");
  input.type = "text";
  input.inputMode = "numeric";
  input.autocomplete = "off";
  label.append(input);
  const go = document.createElement("button");
  go.textContent = "Go";
  form.append(label, go);
  let target: number | undefined;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const row = Number(input.value.replace(/[,._\s]/g, ""));
    if (!Number.isInteger(row) || row < 1) {
      input.setCustomValidity("A number of a row");
      input.reportValidity();
      return;
    }
    target = Math.min(row, rows) - 1;
    form.hidePopover();
  });
  input.addEventListener("input", () => input.setCustomValidity(""));
  form.addEventListener("keydown", (event) => event.stopPropagation());
  form.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    form.remove();
    const { column } = host.active.place;
    if (target !== undefined) void host.moveTo({ row: target, column });
    host.focus();
  });
  host.element.append(form);
  const box = host.element.getBoundingClientRect();
  showAt(form, { x: box.left + box.width / 2 - 110, y: box.top + 32 });
  input.focus();
}
