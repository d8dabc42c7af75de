/**
 * What a viewer says of what is wrong or waited for, and what can be done: in a line over the
 * rows while there are any, in place of them where there are none.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { MillraceError } from "../client/errors.js";
import { connectionWords } from "./connection_words.js";
import { blankCover, chooseCover, errorCover, refusedCover, waitingCover } from "./covers.js";
import { errorWords } from "./error_words.js";
import type { SourceController } from "./source_controller.js";
import type { Say } from "./words.js";

export interface Situation {
  /** There are rows to look at. */
  hasView: boolean;
  /** The settings panel is open, which says what is wrong with the config itself. */
  configuring: boolean;
  /** A source is named or opened. */
  started: boolean;
  source: Pick<SourceController, "problem" | "relayStatus" | "feedStatus" | "feeds">;
  /** Why what is asked for is not what is shown. */
  problem: MillraceError | undefined;
}

export interface Remedies {
  /** Connects again. */
  retry(): void;
  /** Opens the source again. */
  reopen(): void;
  chooseAgain(): void;
  choose(feed: string): void;
  /** Goes back to what is on the screen. */
  giveUp(): void;
  configure(): void;
  reset(): void;
}

/** What stands over the rows. */
export function notice(
  { hasView, configuring, source, problem }: Situation,
  remedies: Remedies,
): TemplateResult | typeof nothing {
  const { problem: sourceProblem, relayStatus: relay, feedStatus: feed } = source;
  const retry = html`<button @click=${remedies.retry}>Try again</button>`;
  if (sourceProblem && hasView) return line(sourceProblem.message);
  if (problem && !configuring) {
    const { message, expected } = errorWords(problem);
    return line(
      html`${problem.where ? html`<code>${problem.where}</code> ` : nothing}${message}
        ${expected ? `Expected: ${expected}` : nothing}`,
      html`<button @click=${remedies.giveUp}>Undo</button>
        <button @click=${remedies.configure}>Configure</button>`,
    );
  }
  if (hasView && feed?.phase === "failed") {
    return line(feed.error?.message ?? "The feed stopped.", retry);
  }
  if (hasView && relay?.state === "refused") {
    const { detail, remedy } = relay;
    return line(
      html`${detail} ${remedy ? html`To let it in, add under <code>[server]</code> in its configuration: <code>${remedy}</code>` : nothing}`,
      retry,
    );
  }
  return nothing;
}

function line(
  words: string | TemplateResult,
  buttons: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="note bad" role="alert" data-testid="note">
    <span>${words}</span>
    ${buttons}
  </div>`;
}

/** What stands in the place of rows. */
export function cover(
  situation: Situation,
  remedies: Remedies,
  say: Say,
): TemplateResult | typeof nothing {
  if (situation.hasView) return nothing;
  const { source, problem, started } = situation;
  const { problem: sourceProblem, relayStatus: relay, feedStatus: feed, feeds } = source;
  if (sourceProblem) {
    const unknown = sourceProblem.kind === "unknown_feed";
    return errorCover(
      sourceProblem,
      unknown
        ? { label: "Choose another feed", run: remedies.chooseAgain }
        : { label: "Try again", run: remedies.reopen },
    );
  }
  if (relay?.state === "refused") return refusedCover(relay, remedies.retry);
  if (problem) return errorCover(problem, { label: "Reset", run: remedies.reset });
  if (feeds) {
    const host = relay ? new URL(relay.url).host : "The client";
    return chooseCover(feeds, host, remedies.choose);
  }
  if (relay) {
    const connected = relay.state === "connected";
    // Of a feed that is not connected only its old rows could be told, and none are shown.
    const words = connectionWords(relay, connected ? feed : undefined, Date.now(), say);
    return waitingCover(connected ? `${words.word}…` : words.detail);
  }
  return started ? waitingCover("Starting…") : blankCover();
}
