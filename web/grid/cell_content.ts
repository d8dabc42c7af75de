/** What is in a cell instead of plain text. It is made once a cell, and shows what it is told. */
import type { Build, Look } from "./cell_look.js";
import { Sparkline } from "./sparkline.js";

export interface CellContent {
  readonly node: Node;
  /** `ground`: the class of what is behind a label's text. */
  show(look: Look, ground: string): void;
}

export function makeContent(build: Exclude<Build, "text">): CellContent {
  switch (build) {
    case "link":
      return new LinkContent();
    case "image":
      return new ImageContent();
    case "label":
      return new LabelContent();
    case "line":
      return new LineContent();
    default:
      return new LineTextContent();
  }
}

class LinkContent implements CellContent {
  readonly node = document.createElement("a");
  readonly #text = new Text();

  constructor() {
    this.node.target = "_blank";
    this.node.rel = "noopener noreferrer";
    // The cell is the stop of the keyboard; Enter on it follows the link.
    this.node.tabIndex = -1;
    this.node.append(this.#text);
  }

  show({ href, text }: Look): void {
    this.node.href = href;
    this.#text.data = text;
  }
}

class ImageContent implements CellContent {
  node = picture();
  #href = "";

  show({ href, text }: Look): void {
    if (href === this.#href) return;
    // One that is given another address shows the old picture until the other has come.
    if (this.#href !== "") this.node = picture();
    this.#href = href;
    this.node.src = href;
    this.node.alt = text;
  }
}

function picture(): HTMLImageElement {
  const image = document.createElement("img");
  image.loading = "lazy";
  image.referrerPolicy = "no-referrer";
  return image;
}

class LabelContent implements CellContent {
  readonly node = document.createElement("span");
  readonly #text = new Text();

  constructor() {
    this.node.append(this.#text);
  }

  show({ text }: Look, ground: string): void {
    this.#text.data = text;
    this.node.className = `label ${ground}`;
  }
}

class LineContent implements CellContent {
  readonly #line = new Sparkline();
  readonly node = this.#line.svg;

  show({ numbers }: Look): void {
    this.#line.draw(numbers, describe(numbers));
  }
}

/** A line beside the number that says the same. */
class LineTextContent implements CellContent {
  readonly node = document.createElement("span");
  readonly #line = new Sparkline();
  readonly #text = new Text();

  constructor() {
    this.node.className = "line-text";
    const number = document.createElement("span");
    number.append(this.#text);
    this.node.append(this.#line.svg, number);
  }

  show({ numbers, text }: Look): void {
    this.#line.draw(numbers, undefined);
    this.#text.data = text;
  }
}

function describe(numbers: readonly number[]): string {
  const least = Math.min(...numbers);
  const greatest = Math.max(...numbers);
  return `${numbers.length} numbers from ${least} to ${greatest}, the last ${numbers.at(-1)}`;
}
