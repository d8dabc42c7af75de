/**
 * Editing a cell of a keyed table in place. Enter writes and goes down, Tab writes and goes to
 * the right, Escape leaves the cell as it was; what cannot be meant is said under the cell.
 *
 * Only the table's own cells: not those of groups, of computed columns, or of the key itself.
 */
import { valueAt } from "../client/results.js";
import type { Scalar, ViewWindow } from "../client/types.js";
import { readOperand, writeOperand } from "../viewer/filters.js";
import type { Say } from "../viewer/words.js";
import type { Place } from "./active_cell.js";
import { extentOf } from "./grid_keys.js";
import { columnAt } from "./grid_window.js";
import { type GridHost, leafAt, type Shown } from "./host.js";

interface Editing {
  place: Place;
  column: string;
  type: string;
  /** What tells the row from others, whatever becomes of its place meanwhile. */
  key: Promise<Record<string, Scalar> | undefined>;
  before: string;
}

export class CellEditor {
  readonly #host: GridHost;
  readonly #box = document.createElement("div");
  readonly #input = document.createElement("input");
  readonly #problem = document.createElement("div");
  #editing: Editing | undefined;

  constructor(host: GridHost) {
    this.#host = host;
    this.#box.className = "cell-editor";
    this.#box.setAttribute("data-testid", "cell-editor");
    this.#input.type = "text";
    this.#input.setAttribute("aria-describedby", "cell-problem");
    this.#problem.id = "cell-problem";
    this.#problem.className = "problem";
    this.#problem.setAttribute("role", "alert");
    this.#box.append(this.#input, this.#problem);
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("blur", () => void this.#commit(undefined));
    this.#input.addEventListener("input", () => this.#tell(""));
  }

  get #say(): Say {
    return this.#host.listener.say;
  }

  get isOpen(): boolean {
    return this.#editing !== undefined;
  }

  /** What begins an edit of the cell; undefined where it has none. */
  opener(place: Place): (() => void) | undefined {
    return this.#target(place) ? () => void this.open(place) : undefined;
  }

  /** Begins with a first letter, or with what is in the cell; false where it cannot be edited. */
  open(place: Place, text?: string): boolean {
    const target = this.#target(place);
    if (!target) return false;
    const { shown, column, value, type } = target;
    this.#host.active.place = place;
    const before = writeOperand(value, type);
    const key = readKey(shown, place.row).catch(() => undefined);
    this.#editing = { place, column, type, key, before };
    this.#input.value = text ?? before;
    this.#input.setAttribute(
      "aria-label",
      this.#say("grid.edit.cell", { column, row: place.row + 1 }),
    );
    this.#tell("");
    this.#host.element.append(this.#box);
    this.follow();
    this.#input.focus();
    if (text === undefined) this.#input.select();
    return true;
  }

  close(): void {
    if (!this.#editing) return;
    this.#editing = undefined;
    this.#box.remove();
  }

  /** Stays over its cell while the grid scrolls. */
  follow(): void {
    if (!this.#editing) return;
    const cell = this.#host.table.querySelector<HTMLElement>("tbody [data-active]");
    this.#box.hidden = !cell;
    if (!cell) return;
    const at = cell.getBoundingClientRect();
    const within = this.#host.element.getBoundingClientRect();
    this.#box.style.left = `${at.left - within.left}px`;
    this.#box.style.top = `${at.top - within.top}px`;
    this.#box.style.width = `${Math.max(at.width, 96)}px`;
  }

  #target(place: Place) {
    const { shown, selection } = this.#host;
    if (!shown || selection.mode !== "EDIT" || place.row < 0 || place.column < 0) return undefined;
    const { shape, window } = shown;
    const column = leafAt(shown, place.column);
    const type = column === undefined ? undefined : shape.types[column];
    const data = columnAt(window, place.column);
    const own = shape.group_by.length === 0 && shape.split_by.length === 0;
    if (!own || column === undefined || type === undefined || !data) return undefined;
    if (shape.index.length === 0 || shape.index.includes(column)) return undefined;
    if (!shape.index.every((name) => shape.columns.includes(name))) {
      this.#host.say(this.#say("grid.edit.key", { names: shape.index.join(", ") }));
      return undefined;
    }
    return { shown, column, type, value: valueAt(data, place.row - window.start_row) };
  }

  #onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Escape") {
      this.close();
      this.#host.focus();
    } else if (event.key === "Enter") void this.#commit({ row: 1, column: 0 });
    else if (event.key === "Tab") void this.#commit({ row: 0, column: event.shiftKey ? -1 : 1 });
    else return;
    event.preventDefault();
  }

  /** `then`: where to go from here; undefined where the focus has gone already. */
  async #commit(then: Place | undefined): Promise<void> {
    const editing = this.#editing;
    if (!editing) return;
    const { column, type, place, before } = editing;
    if (this.#input.value !== before) {
      const operand = readOperand(this.#input.value, type, "==", this.#say);
      if ("problem" in operand) {
        if (then) this.#tell(operand.problem);
        else this.close();
        return;
      }
      const key = await editing.key;
      if (this.#editing !== editing) return;
      if (!key) {
        this.#tell(this.#say("grid.edit.moved"));
        return;
      }
      try {
        await this.#host.listener.write({ ...key, [column]: operand.value as Scalar });
      } catch (error) {
        this.#tell(error instanceof Error ? error.message : this.#say("grid.edit.failed"));
        return;
      }
      if (this.#editing !== editing) return;
    }
    this.close();
    if (!then) return;
    this.#host.active.place = { row: place.row + then.row, column: place.column + then.column };
    this.#host.active.clamp(extentOf(this.#host));
    this.#host.selection.start(this.#host.active.place);
    this.#host.selected();
    await this.#host.reveal();
  }

  #tell(problem: string): void {
    this.#problem.textContent = problem;
    this.#input.setAttribute("aria-invalid", String(problem !== ""));
  }
}

/** The values of the key; none where the row is another by now. */
async function readKey(shown: Shown, row: number): Promise<Record<string, Scalar> | undefined> {
  const { view, window, shape } = shown;
  const whole = await view.read({ start_row: row, end_row: row + 1 });
  const same = window.names.every(
    (name) => at(whole, name, 0) === at(window, name, row - window.start_row),
  );
  if (!same) return undefined;
  return Object.fromEntries(shape.index.map((name) => [name, at(whole, name, 0)]));
}

function at(window: ViewWindow, name: string, row: number): Scalar {
  const column = window.columns[window.names.indexOf(name)];
  return column ? valueAt(column, row) : null;
}
