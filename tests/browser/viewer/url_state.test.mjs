/** The page's address holds what elements are set to, and brings it back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serveDist } from "../lib/element_page.mjs";
import { launch, open, until } from "../lib/page.mjs";

const ROWS = [
  { region: "north", sold: 4 },
  { region: "south & west", sold: 3 },
];

/** Two elements of different keys, one of them in the query, which show the same table. */
async function build(page) {
  await page.waitForFunction(() => window.client);
  await page.evaluate(async (rows) => {
    window.table = await window.client.table(rows);
    document.querySelector("millrace-viewer").remove();
    document.body.insertAdjacentHTML(
      "beforeend",
      `<millrace-viewer id="one" url-state="one" style="height: 300px"></millrace-viewer>
       <millrace-viewer id="two" url-state="?two" sort='[["sold", "asc"]]' style="height: 300px"></millrace-viewer>`,
    );
    for (const viewer of document.querySelectorAll("millrace-viewer")) await viewer.load(window.table);
  }, ROWS);
}

async function start(t, state = "") {
  const address = await serveDist(t);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await open(browser, address + state);
  page.warnings = [];
  page.on("console", (message) => {
    if (message.type() === "warning") page.warnings.push(message.text());
  });
  await build(page);
  return page;
}

function restore(page, id, config) {
  return page.locator(id).evaluate((viewer, config) => viewer.restore(config), config);
}

function saved(page, id) {
  return page.locator(id).evaluate((viewer) => viewer.save());
}

/** What the address says under a key. */
function said(page, where, key) {
  return page.evaluate(
    ([where, key]) => {
      const text = new URLSearchParams(location[where].slice(1)).get(key);
      return text === null ? null : JSON.parse(text);
    },
    [where, key],
  );
}

function untilSaid(page, where, key, wanted) {
  return until(() => said(page, where, key), (found) => JSON.stringify(found) === JSON.stringify(wanted), {
    within: 5_000,
    what: JSON.stringify(wanted),
  });
}

test("what elements are set to is in the address, and comes back with it", async (t) => {
  const page = await start(t, "#top");
  const entries = await page.evaluate(() => history.length);
  await restore(page, "#one", { group_by: ["region"], filter: [["region", "==", "south & west"]] });
  await untilSaid(page, "hash", "one", { group_by: ["region"], filter: [["region", "==", "south & west"]] });
  await restore(page, "#two", { sort: [], theme: "dark-dense", title: "Zwei = 2 #" });
  await untilSaid(page, "search", "two", { title: "Zwei = 2 #", theme: "dark-dense", sort: [] });
  assert.ok((await page.evaluate(() => location.hash)).startsWith("#top&one="), "the page's own part stays");
  assert.equal(await page.evaluate(() => history.length), entries, "Back leaves the page as ever");
  const before = [await saved(page, "#one"), await saved(page, "#two")];

  await page.reload();
  await build(page);
  assert.deepEqual([await saved(page, "#one"), await saved(page, "#two")], before);
  assert.equal(await page.locator("#two").getAttribute("theme"), "dark-dense");

  // As by default again: nothing to say.
  for (const id of ["#one", "#two"]) await page.locator(id).evaluate((viewer) => viewer.reset());
  await restore(page, "#two", { theme: null });
  await until(() => page.evaluate(() => location.search + location.hash), (rest) => rest === "#top", { within: 5_000 });
  assert.deepEqual(page.problems, []);
});

test("Back and Forward go between what was set", async (t) => {
  const page = await start(t);
  await restore(page, "#one", { group_by: ["region"] });
  await untilSaid(page, "hash", "one", { group_by: ["region"] });
  await page.evaluate(() => history.pushState(null, "", location.href));
  await restore(page, "#one", { group_by: [], sort: [["sold", "desc"]], settings: true });
  await untilSaid(page, "hash", "one", { settings: true, sort: [["sold", "desc"]] });

  const shown = async () => {
    const { group_by, sort, settings } = await saved(page, "#one");
    return JSON.stringify({ group_by, sort, settings });
  };
  await page.evaluate(() => history.back());
  const first = JSON.stringify({ group_by: ["region"], sort: [], settings: false });
  await until(shown, (found) => found === first, { within: 5_000, what: first });
  assert.deepEqual(await said(page, "hash", "one"), { group_by: ["region"] });
  await page.evaluate(() => history.forward());
  const second = JSON.stringify({ group_by: [], sort: [["sold", "desc"]], settings: true });
  await until(shown, (found) => found === second, { within: 5_000, what: second });
  assert.deepEqual(page.problems, []);
});

test("a part that cannot be read is ignored with a warning", async (t) => {
  const page = await start(t, "?two=%7B%22columns%22:[%22gone%22,%22sold%22]}#one=%7Bbroken");
  assert.deepEqual((await saved(page, "#one")).columns, ["region", "sold"]);
  assert.equal(page.warnings.filter((line) => /“one”.*cannot be read/.test(line)).length, 1);
  assert.deepEqual((await saved(page, "#two")).columns, ["sold"], "a column that is not there is left out");
  await restore(page, "#one", { group_by: ["region"] });
  await untilSaid(page, "hash", "one", { group_by: ["region"] });
  assert.deepEqual(page.problems, []);
});
