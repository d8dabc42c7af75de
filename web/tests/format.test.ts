import { describe, expect, it } from "vitest";
import { formatFloat, formatValue, hasMilliseconds, NULL_TEXT } from "../grid/format.js";

const plain = { milliseconds: false };

describe("formatValue", () => {
  it("writes null as a dash in every type", () => {
    for (const type of ["string", "float", "date", "boolean"] as const) {
      expect(formatValue(null, type, plain)).toBe(NULL_TEXT);
    }
  });

  it("groups the digits of numbers", () => {
    const thousand = new Intl.NumberFormat().format(1234567);
    expect(formatValue(1234567, "integer", plain)).toBe(thousand);
    expect(formatValue(-0.5, "float", plain)).toBe(
      new Intl.NumberFormat(undefined, { minimumFractionDigits: 2 }).format(-0.5),
    );
  });

  it("does not show a small number as zero", () => {
    expect(Number(formatFloat(0.000123).replace(",", "."))).toBeCloseTo(0.000123);
    expect(formatFloat(0)).toMatch(/^0[.,]00$/);
  });

  it("says what is no number", () => {
    expect([formatFloat(Number.NaN), formatFloat(1 / 0), formatFloat(-1 / 0)]).toEqual([
      "NaN",
      "∞",
      "−∞",
    ]);
  });

  it("writes dates by the calendar, without a zone", () => {
    expect(formatValue(Date.UTC(2026, 0, 31), "date", plain)).toBe("2026-01-31");
  });

  it("writes datetimes in local time, milliseconds where asked", () => {
    const local = new Date(2026, 0, 31, 9, 5, 7, 42).getTime();
    expect(formatValue(local, "datetime", plain)).toBe("2026-01-31 09:05:07");
    expect(formatValue(local, "datetime", { milliseconds: true })).toBe("2026-01-31 09:05:07.042");
  });

  it("sees whether milliseconds matter", () => {
    expect(hasMilliseconds({ type: "datetime", values: Float64Array.of(1000, 2000) })).toBe(false);
    expect(hasMilliseconds({ type: "datetime", values: Float64Array.of(1000, 2001) })).toBe(true);
  });
});
