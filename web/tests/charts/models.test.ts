import { describe, expect, test } from "vitest";
import { buildModel } from "../../charts/data/build.js";
import type { ChartModel } from "../../charts/data/model.js";
import { KINDS } from "../../charts/kinds.js";
import { context, floats, texts, times } from "./window.js";

/** The model, which must be of the family. */
function model<F extends ChartModel["family"]>(
  made: ChartModel,
  family: F,
): Extract<ChartModel, { family: F }> {
  expect(made.family).toBe(family);
  return made as Extract<ChartModel, { family: F }>;
}

const TREE = {
  depth: [0, 1, 2, 2, 1, 2],
  levels: [
    texts(null, "north", "north", "north", "south", "south"),
    texts(null, null, "tea", "salt", null, "tea"),
  ],
};

describe("series", () => {
  test("only innermost rows become places, with the names of all levels", () => {
    const parts = context({ columns: { sold: floats(8, 5, 4, 1, 3, 3) }, groups: TREE });
    const made = model(buildModel(KINDS["Y Bar"], parts), "series");
    expect(made.axis).toEqual({
      kind: "category",
      title: "group 1 / group 2",
      levels: [
        ["north", "north", "south"],
        ["tea", "salt", "tea"],
      ],
    });
    expect([...(made.series[0]?.values ?? [])]).toEqual([4, 1, 3]);
    expect(made.lists[0]?.title(1)).toBe("north / salt");
    expect(made.lists[0]?.row(1)).toBe(3);
  });

  test("a group that is closed stands for what is in it", () => {
    const parts = context({
      columns: { sold: floats(8, 5, 3, 3) },
      groups: {
        depth: [0, 1, 1, 2],
        levels: [texts(null, "north", "south", "south"), texts(null, null, null, "tea")],
      },
    });
    parts.window.row_path?.state.set([2, 1, 2, 0]);
    const made = model(buildModel(KINDS["Y Bar"], parts), "series");
    expect([...(made.series[0]?.values ?? [])]).toEqual([5, 3]);
    expect(made.lists[0]?.title(0)).toBe("north");
  });

  test("where all groups of a level are closed, the axis has no levels below", () => {
    const closed = {
      depth: [0, 1, 1],
      levels: [texts(null, "north", ""), texts(null, null, null)],
    };
    const parts = context({ columns: { sold: floats(8, 5, 3) }, groups: closed });
    parts.window.row_path?.state.set([2, 1, 1]);
    const made = model(buildModel(KINDS["Y Bar"], parts), "series");
    expect(made.axis).toEqual({
      kind: "category",
      title: "group 1",
      levels: [["north", "(empty)"]],
    });

    const times_ = { depth: [0, 1, 1], levels: [times(0, 1_000, 2_000), texts(null, null, null)] };
    const timed = context({ columns: { sold: floats(8, 5, 3) }, groups: times_ });
    timed.window.row_path?.state.set([2, 1, 1]);
    const line = model(buildModel(KINDS["Y Line"], timed), "series");
    if (line.axis.kind === "category") throw new Error("categories");
    expect([line.axis.title, ...line.axis.values]).toEqual(["group 1", 1_000, 2_000]);
  });

  test("one level of times is a continuous axis, in the order of time", () => {
    const groups = { depth: [1, 1, 1], levels: [times(3_000, 1_000, 2_000)] };
    const parts = context({ columns: { sold: floats(30, 10, 20) }, groups });
    const made = model(buildModel(KINDS["Y Line"], parts), "series");
    if (made.axis.kind === "category") throw new Error("categories");
    expect([made.axis.kind, ...made.axis.values]).toEqual(["time", 1_000, 2_000, 3_000]);
    expect([...(made.series[0]?.values ?? [])]).toEqual([10, 20, 30]);
    expect(made.lists[0]?.row(0)).toBe(1);
  });

  test("split groups are series, their outer columns are not shown twice", () => {
    const columns = { sold: floats(9), "buy|sold": floats(4), "sell|sold": floats(null) };
    const groups = { depth: [1], levels: [texts("tea")] };
    const parts = context({ columns, groups, shape: { split_by: ["side"] } });
    const made = model(buildModel(KINDS["Y Bar"], parts), "series");
    expect(made.series.map(({ name, stack }) => [name, stack])).toEqual([
      ["buy", "sold"],
      ["sell", "sold"],
    ]);
    expect(made.lists[1]?.lines(0)).toEqual([]);
  });

  test("a split group may have the separator in its name", () => {
    const columns = { "a|b|sold": floats(1), "c|sold": floats(2) };
    const parts = context({
      columns,
      groups: { depth: [1], levels: [texts("tea")] },
      shape: { split_by: ["kind"] },
    });
    const made = model(buildModel(KINDS["Y Bar"], parts), "series");
    expect(made.series.map(({ name }) => name)).toEqual(["a|b", "c"]);
  });

  test("the bucket that now falls into is open, the others are not", () => {
    const groups = { depth: [1, 1, 1], levels: [times(0, 60_000, 120_000)] };
    const open = (now: number, options = {}) => {
      const parts = context({ columns: { sold: floats(1, 2, 3) }, groups, now, options });
      return model(buildModel(KINDS["Y Line"], parts), "series").open;
    };
    expect(open(150_000)).toBe(2);
    expect(open(180_000)).toBe(-1);
    expect(open(150_000, { open_bucket: false })).toBe(-1);
  });

  test("expanded series are shares of what is not hidden", () => {
    const columns = { "a|n": floats(1, 0), "b|n": floats(3, 0), "c|n": floats(4, 1) };
    const groups = { depth: [1, 1], levels: [texts("x", "y")] };
    const made = (hidden: string[]) =>
      model(
        buildModel(
          KINDS["Y Area"],
          context({
            columns,
            groups,
            hidden,
            shape: { split_by: ["s"] },
            options: { expand: true },
          }),
        ),
        "series",
      );
    expect(made([]).series.map(({ values }) => values[0])).toEqual([12.5, 37.5, 50]);
    expect(made(["c|n"]).series.map(({ values }) => values[0])).toEqual([25, 75]);
    expect(made(["c|n"]).series.map(({ color }) => color)).toEqual([0, 1]);
    expect(made([]).lists[0]?.lines(0)[0]?.value).toBe("1.00 (12.5 %)");
  });

  test("a column goes by the axis at the right where it is said to", () => {
    const columns = { price: floats(1), volume: floats(1_000) };
    const shape = { columns_config: { volume: { y_axis: "right" } } };
    const made = model(buildModel(KINDS["Y Line"], context({ columns, shape })), "series");
    expect(made.series.map(({ right }) => right)).toEqual([false, true]);
  });
});

describe("points", () => {
  test("roles are taken from the order of columns, free ones left out", () => {
    const columns = {
      x: floats(1, 2),
      y: floats(3, 4),
      z: floats(5, 6),
      name: texts("<b>a</b>", "b"),
    };
    const shape = { columns: ["x", "y", null, "z", "name"] };
    const made = model(buildModel(KINDS["X/Y Scatter"], context({ columns, shape })), "points");
    const [series] = made.series;
    expect([...(series?.xs ?? [])]).toEqual([1, 2]);
    expect([...(series?.ys ?? [])]).toEqual([3, 4]);
    expect([...(series?.sizes ?? [])]).toEqual([5, 6]);
    expect(series?.labels).toEqual(["<b>a</b>", "b"]);
    expect(made.shadeRange).toBeUndefined();
    expect(made.sizeRange).toEqual([5, 6]);
  });

  test("texts choose a colour each, numbers a shade", () => {
    const columns = { x: floats(1, 2, 3), y: floats(3, 4, 5), kind: texts("b", "a", "b") };
    const byText = model(buildModel(KINDS["X/Y Scatter"], context({ columns })), "points");
    expect(byText.series.map(({ name, xs }) => [name, ...xs])).toEqual([
      ["a", 2],
      ["b", 1, 3],
    ]);
    const shaded = { ...columns, kind: floats(7, 8, 9) };
    const byNumber = model(
      buildModel(KINDS["X/Y Scatter"], context({ columns: shaded })),
      "points",
    );
    expect(byNumber.shadeRange).toEqual([7, 9]);
  });
});

test("a pie's slices are groups, or the columns of one row; nothing negative", () => {
  const groups = { depth: [0, 1, 1, 1], levels: [texts(null, "a", "b", "c")] };
  const pie = model(
    buildModel(KINDS.Pie, context({ columns: { n: floats(2, 3, -1, 1) }, groups })),
    "parts",
  );
  expect(pie.pies[0]?.slices.map(({ name, value }) => [name, value])).toEqual([
    ["a", 3],
    ["c", 1],
  ]);
  expect(pie.lists[0]?.lines(0)[0]?.value).toBe("3.00 (75 %)");
  const total = { depth: [0], levels: [] };
  const columns = { "buy|n": floats(1), "sell|n": floats(2) };
  const split = context({ columns, groups: total, shape: { split_by: ["side"] } });
  const ofColumns = model(buildModel(KINDS.Donut, split), "parts");
  expect(ofColumns.pies[0]?.slices.map(({ name }) => name)).toEqual(["buy", "sell"]);
});

test("a slice keeps its colour when another order brings it elsewhere", () => {
  const pie = (...rows: [string, number][]) => {
    const groups = { depth: rows.map(() => 1), levels: [texts(...rows.map(([name]) => name))] };
    return context({ columns: { n: floats(...rows.map(([, value]) => value)) }, groups });
  };
  const before = pie(["a", 3], ["b", 2]);
  const after = { ...pie(["b", 4], ["c", 3], ["a", 2]), colors: before.colors };
  const colors = [before, after].map((parts) =>
    model(buildModel(KINDS.Pie, parts), "parts").pies[0]?.slices.map(({ name, color }) => [
      name,
      color,
    ]),
  );
  expect(colors).toEqual([
    [
      ["a", 0],
      ["b", 1],
    ],
    [
      ["b", 1],
      ["c", 2],
      ["a", 0],
    ],
  ]);
});

test("a treemap has a node a group, sized by what is in it", () => {
  const parts = context({
    columns: { sold: floats(8, 5, 4, 1, 3, 3), gain: floats(0, 0, 2, -2, 0, 1) },
    groups: TREE,
  });
  const made = model(buildModel(KINDS.Treemap, parts), "tree");
  expect(made.roots.map(({ name, value, children }) => [name, value, children.length])).toEqual([
    ["north", 5, 2],
    ["south", 3, 1],
  ]);
  expect(made.roots[0]?.children[1]?.shade).toBe(-2);
  expect(made.shadeRange).toEqual([-2, 2]);
});

test("a heatmap has a cell for each value that there is", () => {
  const groups = { depth: [0, 1, 1], levels: [texts(null, "a", "b")] };
  const columns = { "buy|n": floats(3, 1, 2), "sell|n": floats(9, null, 4) };
  const parts = context({ columns, groups, shape: { split_by: ["side"] } });
  const made = model(buildModel(KINDS.Heatmap, parts), "cells");
  expect(made.cells).toEqual([
    [0, 0, 1],
    [1, 0, 2],
    [1, 1, 4],
  ]);
  expect(made.range).toEqual([1, 4]);
  expect(made.lists[1]?.title(0)).toBe("b");
});

test("prices are open, close, low, high of each group", () => {
  const groups = { depth: [1], levels: [times(0)] };
  const columns = { o: floats(1), c: floats(2), h: floats(3), l: floats(0.5) };
  const made = model(buildModel(KINDS.Candlestick, context({ columns, groups })), "ranges");
  expect(made.series[0]?.values).toEqual([[1, 2, 0.5, 3]]);
});

test("boxes are of the rows in an outer group, or given as five columns", () => {
  const groups = {
    depth: [1, 2, 2, 2],
    levels: [texts("a", "a", "a", "a"), texts(null, "x", "y", "z")],
  };
  const made = model(
    buildModel(KINDS["Box Plot"], context({ columns: { n: floats(6, 1, 2, 3) }, groups })),
    "ranges",
  );
  expect(made.series[0]?.values).toEqual([[1, 1.5, 2, 2.5, 3]]);
  const five = { a: floats(1), b: floats(2), c: floats(3), d: floats(4), e: floats(5) };
  const given = context({ columns: five, groups: { depth: [1], levels: [texts("x")] } });
  expect(model(buildModel(KINDS["Box Plot"], given), "ranges").series[0]?.values).toEqual([
    [1, 2, 3, 4, 5],
  ]);
});

test("a figure is the total, with the way there and the last change", () => {
  const groups = { depth: [0, 1, 1], levels: [times(0, 1_000, 2_000)] };
  const made = model(
    buildModel(KINDS["Big Number"], context({ columns: { n: floats(30, 10, 20) }, groups })),
    "figures",
  );
  const [figure] = made.figures;
  expect([figure?.value, figure?.change, ...(figure?.trend ?? [])]).toEqual([30, 1, 10, 20]);
});

test("a histogram counts each value once, a density sums up to one", () => {
  const values = Array.from({ length: 500 }, (_, at) => Math.sin(at) * 10);
  const parts = context({ columns: { n: floats(...values) } });
  const bins = model(buildModel(KINDS.Histogram, parts), "series");
  expect(bins.series[0]?.values.reduce((sum, each) => sum + each, 0)).toBe(500);
  const curve = model(buildModel(KINDS.Density, parts), "series");
  if (curve.axis.kind === "category") throw new Error("categories");
  const step = (curve.axis.values[1] ?? 0) - (curve.axis.values[0] ?? 0);
  const area = (curve.series[0]?.values ?? new Float64Array()).reduce(
    (sum, each) => sum + each * step,
    0,
  );
  expect(area).toBeCloseTo(1, 2);
});

test("a chart that has nothing to show says what it needs", () => {
  const words = (name: keyof typeof KINDS, parts = context({ columns: { name: texts("a") } })) =>
    model(buildModel(KINDS[name], parts), "nothing").words;
  expect(words("X/Y Scatter")).toMatch(/needs two numeric columns/);
  expect(words("Treemap")).toMatch(/needs a group by/);
  expect(words("Candlestick")).toMatch(/open, close, high, low/);
  expect(words("Y Line")).toMatch(/needs a numeric column/);
  for (const name of Object.keys(KINDS) as (keyof typeof KINDS)[]) expect(words(name)).not.toBe("");
  const empty = context({ columns: { n: floats() } });
  expect(words("Y Line", empty)).toMatch(/no rows/);
});
