/** The names of the series, each a button that hides or shows its own. */
import type { Say } from "../viewer/words.js";
import type { LegendEntry } from "./data/model.js";
import { type ChartTheme, seriesColor } from "./theme.js";
import { element } from "./tooltip.js";

export class Legend {
  readonly element = element("div", "legend");
  readonly #toggle: (id: string, alone: boolean) => void;
  #key = "";

  /** `alone`: all others go, or come back. */
  constructor(toggle: (id: string, alone: boolean) => void) {
    this.#toggle = toggle;
    this.element.role = "group";
    this.element.dataset.testid = "chart-legend";
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  render(entries: LegendEntry[], hidden: ReadonlySet<string>, theme: ChartTheme, say: Say): void {
    this.element.ariaLabel = say("chart.legend");
    const key = JSON.stringify([entries, [...hidden], theme.key, this.element.ariaLabel]);
    if (key === this.#key) return;
    this.#key = key;
    this.element.hidden = entries.length < 2;
    const buttons = [...this.element.children] as HTMLElement[];
    entries.forEach((entry, at) => {
      // Buttons are kept: one of them may have the focus.
      const button = buttons[at] ?? this.#append();
      button.dataset.id = entry.id;
      button.title = say("chart.legend.hint", { name: entry.name });
      button.tabIndex = at === 0 ? 0 : -1;
      button.setAttribute("aria-pressed", String(!hidden.has(entry.id)));
      const [dot, name] = button.children as unknown as [HTMLElement, HTMLElement];
      dot.style.background = seriesColor(theme, entry.color);
      if (name.textContent !== entry.name) name.textContent = entry.name || say("value.empty");
    });
    for (const button of buttons.slice(entries.length)) button.remove();
  }

  #append(): HTMLElement {
    const button = element("button", "entry");
    button.append(element("i", "dot"), element("span", "name"));
    this.element.append(button);
    return button;
  }

  #onClick(event: MouseEvent): void {
    const button = (event.target as HTMLElement).closest<HTMLElement>("button");
    if (button?.dataset.id !== undefined) this.#toggle(button.dataset.id, event.altKey);
  }

  /** One stop of the Tab key, arrows from there on. */
  #onKey(event: KeyboardEvent): void {
    const buttons = [...this.element.querySelectorAll<HTMLElement>("button")];
    const at = buttons.indexOf(event.target as HTMLElement);
    const next =
      event.key === "ArrowRight" || event.key === "ArrowDown"
        ? buttons[at + 1]
        : event.key === "ArrowLeft" || event.key === "ArrowUp"
          ? buttons[at - 1]
          : undefined;
    if (!next || at < 0) return;
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
