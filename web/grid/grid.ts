/**
 * The datagrid: a view on the screen, by regular-table.
 *
 * It draws when told to, reads the visible window and nothing else, and reports what the
 * user does (sort, open, close, click). It neither decides when to draw nor changes a view.
 */
import { rowPathAt, valueAt } from "../client/results.js";
import type { ViewWindow } from "../client/types.js";
import type { PluginListener, ViewPlugin } from "../viewer/plugins.js";
import { ActiveCell, type Extent } from "./active_cell.js";
import { Decorator } from "./decorator.js";
import { createRegularTable, type RegularTableElement, UNSEEN_WIDTH } from "./regular_table.js";
import { type GridShape, leafColumn } from "./shape.js";
import { ROW_HEIGHT, type TableData, tableData, tableSize } from "./table_data.js";
import { type Rect, WindowReader, type WindowSource } from "./window_reader.js";

/** regular-table caps the scrolled height here (and lower in Firefox). */
const MAX_SCROLL_HEIGHT = 10_000_000;
const REVEAL_STEPS = 8;

export class Grid implements ViewPlugin {
  readonly element: RegularTableElement;
  readonly #listener: PluginListener;
  readonly #active = new ActiveCell();
  readonly #decorator: Decorator;
  /** Widths of columns that were on the screen, to reckon how far to scroll. */
  readonly #leafWidths = new Map<number, number>();
  readonly #msColumns = new Set<string>();
  #reader: WindowReader | undefined;
  #shape: GridShape | undefined;
  #pathsKey = "";
  #wantsFocus = false;

  constructor(listener: PluginListener) {
    this.#listener = listener;
    this.element = createRegularTable();
    this.#decorator = new Decorator(this.element, this.#active);
    this.element.addStyleListener(() => this.#decorate());
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", () => {
      this.#wantsFocus = true;
    });
    this.element.addEventListener("focusout", (event) => {
      const target = event.target as HTMLElement;
      if (target.isConnected && !this.element.contains(event.relatedTarget as Node | null)) {
        this.#wantsFocus = false;
      }
    });
  }

  /** Draws this view from now on; the old one stays on the screen until the first draw. */
  async show(view: WindowSource, shape: GridShape): Promise<void> {
    const reader = new WindowReader(view);
    const window = await reader.refresh();
    this.#reader = reader;
    this.#shape = shape;
    this.#resetIfOtherColumns(window);
    this.element.setDataListener(
      (x0, y0, x1, y1) => this.#data(reader, shape, { x0, y0, x1, y1 }),
      { virtual_mode: "both" },
    );
    await this.element.draw();
    this.#afterDraw();
  }

  /** Reads the visible window anew and draws it. */
  async draw(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const window = await reader.refresh();
    if (reader !== this.#reader) return;
    this.#resetIfOtherColumns(window);
    await this.element.draw();
    this.#afterDraw();
  }

  /** An empty screen: what was shown belongs to nobody any more. */
  clear(): void {
    if (!this.#reader) return;
    this.#reader = undefined;
    this.#shape = undefined;
    this.#pathsKey = "";
    this.#decorator.forgetWidths();
    this.element.clear();
  }

  /** Draws what was read last into a changed space. */
  async resize(): Promise<void> {
    if (!this.#reader) return;
    await this.element.draw();
  }

  #afterDraw(): void {
    // regular-table makes itself a stop of the Tab key; here a cell is one. (With -1 the
    // browser would pass over all that is inside, too.)
    this.element.removeAttribute("tabindex");
    const window = this.#reader?.window;
    if (window) this.#listener.drawn(window);
  }

  /** Other columns at the same places: their measured widths no longer hold. */
  #resetIfOtherColumns(window: ViewWindow): void {
    const shape = this.#shape;
    if (!shape) return;
    const levels = window.row_path ? shape.group_by.length : 0;
    const key = `${levels}\u0001${shape.split_by.join("\u0000")}\u0001${
      shape.split_by.length > 0 ? "" : window.names.join("\u0000")
    }\u0001${window.num_columns}`;
    if (key === this.#pathsKey) return;
    this.#pathsKey = key;
    this.element.resetAutoSize();
    this.#decorator.forgetWidths();
    this.#leafWidths.clear();
    this.#msColumns.clear();
  }

  async #data(reader: WindowReader, shape: GridShape, rect: Rect): Promise<TableData> {
    const sizeOnly = rect.x1 <= rect.x0 && rect.y1 <= rect.y0;
    if (sizeOnly && reader.window) return tableSize(reader.window, shape);
    return tableData(await reader.covering(rect), shape, rect, this.#msColumns);
  }

  #decorate(): void {
    const window = this.#reader?.window;
    const shape = this.#shape;
    if (!window || !shape) return;
    this.#active.clamp(this.#extent(window));
    this.#decorator.decorate(window, shape);
    this.#focusActive();
  }

  // ---- keyboard and pointer ----

  #focusActive(): void {
    if (!this.#wantsFocus) return;
    const cell = this.element.querySelector<HTMLElement>("[data-active]");
    const root = this.element.getRootNode() as Document | ShadowRoot;
    if (cell && root.activeElement !== cell) cell.focus({ preventScroll: true });
  }

  #extent(window: ViewWindow): Extent {
    return {
      rows: window.num_rows,
      columns: window.num_columns,
      hasTree: window.row_path !== undefined,
      page: Math.max(1, this.#visibleRows() - 1),
    };
  }

  #visibleRows(): number {
    const headers = (this.#shape?.split_by.length ?? 0) + 1;
    return Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - headers);
  }

  #onKey(event: KeyboardEvent): void {
    const window = this.#reader?.window;
    const shape = this.#shape;
    if (!window || !shape || event.altKey || event.metaKey) return;
    const { row, column } = this.#active.place;
    const state = this.#stateOf(row);
    const onTree = column === -1;
    if ((event.key === "c" || event.key === "C") && event.ctrlKey) {
      const text = this.element.querySelector("[data-active]")?.textContent ?? "";
      void navigator.clipboard?.writeText(text.trim());
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      if (row === -1 && !onTree) this.#sortAt(column, event.shiftKey);
      else if (state !== 0) this.#listener.toggle(row, state === 1);
      else this.#click(row, column);
    } else if (event.key === "ArrowRight" && onTree && state === 1) {
      this.#listener.toggle(row, true);
    } else if (event.key === "ArrowLeft" && onTree && state === 2) {
      this.#listener.toggle(row, false);
    } else if (event.key === "ArrowLeft" && onTree && this.#parentOf(row) !== undefined) {
      this.#active.place = { row: this.#parentOf(row) ?? row, column };
      void this.#reveal();
    } else if (this.#active.move(event.key, event.ctrlKey, this.#extent(window))) {
      void this.#reveal();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** 0 for what cannot be opened; the total stays open. */
  #stateOf(row: number): number {
    const window = this.#reader?.window;
    const index = row - (window?.start_row ?? 0);
    if (!window?.row_path || row < 0 || (window.row_path.depth[index] ?? 0) === 0) return 0;
    return window.row_path.state[index] ?? 0;
  }

  #parentOf(row: number): number | undefined {
    const window = this.#reader?.window;
    if (!window?.row_path || row < 0) return undefined;
    const depths = window.row_path.depth;
    const index = row - window.start_row;
    const depth = depths[index] ?? 0;
    for (let at = index - 1; at >= 0; at--) {
      if ((depths[at] ?? 0) < depth) return at + window.start_row;
    }
    return undefined;
  }

  /**
   * Scrolls the active cell into the screen and focuses it. Widths of columns that were
   * never on the screen are only guessed, so that it may take more than one step.
   */
  async #reveal(): Promise<void> {
    this.#wantsFocus = true;
    for (let step = 0; step < REVEAL_STEPS; step++) {
      const { row, column } = this.#active.place;
      const window = this.#reader?.window;
      if (!window) return;
      this.#revealRow(row, window);
      this.#revealColumn(column, window);
      await this.element.draw({ cache: true });
      if (this.element.querySelector("[data-active]")) return;
    }
  }

  #revealRow(row: number, window: ViewWindow): void {
    if (row < 0) return;
    const headers = (this.#shape?.split_by.length ?? 0) + 1;
    const whole = Math.min(MAX_SCROLL_HEIGHT, (window.num_rows + headers) * ROW_HEIGHT);
    const travel = Math.max(1, whole - this.element.clientHeight);
    const fitting = this.element.clientHeight / ROW_HEIGHT - headers;
    const hidden = Math.max(0, window.num_rows - fitting);
    const first = (this.element.scrollTop / travel) * hidden;
    let target = first;
    if (row < first) target = row;
    else if (row + 1 > first + fitting) target = row + 1 - fitting;
    if (target !== first && hidden > 0) this.element.scrollTop = (target / hidden) * travel;
  }

  #revealColumn(column: number, window: ViewWindow): void {
    if (column < 0) return;
    const leaves = this.element.querySelectorAll<HTMLElement>("thead tr:last-child th");
    let treeWidth = 0;
    for (const th of leaves) {
      const meta = this.element.getMeta(th);
      if (meta?.type === "column_header") this.#leafWidths.set(meta.x, th.offsetWidth);
      else if (window.row_path) treeWidth = th.offsetWidth;
    }
    let left = 0;
    for (let x = 0; x < column; x++) left += this.#leafWidths.get(x) ?? UNSEEN_WIDTH;
    const right = left + (this.#leafWidths.get(column) ?? UNSEEN_WIDTH);
    const seen = this.element.clientWidth - treeWidth;
    if (left < this.element.scrollLeft) this.element.scrollLeft = left;
    else if (right > this.element.scrollLeft + seen) this.element.scrollLeft = right - seen;
  }

  #onClick(event: MouseEvent): void {
    const path = event.composedPath();
    const inside = path.slice(0, path.indexOf(this.element)) as HTMLElement[];
    if (inside.some((each) => each.classList?.contains("rt-column-resize"))) return;
    const cell = inside.find((each) => each.tagName === "TD" || each.tagName === "TH");
    const meta = cell && this.element.getMeta(cell);
    // What is clicked and cannot have the focus, as the corner, leaves it to the active cell.
    this.#wantsFocus = true;
    this.#focusActive();
    if (!cell || !meta) return;
    if (meta.type === "column_header") {
      if (meta.column_header_y !== (this.#shape?.split_by.length ?? 0)) return;
      this.#active.place = { row: -1, column: meta.x };
      this.#sortAt(meta.x, event.shiftKey);
    } else if (meta.type === "row_header") {
      this.#active.place = { row: meta.y, column: -1 };
      const state = this.#stateOf(meta.y);
      if (state !== 0) this.#listener.toggle(meta.y, state === 1);
      else this.#click(meta.y, -1);
      void this.#reveal();
    } else if (meta.type === "body") {
      this.#active.place = { row: meta.y, column: meta.x };
      this.#click(meta.y, meta.x);
      void this.#reveal();
    }
  }

  #sortAt(x: number, additive: boolean): void {
    const window = this.#reader?.window;
    const path = window?.names[x - (window?.start_col ?? 0)];
    if (path === undefined) return;
    this.#listener.sort(leafColumn(path, this.#shape?.split_by.length ?? 0), additive);
  }

  #click(row: number, x: number): void {
    const window = this.#reader?.window;
    if (!window || row < 0) return;
    const index = row - window.start_row;
    this.#listener.click({
      row,
      column: x < 0 ? undefined : window.names[x - window.start_col],
      row_path: window.row_path ? rowPathAt(window.row_path, index) : undefined,
      values: Object.fromEntries(
        window.names.map((name, at) => {
          const column = window.columns[at];
          return [name, column ? valueAt(column, index) : null];
        }),
      ),
    });
  }
}
