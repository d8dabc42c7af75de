/** What can be said of how a page looks without a picture to compare with. */

/**
 * Texts of the element that stand out from their background by less than `least`, as
 * `text (ratio): colour on background`. Both colours are computed from styles, through shadow
 * roots and translucent layers. Left out are what says nothing alone (`data-kind="null"`),
 * what is disabled or hidden, and texts on pictures.
 */
export async function faintTexts(page, least) {
  return page.evaluate((least) => {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    /** Any CSS colour as red, green, blue and alpha. */
    const channels = (color) => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
    const luminance = (color) => {
      const [r, g, b] = color.map((each) => {
        const part = each / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => {
      const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    const parentOf = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host;
    /** Nothing where a picture lies below. */
    const colorsOf = (element) => {
      const layers = [];
      let opacity = 1;
      for (let at = element; at; at = parentOf(at)) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== "none") return undefined;
        opacity *= Number(style.opacity);
        const layer = channels(style.backgroundColor);
        if (layer[3] > 0) layers.push(layer);
        if (layer[3] === 1) break;
      }
      const below = layers.reverse().reduce((sum, layer) => over(layer, sum), [255, 255, 255, 1]);
      const [r, g, b, a] = channels(getComputedStyle(element).color);
      return [over([r, g, b, a * opacity], below), below];
    };
    const found = new Map();
    const visit = (node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        const element = node.parentElement;
        const words = node.data.trim();
        if (!words || !element || element.closest("[data-kind=null], :disabled, [aria-disabled=true]")) return;
        const style = getComputedStyle(element);
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.width < 2 || box.height < 2 || style.visibility === "hidden" || style.clipPath === "inset(50%)") return;
        const colors = colorsOf(element);
        if (!colors || channels(style.color)[3] === 0) return;
        const ratio = contrast(...colors);
        const rgb = (color) => `rgb(${color.slice(0, 3).map(Math.round)})`;
        if (ratio < least) found.set(`${ratio.toFixed(2)}: ${rgb(colors[0])} on ${rgb(colors[1])}`, words);
        return;
      }
      if (node instanceof Element) {
        const style = getComputedStyle(node);
        if (style.display === "none" || node.matches("style, script, .said, .probe")) return;
        if (node.shadowRoot) visit(node.shadowRoot);
      }
      for (const child of node.childNodes) visit(child);
    };
    visit(document.querySelector("millrace-viewer"));
    return [...found].map(([ratio, words]) => `${words} (${ratio})`);
  }, least);
}

/** Parts of the element whose content is wider than they are, or that stick out of it. */
export async function sticksOut(page) {
  return page.evaluate(() => {
    const viewer = document.querySelector("millrace-viewer");
    const frame = viewer.getBoundingClientRect();
    const parts = ["millrace-status", "millrace-settings", ".stage", ".grid", "regular-table"];
    const found = [];
    /** Of a part and the parts in it, but for what lies above them. */
    const controls = (root) =>
      [...(root?.querySelectorAll("*:not([popover], [popover] *)") ?? [])].flatMap((each) => [
        ...(each.matches("button, input, select") ? [each] : []),
        ...controls(each.shadowRoot),
      ]);
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) found.push("the page");
    for (const name of parts) {
      const part = viewer.shadowRoot.querySelector(name);
      if (!part) continue;
      const box = part.getBoundingClientRect();
      const within = box.left >= frame.left - 0.5 && box.right <= frame.right + 0.5 && box.bottom <= frame.bottom + 0.5;
      if (!within) found.push(name);
      // The grid scrolls; the others have nowhere to scroll to.
      if (name !== "regular-table" && part.scrollWidth > part.clientWidth + 1) found.push(`inside ${name}`);
      for (const child of controls(part.shadowRoot)) {
        const at = child.getBoundingClientRect();
        if (at.width > 0 && (at.right > box.right + 0.5 || at.left < box.left - 0.5)) found.push(child.dataset.testid ?? child.tagName);
      }
    }
    return found;
  });
}

/** How a chart's colours stand out from its background: the least of each kind. */
export async function chartContrast(page) {
  return page.evaluate(() => {
    const viewer = document.querySelector("millrace-viewer");
    const probe = viewer.shadowRoot.appendChild(document.createElement("i"));
    const luminance = (name) => {
      probe.style.color = `var(--millrace-${name})`;
      const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map((each) => {
        const part = Number(each) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = luminance("bg");
    const least = (names) =>
      Math.min(
        ...names.map((name) => {
          const [high, low] = [luminance(name), ground].sort((x, y) => y - x);
          return (high + 0.05) / (low + 0.05);
        }),
      );
    const answer = {
      words: least(["text", "muted"]),
      series: least(Array.from({ length: 10 }, (_, at) => `chart-${at + 1}`)),
      lines: least(["line", "line-strong"]),
    };
    probe.remove();
    return answer;
  });
}
