/** The package as the page has loaded it: a second copy would have an engine of its own. */
const SCRIPT = "./millrace.js";

// The variable keeps the bundler from taking a copy in.
const loaded: typeof import("../index.js") = await import(
  /* @vite-ignore */ new URL(SCRIPT, import.meta.url).href
);

export const millrace = loaded.default;
