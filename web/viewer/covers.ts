/**
 * What stands in place of the grid while there is nothing to show: why, and what to do.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import type { RelayStatus } from "../client/relay_types.js";
import { errorWords } from "./error_words.js";
import { pieces, type Say } from "./words.js";

const SKELETON_ROWS = 40;
const SKELETON_COLUMNS = 6;

/** Nothing is set: no address, no feed, no table. */
export function blankCover(say: Say): TemplateResult {
  const code = (text: string) => html`<code>${text}</code>`;
  return html`<div class="cover" data-testid="cover-blank">
    <h2>${say("cover.blank")}</h2>
    <p>${pieces(say("cover.blank.help"), { src: code("src"), feed: code("feed"), load: code("load(table)") })}</p>
  </div>`;
}

export function chooseCover(
  feeds: string[],
  host: string,
  choose: (feed: string) => void,
  say: Say,
): TemplateResult {
  return html`<div class="cover" data-testid="cover-choose">
    <h2>${say("cover.choose")}</h2>
    <p>${say(feeds.length > 0 ? "cover.choose.offers" : "cover.choose.none", { host })}</p>
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

export function refusedCover(relay: RelayStatus, retry: () => void, say: Say): TemplateResult {
  return html`<div class="cover" data-testid="cover-refused" role="alert">
    <h2>${say("cover.refused")}</h2>
    <p>${relay.detail ?? ""}</p>
    ${
      relay.remedy
        ? html`<p>${pieces(say("cover.refused.remedy"), { section: html`<code>[server]</code>` })}</p>
          <pre data-testid="remedy">${relay.remedy}</pre>`
        : nothing
    }
    <button class="choice" @click=${retry}>${say("action.retry")}</button>
  </div>`;
}

export function errorCover(
  error: MillraceError,
  action: { label: string; run: () => void },
  say: Say,
): TemplateResult {
  const { message, expected } = errorWords(error);
  return html`<div class="cover" data-testid="cover-error" role="alert">
    <h2>${say("cover.error")}</h2>
    <p>${message}</p>
    ${expected ? html`<p>${say("error.expected", { expected })}</p>` : nothing}
    <button class="choice" @click=${action.run}>${action.label}</button>
  </div>`;
}
