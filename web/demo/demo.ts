/**
 * The page that a relay serves: its feed in a viewer, and switches for light and dark.
 *
 * The demo's feed is shown as a pivot made for it, with a switch to its rows. Any other feed
 * is shown as it is; of several, one is chosen in the element.
 */
import type { MillraceViewer } from "../viewer/millrace_viewer.js";

const DEMO_FEED = "stock_values";

const PIVOT = {
  group_by: ["ticker"],
  split_by: [],
  columns: ["close", "volume", "high", "low", "client"],
  aggregates: { close: "last", volume: "sum", high: "max", low: "min", client: "count" },
  sort: [],
};
const ROWS = { group_by: [], split_by: [], columns: null, sort: [] };

/** The names of the relay's feeds; where it does not answer the element says so itself. */
async function feedNames(): Promise<string[]> {
  try {
    const response = await fetch(new URL("feeds", document.baseURI));
    const { feeds } = (await response.json()) as { feeds: { name: string }[] };
    return feeds.map((feed) => feed.name);
  } catch {
    return [DEMO_FEED];
  }
}

function press(group: string, value: string): void {
  for (const button of document.querySelectorAll<HTMLElement>(`button[data-${group}]`)) {
    button.setAttribute("aria-pressed", String(button.dataset[group] === value));
  }
}

/** A viewer of the feed; without one it asks which. */
function viewerOf(feed: string | undefined): MillraceViewer {
  const viewer = document.createElement("millrace-viewer") as MillraceViewer;
  if (feed !== undefined) viewer.setAttribute("feed", feed);
  if (feed === DEMO_FEED) {
    viewer.setAttribute("group-by", JSON.stringify(PIVOT.group_by));
    viewer.setAttribute("columns", JSON.stringify(PIVOT.columns));
    viewer.setAttribute("aggregates", JSON.stringify(PIVOT.aggregates));
  }
  return viewer;
}

function tellFeed(feed: string): void {
  const about = document.querySelector("#about");
  const name = document.createElement("b");
  name.textContent = feed;
  about?.replaceChildren("Kafka feed ", name, ", pivoted live in this page");
}

function offerThemes(viewer: MillraceViewer): void {
  const setTheme = (theme: "light" | "dark") => {
    viewer.theme = theme;
    document.documentElement.dataset.theme = theme;
    press("theme", theme);
  };
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  for (const button of document.querySelectorAll<HTMLElement>("button[data-theme]")) {
    button.addEventListener("click", () => setTheme(button.dataset.theme as "light" | "dark"));
  }
}

function offerViews(viewer: MillraceViewer): void {
  document.querySelector<HTMLElement>("#views")?.removeAttribute("hidden");
  for (const button of document.querySelectorAll<HTMLElement>("button[data-view]")) {
    button.addEventListener("click", () => {
      const view = button.dataset.view ?? "pivot";
      press("view", view);
      void viewer.restore(view === "rows" ? ROWS : PIVOT);
    });
  }
  // The switch follows what is set elsewhere, by the settings panel for instance.
  viewer.addEventListener("millrace-config-update", (event) => {
    const { group_by } = (event as CustomEvent<{ group_by: string[] }>).detail;
    press("view", group_by.length > 0 ? "pivot" : "rows");
  });
}

const names = await feedNames();
const feed = names.includes(DEMO_FEED) ? DEMO_FEED : names.length === 1 ? names[0] : undefined;
const viewer = viewerOf(feed);
offerThemes(viewer);
if (feed !== undefined) tellFeed(feed);
if (feed === DEMO_FEED) offerViews(viewer);
document.querySelector("main")?.append(viewer);
