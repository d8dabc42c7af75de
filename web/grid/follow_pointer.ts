/**
 * Follows a pointer that was pressed, and no other: `move` is told where it goes, `end` once
 * whether it was released or taken away. Answers a function that stops it as if taken away.
 */
export function followPointer(
  pointer: number,
  move: (event: PointerEvent) => void,
  end: (released: boolean) => void,
): () => void {
  const own = (run: (event: PointerEvent) => void) => (event: PointerEvent) => {
    if (event.pointerId === pointer) run(event);
  };
  const onMove = own(move);
  const onUp = own(() => stop(true));
  const onCancel = own(() => stop(false));
  const stop = (released: boolean) => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onUp);
    window.removeEventListener("pointercancel", onCancel);
    end(released);
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onUp);
  window.addEventListener("pointercancel", onCancel);
  return () => stop(false);
}
