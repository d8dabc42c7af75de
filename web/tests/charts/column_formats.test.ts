import { expect, test } from "vitest";
import { ColumnFormats } from "../../charts/column_formats.js";
import { buildModel } from "../../charts/data/build.js";
import { sideText } from "../../charts/data/series.js";
import { figureText, keyText, shortText, tickText, valueText } from "../../charts/format.js";
import { KINDS } from "../../charts/kinds.js";
import { sayPlain } from "../../viewer/words.js";
import { context, floats, times } from "./window.js";

const formats = new ColumnFormats(
  {
    price: { number_format: { style: "currency", currency: "EUR" } },
    share: { number_format: { style: "percent", maximumFractionDigits: 1 } },
    at: { date_format: { dateStyle: "short", timeStyle: "short", timeZone: "UTC" } },
    bad: { number_format: { style: "currency", currency: "no currency" } },
  },
  "en",
  sayPlain,
);

test("values are written by their column's style, as in the grid", () => {
  const price = formats.written("price", "float");
  expect(valueText(1234.5, price)).toBe("€1,234.50");
  expect(valueText(null, price)).toBe("–");
  expect(valueText(Number.NaN, price)).toBe("–");
  expect(valueText(0.123, formats.written("share", "float"))).toBe("12.3%");
  const noon = Date.UTC(2026, 0, 31, 12);
  expect(keyText(noon, formats.written("at", "datetime"))).toBe("1/31/26, 12:00 PM");
});

test("ticks and figures have the unit with no more digits than they need", () => {
  const price = formats.written("price", "float");
  expect([tickText(1_000, price), tickText(0.30000000000000004, price)]).toEqual(["€1K", "€0.3"]);
  expect(tickText(0.5, formats.written("share", "float"))).toBe("50%");
  expect(shortText(2_500_000, price)).toBe("€2.5M");
  expect([figureText(12.5, price), figureText(1_250_000, price)]).toEqual(["€12.50", "€1.25M"]);
});

test("without a style, or with one that cannot be, values are as their type's are", () => {
  expect(formats.written("other", "float")).toBe("float");
  expect(formats.written("price", "string")).toBe("string");
  expect(valueText(1.5, formats.written("bad", "float"))).toBe("1.50");
});

test("axes, tooltips and names of places take the style of their columns", () => {
  const { written } = formats;
  const groups = { depth: [1, 1], levels: [times(0, Date.UTC(2026, 0, 31))] };
  const shape = { group_by: ["at"] };
  const given = { ...context({ columns: { price: floats(10, 20) }, groups, shape }), written };
  const model = buildModel(KINDS["Y Line"], given);
  if (model.family !== "series") throw new Error(model.family);
  expect(sideText(model.series, false, false)(20)).toBe("€20");
  expect(model.lists[0]?.lines(1)[0]?.value).toBe("€20.00");
  expect(model.lists[0]?.title(1)).toBe("1/31/26, 12:00 AM");
  const pie = buildModel(KINDS.Pie, given);
  expect(pie.lists[0]?.lines(1)[0]?.value).toMatch(/^€20\.00 \(/);
  expect(pie.lists[0]?.title(1)).toBe("1/31/26, 12:00 AM");
  const figure = buildModel(KINDS["Big Number"], given);
  expect(figure.family === "figures" && figure.figures[0]?.text).toBe("€20.00");
});
