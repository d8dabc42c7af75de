/** Opens the menus of headers and cells, and the form of a column's style. */
import { rowPathAt, valueAt } from "../client/results.js";
import type { Place } from "./active_cell.js";
import { setStyle } from "./config_edits.js";
import { columnAt } from "./grid_window.js";
import { type GridHost, leafAt } from "./host.js";
import { cellEntries, headerEntries, type MenuActions } from "./menus.js";
import { type Corner, openMenu } from "./popup_menu.js";
import { openStyleForm } from "./style_form.js";

/** What the grid does for a menu beyond the config. */
export interface GridActions {
  copy(headers: boolean): void;
  editor(place: Place): (() => void) | undefined;
  autoSize(column: number): void;
}

export class GridMenus {
  readonly #host: GridHost;
  readonly #actions: GridActions;

  constructor(host: GridHost, actions: GridActions) {
    this.#host = host;
    this.#actions = actions;
  }

  /** Opens the menu of the active cell, at the corner or below the cell. */
  open(corner?: Corner): void {
    const { shown, active } = this.#host;
    const { row, column } = active.place;
    if (!shown) return;
    const at = corner ?? this.#below();
    const name = leafAt(shown, column);
    if (row === -1) {
      if (name !== undefined) this.#openHeader(name, column, at);
      return;
    }
    const { window, shape } = shown;
    const index = row - window.start_row;
    const data = columnAt(window, column);
    const entries = cellEntries(
      name,
      data ? valueAt(data, index) : null,
      window.row_path && rowPathAt(window.row_path, index),
      shape,
      this.#menuActions(column),
      this.#host.listener.say,
    );
    this.#open(this.#host.listener.say("grid.row", { row: row + 1 }), at, entries);
  }

  #openHeader(name: string, column: number, at: Corner): void {
    const { shown } = this.#host;
    if (!shown) return;
    const { say } = this.#host.listener;
    const type = this.#typeOf(column);
    const actions = {
      ...this.#menuActions(column),
      style: () => this.#style(name, type, at),
    };
    const entries = headerEntries(name, type, shown.shape, actions, say);
    this.#open(say("grid.column", { name }), at, entries);
  }

  #menuActions(column: number): MenuActions {
    return {
      edit: (edit) => this.#host.listener.edit(edit),
      autoSize: () => this.#actions.autoSize(column),
      style: () => {},
      copy: (headers) => this.#actions.copy(headers),
      editCell: this.#actions.editor(this.#host.active.place),
    };
  }

  #open(label: string, at: Corner, entries: Parameters<typeof openMenu>[3]): void {
    openMenu(this.#host.element, label, at, entries, () => this.#host.focus());
  }

  #style(column: string, type: string, at: Corner): void {
    const { shown } = this.#host;
    if (!shown) return;
    const style = shown.shape.columns_config[column] ?? {};
    openStyleForm(
      this.#host.element,
      column,
      type,
      style,
      at,
      (fields) => this.#host.listener.edit(setStyle(column, fields)),
      () => this.#host.focus(),
      this.#host.listener.say,
    );
  }

  /** The type that the view gives the column, as a count of strings is a number. */
  #typeOf(column: number): string {
    const { shown } = this.#host;
    return (shown && columnAt(shown.window, column)?.type) ?? "string";
  }

  #below(): Corner {
    const cell = this.#host.table.querySelector("[data-active]");
    const box = (cell ?? this.#host.table).getBoundingClientRect();
    return { x: box.left, y: box.bottom };
  }
}
