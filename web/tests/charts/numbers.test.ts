import { expect, test } from "vitest";
import { cumulated, shares } from "../../charts/data/stack.js";
import {
  binsFor,
  countInBins,
  fiveNumbers,
  quantile,
  roundStep,
} from "../../charts/data/statistics.js";
import { tiles } from "../../charts/option/tiles.js";
import { timeTicks } from "../../charts/option/time_ticks.js";
import { readChartOptions } from "../../charts/options.js";
import { contrast, mixed } from "../../charts/theme.js";
import { pluginNamed } from "../../viewer/plugins.js";

test("stacks add up, absent values add nothing", () => {
  const stack = [Float64Array.of(1, Number.NaN), Float64Array.of(2, 3)];
  expect(cumulated(stack).map((each) => [...each])).toEqual([
    [1, 0],
    [3, 3],
  ]);
  expect(shares([Float64Array.of(1, 0), Float64Array.of(-3, 0)]).map((each) => each[0])).toEqual([
    25, -75,
  ]);
  expect(shares([Float64Array.of(0)])[0]?.[0]).toBeNaN();
});

test("quartiles, and what lies far out", () => {
  const box = fiveNumbers(Float64Array.of(1, 2, 3, 4, 100, Number.NaN));
  expect(box).toEqual({ low: 1, q1: 2, median: 3, q3: 4, high: 4, outliers: [100] });
  expect(quantile(Float64Array.of(1, 2), 0.5)).toBe(1.5);
  expect(fiveNumbers(Float64Array.of(Number.NaN))).toBeUndefined();
});

test("bins have round widths and hold all values", () => {
  const values = Float64Array.from({ length: 1_000 }, (_, at) => (at % 97) / 3);
  const bins = binsFor(values, undefined);
  if (!bins) throw new Error("no bins");
  expect(countInBins(values, bins).reduce((sum, each) => sum + each, 0)).toBe(1_000);
  expect(binsFor(Float64Array.of(5, 5), undefined)).toEqual({ start: 4.5, width: 1, count: 1 });
  expect(binsFor(Float64Array.of(Number.POSITIVE_INFINITY), undefined)).toBeUndefined();
  expect([0.7, 1, 2.2, 30, 0.013].map(roundStep)).toEqual([1, 1, 2.5, 50, 0.02]);
});

test("ticks of time say no more than their distance needs", () => {
  const at = Date.UTC(2026, 0, 31, 23, 50);
  const hour = 3_600_000;
  expect(timeTicks([at, at + hour], 60_000, true)).toEqual([
    "23:50\n2026-01-31",
    "00:50\n2026-02-01",
  ]);
  expect(timeTicks([at], 250, true)).toEqual(["23:50:00.000\n2026-01-31"]);
  expect(timeTicks([at, at + 24 * hour], 24 * hour, true)).toEqual(["01-31\n2026", "02-01"]);
  expect(timeTicks([at], 31 * 24 * hour, true)).toEqual(["2026-01"]);
});

test("tiles fill the space without overlap", () => {
  for (const count of [1, 2, 3, 5, 12]) {
    const boxes = tiles(count, 900, 500);
    expect(boxes.length).toBe(count);
    for (const { x, y, width, height } of boxes) {
      expect(x + width).toBeLessThanOrEqual(900.001);
      expect(y + height).toBeLessThanOrEqual(500.001);
    }
    expect(new Set(boxes.map(({ x, y }) => `${x},${y}`)).size).toBe(count);
  }
});

test("colours are read in the forms that browsers compute", () => {
  expect(mixed("rgb(0, 0, 0)", "rgb(255 255 255 / 50%)", 0.5)).toBe("rgb(128, 128, 128)");
  expect(mixed("color(srgb 1 0 0)", "rgb(0, 0, 0)", 0)).toBe("rgb(255, 0, 0)");
  expect(contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)")).toBe(21);
});

test("what a config says of another plugin is passed over", () => {
  const options = readChartOptions({
    stack: "yes",
    legend: { left: "1px" },
    thresholds: [{ value: 3, label: "three" }, { value: "x" }, null],
    annotations: [{ x: "2026-01-01", label: "new year", color: `"><script>` }, {}],
    bins: -2,
  });
  expect(options.stack).toBeUndefined();
  expect(options.legend).toBe("auto");
  expect(options.thresholds).toEqual([{ value: 3, label: "three", color: undefined }]);
  expect(options.annotations).toEqual([
    { x: "2026-01-01", x2: undefined, label: "new year", color: undefined },
  ]);
  expect(options.bins).toBeUndefined();
});

test("charts are known by the names of other versions", () => {
  const names: Record<string, string> = {
    d3_y_bar: "Y Bar",
    d3_x_bar: "X Bar",
    d3_y_line: "Y Line",
    d3_y_area: "Y Area",
    d3_y_scatter: "Y Scatter",
    d3_xy_scatter: "X/Y Scatter",
    d3_treemap: "Treemap",
    d3_sunburst: "Sunburst",
    d3_heatmap: "Heatmap",
    d3_candlestick: "Candlestick",
    d3_ohlc: "OHLC",
    vertical: "Y Bar",
    horizontal: "X Bar",
    line: "Y Line",
    area: "Y Area",
    xy_line: "X/Y Line",
    "X/Y Scatter": "X/Y Scatter",
    "y area": "Y Area",
    hypergrid: "Datagrid",
    Datagrid: "Datagrid",
    "Big Number": "Big Number",
  };
  for (const [name, plugin] of Object.entries(names)) expect(pluginNamed(name), name).toBe(plugin);
  for (const name of ["constructor", "", "d3_", "Map Scatter"])
    expect(pluginNamed(name)).toBeUndefined();
});
