/** What a mark stands for, as elements: strings from data become text nodes, never markup. */

import type { Say } from "../viewer/words.js";
import type { ChartModel, MarkList, TipLine } from "./data/model.js";
import type { Scene } from "./renderer.js";
import { seriesColor } from "./theme.js";

/** In which colours and words. */
type Look = Pick<Scene, "theme" | "say">;

/** Lines that a person takes in, and that fit. */
const MOST_LINES = 12;

export function tipElement(title: string, lines: TipLine[], { theme, say }: Look): HTMLElement {
  const tip = element("div", "tip");
  tip.append(element("div", "tip-title", title));
  const body = element("dl", "tip-lines");
  for (const line of lines.slice(0, MOST_LINES)) {
    const name = element("dt", "");
    if (line.color !== undefined) {
      const dot = element("i", "dot");
      dot.style.background = seriesColor(theme, line.color);
      name.append(dot);
    }
    name.append(line.name);
    body.append(name, element("dd", "", line.value));
  }
  tip.append(body);
  const left = lines.length - MOST_LINES;
  if (left > 0) tip.append(element("div", "tip-more", say("chart.more", { count: left })));
  return tip;
}

/** All series at one place of the axis. */
export function placeTip(model: ChartModel, place: number, look: Look): HTMLElement {
  const title = model.lists[0]?.title(place) ?? "";
  return tipElement(title, placeLines(model, place), look);
}

function placeLines(model: ChartModel, place: number): TipLine[] {
  const lines: TipLine[] = [];
  for (const list of model.lists) {
    lines.push(...list.lines(place));
    // Of thousands of series nobody counts those that are not shown.
    if (lines.length > MOST_LINES * 20) break;
  }
  return lines;
}

export function markTip(list: MarkList, mark: number, look: Look): HTMLElement {
  return tipElement(list.title(mark), list.lines(mark), look);
}

/** The same in words, for a voice. */
export function markWords(list: MarkList, mark: number, say: Say): string {
  const values = list.lines(mark).map(({ name, value }) => `${name} ${value}`);
  return `${list.title(mark)}: ${values.length > 0 ? values.join(", ") : say("chart.no-value")}`;
}

export function element(tag: string, className: string, text?: string): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
