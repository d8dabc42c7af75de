/** What stands in the place of the settings panel until its script is there. */
import { html, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import { closeIcon } from "./icons.js";
import type { Say } from "./words.js";

export interface StandInActions {
  retry(): void;
  close(): void;
}

export function settingsStandIn(
  problem: MillraceError | undefined,
  { retry, close }: StandInActions,
  say: Say,
): TemplateResult {
  return html`<section
    class="stand-in"
    part="settings"
    data-testid="settings-stand-in"
    aria-label=${say("settings.title")}
    aria-busy=${problem ? "false" : "true"}
    @keydown=${({ key }: KeyboardEvent) => {
      if (key === "Escape") close();
    }}
  >
    <div class="stand-in-head">
      <h2>${say("settings.title")}</h2>
      <button
        aria-label=${say("settings.close")}
        title=${say("settings.close")}
        data-testid="settings-close"
        @click=${close}
      >${closeIcon}</button>
    </div>
    ${
      problem
        ? html`<div class="stand-in-words" role="alert" data-testid="settings-missing">
          <p>${say("settings.missing")}</p>
          <p class="detail">${problem.message}</p>
          <button class="choice" @click=${retry}>${say("action.retry")}</button>
        </div>`
        : html`<p class="stand-in-words waiting" role="status">${say("settings.loading")}</p>`
    }
  </section>`;
}
