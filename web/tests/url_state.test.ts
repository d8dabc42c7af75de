import { describe, expect, it } from "vitest";
import { decodeState, differences, encodeState, partOf, withPart } from "../viewer/url_state.js";
import { defaultConfig } from "../viewer/viewer_config.js";

describe("the state in an address", () => {
  it("is what differs from the defaults", () => {
    const defaults = { ...defaultConfig(), group_by: ["a"] };
    expect(differences(defaults, defaults)).toEqual({});
    expect(encodeState({})).toBeUndefined();
    expect(differences({ ...defaults, group_by: [], theme: "dark" }, defaults)).toEqual({
      group_by: [],
      theme: "dark",
    });
  });

  it("survives whatever names hold", () => {
    const state = { columns: ["a&b=c", "#", "100 %", "größe", '"'], title: "x:y,z" };
    const text = encodeState(state) ?? "";
    expect(text).not.toMatch(/[&=#" ]/);
    expect(decodeState(text)).toEqual(state);
    expect(decodeState(new URL(`http://a/#${text}`).hash.slice(1))).toEqual(state);
  });

  it("is nothing where it cannot be read", () => {
    for (const text of ["", "{", "%", "[1]", "null", "7"])
      expect(decodeState(text)).toBeUndefined();
  });

  it("leaves the parts of others as they are", () => {
    expect(withPart("", "a", "1")).toBe("a=1");
    expect(withPart("#top", "a", "1")).toBe("top&a=1");
    expect(withPart("#a=1&b=2", "a", "3")).toBe("a=3&b=2");
    expect(withPart("?x=%20y&a=1&b=2", "a", undefined)).toBe("x=%20y&b=2");
    expect(withPart("#b=2", "a", undefined)).toBe("b=2");
    expect(partOf("#aa=1&a=2", "a")).toBe("2");
    expect(partOf("#a", "a")).toBeUndefined();
  });
});
