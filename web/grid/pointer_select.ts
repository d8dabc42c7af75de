/**
 * Selecting by pointer: a press begins, a drag draws the rectangle and scrolls at the edges,
 * Shift extends what there is. Touch scrolls instead; a tap selects.
 */
import type { Place } from "./active_cell.js";
import { followPointer } from "./follow_pointer.js";
import { placeIn } from "./grid_window.js";
import { cellOf, type GridHost } from "./host.js";

/** A drag this near to an edge scrolls. */
const EDGE_PX = 24;
const SCROLL_PX = 16;

export class PointerSelect {
  readonly #host: GridHost;
  #dragged = false;
  /** Whether the last press was of a finger, whose tap selects once it is over. */
  #touched = false;
  #pointer: { x: number; y: number } | undefined;

  constructor(host: GridHost) {
    this.#host = host;
    host.table.addEventListener("pointerdown", (event) => this.#down(event));
  }

  /** Whether the click that follows belongs to a drag; asked once. */
  takeDrag(): boolean {
    const dragged = this.#dragged;
    this.#dragged = false;
    return dragged;
  }

  /** Selects the cell that was tapped; presses of other pointers have done so already. */
  tap(place: Place): void {
    if (!this.#touched || this.#host.selection.mode === "READ_ONLY") return;
    this.#host.selection.start(place);
    this.#host.decorator.markSelected();
  }

  #down(event: PointerEvent): void {
    this.#dragged = false;
    this.#touched = event.pointerType === "touch";
    const { selection, active } = this.#host;
    if (event.button !== 0 || selection.mode === "READ_ONLY") return;
    const found = cellOf(this.#host, event);
    if (!found || found.place.row < 0 || isControl(event)) return;
    if (event.shiftKey) {
      if (selection.isEmpty) selection.start(active.place);
      selection.extend(found.place);
      this.#dragged = true;
      this.#host.selected();
      event.preventDefault();
    } else if (!this.#touched) {
      selection.start(found.place);
      this.#host.decorator.markSelected();
    }
    if (!this.#touched) this.#follow(event.pointerId);
  }

  #follow(pointer: number): void {
    const move = (event: PointerEvent) => {
      this.#pointer = { x: event.clientX, y: event.clientY };
      this.#extend();
    };
    const end = () => {
      this.#pointer = undefined;
      if (this.#dragged) this.#host.selected();
    };
    followPointer(pointer, move, end);
    requestAnimationFrame(() => this.#scroll());
  }

  #extend(): void {
    const { table, selection, shown } = this.#host;
    const pointer = this.#pointer;
    if (!pointer) return;
    const box = table.getBoundingClientRect();
    const x = Math.max(box.left + 2, Math.min(pointer.x, box.left + table.clientWidth - 2));
    const y = Math.max(box.top + 2, Math.min(pointer.y, box.top + table.clientHeight - 2));
    const root = table.getRootNode() as Document | ShadowRoot;
    const cell = root.elementFromPoint(x, y)?.closest<HTMLElement>("td, th");
    const place = cell && shown && placeIn(shown.window, table.getMeta(cell));
    if (!place || place.row < 0) return;
    if (!this.#dragged && selection.contains(place.row, place.column)) return;
    this.#dragged = true;
    selection.extend(place);
    this.#host.decorator.markSelected();
  }

  /** While the pointer is held beyond an edge, a frame at a time. */
  #scroll(): void {
    const { table } = this.#host;
    const pointer = this.#pointer;
    if (!pointer) return;
    const box = table.getBoundingClientRect();
    const by = (at: number, low: number, high: number) =>
      at < low + EDGE_PX ? -SCROLL_PX : at > high - EDGE_PX ? SCROLL_PX : 0;
    if (this.#dragged) {
      const dy = by(pointer.y, box.top, box.bottom);
      const dx = by(pointer.x, box.left, box.right);
      if (dy !== 0) table.scrollTop += dy;
      if (dx !== 0) table.scrollLeft += dx;
      if (dy !== 0 || dx !== 0) this.#extend();
    }
    requestAnimationFrame(() => this.#scroll());
  }
}

/** A link or a button in a cell is for itself. */
function isControl(event: Event): boolean {
  const [target] = event.composedPath() as HTMLElement[];
  return target?.closest?.("button, a, input, select") !== null;
}
