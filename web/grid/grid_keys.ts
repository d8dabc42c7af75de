/**
 * What keys do in the grid: move, select, open and close rows, sort, and open what lies above
 * it. One that does nothing here goes on to the page.
 */
import type { Extent } from "./active_cell.js";
import type { GridHost } from "./host.js";

/** What keys set going that is not about the place. */
export interface KeyActions {
  copy(headers: boolean): void;
  menu(): void;
  find(): void;
  goToRow(): void;
  /** Begins an edit of the active cell, with a first letter or as it is; false: it has none. */
  edit(text?: string): boolean;
  sort(column: number, additive: boolean, absolute: boolean): void;
  click(row: number, column: number): void;
}

export class GridKeys {
  readonly #host: GridHost;
  readonly #actions: KeyActions;

  constructor(host: GridHost, actions: KeyActions) {
    this.#host = host;
    this.#actions = actions;
    host.table.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    // An editor in a cell has its keys for itself.
    const [target] = event.composedPath() as HTMLElement[];
    if (!this.#host.shown || target?.matches("input, select, textarea")) return;
    if (!this.#command(event) && !this.#move(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** A key while the active cell is out of sight: before anything is done with it, it is shown. */
  onKeyAway(event: KeyboardEvent): void {
    if (!this.#host.shown || /^(Tab|Shift|Control|Alt|Meta)$/.test(event.key)) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const done = (ctrl && this.#command(event)) || this.#move(event);
    if (!done && ctrl) return;
    if (!done) void this.#host.reveal();
    event.preventDefault();
    event.stopPropagation();
  }

  #command(event: KeyboardEvent): boolean {
    const { key, shiftKey } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    const letter = key.toLowerCase();
    if (ctrl && !event.altKey) {
      if (letter === "c") this.#actions.copy(shiftKey);
      else if (letter === "a") this.#selectAll();
      else if (letter === "f") this.#actions.find();
      else if (letter === "g") this.#actions.goToRow();
      else return false;
      return true;
    }
    if (key === "ContextMenu" || (key === "F10" && shiftKey)) this.#actions.menu();
    else if (key === "F2") return this.#actions.edit();
    else if (key === "Escape" && !this.#host.selection.isEmpty) {
      this.#host.selection.clear();
      this.#host.selected();
    } else if (key === "Enter" || key === " ") this.#enter(event);
    else if (key.length === 1 && !event.altKey) return this.#actions.edit(key);
    else return false;
    return true;
  }

  #enter(event: KeyboardEvent): void {
    const { row, column } = this.#host.active.place;
    const state = stateOf(this.#host, row);
    if (row === -1 && column >= 0) this.#actions.sort(column, event.shiftKey, event.altKey);
    else if (state !== 0) this.#host.listener.toggle(row, state === 1);
    else if (event.key === "Enter" && this.#actions.edit()) return;
    else {
      const link = this.#host.table.querySelector<HTMLElement>("[data-active] a");
      link?.click();
      this.#actions.click(row, column);
    }
  }

  #selectAll(): void {
    const { selection, shown } = this.#host;
    if (!shown) return;
    selection.all({ rows: shown.window.num_rows, columns: shown.window.num_columns });
    this.#host.selected();
  }

  #move(event: KeyboardEvent): boolean {
    const { active, listener, selection, shown } = this.#host;
    if (!shown || event.altKey || event.metaKey) return false;
    const { row, column } = active.place;
    const state = stateOf(this.#host, row);
    const onTree = column === -1 && !event.shiftKey;
    if (event.key === "ArrowRight" && onTree && state === 1) {
      listener.toggle(row, true);
      return true;
    }
    if (event.key === "ArrowLeft" && onTree && state === 2) {
      listener.toggle(row, false);
      return true;
    }
    const parent = onTree && event.key === "ArrowLeft" ? parentOf(this.#host, row) : undefined;
    if (parent !== undefined) active.place = { row: parent, column };
    else if (!active.move(event.key, event.ctrlKey, extentOf(this.#host))) return false;
    const before = { row, column };
    if (event.shiftKey) {
      if (selection.isEmpty) selection.start(before);
      selection.extend(active.place);
    } else selection.start(active.place);
    this.#host.selected();
    void this.#host.reveal();
    return true;
  }
}

export function extentOf({ table, shown, rowHeight }: GridHost): Extent {
  const window = shown?.window;
  return {
    rows: window?.num_rows ?? 0,
    columns: window?.num_columns ?? 0,
    hasTree: window?.row_path !== undefined,
    // Only where it is wanted: the browser lays out all cells to know it.
    get page() {
      const headers = (shown?.shape.split_by.length ?? 0) + 1;
      return Math.max(1, Math.floor(table.clientHeight / rowHeight) - headers - 1);
    },
  };
}

/** 0 for what cannot be opened; the total stays open. */
export function stateOf({ shown }: GridHost, row: number): number {
  const window = shown?.window;
  const index = row - (window?.start_row ?? 0);
  if (!window?.row_path || row < 0 || (window.row_path.depth[index] ?? 0) === 0) return 0;
  return window.row_path.state[index] ?? 0;
}

function parentOf({ shown }: GridHost, row: number): number | undefined {
  const window = shown?.window;
  if (!window?.row_path || row < 0) return undefined;
  const depths = window.row_path.depth;
  const index = row - window.start_row;
  const depth = depths[index] ?? 0;
  for (let at = index - 1; at >= 0; at--) {
    if ((depths[at] ?? 0) < depth) return at + window.start_row;
  }
  return undefined;
}
