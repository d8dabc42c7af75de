/**
 * The custom properties that give the viewer its look, light and dark.
 *
 * A page overrides any of them on `millrace-viewer`. Text on its background keeps at least
 * 4.5 : 1 in both themes, a chart's colours 3 : 1; `--millrace-faint` is for lines and dashes that
 * say nothing alone.
 */
import { css } from "lit";
import { dark } from "./dark.js";
import { light } from "./light.js";

export const themeStyles = css`
  :host {
    ${light}
    --millrace-font: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
      "Helvetica Neue", Arial, sans-serif;
    --millrace-font-size: 12.5px;
    --millrace-radius: 6px;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme="light"])) {
      ${dark}
    }
  }
  :host([theme="dark"]) {
    ${dark}
  }
`;
