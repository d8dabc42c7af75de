/** The baselines notice what they are there for, each of them: another colour, text that is gone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Baselines, difference, MOST_DIFFERENT } from "../lib/baselines.mjs";

const LOOKS = ["light", "dark", "light-dense", "dark-dense", "high-contrast", "high-contrast-dark"];

/** A grid with one of its parts made another: brightness, ink or hue. */
function changed(grid, part, change) {
  return grid.map((line) => line.split(" ").with(part, change(line.split(" ")[part])).join(" "));
}

/** How many cells have each hue, the commonest first. */
function huesOf(grid) {
  const counts = new Map();
  for (const hue of grid.flatMap((line) => [...line.split(" ")[2]])) {
    if (hue !== ".") counts.set(hue, (counts.get(hue) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

const letter = (code) => String.fromCharCode(code);
/** The hue at the other side of the circle. */
const opposite = (hue) => letter(97 + ((hue.charCodeAt(0) - 97 + 6) % 12));

for (const look of LOOKS) {
  test(`what changes in a picture is noticed: ${look}`, async () => {
    const baselines = await Baselines.of(look);
    const names = baselines.names;
    assert.ok(names.length >= 23, `${names.length} pictures`);
    for (const name of names) {
      const grid = baselines.get(name);
      const noticed = (other) => difference(other, grid) > MOST_DIFFERENT;
      assert.equal(difference(grid, grid), 0);
      assert.ok(!noticed(grid.with(8, grid[9]).with(9, grid[8])), `${name}: a line further is the same`);
      assert.ok(noticed(changed(grid, 0, (line) => line.replaceAll(/./g, (step) => ((Number.parseInt(step, 16) + 8) % 16).toString(16)))), `${name}: another ground`);
      assert.ok(noticed(changed(grid, 1, (line) => "0".repeat(line.length))), `${name}: nothing written or drawn`);
      const [hue, cells] = huesOf(grid)[0] ?? [undefined, 0];
      // A colour in a dozen cells or fewer is a mark, not a series.
      if (cells <= 12) continue;
      assert.ok(noticed(changed(grid, 2, (line) => line.replaceAll(hue, opposite(hue)))), `${name}: another colour for ${hue}`);
    }
  });
}
