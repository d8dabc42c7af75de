/**
 * Follows a pointer that was pressed: `move` is told where it goes, `end` once whether it was
 * released or taken away. Answers a function that stops it as if it was taken away.
 */
export function followPointer(
  move: (event: PointerEvent) => void,
  end: (released: boolean) => void,
): () => void {
  const stop = (released: boolean) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", onUp);
    window.removeEventListener("pointercancel", onCancel);
    end(released);
  };
  const onUp = () => stop(true);
  const onCancel = () => stop(false);
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", onUp);
  window.addEventListener("pointercancel", onCancel);
  return onCancel;
}
