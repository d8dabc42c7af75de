import { describe, expect, it } from "vitest";
import { advance } from "../worker/relay/position.js";

describe("advance", () => {
  const token = { type: "kafka", cluster: "c", topics: { t: { "0": 10, "1": 20 } } };

  it("takes the end of each range and leaves other partitions", () => {
    const position = { type: "kafka", cluster: "c", topics: { t: { "1": [20, 25] } } };
    expect(advance(token, position)).toEqual({
      type: "kafka",
      cluster: "c",
      topics: { t: { "0": 10, "1": 25 } },
    });
  });

  it("adds partitions and topics that are new", () => {
    const position = {
      type: "kafka",
      cluster: "c",
      topics: { t: { "2": [0, 3] }, u: { "0": [5, 6] } },
    };
    expect(advance(token, position)).toMatchObject({
      topics: { t: { "0": 10, "1": 20, "2": 3 }, u: { "0": 6 } },
    });
  });

  it("does not change the token that it was given", () => {
    const before = structuredClone(token);
    advance(token, { topics: { t: { "0": [10, 99] } } });
    expect(token).toEqual(before);
  });

  it("stays where a frame has no position", () => {
    expect(advance(token, undefined)).toBe(token);
  });
});
