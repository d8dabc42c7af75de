/**
 * The datagrid: a view on the screen, by regular-table.
 *
 * It draws when told to, reads the visible window and nothing else, and reports what the
 * user does (sort, open, close, click, select, edit). It neither decides when to draw nor
 * changes a view. What its parts do is in files of their own: keys, pointers, menus, finding
 * and editing.
 */
import { rowPathAt, valueAt } from "../client/results.js";
import type { Window } from "../client/types.js";
import type { PluginListener, ViewPlugin, ViewShape } from "../viewer/plugins.js";
import { ActiveCell, type Place } from "./active_cell.js";
import { CellEditor } from "./cell_editor.js";
import { Clicks } from "./clicks.js";
import { copySelection } from "./copy_selection.js";
import { Decorator, needsEnds } from "./decorator.js";
import { FindBar } from "./find_bar.js";
import { Formatters } from "./formatters.js";
import { openGoToRow } from "./go_to_row.js";
import { extentOf, GridKeys } from "./grid_keys.js";
import { GridMenus } from "./grid_menus.js";
import { type GridWindow, pinnedCount } from "./grid_window.js";
import { type GridHost, leafAt, pathAt, type Shown } from "./host.js";
import { keepRows } from "./kept_rows.js";
import { languageOf } from "./locale.js";
import {
  createRegularTable,
  mirrorStyle,
  moveParts,
  type RegularTableElement,
} from "./regular_table.js";
import { Revealer } from "./reveal.js";
import { RowHeight } from "./row_height.js";
import { type Area, readEditMode, Selection } from "./selection.js";
import { leafColumn } from "./shape.js";
import { StandIn } from "./stand_in.js";
import { type TableData, tableData, tableSize } from "./table_data.js";
import { UserWidths } from "./user_widths.js";
import { type Rect, WindowReader, type WindowSource } from "./window_reader.js";

const REVEAL_STEPS = 8;
/** How long a word at the foot of the grid stays, ms. */
const SAID_MS = 4_000;
/** As near to the last row as this is at the end. */
const END_PX = 30;

export class Grid implements ViewPlugin, GridHost {
  readonly element = document.createElement("div");
  readonly table: RegularTableElement;
  readonly listener: PluginListener;
  readonly active = new ActiveCell();
  readonly selection = new Selection();
  readonly decorator: Decorator;
  readonly #said = document.createElement("div");
  readonly #revealer: Revealer;
  readonly #rowHeight: RowHeight;
  readonly #find: FindBar;
  readonly #keys: GridKeys;
  readonly #editor: CellEditor;
  readonly #widths: UserWidths;
  readonly #standIn: StandIn;
  readonly #msColumns = new Set<string>();
  #view: WindowSource | undefined;
  #reader: WindowReader | undefined;
  #shape: ViewShape | undefined;
  #formatters: Formatters;
  #looksKey = "";
  #pathsKey = "";
  #wantsFocus = false;
  #revealing = 0;
  #saying: ReturnType<typeof setTimeout> | undefined;
  /** Whether the screen stays at the last row; how far down that was when last drawn, px. */
  #follows = false;
  #end = 0;

  constructor(listener: PluginListener) {
    this.listener = listener;
    this.#formatters = new Formatters({}, undefined, listener.say);
    this.table = createRegularTable();
    this.element.className = "datagrid";
    this.#said.className = "said";
    this.#said.setAttribute("role", "status");
    this.#standIn = new StandIn({
      reveal: () => void this.reveal(),
      key: (event) => this.#keys.onKeyAway(event),
      left: (to) => {
        if (!this.table.contains(to)) this.#wantsFocus = false;
      },
    });
    this.element.append(this.#standIn.element, this.table, this.#said);
    this.decorator = new Decorator(this.table, this.active, this.selection);
    this.#revealer = new Revealer(this.table);
    this.#rowHeight = new RowHeight(this.element, () => void this.#adoptTheme());
    this.#editor = new CellEditor(this);
    this.#find = new FindBar(this);
    this.#widths = new UserWidths(this);
    this.#keys = this.#wire();
    this.table.addStyleListener(() => this.#decorate());
    this.#listen();
  }

  /** Lets the parts set each other going. */
  #wire(): GridKeys {
    const copy = (headers: boolean) => void copySelection(this, headers);
    const autoSize = (column: number) => void this.#widths.fit(column);
    const sort = (column: number, additive: boolean, absolute: boolean) =>
      this.#sortAt(column, additive, absolute);
    const click = (row: number, column: number) => this.#click(row, column);
    const menus = new GridMenus(this, {
      copy,
      autoSize,
      editor: (place) => this.#editor.opener(place),
    });
    new Clicks(this, {
      sort,
      click,
      autoSize,
      menu: (at) => menus.open(at),
      edit: (place) => this.#editor.open(place),
    });
    return new GridKeys(this, {
      copy,
      sort,
      click,
      menu: () => menus.open(),
      find: () => this.#find.open(),
      goToRow: () => openGoToRow(this),
      edit: (text) => this.#editor.open(this.active.place, text),
    });
  }

  #listen(): void {
    const { table } = this;
    table.addEventListener("focusin", () => {
      this.#wantsFocus = true;
    });
    table.addEventListener("focusout", (event) => {
      const target = event.target as HTMLElement;
      const next = event.relatedTarget as Node | null;
      // While the grid scrolls to its active cell, the cell that had the focus may go.
      if (!next && this.#revealing > 0) return;
      if (next === this.#standIn.element) return;
      if (target.isConnected && !table.contains(next)) this.#wantsFocus = false;
    });
  }

  get rowHeight(): number {
    return this.#rowHeight.value;
  }

  get shown(): Shown | undefined {
    const window = this.#reader?.window;
    const shape = this.#shape;
    const view = this.#view;
    return window && shape && view
      ? { view, window, shape, formatters: this.#formatters }
      : undefined;
  }

  /** Draws this view from now on; the old one stays on the screen until the first draw. */
  async show(view: WindowSource, shape: ViewShape): Promise<void> {
    mirrorStyle(this.table);
    moveParts(this.table);
    keepRows(this.table);
    this.#rowHeight.read();
    const pinned = pinnedCount(shape.plugin_config, shape.columns, shape.split_by);
    const reader = new WindowReader(view, pinned);
    const window = await reader.refresh();
    await this.listener.turn();
    this.#view = view;
    this.#reader = reader;
    this.#shape = shape;
    this.#editor.close();
    this.#formatters = this.#formattersOf(shape);
    this.#configure(shape.plugin_config);
    this.#resetIfOtherColumns(window);
    this.#widths.restore(window, shape);
    this.table.setDataListener((x0, y0, x1, y1) => this.#data(reader, shape, { x0, y0, x1, y1 }), {
      virtual_mode: "both",
    });
    await this.table.draw();
    await this.#afterDraw();
    void this.#measure(reader, view, window.names, shape);
    this.#find.refresh();
  }

  /** Rows of another height, or another font: the row at the top stays, widths are measured anew. */
  async #adoptTheme(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    const headers = shown.shape.split_by.length + 1;
    const top = this.#revealer.topRow(shown.window, headers, this.rowHeight);
    const height = this.#rowHeight.read();
    this.table.resetAutoSize();
    this.#widths.restore(shown.window, shown.shape);
    this.decorator.forgetFont();
    this.#revealer.forgetWidths();
    // Once before, so that no other rows are seen meanwhile, and once the table is long enough.
    for (let draws = 0; draws < 2; draws++) {
      const moved = this.#revealer.scrollToTop(top, shown.window, headers, height);
      if (draws === 0 || moved) await this.table.draw();
    }
    await this.#stayAtEnd();
  }

  #configure(config: Record<string, unknown>): void {
    const mode = readEditMode(config);
    if (mode !== this.selection.mode) this.selection.clear();
    this.selection.mode = mode;
    this.decorator.flashes = config.flash !== false;
    if (config.follow === true && !this.#follows) this.#end = 0;
    this.#follows = config.follow === true;
  }

  /** Formats in the page's language; those of the last view while nothing of them changed. */
  #formattersOf(shape: ViewShape): Formatters {
    const language = languageOf(this.element);
    const key = JSON.stringify([shape.columns_config, language ?? ""]);
    if (key === this.#looksKey) return this.#formatters;
    this.#looksKey = key;
    this.#pathsKey = "";
    return new Formatters(shape.columns_config, language, this.listener.say);
  }

  /** Asks for the ends of the columns whose cells are measured by them. */
  async #measure(
    reader: WindowReader,
    view: WindowSource,
    names: string[],
    shape: ViewShape,
  ): Promise<void> {
    const level = shape.group_by.length;
    const styled = names.filter((path) =>
      needsEnds(this.#formatters.style(leafColumn(path, shape.split_by.length))),
    );
    if (styled.length === 0) return;
    try {
      for (const path of styled) {
        const ends = await view.get_min_max?.(path);
        if (reader !== this.#reader) return;
        if (ends) this.decorator.seeEnds(path, level, ends);
      }
      await this.table.draw({ cache: true });
    } catch {
      // The view went away meanwhile; what the screen shows is a measure too.
    }
  }

  /** Reads the visible window anew and draws it. */
  async draw(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const window = await reader.refresh();
    await this.listener.turn();
    if (reader !== this.#reader) return;
    // What is around the element may have another language by now.
    if (this.#shape) this.#formatters = this.#formattersOf(this.#shape);
    this.#resetIfOtherColumns(window);
    await this.table.draw();
    await this.#afterDraw();
    this.#find.update();
  }

  /** An empty screen: what was shown belongs to nobody any more. */
  clear(): void {
    if (!this.#reader) return;
    this.#view = undefined;
    this.#reader = undefined;
    this.#shape = undefined;
    this.#pathsKey = "";
    this.selection.clear();
    this.#editor.close();
    this.#find.close();
    this.decorator.forgetWidths();
    this.#standIn.hide();
    this.table.clear();
  }

  /** Draws what was read last into a changed space. */
  async resize(): Promise<void> {
    if (!this.#reader) return;
    await this.table.draw();
    await this.#stayAtEnd();
  }

  getSelection(): Area | undefined {
    return this.selection.area(extentOf(this));
  }

  setSelection(window: Window | undefined): void {
    this.selection.set(window, extentOf(this));
    this.decorator.markSelected();
  }

  async #afterDraw(): Promise<void> {
    // regular-table makes itself a stop of the Tab key; here a cell is one. (With -1 the
    // browser would pass over all that is inside, too.)
    this.table.removeAttribute("tabindex");
    const window = this.#reader?.window;
    if (window) this.listener.drawn(window);
    await this.#stayAtEnd();
  }

  /**
   * Goes on to the last row if the screen was at it. Where the screen is now counts, not the
   * last scroll event, which may still be on its way: who scrolls away is never pulled back.
   */
  async #stayAtEnd(): Promise<void> {
    if (!this.#follows) return;
    const { table } = this;
    const before = this.#end;
    this.#end = table.scrollHeight - table.clientHeight;
    if (table.scrollTop < Math.min(before, this.#end) - END_PX) return;
    if (this.#end - table.scrollTop < 1) return;
    table.scrollTop = this.#end;
    await table.draw({ cache: true });
  }

  /** Other columns at the same places: their measured widths no longer hold. */
  #resetIfOtherColumns(window: GridWindow): void {
    const shape = this.#shape;
    if (!shape) return;
    const levels = window.row_path ? shape.group_by.length : 0;
    const key = `${levels}\u0001${shape.split_by.join("\u0000")}\u0001${
      shape.split_by.length > 0 ? "" : window.names.join("\u0000")
    }\u0001${window.num_columns}\u0001${window.pinned}`;
    if (key === this.#pathsKey) return;
    if (this.#pathsKey !== "") this.selection.clear();
    this.#pathsKey = key;
    this.table.resetAutoSize();
    this.decorator.forgetWidths();
    this.#revealer.forgetWidths();
    this.#msColumns.clear();
  }

  async #data(reader: WindowReader, shape: ViewShape, rect: Rect): Promise<TableData> {
    const sizeOnly = rect.x1 <= rect.x0 && rect.y1 <= rect.y0;
    if (sizeOnly && reader.window) return tableSize(reader.window, shape, this.rowHeight);
    const window = await reader.covering(rect);
    return tableData(window, shape, rect, this.#msColumns, this.#formatters, this.rowHeight);
  }

  #decorate(): void {
    const { shown } = this;
    if (!shown) return;
    this.active.clamp(extentOf(this));
    this.decorator.decorate(shown.window, shown.shape, shown.formatters);
    this.#editor.follow();
    this.#focusActive();
  }

  // ---- what the parts ask for ----

  say(text: string): void {
    clearTimeout(this.#saying);
    this.#said.textContent = text;
    this.#saying = setTimeout(() => {
      this.#said.textContent = "";
    }, SAID_MS);
  }

  selected(): void {
    this.decorator.markSelected();
    this.listener.select(this.getSelection());
  }

  focus(): void {
    this.#wantsFocus = true;
    this.#focusActive();
  }

  /**
   * Widths of columns that were never on the screen are only guessed, so that it may take
   * more than one step.
   */
  async reveal(): Promise<void> {
    this.#wantsFocus = true;
    this.#revealing++;
    try {
      await this.scrollToActive();
    } finally {
      this.#revealing--;
    }
    this.#focusActive();
  }

  /** The same without taking the focus. */
  async scrollToActive(): Promise<void> {
    for (let step = 0; step < REVEAL_STEPS; step++) {
      const { shown } = this;
      if (!shown) return;
      const headers = shown.shape.split_by.length + 1;
      const moved = this.#revealer.scrollTo(
        this.active.place,
        shown.window,
        headers,
        this.rowHeight,
      );
      if (step > 0 && !moved && this.table.querySelector("[data-active]")) return;
      await this.table.draw({ cache: true });
    }
  }

  #focusActive(): void {
    const cell = this.table.querySelector<HTMLElement>("[data-active]");
    if (!cell && this.shown) this.#standIn.show(this.listener.say);
    if (this.#wantsFocus && !this.#editor.isOpen) {
      const root = this.table.getRootNode() as Document | ShadowRoot;
      if (cell && root.activeElement !== cell) cell.focus({ preventScroll: true });
      else if (!cell && this.#revealing === 0) this.#standIn.takeFocus();
    }
    if (cell) this.#standIn.hide();
  }

  #sortAt(x: number, additive: boolean, absolute: boolean): void {
    const name = this.shown && leafAt(this.shown, x);
    if (name !== undefined) this.listener.sort(name, additive, absolute);
  }

  #click(row: number, x: number): void {
    const { shown } = this;
    if (!shown || row < 0) return;
    const { window } = shown;
    const index = row - window.start_row;
    this.listener.click({
      row,
      column: pathAt(shown, x),
      row_path: window.row_path ? rowPathAt(window.row_path, index) : undefined,
      values: Object.fromEntries(
        window.names.map((name, at) => {
          const column = window.columns[at];
          return [name, column ? valueAt(column, index) : null];
        }),
      ),
    });
  }

  /** Where the active cell is, for what is opened above the grid. */
  moveTo(place: Place): Promise<void> {
    this.active.place = place;
    this.selection.start(place);
    this.selected();
    return this.scrollToActive();
  }
}
