import { describe, expect, it } from "vitest";
import { Backoff } from "../worker/relay/backoff.js";

describe("Backoff", () => {
  it("doubles from 250 ms to 5 s and starts over after a success", () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 7 }, () => backoff.next());
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });

  it("waits at least half as long, whatever chance says", () => {
    const backoff = new Backoff(() => 0);
    expect([backoff.next(), backoff.next()]).toEqual([125, 250]);
  });
});
