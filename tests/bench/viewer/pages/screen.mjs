/**
 * What a grid shows, and when. Both grids are drawn by regular-table, so both are looked at in
 * the same way: at its cells, from frame to frame.
 */

/** After the frame whose callbacks run now has been painted. */
export function painted() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage(null);
  });
}

export const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** The first element of that name under a root, in whatever shadow it stands. */
function deep(root, name) {
  const found = root.querySelector(name);
  if (found) return found;
  for (const element of root.querySelectorAll("*")) {
    const inside = element.shadowRoot && deep(element.shadowRoot, name);
    if (inside) return inside;
  }
  return undefined;
}

/** The frame in which a look at the screen is true: when it was painted. */
async function seen(look) {
  for (;;) {
    await frame();
    if (look()) return painted();
  }
}

/** Sets up `globalThis.bench` for a page with one viewer. */
export function screen(viewer) {
  let table;
  const body = () => {
    table ??= deep(viewer.shadowRoot ?? viewer, "regular-table") ?? deep(viewer, "regular-table");
    return table?.querySelector("tbody");
  };
  const firstCell = () => body()?.querySelector("td")?.textContent ?? "";
  const isFlat = () => firstCell().trim() !== "";

  globalThis.bench = {
    /** Milliseconds from navigation to rows. */
    cold: seen(isFlat),

    /** A config, until a group's name with this beginning is on the screen. */
    async change(config, beginning) {
      const start = performance.now();
      const done = viewer.restore(config);
      const end = await seen(() => body()?.textContent.includes(beginning));
      await done;
      return end - start;
    },

    /** A config that is not measured. */
    async restore(config) {
      await viewer.restore(config);
      await viewer.flush();
      await seen(isFlat);
    },

    /** A step in each frame: milliseconds from frame to frame, and how many had other rows. */
    async stream(count, pixels) {
      body();
      const frames = [];
      let drawn = 0;
      let text = firstCell();
      let last = await frame();
      for (let step = 0; step < count; step++) {
        table.scrollTop += pixels[step % pixels.length];
        const now = await frame();
        frames.push(now - last);
        last = now;
        const shown = firstCell();
        if (shown !== text) drawn++;
        text = shown;
      }
      return { frames, drawn };
    },

    /** One step after the other: each from its begin until other rows are painted. */
    async steps(count, pixels) {
      body();
      const times = [];
      for (let step = 0; step < count; step++) {
        await frame();
        const before = firstCell();
        const start = performance.now();
        table.scrollTop += pixels[step % pixels.length];
        times.push((await seen(() => firstCell() !== before)) - start);
      }
      return times;
    },

    /** Where the grid's middle is, for the wheel. */
    middle() {
      body();
      const { left, top, width, height } = table.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    },

    /** Records the time between frames until `stopFrames`. */
    startFrames() {
      const frames = [];
      let last = performance.now();
      let drawn = 0;
      let text = firstCell();
      const next = (now) => {
        frames.push(now - last);
        last = now;
        const shown = firstCell();
        if (shown !== text) drawn++;
        text = shown;
        recording = requestAnimationFrame(next);
      };
      let recording = requestAnimationFrame(next);
      globalThis.bench.stopFrames = () => {
        cancelAnimationFrame(recording);
        return { frames: frames.slice(1), drawn };
      };
    },
  };
}
