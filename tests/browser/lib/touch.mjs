/** A finger on a page, and what it needs of one. */

const STEPS = 8;

export class Finger {
  #session;

  static async of(page) {
    const finger = new Finger();
    finger.#session = await page.context().newCDPSession(page);
    return finger;
  }

  #tell(type, point) {
    const touchPoints = point ? [{ x: point.x, y: point.y }] : [];
    return this.#session.send("Input.dispatchTouchEvent", { type, touchPoints });
  }

  down(point) {
    return this.#tell("touchStart", point);
  }

  move(point) {
    return this.#tell("touchMove", point);
  }

  /** Stays where it is. */
  rest(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  up() {
    return this.#tell("touchEnd");
  }

  /** From one place to another, and up: as a flick, or `rest` ms later, as one that drops does. */
  async swipe(from, to, rest = 0) {
    await this.down(from);
    for (let step = 1; step <= STEPS; step++) {
      const part = step / STEPS;
      await this.move({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
    }
    await this.rest(rest);
    await this.up();
  }
}

/** The middle of what a locator finds, as it lies on the screen. */
export async function centre(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/** What is pressed and is smaller than `least` px either way, with its size. */
export async function smallTargets(page, least = 40) {
  return page.evaluate((least) => {
    const found = [];
    const visit = (root) => {
      for (const each of root.querySelectorAll("*")) {
        if (each.shadowRoot) visit(each.shadowRoot);
        if (!each.matches("button, select, input, textarea, summary, [role=option]")) continue;
        if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        // A box to tick is ticked by its label, and a row of the tree opens wherever it is tapped.
        const target = each.closest(".chevron") ? each.closest("th") : (each.labels?.[0] ?? each);
        const { width, height } = target.getBoundingClientRect();
        if (width === 0 || (width >= least && height >= least)) continue;
        const name = each.ariaLabel ?? each.dataset.testid ?? each.textContent.trim();
        found.push(`${name || each.tagName}: ${Math.round(width)} × ${Math.round(height)}`);
      }
    };
    visit(document);
    return found;
  }, least);
}
