import { describe, expect, it } from "vitest";
import { MillraceError } from "../client/errors.js";
import { errorWords } from "../viewer/error_words.js";

describe("errorWords", () => {
  it("leaves out of the message what the other fields say", () => {
    const error = new MillraceError({
      kind: "unknown_column",
      message: 'columns[0]: unknown column "zz" (expected one of: a, b)',
      where: "columns[0]",
      expected: "one of: a, b",
    });
    expect(errorWords(error)).toEqual({
      message: 'Unknown column "zz".',
      expected: "one of: a, b",
    });
  });

  it("finds what the client's own errors add to their message", () => {
    const error = new MillraceError({ kind: "x", message: "No table.", expected: "a table" });
    expect(error.message).toBe("No table (expected a table)");
    expect(new MillraceError(error.toFields()).message).toBe(error.message);
    expect(errorWords(error)).toEqual({ message: "No table.", expected: "a table" });
  });

  it("takes a plain message as it is", () => {
    const error = new MillraceError({ kind: "x", message: "The client was terminated." });
    expect(errorWords(error)).toEqual({
      message: "The client was terminated.",
      expected: undefined,
    });
  });
});
