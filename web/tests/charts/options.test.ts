import { expect, test } from "vitest";
import { buildModel } from "../../charts/data/build.js";
import { init } from "../../charts/echarts_parts.js";
import { KINDS } from "../../charts/kinds.js";
import { buildOption } from "../../charts/option/build.js";
import type { ChartTheme } from "../../charts/theme.js";
import { context, floats, texts, times } from "./window.js";

const theme = new Proxy(
  { key: "k", font: "sans-serif", palette: Array(10).fill("rgb(9, 99, 200)") },
  {
    get: (target, name) => Reflect.get(target, name) ?? "rgb(80, 80, 80)",
  },
) as unknown as ChartTheme;

const EVIL = "<script>alert(1)</script>";
const NUMBERS = {
  a: floats(4, 1, 3),
  b: floats(5, 2, 4),
  c: floats(6, 3, 5),
  d: floats(3, 0.5, 2),
};

/** The chart as SVG text, as an export makes it. */
function drawn(name: keyof typeof KINDS, parts: ReturnType<typeof context>): string {
  const model = buildModel(KINDS[name], parts);
  expect(model.family, name).not.toBe("nothing");
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 600, height: 400 });
  try {
    const { options, say } = parts;
    chart.setOption(
      buildOption({ model, options, theme, say, language: undefined, width: 600, height: 400 }),
    );
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

test("each kind is drawn, and text of the data stays text", () => {
  const groups = { depth: [1, 1, 1], levels: [texts(EVIL, "tea", "salt")] };
  for (const name of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const svg = drawn(name, context({ columns: NUMBERS, groups }));
    expect(svg, name).toMatch(/<path|<text/);
    expect(svg, name).not.toContain("<script");
  }
});

test("times, thresholds and annotations are drawn", () => {
  const groups = { depth: [1, 1, 1], levels: [times(0, 60_000, 120_000)] };
  const options = {
    thresholds: [{ value: 2, label: "too much", color: "red" }],
    annotations: [
      { x: 60_000, label: "start" },
      { x: 0, x2: 60_000, label: "night" },
    ],
  };
  for (const name of ["Y Line", "Y Area", "Y Bar"] as const) {
    const svg = drawn(name, context({ columns: NUMBERS, groups, options, now: 130_000 }));
    for (const label of ["too much", "start", "night"]) expect(svg, name).toContain(label);
  }
});
