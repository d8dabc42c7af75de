/**
 * The package in a browser: the API, and the element registered as `<millrace-viewer>`.
 */
export * from "./client/index.js";
export { default } from "./client/index.js";
export type { ThemeName } from "./themes/names.js";
export { MillraceViewer, type SavedConfig } from "./viewer/millrace_viewer.js";
export type { ViewerConfig } from "./viewer/viewer_config.js";
export { setWords, WORDS, type WordKey, type Words } from "./viewer/words.js";
