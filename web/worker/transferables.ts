/**
 * Which buffers of an answer can be moved to the page instead of being copied.
 *
 * A typed array that is only a part of its buffer (a look into the engine's memory) must
 * not be moved; it is cloned with the message, as everything else is.
 */
import type { ViewWindow } from "../client/types.js";

export function transferables(result: unknown): Transferable[] {
  const buffers = new Set<ArrayBuffer>();
  const add = (array: ArrayBufferView | undefined) => {
    if (!array || !(array.buffer instanceof ArrayBuffer)) return;
    if (array.byteLength === array.buffer.byteLength && array.byteLength > 0) {
      buffers.add(array.buffer);
    }
  };
  if (result instanceof Uint8Array) add(result);
  for (const window of Array.isArray(result) ? result : [result]) {
    if (!isWindow(window)) continue;
    add(window.row_path?.depth);
    add(window.row_path?.state);
    add(window.sample?.rows);
    add(window.sample?.ends);
    for (const column of [...window.columns, ...(window.row_path?.levels ?? [])]) {
      if (column.type === "string") add(column.codes);
      else {
        add(column.values);
        add(column.valid);
      }
    }
  }
  return [...buffers];
}

function isWindow(value: unknown): value is ViewWindow {
  return typeof value === "object" && value !== null && "columns" in value && "names" in value;
}
