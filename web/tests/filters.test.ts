import { describe, expect, it } from "vitest";
import { operatorsFor, readOperand, takesOperand, writeOperand } from "../viewer/filters.js";

describe("readOperand", () => {
  it("has no operand while the input is empty", () => {
    expect(readOperand("  ", "float", ">")).toEqual({ value: null });
  });

  it("reads by the type of the column", () => {
    expect(readOperand("42", "integer", "==")).toEqual({ value: 42 });
    expect(readOperand("-1.5", "float", "<")).toEqual({ value: -1.5 });
    expect(readOperand("true", "boolean", "==")).toEqual({ value: true });
    expect(readOperand("2026-01-31", "date", ">=")).toEqual({ value: Date.UTC(2026, 0, 31) });
    expect(readOperand(" a b", "string", "==")).toEqual({ value: " a b" });
  });

  it("reads datetimes as local time", () => {
    const local = new Date(2026, 0, 31, 9, 30).getTime();
    expect(readOperand("2026-01-31 09:30", "datetime", ">")).toEqual({ value: local });
  });

  it("reads lists", () => {
    expect(readOperand("a, b", "string", "in")).toEqual({ value: ["a", "b"] });
    expect(readOperand("1, x", "integer", "in")).toHaveProperty("problem");
  });

  it("reads how long before now a time may be", () => {
    expect(operatorsFor("datetime")).toContain("within");
    expect(operatorsFor("integer")).not.toContain("within");
    expect(readOperand(" 15m ", "datetime", "within")).toEqual({ value: "15m" });
    expect(readOperand("1.5 h", "date", "within")).toEqual({ value: "1.5 h" });
    expect(readOperand("soon", "datetime", "within")).toHaveProperty("problem");
    expect(writeOperand(["15m"], "datetime")).toBe("15m");
  });

  it("says what would fit", () => {
    expect(readOperand("1.5", "integer", "==")).toHaveProperty("problem");
    expect(readOperand("abc", "float", "==")).toHaveProperty("problem");
    expect(readOperand("soon", "datetime", "==")).toHaveProperty("problem");
  });
});

describe("writeOperand", () => {
  it("writes what readOperand reads", () => {
    const cases: [string, string, string][] = [
      ["42", "integer", "=="],
      ["2026-01-31", "date", "=="],
      ["2026-01-31T09:30:05.250", "datetime", "=="],
      ["a, b", "string", "in"],
    ];
    for (const [text, type, operator] of cases) {
      const read = readOperand(text, type, operator);
      expect("value" in read && writeOperand(read.value, type)).toBe(text);
    }
  });
});

describe("operators", () => {
  it("fit the type, and tests for null take no operand", () => {
    expect(operatorsFor("string")).toContain("contains");
    expect(operatorsFor("float")).not.toContain("contains");
    expect(operatorsFor("boolean")).not.toContain(">");
    expect([takesOperand("is null"), takesOperand("==")]).toEqual([false, true]);
  });
});
