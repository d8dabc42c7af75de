/** What is shown, exported: as text, bytes and pages, into files and onto the clipboard. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { grid, until } from "../lib/page.mjs";

const ROWS = [
  { region: "north", note: "a, b", sold: 4 },
  { region: "south", note: 'say "so"', sold: 3 },
  { region: "south", note: "<b>", sold: 8 },
];

const exported = (page, ...args) =>
  page.evaluate(([method]) => document.querySelector("millrace-viewer").export(method), args);

test("what is shown, or the whole table, as text and bytes", async (t) => {
  const config = { columns: ["sold"], filter: [["region", "==", "south"]], sort: [["sold", "desc"]] };
  const page = await elementPage(t, { data: ROWS, config });
  assert.equal(await exported(page, "csv"), "sold\n8\n3\n");
  assert.deepEqual(JSON.parse(await exported(page, "json")), [{ sold: 8 }, { sold: 3 }]);
  assert.equal(await exported(page, "ndjson"), '{"sold":8}\n{"sold":3}\n');
  assert.equal((await exported(page, "csv-all")).split("\n").length, ROWS.length + 2);
  assert.deepEqual(JSON.parse(await exported(page, "config")).filter, config.filter);
  const back = await page.evaluate(async () => {
    const bytes = await document.querySelector("millrace-viewer").export("arrow-all");
    const view = await (await client.table(bytes)).view();
    return view.to_json();
  });
  assert.deepEqual(back, ROWS);
  await assert.rejects(exported(page, "xlsx"), /no export "xlsx"/);
  await assert.rejects(exported(page, "png"), /no picture/);
});

test("a file from the menu, by keyboard", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { title: "Sold: a/b", columns: ["note"] } });
  await page.locator("[data-testid=export] button").first().focus();
  await page.keyboard.press("Enter");
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  const file = await download;
  assert.equal(file.suggestedFilename(), "Sold_ a_b.csv");
  const text = await readFile(await file.path(), "utf8");
  assert.equal(text, 'note\n"a, b"\n"say ""so"""\n<b>\n');
});

test("copied text is on the clipboard", async (t) => {
  const page = await elementPage(t, { data: ROWS, config: { columns: ["sold"] } });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("[data-testid=export] button").first().click();
  await page.locator("[data-testid=export]").getByRole("menuitem", { name: "Copy as CSV" }).click();
  await page.locator("[data-testid=export-cancel]").waitFor({ state: "detached" });
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(text.replaceAll("\r", ""), "sold\n4\n3\n8\n");
});

test("a page with the rows in it shows them", async (t) => {
  const title = "</title><script>document.title='no'</script>";
  const config = { group_by: ["region"], columns: ["sold"], title };
  const page = await elementPage(t, { data: ROWS, config });
  const text = await exported(page, "html");
  await page.route("**/exported", (route) => route.fulfill({ contentType: "text/html", body: text }));
  await page.goto(new URL("/exported", page.url()).href);
  await until(async () => (await grid(page)).body.map((row) => row.cells[0]), (sums) => sums.join() === "15,4,11");
  assert.equal(await page.title(), title);
  assert.deepEqual(page.problems, []);
});

test("a long export tells how far it is, is of one moment, and can be given up", async (t) => {
  const page = await elementPage(t, { data: { x: "integer", y: "float" }, table: {} });
  const result = await page.evaluate(async () => {
    const count = 1_500_000;
    const x = Int32Array.from({ length: count }, (_, i) => i);
    await table.update({ x, y: Float64Array.from(x) });
    const viewer = document.querySelector("millrace-viewer");
    const parts = [];
    const text = await viewer.export("csv", {
      progress: (part) => {
        parts.push(part);
        // What comes meanwhile is not of that moment.
        void table.update([{ x: -1, y: -1 }]);
      },
    });
    const given = new AbortController();
    const stopped = viewer.export("csv", {
      signal: given.signal,
      progress: () => given.abort(),
    });
    const reason = await stopped.then(() => "done", (error) => error.name);
    return { lines: text.split("\n").length, last: text.includes("-1"), parts, reason };
  });
  assert.equal(result.lines, 1_500_002);
  assert.equal(result.last, false);
  assert.ok(result.parts.length > 1 && result.parts.at(-1) === 1, `${result.parts}`);
  assert.deepEqual(result.parts, result.parts.toSorted((a, b) => a - b));
  assert.equal(result.reason, "AbortError");
});

test("a chart makes a picture of itself", async (t) => {
  const config = { plugin: "Y Bar", group_by: ["region"], columns: ["sold"] };
  const page = await elementPage(t, { data: ROWS, config });
  const head = (method) =>
    page.evaluate(async (method) => {
      const picture = await document.querySelector("millrace-viewer").export(method);
      return [picture.type, (await picture.text()).slice(0, 4)];
    }, method);
  const [png, magic] = await head("png");
  assert.equal(png, "image/png");
  assert.match(magic, /PNG/);
  const [svg, tag] = await head("svg");
  assert.match(svg, /^image\/svg\+xml/);
  assert.equal(tag, "<svg");
  await page.locator("[data-testid=export] button").first().click();
  await page.locator("[data-testid=export]").getByRole("menuitem", { name: /PNG/ }).waitFor();
});
