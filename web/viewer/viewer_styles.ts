/** How the element itself is laid out; grid, panel and status line bring their own styles. */
import { css } from "lit";

export const viewerStyles = css`
  :host {
    display: block;
    position: relative;
    height: 480px;
    min-height: 160px;
    overflow: hidden;
    container-type: inline-size;
    font: var(--millrace-font-size) / 16px var(--millrace-font);
    color: var(--millrace-text);
    background: var(--millrace-bg);
  }
  :host([hidden]) {
    display: none;
  }
  .frame {
    display: grid;
    grid-template: minmax(0, 1fr) auto / minmax(0, 1fr) auto;
    height: 100%;
  }
  .stage {
    position: relative;
    min-width: 0;
    display: flex;
    flex-direction: column;
  }
  .title {
    flex: none;
    margin: 0;
    padding: 10px 12px;
    overflow: hidden;
    border-bottom: 1px solid var(--millrace-line);
    font-size: 14px;
    font-weight: 600;
    line-height: 20px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .grid {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .plugins {
    position: absolute;
    inset: 0;
  }
  .plugins > * {
    position: absolute;
    inset: 0;
  }
  millrace-settings,
  .no-settings {
    width: 320px;
    border-left: 1px solid var(--millrace-line);
  }
  millrace-status {
    grid-column: 1 / -1;
  }
  @container (max-width: 720px) {
    millrace-settings,
    .no-settings {
      position: absolute;
      z-index: 3;
      inset: 0 0 max(33px, var(--millrace-target) + 9px) auto;
      width: min(320px, 100%);
      box-shadow: var(--millrace-shadow);
    }
  }
  /* What would stay beside the panel is too narrow to be of use. */
  @container (max-width: 440px) {
    millrace-settings,
    .no-settings {
      width: 100%;
      border-left: 0;
    }
  }

  /* ---- in place of the settings, while they are loaded ---- */
  .no-settings {
    box-sizing: border-box;
    font-size: 12.5px;
    line-height: 18px;
    background: var(--millrace-surface);
  }
  .no-settings-head {
    display: flex;
    align-items: center;
    box-sizing: border-box;
    height: max(40px, var(--millrace-target) + 8px);
    padding: 0 8px 0 16px;
    border-bottom: 1px solid var(--millrace-line);
  }
  .no-settings-head h2 {
    flex: 1;
    margin: 0;
    font-size: 13px;
    font-weight: 600;
  }
  .no-settings-head button {
    all: unset;
    display: grid;
    place-content: center;
    width: max(24px, var(--millrace-target));
    height: max(24px, var(--millrace-target));
    border-radius: 5px;
    color: var(--millrace-muted);
    cursor: pointer;
  }
  .no-settings-head button:hover {
    color: var(--millrace-text);
    background: var(--millrace-hover);
  }
  .no-settings-head button:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: -2px;
  }
  .no-settings-words {
    margin: 0;
    padding: 16px;
    overflow-wrap: anywhere;
  }
  .no-settings-words p {
    margin: 0 0 8px;
  }
  .no-settings-words code {
    display: block;
    font: 12px / 16px ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    user-select: all;
  }
  .no-settings-words code,
  .waiting {
    color: var(--millrace-muted);
  }
  .no-settings-words button {
    margin-top: 8px;
  }
  /* Most often it is there before this could be read. */
  .waiting {
    animation: appear 0s 0.3s backwards;
  }
  @keyframes appear {
    from {
      visibility: hidden;
    }
  }

  /* ---- in place of the grid ---- */
  .cover {
    position: absolute;
    inset: 0;
    z-index: 2;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 12px;
    padding: 24px;
    overflow: auto;
    text-align: center;
    background: var(--millrace-bg);
  }
  .cover h2 {
    margin: 0;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
  }
  .cover p {
    margin: 0;
    max-width: 56ch;
    line-height: 20px;
    color: var(--millrace-muted);
    overflow-wrap: anywhere;
  }
  .feeds {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
    margin: 4px 0 0;
    padding: 0;
    list-style: none;
  }
  button.choice {
    all: unset;
    box-sizing: border-box;
    height: max(32px, var(--millrace-target));
    padding: 0 14px;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 8px;
    line-height: max(30px, var(--millrace-target) - 2px);
    font-weight: 500;
    cursor: pointer;
    background: var(--millrace-raised);
  }
  button.choice:hover {
    border-color: var(--millrace-accent);
    color: var(--millrace-accent);
  }
  button.choice:focus-visible,
  .note button:focus-visible {
    outline: 2px solid var(--millrace-accent);
    outline-offset: 2px;
  }
  pre {
    margin: 0;
    max-width: 100%;
    padding: 10px 14px;
    border: 1px solid var(--millrace-line);
    border-radius: 8px;
    background: var(--millrace-surface);
    font: 12px / 18px ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    text-align: left;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    user-select: all;
  }
  .skeleton {
    position: absolute;
    inset: 0;
    z-index: 2;
    background: var(--millrace-bg);
    overflow: hidden;
  }
  .skeleton .bars {
    display: grid;
    grid-auto-rows: var(--millrace-row-height);
  }
  .skeleton .bar-row {
    display: flex;
    align-items: center;
    gap: 24px;
    padding: 0 12px;
    border-bottom: 1px solid var(--millrace-line);
  }
  .skeleton .bar-row:first-child {
    background: var(--millrace-surface);
  }
  .skeleton i {
    width: 72px;
    height: 8px;
    border-radius: 4px;
    background: var(--millrace-line);
  }
  .skeleton i:first-child {
    width: 112px;
  }
  .skeleton i:nth-child(3n) {
    width: 96px;
  }
  .skeleton .says {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
  }
  .skeleton .says span {
    padding: 8px 16px;
    border-radius: 8px;
    background: var(--millrace-raised);
    box-shadow: var(--millrace-shadow);
    color: var(--millrace-muted);
  }
  @media (prefers-reduced-motion: no-preference) {
    .skeleton .bars {
      animation: breathe 1.4s ease-in-out infinite alternate;
    }
  }
  @keyframes breathe {
    from {
      opacity: 1;
    }
    to {
      opacity: 0.45;
    }
  }

  /* ---- above the grid ---- */
  .note {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 8px 12px;
    font-size: 12.5px;
    border-bottom: 1px solid var(--millrace-line);
    overflow-wrap: anywhere;
  }
  .note.bad {
    color: var(--millrace-bad);
    background: var(--millrace-bad-soft);
  }
  .note.warn {
    color: var(--millrace-warn);
    background: var(--millrace-warn-soft);
  }
  .note > span {
    flex: 1;
  }
  .note code {
    user-select: all;
    font: 12px / 16px ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  }
  .note button {
    all: unset;
    padding: 2px 8px;
    border-radius: 5px;
    line-height: max(16px, var(--millrace-target) - 4px);
    font-weight: 600;
    cursor: pointer;
    white-space: nowrap;
  }
  .note button:hover {
    background: color-mix(in srgb, currentColor 14%, transparent);
  }
`;
