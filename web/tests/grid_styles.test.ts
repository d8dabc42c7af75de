import { describe, expect, it } from "vitest";
import { type Cell, lookOf, safeAddress, seriesColor } from "../grid/cell_look.js";
import { ColumnNumbers } from "../grid/column_numbers.js";
import { appliedRule, NO_STYLE, readColumnStyle } from "../grid/column_style.js";
import { cut, Formatters } from "../grid/formatters.js";
import { groundDeclarations, textDeclarations } from "../grid/look_sheet.js";
import { linePoints, listNumbers } from "../grid/sparkline.js";
import { sayPlain } from "../viewer/words.js";

describe("columns_config", () => {
  it("is read as far as it can be", () => {
    expect(readColumnStyle(undefined)).toBe(NO_STYLE);
    const style = readColumnStyle({
      number_fg_mode: "bar",
      number_bg_mode: "sparkles",
      fg_gradient: 12,
      pos_fg_color: "#0a0",
      neg_fg_color: "url(http://elsewhere)",
      string_color_mode: "series",
      format: "blink",
      fixed: 3,
      rules: [{ when: [">", 1], bold: true }, { when: ["~", 1] }, "no rule"],
    });
    expect(style).toMatchObject({
      foreground: "bar",
      background: "disabled",
      barEnd: 12,
      positiveColor: "#0a0",
      negativeColor: undefined,
      colorMode: "series",
      format: "none",
      numberFormat: { minimumFractionDigits: 3, maximumFractionDigits: 3 },
    });
    expect(style.rules).toHaveLength(1);
  });

  it("leaves out what is disabled of a date", () => {
    const { dateFormat } = readColumnStyle({
      timeZone: "UTC",
      date_format: { format: "custom", hour: "disabled", year: "numeric" },
    });
    expect(dateFormat).toEqual({ timeZone: "UTC", year: "numeric" });
  });

  it("has rules of which each sets what the ones before left open", () => {
    const { rules } = readColumnStyle({
      rules: [
        { when: [">=", 10], color: "red" },
        { when: ["between", [5, 20]], color: "blue", background: "black" },
        { when: ["in", [12]], bold: true },
      ],
    });
    expect(appliedRule(rules, 12)).toEqual({ color: "red", background: "black", bold: true });
    expect(appliedRule(rules, 6)?.color).toBe("blue");
    expect(appliedRule(rules, 4)).toBeUndefined();
    expect(appliedRule(rules, null)).toBeUndefined();
    expect(appliedRule(rules, "12")).toBeUndefined();
  });
});

describe("Formatters", () => {
  it("write numbers and times in their language", () => {
    const formatters = new Formatters(
      {
        price: { number_format: { style: "currency", currency: "EUR" } },
        at: { date_format: { timeZone: "Asia/Tokyo" } },
        bad: { number_format: { style: "currency" } },
      },
      "de",
      sayPlain,
    );
    const price = formatters.format("price", "float", false);
    expect(price(1234.5)).toBe("1.234,50\u00a0€");
    expect(price(null)).toBe("–");
    expect(price(Number.NaN)).toBe("NaN");
    expect(formatters.format("at", "datetime", true)(1)).toBe("1970-01-01 09:00:00.001");
    expect(formatters.format("bad", "float", false)(1.5)).toBe("1,50");
    expect(new Formatters({}, "no such language", sayPlain).format("x", "integer", false)(1)).toBe(
      "1",
    );
  });

  it("cut what is too long for a screen", () => {
    expect(cut("short")).toBe("short");
    expect(cut("x".repeat(1_000))).toHaveLength(301);
  });
});

describe("cells", () => {
  it("lead to pages and mail only", () => {
    expect(safeAddress(" https://example.org ")).toBe("https://example.org/");
    expect(safeAddress("mailto:a@example.org")).toBe("mailto:a@example.org");
    for (const text of ["javascript:alert(1)", "JaVaScRiPt:1", "data:text/html,x", "x", ""]) {
      expect(safeAddress(text)).toBe("");
    }
    expect(safeAddress("mailto:a@example.org", true)).toBe("");
  });

  it("have the same colour for the same text", () => {
    expect(seriesColor("north")).toBe(seriesColor("north"));
    expect(seriesColor("north")).not.toBe(seriesColor("south"));
  });

  it("are lines of the numbers in a list", () => {
    expect(listNumbers("[1, null, 2.5]")).toEqual([1, 2.5]);
    expect(listNumbers("3;4")).toEqual([3, 4]);
    for (const text of ["", "[]", "a, b", "[1, [2]]", "1,,2"])
      expect(listNumbers(text)).toEqual([]);
    expect(linePoints([5])).toBe("1,8");
    expect(linePoints([0, 10])).toBe("1,14 71,2");
  });

  it("know the greatest number of their level and what they were", () => {
    const numbers = new ColumnNumbers();
    for (const value of [3, -7, Number.NaN, null, "x"]) numbers.see("a", 1, value);
    numbers.see("a", 0, 100);
    expect(numbers.greatest("a", 1)).toBe(7);
    expect(numbers.greatest("b", 1)).toBe(0);
    numbers.recent("a", "row", 1);
    numbers.recent("a", "row", 1);
    expect(numbers.recent("a", "row", 2)).toEqual([1, 2]);
  });
});

describe("looks", () => {
  const number = (value: number): Cell => ({
    value,
    text: String(value),
    full: String(value),
    isNumber: true,
    greatest: 200,
    recent: [],
  });
  const look = (value: number, style: Record<string, unknown>) =>
    lookOf(number(value), readColumnStyle(style));

  it("are shared by numbers that one cannot tell apart", () => {
    const ground = (value: number, style: Record<string, unknown>) =>
      groundDeclarations(look(value, style));
    const bar = { number_fg_mode: "bar" };
    expect(ground(100, bar)).toBe(ground(100.4, bar));
    expect(ground(100, bar)).not.toBe(ground(102, bar));
    const gradient = { number_bg_mode: "gradient" };
    expect(ground(100, gradient)).toBe(ground(101, gradient));
    expect(ground(0.1, gradient)).toBe("");
  });

  it("are no more than the cell needs", () => {
    const plain = look(5, {});
    expect(textDeclarations(plain)).toBe("");
    expect(groundDeclarations(plain)).toBe("");
    const loud = look(5, { rules: [{ when: [">", 1], color: "red", background: "#ff0" }] });
    expect(textDeclarations(loud)).toBe("color: red;");
    expect(groundDeclarations(loud)).toBe("background-color: #ff0;");
    expect(textDeclarations(look(5, { number_fg_mode: "bar" }))).toBe("color: transparent;");
  });
});
