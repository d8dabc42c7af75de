/**
 * One animation frame for all viewers of a page: what they read as it begins goes to an engine
 * together. What comes back comes together, and is drawn by one viewer at a time, so that no task
 * of the page's is as long as all their draws.
 */
let waiting: (() => void)[] = [];

/** Runs the work when the next frame begins, behind what waits for it already. */
export function inNextFrame(work: () => void): void {
  waiting.push(work);
  if (waiting.length > 1) return;
  requestAnimationFrame(() => {
    const works = waiting;
    waiting = [];
    for (const each of works) {
      try {
        each();
      } catch (error) {
        // The others have nothing to do with it.
        reportError(error);
      }
    }
  });
}

const turns: (() => void)[] = [];
/** A viewer draws in this task, or has a task on its way. */
let taken = false;
let port: MessagePort | undefined;

/**
 * Resolves when the caller may draw: at once if no other viewer does in this task, else in a task
 * of its own. The browser takes that before the next frame where there is room.
 */
export function drawTurn(): Promise<void> {
  if (taken) return new Promise((resolve) => turns.push(resolve));
  taken = true;
  endTurnWithTask();
  return Promise.resolve();
}

/** By a message: it waits for what this task still has to do, and is not held back as timers are. */
function endTurnWithTask(): void {
  if (!port) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = nextTurn;
    port = port2;
  }
  port.postMessage(null);
}

function nextTurn(): void {
  const next = turns.shift();
  taken = next !== undefined;
  if (!next) return;
  endTurnWithTask();
  next();
}
