import { describe, expect, it } from "vitest";
import { helpFor, pieces, sayIn, setWords, WORDS, type WordKey, wordFor } from "../viewer/words.js";
import german from "../words/de.js";

describe("words", () => {
  it("are those of the language, then of the wider one, then the plain ones", () => {
    setWords({ "zone.sort": "Reihenfolge", "zone.filter": "Filtern" }, "de");
    setWords({ "zone.sort": "Sortierig" }, "de-CH");
    const say = sayIn("de-CH-1996");
    expect([say("zone.sort"), say("zone.filter"), say("zone.columns")]).toEqual([
      "Sortierig",
      "Filtern",
      "Columns",
    ]);
    expect(sayIn("DE")("zone.sort")).toBe("Reihenfolge");
    expect(sayIn("den")("zone.sort")).toBe("Sort");
    expect(sayIn(undefined)("zone.sort")).toBe("Sort");
  });

  it("hold values, which are text alone", () => {
    expect(sayIn("en")("settings.add.label", { zone: "{zone} $1" })).toBe("Add to {zone} $1");
    expect(sayIn("en")("settings.add.label")).toBe("Add to {zone}");
  });

  it("take the place of the plain ones where no language is named", () => {
    setWords({ "export.text": "Save" });
    expect(sayIn("fr")("export.text")).toBe("Save");
    setWords({ "export.text": WORDS["export.text"] });
  });

  it("are all there in German, with the values that they hold", () => {
    const held = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of Object.keys(WORDS) as WordKey[]) {
      expect(german[key].trim(), key).not.toBe("");
      expect(held(german[key]), key).toEqual(held(WORDS[key]));
    }
    expect(Object.keys(german).sort()).toEqual(Object.keys(WORDS).sort());
  });

  it("stand for names of configs, where there are any", () => {
    const say = sayIn(undefined);
    expect(wordFor(say, "operator", "is null")).toBe("is null");
    expect(wordFor(say, "operator", "==")).toBe("==");
    setWords({ "function.round": "Rundet." }, "xx");
    expect(helpFor(sayIn("xx"), "round", "Rounds.")).toBe("Rundet.");
    expect(helpFor(sayIn("xx"), "floor", "Floors.")).toBe("Floors.");
  });

  it("come in pieces where a value is more than text", () => {
    const code = {};
    expect(pieces("Set {src}, or {feed}.", { src: code, et: code })).toEqual([
      "Set ",
      code,
      ", or ",
      "{feed}",
      ".",
    ]);
  });

  it("have a key each, and no empty words", () => {
    for (const key of Object.keys(WORDS) as WordKey[]) expect(WORDS[key].trim()).toBe(WORDS[key]);
  });
});
