import { describe, expect, it } from "vitest";
import { windowToTypedArrays } from "../client/typed_arrays.js";
import type { ViewWindow } from "../client/types.js";

const window: ViewWindow = {
  start_row: 0,
  end_row: 3,
  start_col: 0,
  end_col: 3,
  table_rows: 3,
  num_rows: 3,
  num_columns: 3,
  names: ["s", "f", "n"],
  columns: [
    { type: "string", codes: Int32Array.of(1, -1, 0), dictionary: ["a", "b"] },
    { type: "float", values: Float64Array.of(1.5, 0, -2), valid: Uint8Array.of(1, 0, 1) },
    { type: "integer", values: Float64Array.of(1, 2, 3) },
  ],
};

describe("typed arrays", () => {
  it("have nulls as bits and strings as places", () => {
    const [names, values, validities, dictionaries] = windowToTypedArrays(window, [], false);
    expect(names).toEqual(["s", "f", "n"]);
    expect(values).toEqual([
      Int32Array.of(1, 0, 0),
      Float64Array.of(1.5, 0, -2),
      Float64Array.of(1, 2, 3),
    ]);
    expect(validities).toEqual([Uint8Array.of(0b101), Uint8Array.of(0b101), null]);
    expect(dictionaries).toEqual([["a", "b"], null, null]);
  });

  it("are narrow where asked for", () => {
    const [, values] = windowToTypedArrays(window, [], true);
    expect(values[1]).toEqual(Float32Array.of(1.5, 0, -2));
    expect(values[2]).toBeInstanceOf(Float64Array);
  });

  it("begin with the keys of a grouped view", () => {
    const grouped: ViewWindow = {
      ...window,
      row_path: {
        depth: Uint8Array.of(0, 1, 1),
        state: Uint8Array.of(2, 0, 0),
        levels: [{ type: "string", codes: Int32Array.of(-1, 0, 1), dictionary: ["x", "y"] }],
      },
    };
    const [names, , validities] = windowToTypedArrays(grouped, ["t"], false);
    expect(names).toEqual(["t (Group by 1)", "s", "f", "n"]);
    expect(validities[0]).toEqual(Uint8Array.of(0b110));
  });
});
