/** The words in German: `setWords(words, "de")`. Texts of functions are the documentation's. */
import { DE_GRID } from "./de_grid.js";
import { DE_SCREEN } from "./de_screen.js";
import { DE_SETTINGS } from "./de_settings.js";
import type { WordKey } from "./en.js";

const words: Record<WordKey, string> = { ...DE_SCREEN, ...DE_GRID, ...DE_SETTINGS };

export default words;
