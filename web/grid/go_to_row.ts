/** Asks for a row's number and goes there. */
import type { FindHost } from "./find_bar.js";
import { popupForm } from "./popup_form.js";
import { showAt } from "./popup_menu.js";

export function openGoToRow(host: FindHost): void {
  const rows = host.shown?.window.num_rows ?? 0;
  if (rows === 0) return;
  const { say } = host.listener;
  let target: number | undefined;
  const form = popupForm("go-to-row", say("grid.go"), () => {
    const { column } = host.active.place;
    if (target !== undefined) void host.moveTo({ row: target, column });
    host.focus();
  });
  const label = document.createElement("label");
  label.textContent = `${say("grid.go.range", { count: rows.toLocaleString() })} `;
  const input = document.createElement("input");
  input.type = "text";
  input.inputMode = "numeric";
  input.autocomplete = "off";
  label.append(input);
  const go = document.createElement("button");
  go.textContent = say("grid.go.run");
  form.append(label, go);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const row = Number(input.value.replace(/[,._\s]/g, ""));
    if (!Number.isInteger(row) || row < 1) {
      input.setCustomValidity(say("grid.go.problem"));
      input.reportValidity();
      return;
    }
    target = Math.min(row, rows) - 1;
    form.hidePopover();
  });
  input.addEventListener("input", () => input.setCustomValidity(""));
  host.element.append(form);
  const box = host.element.getBoundingClientRect();
  showAt(form, { x: box.left + box.width / 2 - 110, y: box.top + 32 });
  input.focus();
}
