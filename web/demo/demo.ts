/**
 * The page that a relay serves: its feed in a viewer, and switches for light and dark.
 *
 * The demo's feed is shown as a pivot made for it, with a switch to its rows. Any other feed
 * is shown as it is; of several, one is chosen in the element. Feeds of other relays, and
 * files, are opened by the dialog of sources; a file may also be dropped anywhere. What is set
 * in the viewer stands in the page's address.
 */
import type { MillraceViewer } from "../viewer/millrace_viewer.js";
import { fileFormat } from "./files.js";
import { millrace } from "./package.js";
import { type ChosenFeed, Sources } from "./sources.js";

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
  viewer.setAttribute("url-state", "view");
  if (feed !== undefined) viewer.setAttribute("feed", feed);
  if (feed === DEMO_FEED) {
    viewer.setAttribute("group-by", JSON.stringify(PIVOT.group_by));
    viewer.setAttribute("columns", JSON.stringify(PIVOT.columns));
    viewer.setAttribute("aggregates", JSON.stringify(PIVOT.aggregates));
  }
  return viewer;
}

function tell(before: string, what: string, after: string): void {
  const name = document.createElement("b");
  name.textContent = what;
  document.querySelector("#about")?.replaceChildren(before, name, after);
}

function tellFeed(feed: string): void {
  tell("Kafka feed ", feed, ", pivoted live in this page");
}

function offerThemes(viewer: MillraceViewer): void {
  const systems = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  // The page follows its viewer, whose theme the address may set.
  const follow = () => {
    const theme = /dark|light/.exec(viewer.theme ?? "")?.[0] ?? systems;
    document.documentElement.dataset.theme = theme;
    press("theme", theme);
  };
  new MutationObserver(follow).observe(viewer, { attributeFilter: ["theme"] });
  viewer.theme = systems;
  follow();
  for (const button of document.querySelectorAll<HTMLElement>("button[data-theme]")) {
    button.addEventListener("click", () => {
      viewer.theme = button.dataset.theme as "light" | "dark";
    });
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

/** The switch of views is for the demo's feed alone. */
function hideViews(): void {
  document.querySelector<HTMLElement>("#views")?.setAttribute("hidden", "");
}

async function showFeed(viewer: MillraceViewer, { src, token, feed }: ChosenFeed): Promise<void> {
  viewer.token = token === undefined ? undefined : async () => token;
  viewer.src = src;
  viewer.feed = feed;
  hideViews();
  tellFeed(feed);
  // The viewer lets go of a file's table first.
  await viewer.updateComplete;
  await keepEngine(undefined);
}

/** Fails with what is wrong with the file; what was shown stays then. */
async function showFile(viewer: MillraceViewer, file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const format = fileFormat(bytes, file.name);
  const client = await millrace.worker();
  try {
    const table = await client.table(bytes, { format });
    viewer.src = null;
    viewer.feed = null;
    await viewer.load(table);
  } catch (error) {
    await client.terminate();
    throw error;
  }
  await keepEngine(client);
  hideViews();
  tell("File ", file.name, "");
}

type Client = Awaited<ReturnType<typeof millrace.worker>>;

/** The engine of the file that is shown. */
let ownClient: Client | undefined;

/** Frees the engine of the file that was shown before. */
async function keepEngine(client: Client | undefined): Promise<void> {
  const before = ownClient;
  ownClient = client;
  await before?.terminate();
}

function offerSources(viewer: MillraceViewer): void {
  const dialog = document.querySelector<HTMLDialogElement>("#sources");
  if (!dialog) return;
  const sources = new Sources(
    dialog,
    (chosen) => void showFeed(viewer, chosen),
    (file) => showFile(viewer, file),
  );
  const here = new URL(".", document.baseURI).href;
  document
    .querySelector("#open")
    ?.addEventListener("click", () => sources.open(viewer.src ?? here));
  acceptDrops(async (file) => {
    try {
      await showFile(viewer, file);
      dialog.close();
    } catch (error) {
      sources.refuseFile(viewer.src ?? here, error);
    }
  });
}

/** A file may be dropped anywhere on the page. */
function acceptDrops(onFile: (file: File) => void): void {
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (on: boolean) => document.documentElement.toggleAttribute("data-drop", on);
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file) onFile(file);
  });
}

const names = await feedNames();
const feed = names.includes(DEMO_FEED) ? DEMO_FEED : names.length === 1 ? names[0] : undefined;
const viewer = viewerOf(feed);
offerThemes(viewer);
if (feed !== undefined) tellFeed(feed);
if (feed === DEMO_FEED) offerViews(viewer);
offerSources(viewer);
document.querySelector("main")?.append(viewer);
