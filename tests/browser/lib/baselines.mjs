/**
 * How pictures looked when somebody last looked at them and found them good: as coarse grids of
 * brightness, ink and hue in text files, which another font or a pixel more or less does not change.
 *
 * `BASELINES=write` in the environment writes them anew.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", "baselines");
const COLUMNS = 32;
const ROWS = 18;
/** Sixths of the circle twice over: red, orange, yellow, … as letters; a dot is grey. */
const HUES = "abcdefghijkl";
/** Of 16 steps of brightness, and of ink, so many are the same. */
const SLACK = 2;
/** So many cells may differ, of all: what a legend that breaks elsewhere costs. */
export const MOST_DIFFERENT = 0.02;

/**
 * A picture as lines of text: of each cell its mean brightness; how much of it stands out from
 * what is behind, a quarter or more being all; and its hue.
 */
export async function gridOf(page, png) {
  return page.evaluate(
    async ([base64, columns, rows, hues]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const { width, height } = image;
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      const cells = Array.from({ length: columns * rows }, () => ({ pixels: 0, light: 0, steps: new Array(16).fill(0), hues: new Array(hues.length).fill(0) }));
      for (let y = 0; y < height; y++) {
        const row = Math.floor((y * rows) / height);
        for (let x = 0; x < width; x++) {
          const cell = cells[row * columns + Math.floor((x * columns) / width)];
          const at = (y * width + x) * 4;
          const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
          const high = Math.max(r, g, b);
          const chroma = high - Math.min(r, g, b);
          cell.pixels++;
          const light = 0.299 * r + 0.587 * g + 0.114 * b;
          cell.light += light;
          cell.steps[Math.floor(light / 16)]++;
          // Below that it is a grey, or the edge of a letter.
          if (chroma < 56) continue;
          const sixth = high === r ? ((g - b) / chroma + 6) % 6 : high === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
          cell.hues[Math.floor((sixth / 6) * hues.length)] += chroma;
        }
      }
      return Array.from({ length: rows }, (_, row) => {
        const line = cells.slice(row * columns, (row + 1) * columns);
        const light = line.map((cell) => Math.floor(cell.light / cell.pixels / 16).toString(16));
        // Beside the commonest step of brightness lies what a line or a letter softly ends in.
        const ink = line.map(({ steps, pixels }) => {
          const ground = steps.indexOf(Math.max(...steps));
          const behind = steps.reduce((sum, count, step) => sum + (Math.abs(step - ground) <= 1 ? count : 0), 0);
          return Math.min(15, Math.floor((1 - behind / pixels) * 64)).toString(16);
        });
        const hue = line.map((cell) => {
          const most = Math.max(...cell.hues);
          return most < cell.pixels ? "." : hues[cell.hues.indexOf(most)];
        });
        return [light, ink, hue].map((each) => each.join("")).join(" ");
      });
    },
    [png.toString("base64"), COLUMNS, ROWS, HUES],
  );
}

/** The part of cells in which two grids differ by more than a cell's place. */
export function difference(grid, baseline) {
  let different = 0;
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      if (!isNear(grid, baseline, row, column) || !isNear(baseline, grid, row, column)) different++;
    }
  }
  return different / (ROWS * COLUMNS);
}

/** Whether a cell of one grid is found in the other, there or beside. */
function isNear(one, other, row, column) {
  const [light, ink, hue] = cellAt(one, row, column);
  let [sameLight, sameInk, sameHue] = [false, false, false];
  for (let y = Math.max(0, row - 1); y <= Math.min(ROWS - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(COLUMNS - 1, column + 1); x++) {
      const [otherLight, otherInk, otherHue] = cellAt(other, y, x);
      sameLight ||= Math.abs(light - otherLight) <= SLACK;
      sameInk ||= Math.abs(ink - otherInk) <= SLACK;
      sameHue ||= isAlike(hue, otherHue);
    }
  }
  return sameLight && sameInk && sameHue;
}

function cellAt(grid, row, column) {
  const [light, ink, hue] = grid[row].split(" ");
  return [Number.parseInt(light[column], 16), Number.parseInt(ink[column], 16), hue[column]];
}

/** The same hue or the one beside it. */
function isAlike(one, other) {
  if (one === "." || other === ".") return one === other;
  const apart = Math.abs(HUES.indexOf(one) - HUES.indexOf(other));
  return Math.min(apart, HUES.length - apart) <= 1;
}

/** The baselines of one look, by the names of their pictures. */
export class Baselines {
  #file;
  #known = new Map();
  #seen = new Map();

  static async of(look) {
    const baselines = new Baselines();
    baselines.#file = join(FOLDER, `${look}.txt`);
    const text = await readFile(baselines.#file, "utf8").catch(() => "");
    for (const part of text.split(/^# /m).slice(1)) {
      const [name, ...lines] = part.trim().split("\n");
      baselines.#known.set(name, lines);
    }
    return baselines;
  }

  get names() {
    return [...this.#known.keys()];
  }

  get(name) {
    return this.#known.get(name);
  }

  /** What is wrong with a picture, if anything. */
  async judge(page, name, png) {
    const grid = await gridOf(page, png);
    this.#seen.set(name, grid);
    if (process.env.BASELINES === "write") return undefined;
    const known = this.#known.get(name);
    if (!known) return `${name} has no baseline: BASELINES=write makes it`;
    const part = difference(grid, known);
    if (part <= MOST_DIFFERENT) return undefined;
    return `${name} differs in ${(part * 100).toFixed(1)} % of its cells. It was, and is:\n${known
      .map((line, row) => `${line}   ${grid[row]}`)
      .join("\n")}`;
  }

  /** Writes what was seen, where that is asked for. */
  async keep() {
    if (process.env.BASELINES !== "write") return;
    await mkdir(FOLDER, { recursive: true });
    const parts = [...this.#seen].map(([name, lines]) => `# ${name}\n${lines.join("\n")}\n`);
    await writeFile(this.#file, parts.join("\n"));
  }
}
