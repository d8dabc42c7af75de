/** What the parts of the grid need of it and of each other. */
import type { PluginListener, ViewShape } from "../viewer/plugins.js";
import type { ActiveCell, Place } from "./active_cell.js";
import type { Decorator } from "./decorator.js";
import type { Formatters } from "./formatters.js";
import { type GridWindow, nameAt, placeIn } from "./grid_window.js";
import type { Corner } from "./popup_menu.js";
import type { RegularTableElement } from "./regular_table.js";
import type { Selection } from "./selection.js";
import { leafColumn } from "./shape.js";
import type { WindowSource } from "./window_reader.js";

export interface GridHost {
  /** Holds the table and what lies above it. */
  readonly element: HTMLElement;
  readonly table: RegularTableElement;
  readonly listener: PluginListener;
  readonly active: ActiveCell;
  readonly selection: Selection;
  readonly decorator: Decorator;
  /** Of rows and header rows alike, in pixels. */
  readonly rowHeight: number;
  /** What is on the screen, if anything is. */
  readonly shown: Shown | undefined;
  /** Scrolls the active cell into the screen and focuses it. */
  reveal(): Promise<void>;
  /** Gives the focus back to the active cell. */
  focus(): void;
  /** A short word at the foot of the grid, also for assistive technology. */
  say(text: string): void;
  /** Tells of a selection that has changed, and shows it. */
  selected(): void;
}

export interface Shown {
  view: WindowSource;
  window: GridWindow;
  shape: ViewShape;
  formatters: Formatters;
}

/** A cell or header with its place; `isLeaf`: not a header above others. */
export interface FoundCell {
  cell: HTMLElement;
  place: Place;
  isLeaf: boolean;
}

/** The cell or header under an event. */
export function cellOf(host: GridHost, event: Event): FoundCell | undefined {
  const path = event.composedPath();
  const at = path.indexOf(host.table);
  const inside = (at < 0 ? [] : path.slice(0, at)) as HTMLElement[];
  return found(
    host,
    inside.find((each) => each.tagName === "TD" || each.tagName === "TH"),
  );
}

/** The cell or header at a place of the window. */
export function cellAt(host: GridHost, { x, y }: Corner): FoundCell | undefined {
  const root = host.table.getRootNode() as Document | ShadowRoot;
  const cell = root.elementFromPoint(x, y)?.closest<HTMLElement>("td, th");
  return found(host, host.table.contains(cell ?? null) ? cell : undefined);
}

function found({ table, shown }: GridHost, cell?: HTMLElement | null): FoundCell | undefined {
  const place = cell && shown && placeIn(shown.window, table.getMeta(cell));
  if (!cell || !place) return undefined;
  const isLeaf = cell.parentElement?.matches(":last-child") ?? false;
  return { cell, place, isLeaf };
}

/** The whole name of a view's column, as far as it has been read. */
export function pathAt({ window }: Shown, column: number): string | undefined {
  return nameAt(window, column);
}

/** The column at the bottom of that name, which configs know. */
export function leafAt(shown: Shown, column: number): string | undefined {
  const path = pathAt(shown, column);
  return path === undefined ? undefined : leafColumn(path, shown.shape.split_by.length);
}
