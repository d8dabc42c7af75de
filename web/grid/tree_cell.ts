/**
 * The header cell of a row in the tree: indent, chevron, label.
 *
 * The grid library owns the cell and writes its text; this puts the label into a structure
 * of its own, and only where something changed.
 */

import type { Say } from "../viewer/words.js";

/** 0 a leaf, 1 collapsed, 2 expanded: as the engine counts. */
export type NodeState = 0 | 1 | 2;

interface Parts {
  wrapper: HTMLElement;
  button: HTMLButtonElement;
  label: HTMLElement;
  key: string;
}

const PARTS = new WeakMap<HTMLElement, Parts>();

export function renderTreeCell(
  cell: HTMLElement,
  text: string,
  depth: number,
  state: NodeState,
  say: Say,
): void {
  const parts = PARTS.get(cell) ?? makeParts(cell);
  const label = say(state === 2 ? "grid.collapse" : "grid.expand", { name: text });
  const key = `${depth}\u0000${state}\u0000${text}\u0000${label}`;
  if (parts.key === key && cell.firstChild === parts.wrapper) return;
  parts.key = key;
  parts.wrapper.style.setProperty("--depth", String(Math.max(0, depth - 1)));
  parts.wrapper.classList.toggle("total", depth === 0);
  parts.label.textContent = text;
  parts.button.hidden = state === 0 || depth === 0;
  parts.button.dataset.state = state === 2 ? "open" : "closed";
  parts.button.setAttribute("aria-label", label);
  if (cell.firstChild !== parts.wrapper || cell.childNodes.length !== 1) {
    cell.replaceChildren(parts.wrapper);
  }
}

function makeParts(cell: HTMLElement): Parts {
  const wrapper = document.createElement("span");
  wrapper.className = "tree-cell";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "chevron";
  // The row itself takes the keys; the button is for pointers and assistive technology.
  button.tabIndex = -1;
  const label = document.createElement("span");
  label.className = "tree-label";
  wrapper.append(button, label);
  const parts = { wrapper, button, label, key: "" };
  PARTS.set(cell, parts);
  return parts;
}
