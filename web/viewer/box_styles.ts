/** The declarations of a box that is typed or chosen in, as the settings panel has them. */
import { css } from "lit";

export const boxDeclarations = css`
  height: max(24px, var(--millrace-target));
  padding: 0 6px;
  border: 1px solid var(--millrace-line-strong);
  border-radius: 5px;
  font: 400 var(--millrace-typed-size) / 22px var(--millrace-font);
  color: var(--millrace-text);
  background: var(--millrace-bg);
`;
