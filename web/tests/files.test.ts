import { describe, expect, it } from "vitest";
import { fileFormat } from "../demo/files.js";

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("fileFormat", () => {
  it.each([
    ["ARROW1\u0000\u0000", "arrow"],
    ["\u00ff\u00ff\u00ff\u00ff\u0010", "arrow"],
    ["a,b\n1,2\n", "csv"],
    ['  [{"a": 1}]', "json"],
    ['{"a": 1}\n{"a": 2}\n', "ndjson"],
    ['{"a": 1}', "ndjson"],
    ['{"a": [1, 2]}', "columns"],
    ['{\n  "a": [1, 2]\n}', "columns"],
    ['"quoted ""name""",b\n1,2', "csv"],
  ])("%j is %s", (text, format) => {
    expect(fileFormat(bytes(text), "file")).toBe(format);
  });

  it.each([
    ["PAR1....", /data\.x is a Parquet file/],
    ["PK\u0003\u0004....", /ZIP/],
    ["", /empty/],
    ["  \n", /empty/],
    ["a\u0000b", /not text/],
  ])("%j is refused", (text, why) => {
    expect(() => fileFormat(bytes(text), "data.x")).toThrow(why);
  });
});
