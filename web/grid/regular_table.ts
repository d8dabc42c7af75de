/**
 * regular-table, typed for where it stands here.
 */
import type { RegularTableElement } from "regular-table/dist/esm/regular-table.js";
import "regular-table";

export type { RegularTableElement };

export function createRegularTable(): RegularTableElement {
  return document.createElement("regular-table") as unknown as RegularTableElement;
}

/** Width that regular-table takes for a column which it has not seen. */
export const UNSEEN_WIDTH = 60;
