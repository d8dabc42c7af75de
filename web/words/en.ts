/**
 * The words of the element that people read, by their keys; `{name}` in them stands for a value.
 *
 * Names that users give, and what the relay and the engine say of themselves, are not among
 * them.
 */
import { GRID } from "./en_grid.js";
import { SCREEN } from "./en_screen.js";
import { SETTINGS } from "./en_settings.js";

/** The words as they are without a translation. */
export const WORDS = { ...SCREEN, ...GRID, ...SETTINGS };

/** The name of a word or sentence that the element shows. */
export type WordKey = keyof typeof WORDS;
