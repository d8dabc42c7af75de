/**
 * The page that a relay serves, beyond the demo: for a feed of any name, and by keyboard.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, figure, flush, grid, state, until } from "./lib/page.mjs";
import { Relay, startBroker } from "./lib/stage.mjs";

/** What has the focus, inside the shadow roots: its tag and its text. */
function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return { tag: element?.tagName, text: element?.innerText?.trim() };
  });
}

test("a relay with a feed of its own shows that one", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address, { name: "trades" });
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  await until(() => figure(page, "status-rows"), (rows) => rows > 1_000);
  assert.match(await page.locator("#about").textContent(), /trades/);
  assert.equal(await page.locator("#views").isVisible(), false, "no views of another feed");
  assert.equal(await page.locator("[data-testid=note]").count(), 0, "nothing is wrong");
  assert.deepEqual((await grid(page)).head.at(-1).slice(0, 3), ["timestamp", "ticker", "client"]);
  assert.deepEqual(page.problems, []);
});

test("a relay that comes back with other feeds is told of", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  await page.evaluate(async () => {
    const client = await document.querySelector("millrace-viewer").getClient();
    window.lists = [];
    await client.on_hosted_tables_update(async () => {
      window.lists.push(await client.get_hosted_table_names());
    });
  });
  await relay.kill();
  relay.other = '\nticker = "string"\n';
  await relay.restart(broker.address);
  const lists = await until(() => page.evaluate(() => window.lists), (lists) => lists.length > 0);
  assert.deepEqual(lists.map((list) => list.toSorted()), [["other", "stock_values"]]);
});

test("a feed that vanished is said: its rows stay, and another one can be chosen", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  const rows = await until(() => figure(page, "status-rows"), (rows) => rows > 100);
  await relay.kill();
  relay.name = "other_values";
  await relay.restart(broker.address);
  const note = page.locator("[data-testid=note]");
  await note.waitFor();
  assert.match(await note.innerText(), /stock_values/);
  await note.getByRole("button", { name: "Try again" }).waitFor();
  assert.ok((await figure(page, "status-rows")) >= rows);
  assert.ok((await grid(page)).body.length > 1);
  assert.deepEqual(page.problems, []);

  // A page that asks for it now is told, and offered what there is.
  await page.goto(`${relay.base}/examples/plain.html`);
  assert.match(await page.locator("[data-testid=cover-error]").innerText(), /stock_values/);
  await page.getByRole("button", { name: "Choose another feed" }).click();
  await page.getByRole("button", { name: "other_values" }).click();
  await state(page, /^Live/);
  await until(() => figure(page, "status-rows"), (rows) => rows > 100);
  assert.deepEqual(page.problems, []);
});

test("the keyboard goes from the tree to the headers and back", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  await until(() => figure(page, "status-rows"), (rows) => rows > 3_000);
  await broker.pause();
  await flush(page);
  await page.locator("millrace-viewer").getByText("Total").click();
  await page.keyboard.press("ArrowUp");
  assert.match((await focused(page)).text, /close/, "up from the total is the first header");
  await page.keyboard.press("ArrowLeft");
  assert.match((await focused(page)).text, /close/, "the corner takes no focus");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await flush(page);
  const { body } = await grid(page);
  const volumes = body.slice(1).map((row) => Number(row.cells[1].replaceAll(",", "")));
  assert.deepEqual(volumes, volumes.toSorted((a, b) => b - a), "Enter on a header sorts by it");
  await page.keyboard.press("ArrowDown");
  assert.equal((await focused(page)).tag, "TD", "down is a cell again");
});

test("another feed is shown with what fits it of the view before", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address, {
    other: '\nticker = "string"\nvolume = "int64"\nclose = "json"\n',
  });
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  const viewer = page.locator("millrace-viewer");
  const show = async (feed, config) => {
    await viewer.evaluate((element, given) => element.restore(given), config);
    await viewer.evaluate((element, name) => {
      element.feed = name;
    }, feed);
    await until(() => figure(page, "status-rows"), (rows) => rows > 100, { what: feed });
    await flush(page);
    assert.equal(await page.locator("[data-testid=note]").count(), 0, "nothing is wrong");
    return viewer.evaluate((element) => element.save());
  };
  const columns = ["open", "volume"];
  const fitting = await show("other", { group_by: ["ticker"], columns, filter: [] });
  assert.deepEqual(fitting.group_by, ["ticker"]);
  assert.deepEqual(fitting.columns, ["volume"]);
  await show("stock_values", { columns: null });
  // There the same column is text, and the filter an error: the element begins anew.
  const anew = await show("other", { group_by: ["ticker"], filter: [["close", ">", 1]] });
  assert.deepEqual([anew.group_by, anew.filter], [[], []]);
});

test("a click beside all cells leaves the keyboard where it was", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  await until(() => figure(page, "status-rows"), (rows) => rows > 3_000);
  await page.locator("millrace-viewer").getByText("Total").click();
  const before = await focused(page);
  await page.locator("regular-table thead th").first().click({ position: { x: 4, y: 4 } });
  assert.deepEqual(await focused(page), before);
});
