/** The dark theme's custom properties. */
import { css } from "lit";

export const dark = css`
  color-scheme: dark;
  --millrace-bg: #0b0f14;
  --millrace-surface: #10161d;
  --millrace-raised: #161d26;
  --millrace-hover: #18212b;
  --millrace-line: #1f2934;
  --millrace-line-strong: #344151;
  --millrace-text: #e4eaf1;
  --millrace-muted: #8f9cac;
  --millrace-faint: #566373;
  --millrace-accent: #62b0ff;
  --millrace-accent-soft: #14283d;
  --millrace-up: #4cc38a;
  --millrace-down: #ff7382;
  --millrace-good: #3fb97f;
  --millrace-warn: #e5b155;
  --millrace-warn-soft: #2a2213;
  --millrace-bad: #ff7382;
  --millrace-bad-soft: #2e151b;
  --millrace-shadow: 0 12px 32px rgb(0 0 0 / 50%), 0 1px 3px rgb(0 0 0 / 40%);
  --millrace-chart-1: #62a8ff;
  --millrace-chart-2: #ff9a52;
  --millrace-chart-3: #3fc8b4;
  --millrace-chart-4: #f07cb8;
  --millrace-chart-5: #b195ff;
  --millrace-chart-6: #d9b945;
  --millrace-chart-7: #5cc8f0;
  --millrace-chart-8: #ff7f87;
  --millrace-chart-9: #93cf5e;
  --millrace-chart-10: #a3b1c2;
  --millrace-chart-low: #14283d;
  --millrace-chart-middle: #2f78c4;
  --millrace-chart-high: #b9dcff;
`;
