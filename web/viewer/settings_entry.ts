/**
 * The script of the settings panel: what of the viewer is needed once somebody opens it. The
 * element `<millrace-menu>` is the viewer's own, which is there before.
 */
import "./settings_panel.js";

export { shareWords } from "./words.js";
