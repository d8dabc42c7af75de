/** The widths that a person gives columns: by dragging a border, or fitting to what is shown. */
import type { ViewShape } from "../viewer/plugins.js";
import { followPointer } from "./follow_pointer.js";
import { type GridWindow, treeColumns } from "./grid_window.js";
import { type GridHost, pathAt } from "./host.js";
import { isRightToLeft } from "./regular_table.js";
import { keepSizes, savedSizes } from "./saved_widths.js";
import { namesOf } from "./shape.js";

/** A finger that moves less taps, and opens the menu that is there. */
const LEAST_PX = 6;

export class UserWidths {
  readonly #host: GridHost;

  constructor(host: GridHost) {
    this.#host = host;
    host.table.addEventListener("mousedown", (event) => this.#down(event));
    host.table.addEventListener("pointerdown", (event) => this.#touch(event));
  }

  /** Sets those that the layout has; under a split a name has many columns, and none is kept. */
  restore(window: GridWindow, shape: ViewShape): void {
    if (shape.split_by.length > 0) return;
    const { table } = this.#host;
    const sizes = savedSizes(shape.plugin_config, namesOf(shape), treeColumns(window));
    if (JSON.stringify(sizes) === JSON.stringify(table.saveColumnSizes())) return;
    table.resetAutoSize();
    table.restoreColumnSizes(sizes);
  }

  /** Makes a column as wide as what it shows now. */
  async fit(column: number): Promise<void> {
    const { table, decorator, shown } = this.#host;
    if (!shown) return;
    const path = pathAt(shown, column);
    if (path === undefined) return;
    const sizes = table.saveColumnSizes();
    delete sizes[column + treeColumns(shown.window)];
    table.resetAutoSize();
    table.restoreColumnSizes(sizes);
    decorator.fit(path);
    await table.draw();
    this.#keep();
  }

  #down(event: MouseEvent): void {
    const [target] = event.composedPath() as HTMLElement[];
    if (!target?.closest(".rt-column-resize")) return;
    const { table } = this.#host;
    // regular-table sets the width some frames after the pointer has moved.
    const keep = async () => {
      await table.flush();
      await table.flush();
      this.#keep();
    };
    window.addEventListener("mouseup", () => void keep(), { once: true });
  }

  /**
   * By finger a border is moved by the mark of the menu that stands at it, since the border alone
   * is too thin. regular-table knows the mouse only, and is told of one.
   */
  #touch({
    pointerId,
    pointerType,
    isPrimary,
    clientX: start,
    clientY,
    target,
  }: PointerEvent): void {
    if (pointerType !== "touch" || !isPrimary) return;
    const mark = (target as HTMLElement).closest(".column-menu, .rt-column-resize");
    const border = mark?.closest("th")?.querySelector(".rt-column-resize");
    if (!border) return;
    const { table } = this.#host;
    const way = isRightToLeft(table) ? -1 : 1;
    const tell = (type: string, to: EventTarget, moved: number) => {
      const clientX = start + way * moved;
      to.dispatchEvent(new MouseEvent(type, { clientX, clientY, bubbles: true, composed: true }));
    };
    let dragged = false;
    const move = (event: PointerEvent) => {
      const moved = event.clientX - start;
      if (!dragged && Math.abs(moved) < LEAST_PX) return;
      if (!dragged) tell("mousedown", border, 0);
      dragged = true;
      tell("mousemove", document, moved);
    };
    followPointer(pointerId, move, () => {
      if (dragged) tell("mouseup", document, 0);
    });
  }

  #keep(): void {
    const { table, listener, shown } = this.#host;
    if (!shown || shown.shape.split_by.length > 0) return;
    const names = namesOf(shown.shape);
    const first = treeColumns(shown.window);
    const now = table.saveColumnSizes();
    const kept = savedSizes(shown.shape.plugin_config, names, first);
    if (JSON.stringify(now) !== JSON.stringify(kept)) listener.edit(keepSizes(now, names, first));
  }
}
