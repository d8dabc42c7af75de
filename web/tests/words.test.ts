import { describe, expect, it } from "vitest";
import { sayIn, setWords, WORDS, type WordKey } from "../viewer/words.js";

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

  it("have a key each, and no empty words", () => {
    for (const key of Object.keys(WORDS) as WordKey[]) expect(WORDS[key].trim()).toBe(WORDS[key]);
  });
});
