/**
 * Shared by the builds of `scripts/build.mjs` and by the unit tests.
 */
import { defineConfig } from "vitest/config";
import { functionsPlugin } from "./scripts/functions_plugin.mjs";

export default defineConfig({
  plugins: [functionsPlugin()],
  root: new URL(".", import.meta.url).pathname,
  test: { include: ["tests/**/*.test.ts"] },
});
