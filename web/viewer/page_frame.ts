/**
 * One animation frame for all viewers of a page: what they read as it begins goes to an engine
 * together, and is drawn together.
 */
let waiting: (() => void)[] = [];

/** Runs the work when the next frame begins, behind what waits for it already. */
export function inNextFrame(work: () => void): void {
  waiting.push(work);
  if (waiting.length > 1) return;
  requestAnimationFrame(() => {
    const works = waiting;
    waiting = [];
    for (const each of works) each();
  });
}
