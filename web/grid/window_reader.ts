/**
 * Reads of a view for the grid: one at a time, a little larger than the screen.
 *
 * The grid library asks for dimensions and for rectangles as it needs them while it draws;
 * one read per frame answers all of that, and small scrolls need none.
 */
import type { ViewWindow, Window } from "../client/types.js";

const PAD_ROWS = 16;
const PAD_COLUMNS = 2;

export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The part of a `View` that is needed here. */
export interface WindowSource {
  read(window: Window): Promise<ViewWindow>;
}

export class WindowReader {
  readonly #source: WindowSource;
  #wanted: Rect = { x0: 0, y0: 0, x1: 12, y1: 48 };
  #window: ViewWindow | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(source: WindowSource) {
    this.#source = source;
  }

  /** What was read last. */
  get window(): ViewWindow | undefined {
    return this.#window;
  }

  /** Reads the rectangle that the screen showed last, anew. */
  refresh(): Promise<ViewWindow> {
    return this.#read();
  }

  /** A window that covers the rectangle as far as the view reaches, read only if need be. */
  async covering(rect: Rect): Promise<ViewWindow> {
    this.#wanted = rect;
    const window = this.#window;
    if (window && covers(window, rect)) return window;
    return this.#read();
  }

  #read(): Promise<ViewWindow> {
    const read = this.#queue.then(async () => {
      const { x0, y0, x1, y1 } = this.#wanted;
      const window = await this.#source.read({
        start_row: Math.max(0, y0 - PAD_ROWS),
        end_row: y1 + PAD_ROWS,
        start_col: Math.max(0, x0 - PAD_COLUMNS),
        end_col: x1 + PAD_COLUMNS,
      });
      this.#window = window;
      return window;
    });
    this.#queue = read.catch(() => {});
    return read;
  }
}

function covers(window: ViewWindow, rect: Rect): boolean {
  return (
    rect.x0 >= window.start_col &&
    rect.y0 >= window.start_row &&
    Math.min(rect.x1, window.num_columns) <= window.end_col &&
    Math.min(rect.y1, window.num_rows) <= window.end_row
  );
}
