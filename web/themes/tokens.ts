/**
 * The custom properties that give the viewer its look, by theme.
 *
 * A page overrides any of them on `millrace-viewer`. Text on its background keeps at least
 * 4.5 : 1 in all themes, a chart's colours 3 : 1; `--millrace-faint` is for lines and dashes that
 * say nothing alone. A system that asks for more contrast gets it in each theme, light or dark
 * as that theme is. `--millrace-target` is the least size of what fingers press.
 */
import { css } from "lit";
import { dark } from "./dark.js";
import { contrastDark, contrastLight, forced } from "./high_contrast.js";
import { light } from "./light.js";

const dense = css`
  --millrace-font-size: 11.5px;
  --millrace-row-height: max(20px, var(--millrace-target) * 0.8);
`;

/** A finger needs more room than a pointer's tip, and from 16 px on no browser zooms into a box. */
const coarse = css`
  --millrace-target: 40px;
  --millrace-typed-size: 16px;
`;

export const themeStyles = css`
  :host {
    ${light}
    --millrace-font: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
      "Helvetica Neue", Arial, sans-serif;
    --millrace-font-size: 12.5px;
    --millrace-target: 0px;
    --millrace-typed-size: 12px;
    --millrace-row-height: max(24px, var(--millrace-target));
    --millrace-radius: 6px;
  }
  @media (pointer: coarse) {
    :host {
      ${coarse}
    }
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme^="light"])) {
      ${dark}
    }
  }
  :host([theme^="dark"]) {
    ${dark}
  }
  :host([theme$="-dense"]) {
    ${dense}
  }
  :host([theme="high-contrast"]) {
    ${contrastLight}
  }
  @media (prefers-color-scheme: dark) {
    :host([theme="high-contrast"]) {
      ${contrastDark}
    }
  }
  @media (prefers-contrast: more) {
    :host {
      ${contrastLight}
    }
    :host([theme^="dark"]) {
      ${contrastDark}
    }
  }
  @media (prefers-contrast: more) and (prefers-color-scheme: dark) {
    :host(:not([theme^="light"])) {
      ${contrastDark}
    }
  }
  @media (forced-colors: active) {
    :host([theme]),
    :host(:not([theme])) {
      ${forced}
    }
  }
`;
