/** Columns in the settings panel, dragged about by mouse. */
import { flush } from "./page.mjs";

/** Where to press an item: its name, which is nothing to click on. */
const handle = (item) => item.locator(".name").first();

/** The middle of what a locator finds, scrolled into sight, and its ends. */
export async function middle(locator) {
  await locator.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2, top: y, bottom: y + height };
}

/** Drags to a point that `place` gives of the target's box; stays there if `hold`. */
export async function drag(page, source, target, place = "y", hold = false) {
  const from = await middle(handle(source));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  // The panel may have scrolled under way, so that one looks again where it goes.
  for (let look = 0; look < 2; look++) {
    const to = await middle(target);
    const y = place === "top" ? to.top + 2 : place === "bottom" ? to.bottom - 2 : to.y;
    await page.mouse.move(to.x, y, { steps: 4 });
  }
  if (hold) return;
  await page.mouse.up();
  await flush(page);
}

/** A column in the list of all columns. */
export const list = (page, column) => page.locator(`[data-testid=column][data-column=${column}]`);

export const zone = (page, name) => page.locator(`[data-testid=zone-${name}]`);
