/** Chosen values and columns as chips, each with a button that takes it away. */
import { css } from "lit";

export const chipStyles = css`
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    max-width: 100%;
    height: max(24px, var(--millrace-target));
    border-radius: 5px;
    background: var(--millrace-accent-soft);
  }
  .chip > span {
    overflow: hidden;
    padding-left: 8px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chip button {
    all: unset;
    display: grid;
    place-content: center;
    width: max(22px, var(--millrace-target));
    height: max(24px, var(--millrace-target));
    border-radius: 5px;
    cursor: pointer;
    color: var(--millrace-muted);
  }
  .chip button:hover {
    color: var(--millrace-text);
  }
  .chip svg {
    width: 12px;
    height: 12px;
  }
`;
