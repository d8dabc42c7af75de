/**
 * The datagrid: a view on the screen, by regular-table.
 *
 * It draws when told to, reads the visible window and nothing else, and reports what the
 * user does (sort, open, close, click). It neither decides when to draw nor changes a view.
 */
import { rowPathAt, valueAt } from "../client/results.js";
import type { Scalar, ViewWindow } from "../client/types.js";
import { ActiveCell, type Extent } from "./active_cell.js";
import { ColumnWidths } from "./column_widths.js";
import { type FormatOptions, formatValue, hasMilliseconds, isRightAligned } from "./format.js";
import { createRegularTable, type RegularTableElement, UNSEEN_WIDTH } from "./regular_table.js";
import { aggregateLabel, type GridShape, headerLevels, leafColumn } from "./shape.js";
import { type NodeState, renderTreeCell } from "./tree_cell.js";
import { WindowReader, type WindowSource } from "./window_reader.js";

export const ROW_HEIGHT = 24;
/** regular-table caps the scrolled height here (and lower in Firefox). */
const MAX_SCROLL_HEIGHT = 10_000_000;
const TOTAL_LABEL = "Total";
/** The tree's column among the widths: no path of a column. */
const TREE = "\u0000tree";
/** Header letters are smaller than digits in cells. */
const HEADER_SCALE = 0.9;
/** Aggregates that move all the time by nature: a flash would say nothing. */
const RUNNING = new Set(["sum", "count"]);
const REVEAL_STEPS = 8;
/** When more cells than this part change at once, a flash would say nothing. */
const FLASH_AT_MOST = 0.2;

export interface GridClick {
  row: number;
  column: string | undefined;
  row_path: Scalar[] | undefined;
  values: Record<string, Scalar>;
}

export interface GridListener {
  sort(column: string, additive: boolean): void;
  toggle(row: number, open: boolean): void;
  click(click: GridClick): void;
  drawn(window: ViewWindow): void;
}

/** What a cell showed last, to tell what changed. */
interface CellMark {
  /** Kind, sign and direction of the last move, as one text. */
  look: string;
  rowKey: string;
  path: string;
  value: Scalar;
  flash: Animation | undefined;
}

type Meta = ReturnType<RegularTableElement["getMeta"]>;

export class Grid {
  readonly element: RegularTableElement;
  readonly #listener: GridListener;
  readonly #active = new ActiveCell();
  readonly #marks = new WeakMap<HTMLElement, CellMark>();
  /** Widths of columns that were on the screen, to reckon how far to scroll. */
  readonly #leafWidths = new Map<number, number>();
  readonly #msColumns = new Set<string>();
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #widths: ColumnWidths | undefined;
  /** Columns whose width the user has set, by their number in the table. */
  #userWidths: Record<number, number> = {};
  #reader: WindowReader | undefined;
  #shape: GridShape | undefined;
  #pathsKey = "";
  #wantsFocus = false;
  #drawnView: WindowSource | undefined;

  constructor(listener: GridListener) {
    this.#listener = listener;
    this.element = createRegularTable();
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

  get window(): ViewWindow | undefined {
    return this.#reader?.window;
  }

  /** Draws this view from now on; the old one stays on the screen until the first draw. */
  async show(view: WindowSource, shape: GridShape): Promise<void> {
    const reader = new WindowReader(view);
    const window = await reader.refresh();
    this.#reader = reader;
    this.#shape = shape;
    this.#drawnView = view;
    this.#resetIfOtherColumns(window);
    this.element.setDataListener((x0, y0, x1, y1) => this.#data(reader, shape, x0, y0, x1, y1), {
      virtual_mode: "both",
    });
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

  /** Draws what was read last into a changed space. */
  async resize(): Promise<void> {
    if (!this.#reader) return;
    await this.element.draw();
  }

  shows(view: WindowSource): boolean {
    return this.#drawnView === view;
  }

  #afterDraw(): void {
    this.element.tabIndex = -1;
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
    this.#widths = undefined;
    this.#leafWidths.clear();
    this.#msColumns.clear();
  }

  async #data(
    reader: WindowReader,
    shape: GridShape,
    x0: number,
    y0: number,
    x1: number,
    y1: number,
  ) {
    const dimensionsOnly = x1 <= x0 && y1 <= y0 && reader.window !== undefined;
    const window =
      dimensionsOnly && reader.window ? reader.window : await reader.covering({ x0, y0, x1, y1 });
    const hasTree = window.row_path !== undefined;
    const dimensions = {
      num_rows: window.num_rows,
      num_columns: window.num_columns,
      row_height: ROW_HEIGHT,
      num_row_headers: hasTree ? 1 : 0,
      num_column_headers: shape.split_by.length + 1,
      merge_headers: "column" as const,
    };
    if (dimensionsOnly) return { ...dimensions, data: [] };

    const top = Math.max(y0, window.start_row);
    const bottom = Math.min(y1, window.end_row);
    const left = Math.max(x0, window.start_col);
    const right = Math.min(x1, window.end_col);
    const data: string[][] = [];
    const column_headers: string[][] = [];
    for (let x = left; x < right; x++) {
      const column = window.columns[x - window.start_col];
      const path = window.names[x - window.start_col] ?? "";
      if (!column) continue;
      const options = this.#options(path, window, x - window.start_col);
      const cells: string[] = [];
      for (let y = top; y < bottom; y++) {
        cells.push(formatValue(valueAt(column, y - window.start_row), column.type, options));
      }
      data.push(cells);
      column_headers.push(headerLevels(path, shape.split_by.length));
    }
    const { row_path } = window;
    if (!row_path) return { ...dimensions, data, column_headers };
    const row_headers: string[][] = [];
    for (let y = top; y < bottom; y++) {
      const row = y - window.start_row;
      const depth = row_path.depth[row] ?? 0;
      const level = row_path.levels[depth - 1];
      row_headers.push([
        depth === 0 || !level
          ? TOTAL_LABEL
          : formatValue(valueAt(level, row), level.type, { milliseconds: hasMilliseconds(level) }),
      ]);
    }
    return { ...dimensions, data, column_headers, row_headers };
  }

  #options(path: string, window: ViewWindow, index: number): FormatOptions {
    const column = window.columns[index];
    if (column?.type === "datetime" && !this.#msColumns.has(path) && hasMilliseconds(column)) {
      this.#msColumns.add(path);
    }
    return { milliseconds: this.#msColumns.has(path) };
  }

  // ---- after regular-table wrote its texts: roles, looks, widths, focus ----

  #decorate(): void {
    const window = this.#reader?.window;
    const shape = this.#shape;
    const table = this.element.querySelector("table");
    if (!window || !shape || !table) return;
    this.#active.clamp(this.#extent(window));
    this.#userWidths = this.element.saveColumnSizes();
    setAttribute(table, "role", "treegrid");
    setAttribute(table, "aria-rowcount", String(window.num_rows + shape.split_by.length + 1));
    setAttribute(table, "aria-colcount", String(window.num_columns + (window.row_path ? 1 : 0)));
    setAttribute(table, "part", "table");
    const [thead, tbody] = table.children;
    if (thead) this.#decorateHead(thead, shape, window);
    if (tbody) this.#decorateBody(tbody, shape, window);
    this.#focusActive();
  }

  #decorateHead(thead: Element, shape: GridShape, window: ViewWindow): void {
    setAttribute(thead, "role", "rowgroup");
    const leafRow = shape.split_by.length;
    const widths = this.#columnWidths();
    for (const [level, row] of [...thead.children].entries()) {
      setAttribute(row, "role", "row");
      setAttribute(row, "aria-rowindex", String(level + 1));
      const isLeaf = level === leafRow;
      for (const cell of row.children) {
        const th = cell as HTMLElement;
        const meta = this.element.getMeta(th);
        setAttribute(th, "role", "columnheader");
        if (!meta) continue;
        if (meta.type !== "column_header" || meta.x === undefined) {
          this.#decorateCorner(th, isLeaf, shape, widths);
          continue;
        }
        const path = window.names[meta.x - window.start_col];
        if (!isLeaf) {
          th.dataset.kind = "split";
          th.removeAttribute("aria-sort");
          delete th.dataset.agg;
          delete th.dataset.sort;
          th.removeAttribute("tabindex");
          th.style.minWidth = "";
          continue;
        }
        if (path === undefined) continue;
        const column = leafColumn(path, shape.split_by.length);
        const data = window.columns[meta.x - window.start_col];
        delete th.dataset.label;
        th.removeAttribute("aria-label");
        th.dataset.kind = data && isRightAligned(data.type) ? "number" : "text";
        const label = aggregateLabel(shape, column);
        setData(th, "agg", label);
        const sortIndex = shape.sort.findIndex(([name]) => name === column);
        const direction = shape.sort[sortIndex]?.[1];
        setData(th, "sort", direction?.includes("asc") ? "asc" : direction ? "desc" : "");
        setData(th, "sortIndex", shape.sort.length > 1 && direction ? String(sortIndex + 1) : "");
        setAttribute(
          th,
          "aria-sort",
          direction ? (direction.includes("asc") ? "ascending" : "descending") : "none",
        );
        setAttribute(th, "aria-colindex", String(meta.x + 1 + (window.row_path ? 1 : 0)));
        setAttribute(th, "part", "column-header");
        widths.see(path, (column.length + (label ? label.length + 1 : 0)) * HEADER_SCALE);
        this.#place(th, -1, meta.x);
        const own = this.#userWidths[meta.size_key] !== undefined;
        th.style.minWidth = own ? "" : `${widths.minimum(path)}px`;
      }
    }
  }

  #decorateCorner(th: HTMLElement, isLeaf: boolean, shape: GridShape, widths: ColumnWidths): void {
    th.dataset.kind = "corner";
    delete th.dataset.agg;
    delete th.dataset.sort;
    th.removeAttribute("aria-sort");
    if (!isLeaf) {
      delete th.dataset.label;
      th.removeAttribute("aria-label");
      th.removeAttribute("tabindex");
      th.style.minWidth = "";
      return;
    }
    const label = shape.group_by.join(" › ");
    setData(th, "label", label);
    setAttribute(th, "aria-label", label);
    setAttribute(th, "aria-colindex", "1");
    widths.see(TREE, label.length);
    const own = this.#userWidths[0] !== undefined;
    th.style.minWidth = own ? "" : `${Math.max(160, widths.minimum(TREE) + 16)}px`;
    this.#place(th, -1, -1);
  }

  #decorateBody(tbody: Element, shape: GridShape, window: ViewWindow): void {
    setAttribute(tbody, "role", "rowgroup");
    const widths = this.#columnWidths();
    const changed: { cell: HTMLElement; up: boolean }[] = [];
    let seen = 0;
    const headers = shape.split_by.length + 1;
    for (const row of tbody.children) {
      const first = this.element.getMeta(row.firstElementChild as HTMLElement);
      const y = first && "y" in first ? first.y : undefined;
      if (y === undefined) continue;
      const index = y - window.start_row;
      const { row_path } = window;
      setAttribute(row, "role", "row");
      setAttribute(row, "part", "row");
      setAttribute(row, "aria-rowindex", String(y + headers + 1));
      let rowKey = "";
      if (row_path) {
        const depth = row_path.depth[index] ?? 0;
        const state = row_path.state[index] ?? 0;
        rowKey = rowPathAt(row_path, index).join("\u0000");
        setAttribute(row, "aria-level", String(depth + 1));
        if (state === 0) row.removeAttribute("aria-expanded");
        else setAttribute(row, "aria-expanded", String(state === 2));
        setData(row as HTMLElement, "depth", String(depth));
      } else {
        row.removeAttribute("aria-level");
        row.removeAttribute("aria-expanded");
        delete (row as HTMLElement).dataset.depth;
      }
      for (const child of row.children) {
        const cell = child as HTMLElement;
        const meta = this.element.getMeta(cell);
        if (!meta) continue;
        if (meta.type === "row_header") {
          this.#decorateTree(cell, meta, window, index, widths, y);
        } else if (meta.type === "body") {
          seen++;
          const change = this.#decorateCell(cell, meta, shape, window, index, rowKey, widths);
          if (change !== undefined) changed.push({ cell, up: change });
        }
      }
    }
    if (!this.#calm.matches && changed.length <= seen * FLASH_AT_MOST) {
      for (const { cell, up } of changed) {
        const mark = this.#marks.get(cell);
        if (!mark) continue;
        mark.flash?.cancel();
        mark.flash = flash(cell, up);
      }
    }
  }

  #decorateTree(
    cell: HTMLElement,
    meta: NonNullable<Meta>,
    window: ViewWindow,
    index: number,
    widths: ColumnWidths,
    y: number,
  ): void {
    const depth = window.row_path?.depth[index] ?? 0;
    const state = (window.row_path?.state[index] ?? 0) as NodeState;
    const text = String(meta.value ?? "");
    setAttribute(cell, "role", "rowheader");
    setAttribute(cell, "aria-colindex", "1");
    setAttribute(cell, "part", "row-header");
    widths.see(TREE, text.length + depth * 2 + 2);
    renderTreeCell(cell, text, depth, state);
    this.#place(cell, y, -1);
  }

  /** True or false where the number went up or down since the last draw. */
  #decorateCell(
    cell: HTMLElement,
    meta: NonNullable<Meta> & { type: "body" },
    shape: GridShape,
    window: ViewWindow,
    index: number,
    rowKey: string,
    widths: ColumnWidths,
  ): boolean | undefined {
    const column = window.columns[meta.x - window.start_col];
    const path = window.names[meta.x - window.start_col];
    if (!column || path === undefined) return undefined;
    setAttribute(cell, "role", "gridcell");
    setAttribute(cell, "part", "cell");
    setAttribute(cell, "aria-colindex", String(meta.x + 1 + (window.row_path ? 1 : 0)));
    this.#place(cell, meta.y, meta.x);
    widths.see(path, String(meta.value ?? "").length);

    const value = valueAt(column, index);
    const mark = this.#marks.get(cell);
    let up: boolean | undefined;
    const comparable = rowKey !== "" && mark?.rowKey === rowKey && mark.path === path;
    if (comparable && typeof value === "number" && typeof mark.value === "number") {
      if (value !== mark.value) up = value > mark.value;
    }
    const kind = value === null ? "null" : isRightAligned(column.type) ? "number" : column.type;
    const negative = typeof value === "number" && value < 0 && kind === "number";
    // The direction of the last move, for the newest value of a thing: a tick up or down.
    const aggregate = aggregateLabel(shape, leafColumn(path, shape.split_by.length));
    const ticks = aggregate === "last";
    const before = comparable ? (mark.look.split(" ")[2] ?? "") : "";
    const direction = !ticks ? "" : up === undefined ? before : up ? "up" : "down";
    const look = `${kind} ${negative ? "neg" : "pos"} ${direction}`;
    if (mark?.look !== look) {
      cell.dataset.kind = kind;
      setData(cell, "negative", negative ? "true" : "");
      setData(cell, "tick", direction);
    }
    if (!mark) {
      this.#marks.set(cell, { look, rowKey, path, value, flash: undefined });
    } else {
      // The cell stands for something else now; the light was not meant for that.
      if (!comparable) mark.flash?.cancel();
      Object.assign(mark, { look, rowKey, path, value });
    }
    return RUNNING.has(aggregate) ? undefined : up;
  }

  #columnWidths(): ColumnWidths {
    if (!this.#widths) {
      const context = document.createElement("canvas").getContext("2d");
      const style = getComputedStyle(this.element);
      if (context) context.font = `${style.fontSize} ${style.fontFamily}`;
      this.#widths = new ColumnWidths(context?.measureText("0").width ?? 7);
    }
    return this.#widths;
  }

  // ---- keyboard and pointer ----

  /** Gives the cell its place in the tab order: one cell of the grid is in it. */
  #place(cell: HTMLElement, row: number, column: number): void {
    const { place } = this.#active;
    const active = place.row === row && place.column === column;
    const tabIndex = active ? 0 : -1;
    if (cell.tabIndex !== tabIndex || !cell.hasAttribute("tabindex")) cell.tabIndex = tabIndex;
    if (active) cell.dataset.active = "";
    else if (cell.dataset.active !== undefined) delete cell.dataset.active;
  }

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

function flash(cell: HTMLElement, up: boolean): Animation {
  const color = `var(--millrace-${up ? "up" : "down"})`;
  return cell.animate(
    [
      { backgroundColor: `color-mix(in srgb, ${color} 14%, transparent)` },
      { backgroundColor: "transparent" },
    ],
    { duration: 600, easing: "ease-out" },
  );
}

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Sets or, where empty, removes a data attribute. */
function setData(element: HTMLElement, name: string, value: string): void {
  if (value === "") {
    if (element.dataset[name] !== undefined) delete element.dataset[name];
  } else if (element.dataset[name] !== value) {
    element.dataset[name] = value;
  }
}
