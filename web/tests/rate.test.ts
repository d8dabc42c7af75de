import { describe, expect, it } from "vitest";
import { Rate } from "../worker/relay/rate.js";

describe("Rate", () => {
  it("counts rows a second over what has passed, up to three seconds", () => {
    const rate = new Rate();
    for (let ms = 0; ms <= 1_000; ms += 100) rate.add(100, ms);
    expect(rate.at(1_000)).toBe(1_100);
    for (let ms = 1_100; ms <= 10_000; ms += 100) rate.add(100, ms);
    expect(rate.at(10_000)).toBeGreaterThan(950);
    expect(rate.at(10_000)).toBeLessThan(1_050);
  });

  it("falls to zero when nothing comes", () => {
    const rate = new Rate();
    rate.add(100, 0);
    expect(rate.at(3_500)).toBe(0);
  });
});
