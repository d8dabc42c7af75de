/**
 * Which cells are selected: one rectangle, from where it began to where it was drawn.
 *
 * Rows and columns are the view's, by their numbers. What a mode selects beyond the
 * rectangle (whole rows, whole columns) is in the mode, so that it holds for rows that come
 * later as well.
 */
import type { Window } from "../client/types.js";
import type { Place } from "./active_cell.js";

const MODES = ["READ_ONLY", "EDIT", "SELECT_ROW", "SELECT_COLUMN", "SELECT_REGION"] as const;

export type EditMode = (typeof MODES)[number];

export function readEditMode(config: Record<string, unknown>): EditMode {
  // Before there were modes, layouts had a switch.
  if (config.edit_mode === undefined && config.editable === true) return "EDIT";
  return MODES.find((mode) => mode === config.edit_mode) ?? "SELECT_REGION";
}

/** Ends are exclusive. */
export type Area = Required<Window>;

export interface Size {
  rows: number;
  columns: number;
}

export class Selection {
  mode: EditMode = "SELECT_REGION";
  #from: Place | undefined;
  #to: Place | undefined;

  get isEmpty(): boolean {
    return !this.#from;
  }

  clear(): void {
    this.#from = undefined;
    this.#to = undefined;
  }

  /** Begins anew at a cell; headers begin nothing but in the mode of columns. */
  start(place: Place): void {
    this.clear();
    if (this.mode === "READ_ONLY") return;
    if (place.row < 0 && this.mode !== "SELECT_COLUMN") return;
    this.#from = place;
    this.#to = place;
  }

  extend(place: Place): void {
    if (!this.#from) this.start(place);
    else this.#to = { row: Math.max(0, place.row), column: place.column };
  }

  all(size: Size): void {
    if (this.mode === "READ_ONLY" || size.rows === 0 || size.columns === 0) return;
    this.#from = { row: 0, column: 0 };
    this.#to = { row: size.rows - 1, column: size.columns - 1 };
  }

  set(window: Window | undefined, size: Size): void {
    this.clear();
    if (!window || this.mode === "READ_ONLY") return;
    const { start_row = 0, start_col = 0, end_row = size.rows, end_col = size.columns } = window;
    if (end_row <= start_row || end_col <= start_col) return;
    this.#from = { row: start_row, column: start_col };
    this.#to = { row: end_row - 1, column: end_col - 1 };
  }

  contains(row: number, column: number): boolean {
    const from = this.#from;
    const to = this.#to;
    if (!from || !to || row < 0) return false;
    const inRows = row >= Math.min(from.row, to.row) && row <= Math.max(from.row, to.row);
    const inColumns =
      column >= Math.min(from.column, to.column) && column <= Math.max(from.column, to.column);
    return (inRows || this.mode === "SELECT_COLUMN") && (inColumns || this.#ofRows(from, to));
  }

  /** As far as it lies in a view of this size. */
  area(size: Size): Area | undefined {
    const from = this.#from;
    const to = this.#to;
    if (!from || !to) return undefined;
    const ofRows = this.#ofRows(from, to);
    const ofColumns = this.mode === "SELECT_COLUMN";
    const area = {
      start_row: ofColumns ? 0 : Math.max(0, Math.min(from.row, to.row)),
      end_row: ofColumns ? size.rows : Math.min(size.rows, Math.max(from.row, to.row) + 1),
      start_col: ofRows ? 0 : Math.max(0, Math.min(from.column, to.column)),
      end_col: ofRows ? size.columns : Math.min(size.columns, Math.max(from.column, to.column) + 1),
    };
    return area.end_row > area.start_row && area.end_col > area.start_col ? area : undefined;
  }

  /** A row's name stands for the whole row. */
  #ofRows(from: Place, to: Place): boolean {
    return this.mode === "SELECT_ROW" || (this.mode !== "SELECT_COLUMN" && isTree(from, to));
  }
}

function isTree(from: Place, to: Place): boolean {
  return from.column === -1 || to.column === -1;
}
