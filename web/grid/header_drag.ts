/** Reordering columns by dragging a header onto another. */
import { moveTo } from "./config_edits.js";
import { followPointer } from "./follow_pointer.js";
import { placeIn } from "./grid_window.js";
import { cellOf, type GridHost, leafAt } from "./host.js";

/** A press that moves less is a click. */
const LEAST_PX = 6;

export class HeaderDrag {
  readonly #host: GridHost;
  #dragged = false;

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

  #down(event: PointerEvent): void {
    this.#dragged = false;
    const { shown } = this.#host;
    const found = cellOf(this.#host, event);
    const [target] = event.composedPath() as HTMLElement[];
    if (event.button !== 0 || event.pointerType === "touch" || !shown || !found?.isLeaf) return;
    if (found.place.row !== -1 || target?.closest(".rt-column-resize, button")) return;
    const column = leafAt(shown, found.place.column);
    if (column !== undefined) this.#follow(column, event);
  }

  #follow(column: string, { clientX: start, pointerId }: PointerEvent): void {
    let over: HTMLElement | undefined;
    let target: string | undefined;
    const mark = (cell: HTMLElement | undefined, side: string) => {
      if (over !== cell) over?.removeAttribute("data-drop");
      cell?.setAttribute("data-drop", side);
      over = cell;
    };
    const move = (event: PointerEvent) => {
      if (!this.#dragged && Math.abs(event.clientX - start) < LEAST_PX) return;
      this.#dragged = true;
      const { table, shown } = this.#host;
      const root = table.getRootNode() as Document | ShadowRoot;
      const cell = root.elementFromPoint(event.clientX, event.clientY)?.closest("td, th");
      const header = cell instanceof HTMLElement ? this.#leafOver(cell) : undefined;
      const place = header && shown && placeIn(shown.window, table.getMeta(header));
      const name = place && shown ? leafAt(shown, place.column) : undefined;
      target = name === column ? undefined : name;
      mark(target === undefined ? undefined : header, event.clientX < start ? "before" : "after");
      table.toggleAttribute("data-dragging", true);
    };
    const end = (released: boolean) => {
      window.removeEventListener("keydown", cancel, { capture: true });
      mark(undefined, "");
      this.#host.table.removeAttribute("data-dragging");
      if (released && this.#dragged && target !== undefined) {
        this.#host.listener.edit(moveTo(column, target));
      }
    };
    const cancel = (event: KeyboardEvent) => {
      if (event.key === "Escape") stop();
    };
    const stop = followPointer(pointerId, move, end);
    window.addEventListener("keydown", cancel, { capture: true });
  }

  /** The header of the column that the pointer is over, anywhere in it. */
  #leafOver(cell: HTMLElement): HTMLElement | undefined {
    const { table, shown } = this.#host;
    if (!shown) return undefined;
    const column = (each: HTMLElement) => placeIn(shown.window, table.getMeta(each))?.column;
    const leaves = table.querySelectorAll<HTMLElement>("thead tr:last-child th");
    return [...leaves].find((th) => column(th) === column(cell));
  }
}
