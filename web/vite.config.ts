/**
 * Shared by the builds of `scripts/build.mjs` and by the unit tests.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  test: { include: ["tests/**/*.test.ts"] },
});
