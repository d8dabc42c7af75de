/**
 * Rows that stay on the screen keep their elements.
 *
 * regular-table writes the first row that is seen to its first element, and so on, so that a
 * scroll by one row rewrites all of them. Here the elements of rows that leave at one end are put
 * to the other one before it draws. It compares each text with the one that is there, and finds
 * only those rows to be written that are new.
 */
import type { RegularTableElement } from "./regular_table.js";

/** The part of regular-table that draws what a scroll shows. */
interface Model {
  body: Body;
  draw_sync(...args: unknown[]): boolean;
}

/** What it knows its rows by: elements, and beside them the cells of each. */
interface Body {
  table: HTMLElement;
  rows: HTMLTableRowElement[];
  cells: unknown[][];
}

const keeping = new WeakSet<Model>();
/** Which argument of `draw_sync` says what is seen. */
const VIEWPORT = 4;

/** From now on; regular-table begins anew when it is cleared. */
export function keepRows(table: RegularTableElement): void {
  const { table_model: model } = table as unknown as { table_model: Model };
  if (keeping.has(model)) return;
  keeping.add(model);
  const draw = model.draw_sync;
  model.draw_sync = (...args) => {
    const { start_row } = args[VIEWPORT] as { start_row: number };
    turnTo(table, model.body, Math.floor(start_row));
    return draw.apply(model, args);
  };
}

/** Turns the rows so that those which show from `first` on are drawn to the elements that they have. */
function turnTo(table: RegularTableElement, body: Body, first: number): void {
  const by = first - (firstRow(table, body) ?? first);
  if (by === 0 || Math.abs(by) >= body.rows.length) return;
  // What is moved in the document may lose the focus.
  const moved = by > 0 ? body.rows.slice(0, by) : body.rows.slice(by);
  const active = (table.getRootNode() as Document | ShadowRoot).activeElement;
  if (active && moved.some((row) => row.contains(active))) return;
  if (by > 0) body.table.append(...moved);
  else body.table.prepend(...moved);
  turn(body.rows, by);
  turn(body.cells, by);
}

function firstRow(table: RegularTableElement, { rows }: Body): number | undefined {
  const cell = rows[0]?.firstElementChild;
  const meta = cell && table.getMeta(cell as HTMLElement);
  return meta && "y" in meta ? meta.y : undefined;
}

function turn<T>(list: T[], by: number): void {
  if (by > 0) list.push(...list.splice(0, by));
  else list.unshift(...list.splice(by));
}
