/** Each script of the package has a source map, which says nothing of where it was built. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const web = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, web), "utf8");
const SCRIPTS: Record<string, string> = {
  "millrace.js": "../viewer/millrace_viewer.ts",
  "millrace-worker.js": "../worker/entry.ts",
  "millrace-charts.js": "../charts/chart.ts",
  "millrace-settings.js": "../viewer/settings_panel.ts",
  "node.js": "../client/node.ts",
  "react.js": "../react/index.ts",
};

describe.skipIf(!existsSync(new URL("maps", web)))("source maps", () => {
  it.each(Object.entries(SCRIPTS))("%s has one with its sources", (script, source) => {
    expect(read(`dist/${script}`).trimEnd()).toMatch(
      new RegExp(`//# sourceMappingURL=\\.\\./maps/${script}\\.map$`),
    );
    const map = JSON.parse(read(`maps/${script}.map`));
    expect(map.sources).toContain(source);
    const at = map.sources.indexOf(source);
    expect(map.sourcesContent[at]).toBe(read(source.slice(3)));
    expect(map.mappings.length).toBeGreaterThan(100);
  });

  it.each(Object.keys(SCRIPTS))("of %s no source is named by a path of a machine", (script) => {
    const { sources, sourceRoot } = JSON.parse(read(`maps/${script}.map`));
    expect(sourceRoot ?? "").toBe("");
    for (const source of sources) expect(source).toMatch(/^(\.\.\/|\0|vite\/|rolldown\/)/);
  });

  it("are in the package, and in nothing that is served", () => {
    expect(JSON.parse(read("package.json")).files).toContain("maps");
    expect(existsSync(new URL("dist/millrace.js.map", web))).toBe(false);
  });
});
