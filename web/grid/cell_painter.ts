/**
 * Writes looks to cells, where a cell's look differs from its last.
 *
 * regular-table writes a cell's text, which throws out what else was in the cell; the nodes
 * are kept and put back, since a frame of scrolling has hundreds of them. What a cell says is
 * set as text; an address becomes a link only of a kind that runs nothing.
 */
import { type CellContent, makeContent } from "./cell_content.js";
import { type Build, type Cell, type Look, lookOf, plainLook } from "./cell_look.js";
import type { ColumnStyle } from "./column_style.js";
import { groundDeclarations, LookSheet, textDeclarations } from "./look_sheet.js";

interface Painted {
  cell: Cell | undefined;
  style: ColumnStyle | undefined;
  /** What is in the cell instead of plain text. */
  content: CellContent | undefined;
  /** What was in it before, for when it comes back. */
  readonly kept: Map<Build, CellContent>;
  textClass: string;
  groundClass: string;
}

export class CellPainter {
  readonly #sheet = new LookSheet();
  readonly #painted = new WeakMap<HTMLElement, Painted>();

  /** Puts the looks into force in the tree that the cells are in. */
  adopt(root: Node): void {
    this.#sheet.adopt(root);
  }

  /** Gives the cell its look; one without a style is as regular-table left it. */
  paint(td: HTMLElement, cell: Cell, style: ColumnStyle): void {
    const painted = this.#paintedOf(td);
    if (isSame(painted, cell, style) && isIntact(td, painted)) return;
    painted.cell = cell;
    painted.style = style;
    this.#apply(td, painted, lookOf(cell, style));
  }

  /** Takes a look away, of a cell that has one. */
  unpaint(td: HTMLElement, text: string): void {
    const painted = this.#painted.get(td);
    if (!painted?.cell) return;
    painted.cell = undefined;
    this.#apply(td, painted, plainLook(text));
  }

  #paintedOf(td: HTMLElement): Painted {
    let painted = this.#painted.get(td);
    if (!painted) {
      painted = {
        cell: undefined,
        style: undefined,
        content: undefined,
        kept: new Map(),
        textClass: "",
        groundClass: "",
      };
      this.#painted.set(td, painted);
    }
    return painted;
  }

  #apply(td: HTMLElement, painted: Painted, look: Look): void {
    const ground = this.#sheet.classOf(groundDeclarations(look));
    const isLabel = look.build === "label";
    this.#fill(td, painted, look, isLabel ? ground : "");
    const textClass = this.#sheet.classOf(textDeclarations(look));
    const groundClass = isLabel ? "" : ground;
    swapClass(td, painted.textClass, textClass);
    swapClass(td, painted.groundClass, groundClass);
    painted.textClass = textClass;
    painted.groundClass = groundClass;
  }

  #fill(td: HTMLElement, painted: Painted, look: Look, ground: string): void {
    if (look.build === "text") {
      // What another build has left; regular-table may have written the text already.
      if (painted.content && td.contains(painted.content.node)) td.textContent = look.text;
      painted.content = undefined;
      return;
    }
    let content = painted.kept.get(look.build);
    if (!content) {
      content = makeContent(look.build);
      painted.kept.set(look.build, content);
    }
    content.show(look, ground);
    painted.content = content;
    if (!isIntact(td, painted)) td.replaceChildren(content.node);
  }
}

function isSame(painted: Painted, cell: Cell, style: ColumnStyle): boolean {
  const last = painted.cell;
  return (
    last !== undefined &&
    painted.style === style &&
    last.value === cell.value &&
    last.text === cell.text &&
    last.isNumber === cell.isNumber &&
    last.greatest === cell.greatest &&
    // The list of what a number was grows in its place.
    cell.recent.length === 0 &&
    last.recent.length === 0
  );
}

/** Whether the cell still has in it what was put there. */
function isIntact(td: HTMLElement, { content }: Painted): boolean {
  return !content || td.firstChild === content.node;
}

function swapClass(element: Element, before: string, after: string): void {
  if (before === after) return;
  if (before) element.classList.remove(before);
  if (after) element.classList.add(after);
}
