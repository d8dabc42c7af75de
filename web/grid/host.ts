/** What the parts of the grid need of it and of each other. */
import type { PluginListener, ViewShape } from "../viewer/plugins.js";
import type { ActiveCell, Place } from "./active_cell.js";
import type { Decorator } from "./decorator.js";
import type { Formatters } from "./formatters.js";
import { type GridWindow, nameAt, placeIn } from "./grid_window.js";
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

/** The cell or header under an event, with its place. */
export function cellOf(
  { table, shown }: GridHost,
  event: Event,
): { cell: HTMLElement; place: Place; isLeaf: boolean } | undefined {
  const path = event.composedPath();
  const at = path.indexOf(table);
  const inside = (at < 0 ? [] : path.slice(0, at)) as HTMLElement[];
  const cell = inside.find((each) => each.tagName === "TD" || each.tagName === "TH");
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
