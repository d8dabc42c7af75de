/**
 * High contrast, on white and on black: text keeps 7 : 1 on every background that it stands on,
 * lines and borders 3 : 1. With forced colours the system's own take their place.
 */
import { css } from "lit";

export const contrastLight = css`
  color-scheme: light;
  --millrace-bg: #ffffff;
  --millrace-surface: #f2f4f7;
  --millrace-raised: #ffffff;
  --millrace-hover: #e6ecf3;
  --millrace-line: #707c8a;
  --millrace-line-strong: #2b3440;
  --millrace-text: #000000;
  --millrace-muted: #2b3440;
  --millrace-faint: #3d4856;
  --millrace-accent: #003f8f;
  --millrace-accent-soft: #dcebff;
  --millrace-up: #00492c;
  --millrace-down: #850015;
  --millrace-good: #00522f;
  --millrace-warn: #543400;
  --millrace-warn-soft: #fff3d1;
  --millrace-bad: #850015;
  --millrace-bad-soft: #ffe6e9;
  --millrace-shadow: 0 0 0 1px #2b3440;
  --millrace-chart-1: #0b4bb3;
  --millrace-chart-2: #963c00;
  --millrace-chart-3: #005f56;
  --millrace-chart-4: #941a62;
  --millrace-chart-5: #5a34ac;
  --millrace-chart-6: #5e4b00;
  --millrace-chart-7: #005880;
  --millrace-chart-8: #9e1420;
  --millrace-chart-9: #2f5c07;
  --millrace-chart-10: #3d4856;
  --millrace-chart-low: #dcebff;
  --millrace-chart-middle: #3f86dc;
  --millrace-chart-high: #002a66;
`;

export const contrastDark = css`
  color-scheme: dark;
  --millrace-bg: #000000;
  --millrace-surface: #0d1116;
  --millrace-raised: #000000;
  --millrace-hover: #1b242e;
  --millrace-line: #7d8b9b;
  --millrace-line-strong: #d5dde6;
  --millrace-text: #ffffff;
  --millrace-muted: #d5dde6;
  --millrace-faint: #b8c3cf;
  --millrace-accent: #8cc8ff;
  --millrace-accent-soft: #0a2a4d;
  --millrace-up: #6fe3ad;
  --millrace-down: #ffb0b8;
  --millrace-good: #5fdca0;
  --millrace-warn: #ffd27a;
  --millrace-warn-soft: #2b2000;
  --millrace-bad: #ffb0b8;
  --millrace-bad-soft: #3a0d14;
  --millrace-shadow: 0 0 0 1px #d5dde6;
  --millrace-chart-1: #8abfff;
  --millrace-chart-2: #ffb37a;
  --millrace-chart-3: #5fe0cd;
  --millrace-chart-4: #ff9fd0;
  --millrace-chart-5: #cbb6ff;
  --millrace-chart-6: #f2d35c;
  --millrace-chart-7: #86dcff;
  --millrace-chart-8: #ffa3a9;
  --millrace-chart-9: #b0e67e;
  --millrace-chart-10: #c2ceda;
  --millrace-chart-low: #0a2a4d;
  --millrace-chart-middle: #3f8fe0;
  --millrace-chart-high: #d8ecff;
`;

/** What is drawn on a canvas is not forced by the browser: it is told the system's colours. */
export const forced = css`
  --millrace-bg: Canvas;
  --millrace-surface: Canvas;
  --millrace-raised: Canvas;
  --millrace-hover: Canvas;
  --millrace-line: GrayText;
  --millrace-line-strong: CanvasText;
  --millrace-text: CanvasText;
  --millrace-muted: CanvasText;
  --millrace-faint: CanvasText;
  --millrace-accent: LinkText;
  --millrace-accent-soft: Canvas;
`;
