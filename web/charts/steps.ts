/** Where the keyboard stands among the marks of a chart. */
import type { MarkList } from "./data/model.js";

export interface Step {
  list: number;
  mark: number;
}

/** Marks that Page Up and Page Down pass over. */
const PAGE = 10;

export class Steps {
  place: Step | undefined;

  /** Left and right go along a series, up and down to another one; undefined: no such key. */
  move(key: string, lists: MarkList[]): Step | undefined {
    const along: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      PageDown: PAGE,
      PageUp: -PAGE,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const across: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    if (!(key in along) && !(key in across)) return undefined;
    const filled = lists.some(({ length }) => length > 0);
    if (!filled) return undefined;
    if (!this.place) {
      const list = lists.findIndex(({ length }) => length > 0);
      this.place = { list, mark: 0 };
      if (key === "End") this.place.mark = (lists[list]?.length ?? 1) - 1;
      return this.place;
    }
    let { list, mark } = this.place;
    list = Math.min(list, lists.length - 1);
    if (key in across) {
      const by = across[key] ?? 0;
      do list = (list + by + lists.length) % lists.length;
      while ((lists[list]?.length ?? 0) === 0);
    } else mark += along[key] ?? 0;
    mark = Math.max(0, Math.min((lists[list]?.length ?? 1) - 1, mark));
    this.place = { list, mark };
    return this.place;
  }
}
