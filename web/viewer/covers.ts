/**
 * What stands in place of the grid while there is nothing to show: why, and what to do.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import type { RelayStatus } from "../client/relay_types.js";
import { errorWords } from "./error_words.js";

const SKELETON_ROWS = 40;
const SKELETON_COLUMNS = 6;

/** Nothing is set: no address, no feed, no table. */
export function blankCover(): TemplateResult {
  return html`<div class="cover" data-testid="cover-blank">
    <h2>No table yet</h2>
    <p>Set the attributes <code>src</code> and <code>feed</code>, or call <code>load(table)</code>.</p>
  </div>`;
}

export function chooseCover(
  feeds: string[],
  host: string,
  choose: (feed: string) => void,
): TemplateResult {
  return html`<div class="cover" data-testid="cover-choose">
    <h2>Choose a feed</h2>
    <p>${feeds.length > 0 ? html`${host} offers:` : html`${host} has no feeds. Its configuration names them.`}</p>
    <ul class="feeds">
      ${feeds.map(
        (feed) => html`<li>
          <button class="choice" data-feed=${feed} @click=${() => choose(feed)}>${feed}</button>
        </li>`,
      )}
    </ul>
  </div>`;
}

export function waitingCover(words: string): TemplateResult {
  return html`<div class="skeleton" data-testid="cover-waiting" aria-busy="true">
    <div class="bars" aria-hidden="true">
      ${Array.from(
        { length: SKELETON_ROWS },
        () => html`<div class="bar-row">
          ${Array.from({ length: SKELETON_COLUMNS }, () => html`<i></i>`)}
        </div>`,
      )}
    </div>
    <div class="says"><span role="status">${words}</span></div>
  </div>`;
}

export function refusedCover(relay: RelayStatus, retry: () => void): TemplateResult {
  return html`<div class="cover" data-testid="cover-refused" role="alert">
    <h2>The relay does not let this page in</h2>
    <p>${relay.detail ?? ""}</p>
    ${
      relay.remedy
        ? html`<p>If it should, add this under <code>[server]</code> in the relay's configuration and start the relay again:</p>
          <pre data-testid="remedy">${relay.remedy}</pre>`
        : nothing
    }
    <button class="choice" @click=${retry}>Try again</button>
  </div>`;
}

export function errorCover(
  error: MillraceError,
  action: { label: string; run: () => void } | undefined,
): TemplateResult {
  const { message, expected } = errorWords(error);
  return html`<div class="cover" data-testid="cover-error" role="alert">
    <h2>Nothing to show</h2>
    <p>${message}</p>
    ${expected ? html`<p>Expected: ${expected}</p>` : nothing}
    ${action ? html`<button class="choice" @click=${action.run}>${action.label}</button>` : nothing}
  </div>`;
}
