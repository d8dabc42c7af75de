/**
 * The dialog in which a person says where rows are to come from: a feed of this relay or of
 * another one, each with its columns, its rate and its newest rows; or a file.
 */
import type { Client } from "../client/client.js";
import { MillraceError } from "../client/errors.js";
import type { Table } from "../client/table.js";
import type { ColumnInfo, Row } from "../client/types.js";
import type { View } from "../client/view.js";
import { millrace } from "./package.js";

/** What was chosen. */
export interface ChosenFeed {
  /** The relay's address. */
  src: string;
  token: string | undefined;
  feed: string;
}

const PREVIEW_ROWS = 5;
const PREVIEW_EVERY_MS = 1_000;
/** Without an answer for so long the relay is said not to answer; it is tried on. */
const PATIENCE_MS = 5_000;

export class Sources {
  readonly #dialog: HTMLDialogElement;
  readonly #onFeed: (chosen: ChosenFeed) => void;
  #client: Client | undefined;
  #stopListening: (() => void) | undefined;
  #preview: Preview | undefined;
  #attempt = 0;

  /** `onFile` answers when the file is shown, and fails with what is wrong with it. */
  constructor(
    dialog: HTMLDialogElement,
    onFeed: (chosen: ChosenFeed) => void,
    onFile: (file: File) => Promise<void>,
  ) {
    this.#dialog = dialog;
    this.#onFeed = onFeed;
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#connect();
    });
    this.#part("close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => void this.#letGo());
    const input = this.#part<HTMLInputElement>("file");
    input.addEventListener("change", async () => {
      const [file] = input.files ?? [];
      input.value = "";
      if (!file) return;
      try {
        this.#say("file-state", `Reading ${file.name}…`);
        await onFile(file);
        dialog.close();
      } catch (error) {
        this.#say("file-state", words(error), true);
      }
    });
  }

  /** Opens it, with the feeds of the relay at `src`. */
  open(src: string): void {
    this.#part<HTMLInputElement>("address").value = src;
    this.#say("file-state", "Or drop one anywhere on the page.");
    this.#dialog.showModal();
    void this.#connect();
  }

  /** Opens it with what went wrong with a file that was dropped. */
  refuseFile(src: string, error: unknown): void {
    if (!this.#dialog.open) this.open(src);
    this.#say("file-state", words(error), true);
  }

  #part<T extends HTMLElement>(name: string): T {
    const found = this.#dialog.querySelector<T>(`[data-part=${name}]`);
    if (!found) throw new Error(`the dialog has no part ${name}`);
    return found;
  }

  #say(part: string, text: string, bad = false): void {
    const place = this.#part(part);
    place.textContent = text;
    place.classList.toggle("bad", bad);
  }

  async #letGo(): Promise<void> {
    this.#attempt++;
    this.#stopListening?.();
    this.#stopListening = undefined;
    await this.#preview?.end();
    this.#preview = undefined;
    await this.#client?.terminate();
    this.#client = undefined;
  }

  async #connect(): Promise<void> {
    await this.#letGo();
    const attempt = this.#attempt;
    const src = this.#part<HTMLInputElement>("address").value.trim();
    const token = this.#part<HTMLInputElement>("token").value.trim() || undefined;
    this.#part("feeds").replaceChildren();
    this.#part("preview").replaceChildren();
    this.#say("state", "Connecting…");
    try {
      const client = await millrace.websocket(src, token ? { token: async () => token } : {});
      if (attempt !== this.#attempt) {
        await client.terminate();
        return;
      }
      this.#client = client;
      const tell = () => {
        const status = client.relay?.status;
        if (!status || status.state === "connected") return;
        if (status.state === "connecting") return;
        this.#say("state", status.detail ?? "The relay does not answer.", true);
      };
      this.#stopListening = client.relay?.listen(tell);
      const slow = setTimeout(() => {
        if (attempt === this.#attempt) this.#say("state", `${src} does not answer yet.`, true);
      }, PATIENCE_MS);
      const feeds = await client.get_hosted_table_names().finally(() => clearTimeout(slow));
      if (attempt !== this.#attempt) return;
      this.#offer(feeds, { src, token });
    } catch (error) {
      if (attempt === this.#attempt) this.#say("state", words(error), true);
    }
  }

  #offer(feeds: string[], relay: Omit<ChosenFeed, "feed">): void {
    this.#say("state", feeds.length === 0 ? "This relay has no feeds." : "");
    const list = this.#part("feeds");
    list.replaceChildren(
      ...feeds.map((feed) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = feed;
        button.addEventListener("click", () => void this.#show(feed, relay, button));
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    list.querySelector("button")?.click();
  }

  async #show(
    feed: string,
    relay: Omit<ChosenFeed, "feed">,
    button: HTMLButtonElement,
  ): Promise<void> {
    const client = this.#client;
    if (!client) return;
    for (const each of this.#part("feeds").querySelectorAll("button")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
    await this.#preview?.end();
    const preview = new Preview(this.#part("preview"), client, feed, () => {
      this.#onFeed({ ...relay, feed });
      this.#dialog.close();
    });
    this.#preview = preview;
    await preview.begin().catch((error: unknown) => preview.fail(words(error)));
  }
}

/** A feed's columns, rate and newest rows, kept up until it ends. */
class Preview {
  readonly #place: HTMLElement;
  readonly #client: Client;
  readonly #feed: string;
  readonly #open: () => void;
  #table: Table | undefined;
  #view: View | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ended = false;

  constructor(place: HTMLElement, client: Client, feed: string, open: () => void) {
    this.#place = place;
    this.#client = client;
    this.#feed = feed;
    this.#open = open;
    place.replaceChildren(paragraph("Waiting for the feed…"));
  }

  async begin(): Promise<void> {
    this.#table = await this.#client.open_table(this.#feed);
    if (this.#ended) return this.end();
    const columns = await this.#table.column_info();
    this.#view = await this.#table.view();
    if (this.#ended) return this.end();
    await this.#draw(columns);
    this.#timer = setInterval(() => void this.#draw(columns).catch(() => {}), PREVIEW_EVERY_MS);
  }

  fail(why: string): void {
    if (this.#ended) return;
    const text = paragraph(why);
    text.className = "bad";
    this.#place.replaceChildren(text);
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    const { view, table } = { view: this.#view, table: this.#table };
    this.#view = undefined;
    this.#table = undefined;
    await view?.delete().catch(() => {});
    await table?.delete().catch(() => {});
  }

  async #draw(columns: ColumnInfo[]): Promise<void> {
    const view = this.#view;
    if (!view) return;
    const end_row = await view.num_rows();
    const rows = await view.to_json({ start_row: Math.max(0, end_row - PREVIEW_ROWS), end_row });
    if (this.#ended) return;
    const status = this.#client.relay?.feedStatus(this.#feed);
    const rate = Math.round(status?.rows_per_second ?? 0);
    const about = paragraph(
      `${end_row.toLocaleString("en")} rows, ${rate.toLocaleString("en")} rows/s, ` +
        `${columns.length} columns`,
    );
    let button = this.#place.querySelector<HTMLButtonElement>("button.open");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "open";
      button.addEventListener("click", () => this.#open());
      this.#place.replaceChildren(document.createElement("div"), button);
    }
    button.textContent = `Open ${this.#feed}`;
    this.#place.firstElementChild?.replaceWith(group(about, table(columns, rows)));
  }
}

function group(...children: Node[]): HTMLElement {
  const made = document.createElement("div");
  made.append(...children);
  return made;
}

function paragraph(text: string): HTMLElement {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

/** Columns across, with their types; the newest rows below. */
function table(columns: ColumnInfo[], rows: Row[]): HTMLElement {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  for (const { name, exact } of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    const type = document.createElement("small");
    type.textContent = exact;
    cell.append(name, type);
    head.append(cell);
  }
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const { name, type } of columns) line.insertCell().textContent = text(row[name], type);
  }
  const scroller = group(made);
  scroller.className = "scroller";
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", "The newest rows");
  return scroller;
}

function text(value: Row[string] | undefined, type: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && (type === "date" || type === "datetime")) {
    const iso = new Date(value).toISOString();
    return type === "date" ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
  }
  return String(value).slice(0, 100);
}

/** What went wrong, for a person. */
function words(error: unknown): string {
  return MillraceError.from(error).message;
}
