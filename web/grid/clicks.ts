/** What clicks do in the grid: sort, open, select, edit, and open menus. */
import type { Place } from "./active_cell.js";
import { stateOf } from "./grid_keys.js";
import { HeaderDrag } from "./header_drag.js";
import { cellAt, cellOf, type FoundCell, type GridHost } from "./host.js";
import { onLongPress } from "./long_press.js";
import { PointerSelect } from "./pointer_select.js";
import type { Corner } from "./popup_menu.js";

export interface ClickActions {
  sort(column: number, additive: boolean, absolute: boolean): void;
  click(row: number, column: number): void;
  menu(at: Corner): void;
  edit(place: Place): void;
  autoSize(column: number): void;
}

export class Clicks {
  readonly #host: GridHost;
  readonly #actions: ClickActions;
  readonly #select: PointerSelect;
  readonly #drag: HeaderDrag;

  constructor(host: GridHost, actions: ClickActions) {
    this.#host = host;
    this.#actions = actions;
    this.#select = new PointerSelect(host);
    this.#drag = new HeaderDrag(host);
    host.table.addEventListener("click", (event) => this.#onClick(event));
    host.table.addEventListener("dblclick", (event) => this.#onDoubleClick(event));
    host.table.addEventListener("contextmenu", (event) => this.#onContextMenu(event));
    onLongPress(host.table, (at) => this.#menuOf(cellAt(host, at), at));
  }

  #onClick(event: MouseEvent): void {
    const [target] = event.composedPath() as HTMLElement[];
    const dragged = [this.#select.takeDrag(), this.#drag.takeDrag()].includes(true);
    if (target?.closest(".rt-column-resize, input, select, a")) return;
    const found = cellOf(this.#host, event);
    if (dragged && found?.place.row === -1) return;
    // What is clicked and cannot have the focus, as the corner, leaves it to the active cell.
    this.#host.focus();
    if (!found) return;
    const { row, column } = found.place;
    if (row === -1 && !found.isLeaf) return;
    this.#host.active.place = found.place;
    if (row === -1) {
      if (target?.closest(".column-menu")) {
        const box = target.getBoundingClientRect();
        this.#host.decorator.markSelected();
        this.#actions.menu({ x: box.left, y: box.bottom });
      } else if (this.#host.selection.mode === "SELECT_COLUMN") {
        if (event.shiftKey) this.#host.selection.extend(found.place);
        else this.#host.selection.start(found.place);
        this.#host.selected();
        void this.#host.reveal();
      } else this.#actions.sort(column, event.shiftKey, event.altKey);
      return;
    }
    this.#select.tap(found.place);
    const state = column === -1 ? stateOf(this.#host, row) : 0;
    if (state !== 0 && !dragged) this.#host.listener.toggle(row, state === 1);
    else if (!dragged) this.#actions.click(row, column);
    void this.#host.reveal();
  }

  #onDoubleClick(event: MouseEvent): void {
    const [target] = event.composedPath() as HTMLElement[];
    const found = cellOf(this.#host, event);
    if (!found) return;
    if (target?.closest(".rt-column-resize")) void this.#actions.autoSize(found.place.column);
    else if (found.place.row >= 0) this.#actions.edit(found.place);
  }

  #onContextMenu(event: MouseEvent): void {
    const at = { x: event.clientX, y: event.clientY };
    if (this.#menuOf(cellOf(this.#host, event), at)) event.preventDefault();
  }

  /** Opens the menu of a cell, if it has one. */
  #menuOf(found: FoundCell | undefined, at: Corner): boolean {
    if (!found || (found.place.row === -1 && !found.isLeaf)) return false;
    this.#host.active.place = found.place;
    const { row, column } = found.place;
    if (!this.#host.selection.contains(row, column)) this.#host.selection.start(found.place);
    this.#host.decorator.markSelected();
    this.#actions.menu(at);
    return true;
  }
}
