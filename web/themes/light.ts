/** The light theme's custom properties. */
import { css } from "lit";

export const light = css`
  color-scheme: light;
  --millrace-bg: #ffffff;
  --millrace-surface: #f5f7f9;
  --millrace-raised: #ffffff;
  --millrace-hover: #eef2f6;
  --millrace-line: #e1e6ec;
  --millrace-line-strong: #c3ccd6;
  --millrace-text: #131a22;
  --millrace-muted: #566273;
  --millrace-faint: #9aa5b3;
  --millrace-accent: #0a63c9;
  --millrace-accent-soft: #e3eefb;
  --millrace-up: #0b7a4f;
  --millrace-down: #c22a3c;
  --millrace-good: #14925f;
  --millrace-warn: #8d5b00;
  --millrace-warn-soft: #fdf3dd;
  --millrace-bad: #bd2536;
  --millrace-bad-soft: #fdebed;
  --millrace-shadow: 0 8px 24px rgb(19 26 34 / 14%), 0 1px 3px rgb(19 26 34 / 10%);
  --millrace-chart-1: #2a6fdb;
  --millrace-chart-2: #c8590b;
  --millrace-chart-3: #0f857a;
  --millrace-chart-4: #b8367f;
  --millrace-chart-5: #7450c4;
  --millrace-chart-6: #856b00;
  --millrace-chart-7: #0d7fae;
  --millrace-chart-8: #c5303b;
  --millrace-chart-9: #4a7f1c;
  --millrace-chart-10: #5d6b7e;
  --millrace-chart-low: #e7f0fb;
  --millrace-chart-middle: #5b9be6;
  --millrace-chart-high: #0b3f86;
`;
