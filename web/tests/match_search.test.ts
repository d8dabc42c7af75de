import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ViewWindow, Window } from "../client/types.js";
import { Matcher } from "../grid/finder.js";
import { Formatters } from "../grid/formatters.js";
import { MatchSearch } from "../grid/match_search.js";
import type { ViewShape } from "../viewer/plugins.js";
import { sayPlain } from "../viewer/words.js";

const SHAPE = { group_by: [], split_by: [] } as unknown as ViewShape;

/** A view of one column, whose rows change under the search. */
class Rows {
  reads = 0;
  texts: string[];

  constructor(texts: string[]) {
    this.texts = texts;
  }

  async read({ start_row = 0, end_row = 0 }: Window): Promise<ViewWindow> {
    this.reads++;
    const texts = this.texts.slice(start_row, end_row);
    return {
      start_row,
      end_row: start_row + texts.length,
      start_col: 0,
      end_col: 1,
      num_rows: this.texts.length,
      num_columns: 1,
      names: ["name"],
      columns: [{ type: "string", codes: texts.map((_, at) => at), dictionary: texts }],
    } as unknown as ViewWindow;
  }
}

function searching(texts: string[], text: string) {
  const view = new Rows(texts);
  const changed = vi.fn();
  const search = new MatchSearch(changed);
  const formatters = new Formatters({}, undefined, sayPlain);
  search.start({ view, shape: SHAPE, formatters, matcher: new Matcher(text) });
  const rows = () => search.places.map(({ row }) => row);
  return { view, search, changed, rows };
}

describe("MatchSearch", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("finds again when rows have changed, once for many changes", async () => {
    const { view, search, rows } = searching(["a", "b", "a"], "a");
    await vi.runAllTimersAsync();
    expect(search.isDone).toBe(true);
    expect(rows()).toEqual([0, 2]);
    view.texts = ["b", "b", "a", "a"];
    for (let at = 0; at < 20; at++) search.update();
    expect(rows()).toEqual([0, 2]);
    await vi.runAllTimersAsync();
    expect(rows()).toEqual([2, 3]);
    expect(view.reads).toBe(2);
  });

  it("looks again at what changed while it looked", async () => {
    const { view, search, rows } = searching(["a"], "a");
    search.update();
    view.texts = ["b", "a"];
    await vi.runAllTimersAsync();
    expect(rows()).toEqual([1]);
    expect(view.reads).toBe(2);
  });

  it("keeps the old matches until it is through", async () => {
    const long = Array.from({ length: 3_000 }, (_, at) => (at % 1_000 === 0 ? "a" : "b"));
    const { view, search, changed, rows } = searching(long, "a");
    await vi.runAllTimersAsync();
    expect(rows()).toEqual([0, 1_000, 2_000]);
    changed.mockClear();
    const lengths: number[] = [];
    changed.mockImplementation(() => lengths.push(search.places.length));
    view.texts = [...long, "a"];
    search.update();
    await vi.runAllTimersAsync();
    expect(lengths).toEqual([4]);
  });

  it("looks no more once it was stopped", async () => {
    const { view, search } = searching(["a"], "a");
    await vi.runAllTimersAsync();
    search.update();
    search.stop();
    search.update();
    await vi.runAllTimersAsync();
    expect(view.reads).toBe(1);
    expect(search.places).toEqual([]);
  });

  it("keeps what it has of a view that went away", async () => {
    const { view, search, rows } = searching(["a"], "a");
    await vi.runAllTimersAsync();
    view.read = () => Promise.reject(new Error("The view is deleted."));
    search.update();
    await vi.runAllTimersAsync();
    expect(rows()).toEqual([0]);
  });
});
