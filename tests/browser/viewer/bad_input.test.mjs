/**
 * What nobody planned for: layouts of other times, expressions that are wrong, thousands of
 * columns, texts as long as books, markup in every name. Each has a clear state, and the element
 * goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage, saved } from "../lib/element_page.mjs";
import { cellAt, headerOf, restore } from "../lib/grid.mjs";
import { flush, grid, Settings, until } from "../lib/page.mjs";

const ROWS = [
  { region: "north", product: "tea", sold: 4 },
  { region: "south", product: "salt", sold: 1 },
  { region: "south", product: "tea", sold: 3 },
];

/** Another row is drawn: whatever went wrong before, the element goes on. */
async function goesOn(page, row = { region: "west", product: "tea", sold: 8 }) {
  const rows = () => page.locator("[data-testid=status-rows]").getAttribute("data-value").then(Number);
  const before = await rows();
  await page.evaluate((row) => window.table.update([row]), row);
  await until(rows, (after) => after === before + 1, { within: 5_000, what: "one row more" });
  assert.deepEqual(page.problems, []);
}

/**
 * How much the Worker sends for the draw that follows `row`, bytes: what is not on the screen
 * is not read.
 */
async function bytesOfDraw(page, row) {
  return page.evaluate(async (row) => {
    const viewer = document.querySelector("millrace-viewer");
    const workers = new Set();
    let bytes = 0;
    const size = (value) => {
      if (value instanceof ArrayBuffer) return value.byteLength;
      if (ArrayBuffer.isView(value)) return value.byteLength;
      if (typeof value === "string") return 2 * value.length;
      if (value === null || typeof value !== "object") return 8;
      return Object.values(value).reduce((sum, each) => sum + size(each), 0);
    };
    const hear = ({ data }) => {
      bytes += size(data);
    };
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (...message) {
      if (!workers.has(this)) this.addEventListener("message", hear);
      workers.add(this);
      return post.apply(this, message);
    };
    const drawn = new Promise((done) => viewer.addEventListener("millrace-view-update", done, { once: true }));
    await window.table.update([row]);
    await drawn;
    // The message that was drawn has been heard here as well.
    await new Promise((done) => setTimeout(done));
    Worker.prototype.postMessage = post;
    for (const worker of workers) worker.removeEventListener("message", hear);
    return bytes;
  }, row);
}

test("a layout with unknown parts is shown as far as it goes, and the rest is named", async (t) => {
  const page = await elementPage(t, { data: ROWS });
  const warned = [];
  page.on("console", (message) => message.type() === "warning" && warned.push(message.text()));
  await restore(page, {
    version: "99.1.0",
    plugin: "Globe",
    theme: "Neon Rain",
    group_by: ["continent", "region"],
    columns: ["sold", "nowhere"],
    aggregates: { sold: "sum", nowhere: "mean" },
    sort: [["nowhere", "desc"], ["sold", "sideways"]],
    filter: [["nowhere", "==", 1], ["product", "==", "tea"], "product"],
    expressions: { twice: 7 },
    dashboard: { left: 1 },
  });
  const { body } = await grid(page);
  assert.deepEqual(body.map((row) => [row.names.join(""), ...row.cells]), [["Total", "7"], ["north", "4"], ["south", "3"]]);
  const config = await saved(page);
  assert.deepEqual([config.plugin, config.theme, config.sort], ["Datagrid", null, []]);
  for (const part of ["Globe", "Neon Rain", "continent", "nowhere", "sideways", "twice", "dashboard"]) {
    assert.ok(warned.some((line) => line.includes(part)), `${part} is named: ${warned.join("\n")}`);
  }
  for (const layout of [null, "a text", [1], { columns: 3, group_by: {}, filter: "all" }]) {
    await restore(page, layout);
  }
  await goesOn(page);
});

test("an expression in error says where, the last view stays, and the way back is there", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { columns: ["sold"] } });
  const failure = await page.evaluate(() =>
    document.querySelector("millrace-viewer").restore({
      expressions: { worth: '"sold" * "prize"' },
      columns: ["sold", "worth"],
    }).then(() => undefined, (error) => error.message),
  );
  assert.match(failure, /prize/);
  const note = page.locator("[data-testid=note]");
  assert.match(await note.innerText(), /worth[\s\S]*prize/);
  assert.deepEqual((await grid(page)).body.map((row) => row.cells), [["4"], ["1"], ["3"]]);
  await goesOn(page);

  await note.getByRole("button", { name: "Configure" }).click();
  await page.locator("[data-testid=all-columns]").getByText("prize").waitFor();
  await page.keyboard.press("Escape");
  await note.getByRole("button", { name: "Undo" }).click();
  await note.waitFor({ state: "detached" });
  assert.deepEqual((await saved(page)).expressions, {});
  assert.deepEqual(page.problems, []);
});

test("2,000 split columns: what is seen is drawn, and the last one is reached", async (t) => {
  const page = await elementPage(t, { data: { group: "string", key: "string", n: "integer" } });
  await page.evaluate(async () => {
    const at = Array.from({ length: 40_000 }, (_, row) => row);
    await window.table.update({
      group: at.map((row) => `group ${row % 20}`),
      key: at.map((row) => `key ${String(row % 2_000).padStart(4, "0")}`),
      n: at,
    });
  });
  const started = performance.now();
  await restore(page, { group_by: ["group"], split_by: ["key"], columns: ["n"] });
  t.diagnostic(`the pivot is on the screen after ${Math.round(performance.now() - started)} ms`);
  const cells = () => page.locator("regular-table tbody td").count();
  assert.ok((await cells()) < 1_000, `${await cells()} cells`);
  assert.match((await grid(page)).head[0].join(" "), /key 0000/);
  const read = await bytesOfDraw(page, { group: "group 0", key: "key 0001", n: 0 });
  t.diagnostic(`a draw reads ${read} bytes`);
  assert.ok(read > 1_000 && read < 50_000, `a draw reads ${read} bytes, of 40,000 values`);

  await cellAt(page, 2, 1).click();
  await page.keyboard.press("End");
  await headerOf(page, "n").last().waitFor();
  await until(async () => (await grid(page)).head[0].join(" "), (text) => /key 1999/.test(text), { within: 10_000 });
  const active = page.locator("regular-table td[data-active]");
  const frame = await page.locator("regular-table").boundingBox();
  const cut = async () => {
    const box = await active.boundingBox();
    return box.x + box.width - frame.x - frame.width;
  };
  await until(cut, (px) => px <= 1, { within: 5_000, what: "the last column is in sight" });
  // Of the keys that end in 9, group 19 has the last.
  const total = await page.locator("regular-table tbody tr").first().locator("td").last().innerText();
  assert.equal(total.replaceAll(",", ""), String(20 * 1_999 + 2_000 * 190));
  assert.ok((await cells()) < 1_000);

  await page.locator("[data-testid=settings-toggle]").click();
  await page.locator("[data-testid=settings-close]").click();
  await goesOn(page, { group: "group 0", key: "key 0001", n: 1 });
});

test("texts of 100 KB are cut on the screen, and whole where they are copied", async (t) => {
  const page = await elementPage(t, { data: { id: "integer", text: "string", n: "integer" } });
  await page.evaluate(async () => {
    const line = "All work and no play makes a long text. ";
    const long = line.repeat(Math.ceil(100_000 / line.length));
    for (let part = 0; part < 4; part++) {
      const at = Array.from({ length: 50 }, (_, row) => part * 50 + row);
      await window.table.update({ id: at, text: at.map((row) => `${row} ${long}`), n: at });
    }
  });
  await flush(page);
  const shownText = () => page.evaluate(() => document.querySelector("millrace-viewer").shadowRoot.querySelector("regular-table").textContent.length);
  assert.ok((await shownText()) < 50_000, `${await shownText()} letters on the screen`);
  const read = await bytesOfDraw(page, { id: 0, text: "short", n: 0 });
  t.diagnostic(`a draw reads ${read} bytes`);
  // Letters are of two bytes in a message, and a fourth of the rows is on the screen.
  assert.ok(read > 1_000 && read < 0.3 * 2 * 200 * 100_000, `a draw reads ${read} bytes of 40 MB`);
  const width = await headerOf(page, "text").evaluate((header) => header.getBoundingClientRect().width);
  assert.ok(width <= 900, `the column is ${width} px wide`);
  const copied = await page.evaluate(() => document.querySelector("millrace-viewer").export("csv"));
  assert.ok(copied.length > 200 * 100_000, "nothing is missing where it is exported");

  // As names of groups, and as what a filter offers.
  await restore(page, { group_by: ["text"], columns: ["n"], settings: true });
  assert.equal((await grid(page)).body[0].cells[0], "19,900");
  const [cell, table] = await Promise.all([page.locator("regular-table tbody td").first().boundingBox(), page.locator("regular-table").boundingBox()]);
  assert.ok(cell.x + cell.width <= table.x + table.width, "numbers stand beside the names");
  assert.ok((await shownText()) < 50_000, `${await shownText()} letters on the screen`);
  const settings = new Settings(page);
  await settings.add("filter", "text");
  await settings.item("filter", "text").locator("[data-testid=operand]").click();
  const offer = settings.item("filter", "text").locator("[data-testid=offers] [role=option]").first();
  await offer.waitFor();
  const box = await offer.boundingBox();
  assert.ok(box.height < 60 && box.width < 400, `an offer is ${box.width} by ${box.height} px`);
  await page.keyboard.press("Escape");
  await goesOn(page, { id: 1, text: "short", n: 1 });
});

test("markup is text wherever a name or a value stands", async (t) => {
  const evil = (name) => `<img src=x onerror="window.hacked=1"><b class=evil>${name}</b>`;
  const [region, sold, worth] = [evil("region"), evil("sold"), evil("worth")];
  const rows = [{ [region]: evil("north"), [sold]: 4 }, { [region]: evil("south"), [sold]: 1 }];
  const page = await elementPage(t, { data: rows, config: { title: evil("title"), settings: true } });
  const found = () =>
    page.evaluate(() => {
      const count = (root) =>
        root.querySelectorAll(".evil, img").length +
        [...root.querySelectorAll("*")].reduce((sum, each) => sum + (each.shadowRoot ? count(each.shadowRoot) : 0), 0);
      return [count(document), window.hacked];
    });
  const nothing = [0, undefined];
  assert.deepEqual(await found(), nothing, "rows and settings");
  const quoted = `"${sold.replaceAll('"', '""')}"`;
  await restore(page, {
    group_by: [region],
    columns: [sold, worth],
    expressions: { [worth]: `${quoted} * 2` },
    sort: [[sold, "desc"]],
    filter: [[region, "==", evil("north")]],
  });
  assert.deepEqual((await grid(page)).body.map((row) => row.names.join("")), ["Total", evil("north")]);
  await cellAt(page, 1, 1).click({ button: "right" });
  await page.locator("[data-testid=grid-menu]").waitFor();
  assert.deepEqual(await found(), nothing, "a pivot with its menu");
  await page.keyboard.press("Escape");
  await page.evaluate((name) => document.querySelector("millrace-viewer").restore({ expressions: { [name]: `"${name}` } }).catch(() => {}), evil("wrong"));
  await flush(page);
  assert.deepEqual(await found(), nothing, "an error");
  await page.evaluate(() => document.querySelector("millrace-viewer").reset());
  await restore(page, { split_by: [region], columns: [sold] });
  assert.deepEqual(await found(), nothing, "a split");
  await goesOn(page, rows[0]);
});
