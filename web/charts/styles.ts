/** How a chart is laid out around its canvas. In a shadow root: nothing leaks in or out. */
export const chartStyles = `
  :host { display: block; }
  [hidden] { display: none !important; }
  .chart {
    position: absolute;
    inset: 0;
    display: grid;
    grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr) auto;
    color: var(--millrace-text);
    background: var(--millrace-bg);
    font: var(--millrace-font-size) / 16px var(--millrace-font);
  }
  .bar { grid-area: 1 / 1 / 2 / -1; display: flex; align-items: center; gap: 12px; min-width: 0; }
  .bar > .legend { flex: 1; }
  .notes {
    grid-area: 2 / 1 / 3 / -1;
    padding: 4px 12px 0;
    font-size: 11.5px;
    color: var(--millrace-muted);
  }
  .canvas {
    grid-area: 3 / 1;
    position: relative;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
    outline: none;
  }
  .canvas:focus-visible { outline: 2px solid var(--millrace-accent); outline-offset: -2px; }
  .drawing { position: absolute; inset: 0; }
  .words {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    padding: 24px;
    text-align: center;
    text-wrap: balance;
    line-height: 20px;
    color: var(--millrace-muted);
  }
  .said, .probe {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* Tells of a change of the theme by the end of its transition. */
  .probe { font-family: var(--millrace-font); forced-color-adjust: none; }
  .probe i { transition: color 1ms step-end; }

  .legend {
    display: flex;
    gap: 2px;
    padding: 6px 8px 0;
    min-width: 0;
    overflow-x: auto;
    scrollbar-width: thin;
  }
  .legend.side {
    grid-area: 3 / 2;
    flex-direction: column;
    width: 168px;
    padding: 10px 8px 8px 0;
    overflow: hidden auto;
  }
  button {
    all: unset;
    box-sizing: border-box;
    cursor: pointer;
  }
  button:focus-visible { outline: 2px solid var(--millrace-accent); outline-offset: -2px; }
  .entry {
    display: flex;
    flex: none;
    align-items: center;
    gap: 6px;
    max-width: 220px;
    height: max(24px, var(--millrace-target));
    padding: 0 8px;
    border-radius: 5px;
    font-size: 11.5px;
    color: var(--millrace-text);
  }
  .entry:hover { background: var(--millrace-hover); }
  .entry .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .entry[aria-pressed="false"] { color: var(--millrace-muted); text-decoration: line-through; }
  .entry[aria-pressed="false"] .dot { opacity: 0.25; }
  .dot { flex: none; display: inline-block; width: 9px; height: 9px; border-radius: 3px; }
  .reset {
    flex: none;
    height: max(24px, var(--millrace-target));
    margin: 6px 12px 0 0;
    padding: 0 8px;
    border-radius: 5px;
    border: 1px solid var(--millrace-line-strong);
    font-size: 11.5px;
    line-height: max(22px, var(--millrace-target) - 2px);
    color: var(--millrace-text);
    background: var(--millrace-raised);
  }
  .reset:hover { border-color: var(--millrace-accent); }

  .tip-frame { pointer-events: none; z-index: 2; }
  .floating { position: absolute; }
  .tip {
    max-width: 320px;
    padding: 8px 10px;
    border: 1px solid var(--millrace-line-strong);
    border-radius: 8px;
    font: 12px / 18px var(--millrace-font);
    color: var(--millrace-text);
    background: var(--millrace-raised);
    box-shadow: var(--millrace-shadow);
    white-space: normal;
  }
  .tip-title { font-weight: 600; overflow-wrap: anywhere; }
  .tip-lines {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 16px;
    margin: 2px 0 0;
  }
  .tip dt {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--millrace-muted);
  }
  .tip dd {
    margin: 0;
    text-align: right;
    font-variant-numeric: tabular-nums;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .tip-more { color: var(--millrace-muted); }

  /* uPlot's own parts. */
  .uplot, .uplot * { box-sizing: border-box; }
  .uplot { width: min-content; }
  .u-wrap { position: relative; user-select: none; }
  .u-over, .u-under { position: absolute; }
  .u-under { overflow: hidden; }
  .uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
  .u-axis { position: absolute; }
  .u-select {
    position: absolute;
    pointer-events: none;
    background: color-mix(in srgb, var(--millrace-accent) 14%, transparent);
  }
  .u-cursor-x, .u-cursor-y { position: absolute; left: 0; top: 0; pointer-events: none; will-change: transform; }
  .u-cursor-x { height: 100%; border-right: 1px solid var(--millrace-line-strong); }
  .u-cursor-y { display: none; }
  .u-cursor-pt {
    position: absolute;
    top: 0;
    left: 0;
    border: 0 solid;
    border-radius: 50%;
    pointer-events: none;
    will-change: transform;
    background-clip: padding-box !important;
  }
  .u-off { display: none; }
`;
