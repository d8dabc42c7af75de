/** The declarations of a box that is typed or chosen in, as the settings panel has them. */
import { css } from "lit";

export const boxDeclarations = css`
  height: 24px;
  padding: 0 6px;
  border: 1px solid var(--millrace-line-strong);
  border-radius: 5px;
  font: 400 12px / 22px var(--millrace-font);
  color: var(--millrace-text);
  background: var(--millrace-bg);
`;
