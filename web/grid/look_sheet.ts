/**
 * Looks as classes, made when they are first needed: cells of one look share its style, where
 * a style of each cell's own would have the browser work out every cell anew in every frame.
 */
import type { Fill, Look } from "./cell_look.js";

export class LookSheet {
  readonly #sheet = new CSSStyleSheet();
  readonly #names = new Map<string, string>();

  /** Puts the classes into force where the cells are. */
  adopt(root: Node): void {
    if (!(root instanceof ShadowRoot || root instanceof Document)) return;
    if (!root.adoptedStyleSheets.includes(this.#sheet)) root.adoptedStyleSheets.push(this.#sheet);
  }

  /** The class that has these declarations; none for none. */
  classOf(declarations: string): string {
    if (declarations === "") return "";
    let name = this.#names.get(declarations);
    if (name === undefined) {
      name = `look-${this.#names.size}`;
      this.#names.set(declarations, name);
      // Said thrice it goes before what the grid's own style has for kinds of cells.
      this.#sheet.insertRule(`.${name}.${name}.${name} { ${declarations} }`);
    }
    return name;
  }
}

/** Declarations for the cell's text. */
export function textDeclarations({ color, bold, italic, hidesText }: Look): string {
  const shown = hidesText ? "transparent" : color;
  return (
    (shown && `color: ${shown};`) +
    (bold ? "font-weight: 600;" : "") +
    (italic ? "font-style: italic;" : "")
  );
}

/** Declarations for what is behind the text, in the cell or, of a label, in the label. */
export function groundDeclarations({ fill, bar, build }: Look): string {
  if (!fill) return "";
  if (bar) return barDeclarations(fill, bar);
  return `background-color: ${over(fill, build === "label" ? "transparent" : UNDER)};`;
}

/** The grid's own background of a cell, as a row under the pointer has it. */
const UNDER = "var(--under, transparent)";

function over({ color, percent }: Fill, under: string): string {
  return percent === 100 ? color : `color-mix(in srgb, ${color} ${percent}%, ${under})`;
}

function barDeclarations(fill: Fill, [from, to]: [number, number]): string {
  const color = over(fill, "transparent");
  const size = to - from;
  return [
    `background-image: linear-gradient(${color}, ${color});`,
    `background-size: calc(${size}% - ${(size * 8) / 100}px) 10px;`,
    `background-position: ${from > 0 ? "right" : "left"} 4px center;`,
    "background-repeat: no-repeat;",
  ].join(" ");
}
