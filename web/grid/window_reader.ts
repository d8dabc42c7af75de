/**
 * Reads of a view for the grid: one at a time, a little larger than the screen.
 *
 * The grid library asks for dimensions and for rectangles as it needs them while it draws;
 * one read per frame answers all of that, and small scrolls need none. Who scrolls on is read
 * ahead of, so that the rows are there by the time they are to be seen.
 */
import type { Scalar, ViewWindow, Window } from "../client/types.js";
import type { GridWindow } from "./grid_window.js";

const PAD_ROWS = 16;
const PAD_COLUMNS = 2;
/** What is read where one scrolls to, in screens, and how much of that is left when more is read. */
const AHEAD_SCREENS = 4;
const LEAST_SCREENS = 2;

export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The part of a `View` that is needed here. */
export interface WindowSource {
  read(window: Window): Promise<ViewWindow>;
  get_min_max?(name: string): Promise<[min: Scalar, max: Scalar]>;
}

export class WindowReader {
  readonly #source: WindowSource;
  #wanted: Rect = { x0: 0, y0: 0, x1: 12, y1: 48 };
  readonly #pinned: number;
  #window: GridWindow | undefined;
  /** The read that is under way. */
  #under: Promise<unknown> | undefined;
  /** Where the last rectangle went: 1 down, -1 up, 0 nowhere. */
  #way = 0;

  /** `pinned`: how many columns at the beginning are read with each window. */
  constructor(source: WindowSource, pinned = 0) {
    this.#source = source;
    this.#pinned = pinned;
  }

  /** What was read last. */
  get window(): GridWindow | undefined {
    return this.#window;
  }

  /** Reads the rectangle that the screen showed last, anew. */
  refresh(): Promise<GridWindow> {
    return this.#read();
  }

  /** A window that covers the rectangle as far as the view reaches, read only if need be. */
  async covering(rect: Rect): Promise<GridWindow> {
    this.#way = Math.sign(rect.y0 - this.#wanted.y0);
    this.#wanted = rect;
    // What is on its way may have it.
    if (!this.#covering()) await this.#under;
    const window = this.#covering() ?? (await this.#read(AHEAD_SCREENS));
    if (this.#isNearEnd(window)) this.#read(AHEAD_SCREENS).catch(() => {});
    return window;
  }

  #covering(): GridWindow | undefined {
    return this.#window && covers(this.#window, this.#wanted) ? this.#window : undefined;
  }

  /** Whether what was read ends soon, the way one scrolls, and the view goes on. */
  #isNearEnd({ start_row, end_row, num_rows }: GridWindow): boolean {
    const { y0, y1 } = this.#wanted;
    const least = LEAST_SCREENS * (y1 - y0);
    if (this.#under || this.#way === 0) return false;
    return this.#way > 0
      ? end_row < Math.min(num_rows, y1 + least)
      : start_row > Math.max(0, y0 - least);
  }

  /** `screens`: how much more is read where one scrolls to. */
  #read(screens = 0): Promise<GridWindow> {
    // Where none is under way it is asked for at once, with those of this frame's other viewers.
    const read = this.#under
      ? this.#under.then(() => this.#readNow(screens))
      : this.#readNow(screens);
    const under: Promise<void> = read.then(
      () => this.#done(under),
      () => this.#done(under),
    );
    this.#under = under;
    return read;
  }

  #done(read: Promise<void>): void {
    if (this.#under === read) this.#under = undefined;
  }

  async #readNow(screens: number): Promise<GridWindow> {
    const { x0, y0, x1, y1 } = this.#wanted;
    const more = screens * (y1 - y0);
    const before = this.#way < 0 ? more : 0;
    const after = this.#way > 0 ? more : 0;
    const rows = {
      start_row: Math.max(0, y0 - PAD_ROWS - before),
      end_row: y1 + PAD_ROWS + after,
    };
    const start_col = Math.max(0, x0 - PAD_COLUMNS);
    const window = await this.#columns(rows, start_col, x1 + PAD_COLUMNS);
    // Of what was read ahead nothing is wanted any more if one has turned back meanwhile.
    if (screens === 0 || !this.#covering() || covers(window, this.#wanted)) this.#window = window;
    return window;
  }

  /** Columns counted after the pinned ones, and these before them. */
  async #columns(
    rows: Pick<Window, "start_row" | "end_row">,
    start: number,
    end: number,
  ): Promise<GridWindow> {
    const pinned = this.#pinned;
    const bounds = { start_col: start + pinned, end_col: end + pinned };
    if (start === 0) {
      const window = await this.#source.read({ ...rows, start_col: 0, end_col: bounds.end_col });
      return { ...window, pinned, start_col: pinned };
    }
    if (pinned === 0) return { ...(await this.#source.read({ ...rows, ...bounds })), pinned };
    const [fixed, window] = await Promise.all([
      this.#source.read({ ...rows, start_col: 0, end_col: pinned }),
      this.#source.read({ ...rows, ...bounds }),
    ]);
    return {
      ...window,
      pinned,
      names: [...fixed.names, ...window.names],
      columns: [...fixed.columns, ...window.columns],
    };
  }
}

function covers(window: GridWindow, rect: Rect): boolean {
  return (
    rect.x0 + window.pinned >= window.start_col &&
    rect.y0 >= window.start_row &&
    Math.min(rect.x1 + window.pinned, window.num_columns) <= window.end_col &&
    Math.min(rect.y1, window.num_rows) <= window.end_row
  );
}
