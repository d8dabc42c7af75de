/**
 * The two switches of the demo page: pivot or rows, light or dark.
 *
 * Everything else on the page is the element and its attributes.
 */
import type { MillraceViewer } from "../viewer/millrace_viewer.js";

const viewer = document.querySelector("millrace-viewer") as MillraceViewer;

const PIVOT = {
  group_by: ["ticker"],
  split_by: [],
  columns: ["close", "volume", "high", "low", "client"],
  sort: [],
};
const ROWS = { group_by: [], split_by: [], columns: null, sort: [] };

function press(group: string, value: string): void {
  for (const button of document.querySelectorAll<HTMLElement>(`button[data-${group}]`)) {
    button.setAttribute("aria-pressed", String(button.dataset[group] === value));
  }
}

function setTheme(theme: "light" | "dark"): void {
  viewer.theme = theme;
  document.documentElement.dataset.theme = theme;
  press("theme", theme);
}

setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

for (const button of document.querySelectorAll<HTMLElement>("button[data-theme]")) {
  button.addEventListener("click", () => setTheme(button.dataset.theme as "light" | "dark"));
}

for (const button of document.querySelectorAll<HTMLElement>("button[data-view]")) {
  button.addEventListener("click", () => {
    const view = button.dataset.view ?? "pivot";
    press("view", view);
    void viewer.restore(view === "rows" ? ROWS : PIVOT);
  });
}

/** The switch follows what is set elsewhere, by the settings panel for instance. */
viewer.addEventListener("millrace-config-update", (event) => {
  const { group_by } = (event as CustomEvent<{ group_by: string[] }>).detail;
  press("view", group_by.length > 0 ? "pivot" : "rows");
});
