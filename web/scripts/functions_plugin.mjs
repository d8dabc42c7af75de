/**
 * The functions of expressions, read from the page that documents them: for the completion
 * in the expression editor. `import functions from "../../docs/expressions.md?functions"`.
 */
import { readFileSync } from "node:fs";

const SUFFIX = "?functions";

export function functionsPlugin() {
  return {
    name: "functions-of-docs",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(SUFFIX)) return null;
      const file = id.slice(0, -SUFFIX.length);
      this.addWatchFile?.(file);
      const functions = functionsIn(readFileSync(file, "utf8"));
      return { code: `export default ${JSON.stringify(functions)};`, moduleType: "js" };
    },
  };
}

/** A function for each that a row of the tables of functions shows the use of. */
export function functionsIn(markdown) {
  const functions = new Map();
  let inTable = false;
  let gives = "";
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) inTable = false;
    else if (line.startsWith("| function |")) inTable = true;
    else if (inTable) {
      const [what = "", type = "", example = "", result = ""] = cells(line);
      if (type !== "the same") gives = type;
      for (const each of functionsOfRow(what, gives, example, result)) {
        // The first row says what it is, others say more of it.
        if (!functions.has(each.name)) functions.set(each.name, each);
      }
    }
  }
  return [...functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function functionsOfRow(what, gives, example, result) {
  const leading = /^(?:`[^`]*`(?:, also |, )?)+/.exec(what)?.[0] ?? "";
  const help = plain(what.slice(leading.length).replace(/^[:\s]+/, ""));
  const found = new Map();
  for (const [, name, operands = ""] of leading.matchAll(/`([a-z][a-z0-9_]*)(\([^`]*\))?`/g)) {
    const isCalled = new RegExp(`\\b${name}\\(`).test(`${example} ${what}`);
    // Of several forms the longest one shows what else may stand there.
    if (isCalled && (found.get(name) ?? "").length <= operands.length) found.set(name, operands);
  }
  return [...found].map(([name, operands]) => ({
    name,
    signature: name + (operands || "(x)"),
    help,
    gives: plain(gives),
    example: plain(example),
    result: plain(result),
  }));
}

function cells(line) {
  return line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function plain(markdown) {
  return markdown.replaceAll("`", "").trim();
}
