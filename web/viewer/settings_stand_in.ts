/** What stands in the place of the settings panel until its script is there. */
import { html, type TemplateResult } from "lit";
import { closeIcon } from "./icons.js";
import type { Say } from "./words.js";

export interface StandInActions {
  retry(): void;
  close(): void;
}

/** `missing`: the script could not be had from its address. */
export function settingsStandIn(
  { missing, address }: { missing: boolean; address: string },
  { retry, close }: StandInActions,
  say: Say,
): TemplateResult {
  return html`<section
    class="no-settings"
    part="settings"
    data-testid="settings-stand-in"
    aria-label=${say("settings.title")}
    aria-busy=${missing ? "false" : "true"}
    @keydown=${({ key }: KeyboardEvent) => {
      if (key === "Escape") close();
    }}
  >
    <div class="no-settings-head">
      <h2>${say("settings.title")}</h2>
      <button
        aria-label=${say("settings.close")}
        title=${say("settings.close")}
        data-testid="settings-close"
        @click=${close}
      >${closeIcon}</button>
    </div>
    ${
      missing
        ? html`<div class="no-settings-words" role="alert" data-testid="settings-missing">
          <p>${say("settings.missing")}</p>
          <p><code>${address}</code></p>
          <button class="choice" @click=${retry}>${say("action.retry")}</button>
        </div>`
        : html`<p class="no-settings-words waiting" role="status">${say("settings.loading")}</p>`
    }
  </section>`;
}
