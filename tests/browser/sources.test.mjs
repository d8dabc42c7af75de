/**
 * The page's dialog of sources: feeds of this relay and of another one, with a preview; and
 * files, chosen or dropped.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, figure, flush, grid, state, until } from "./lib/page.mjs";
import { Relay, startBroker } from "./lib/stage.mjs";

const CSV = "name,price\ntea,2.5\n<b>salt</b>,9\n";

const file = (name, text) => ({ name, mimeType: "", buffer: Buffer.from(text) });

/** Drops a file on the page, as a hand would. */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name));
      return data;
    },
    [name, text],
  );
  for (const type of ["dragover", "drop"]) {
    await page.dispatchEvent("body", type, { dataTransfer: data });
  }
}

test("sources", async (t) => {
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address);
  const other = await Relay.start(t, broker.address, {
    name: "elsewhere",
    server: `allowed_origins = ["${new URL(relay.base).origin}"]`,
  });
  await broker.resume();
  const page = await browse(t, relay.base);
  await state(page, /^Live/);
  const dialog = page.locator("#sources");
  const part = (name) => dialog.locator(`[data-part=${name}]`);

  await t.test("a feed is previewed with its types, its rate and its newest rows", async () => {
    await page.locator("#open").click();
    await dialog.locator("table").waitFor();
    const columns = await dialog.locator("th").allInnerTexts();
    assert.match(columns.join(" "), /ticker\s+string.*volume\s+int64/s);
    assert.equal(await dialog.locator("tbody tr").count(), 5);
    const about = () => part("preview").locator("p").innerText();
    await until(about, (text) => /[1-9][\d,]* rows, [1-9][\d,]* rows\/s, 9 columns/.test(text));
  });

  await t.test("one of another relay is opened", async () => {
    await part("address").fill(`ws://127.0.0.1:${other.port}`);
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Open elsewhere" }).click();
    await state(page, /^Live/);
    await until(() => figure(page, "status-rows"), (rows) => rows > 100);
    assert.match(await page.locator("#about").textContent(), /elsewhere/);
    assert.equal(await dialog.isVisible(), false);
  });

  await t.test("a relay that is not there is said not to answer", async () => {
    await page.locator("#open").click();
    await part("address").fill("ws://127.0.0.1:9");
    await page.keyboard.press("Enter");
    await until(() => part("state").innerText(), (text) => /answer|connect/i.test(text) && !/Connecting/.test(text));
    await part("address").fill("gopher://nowhere");
    await page.keyboard.press("Enter");
    await until(() => part("state").innerText(), (text) => /gopher|address|ws/i.test(text));
  });

  await t.test("a file that is not what it says is refused, and what was shown stays", async () => {
    await part("file").setInputFiles(file("prices.csv", "PAR1 and so on"));
    await until(() => part("file-state").innerText(), (text) => /Parquet/.test(text));
    await part("file").setInputFiles(file("rows.json", "[1, 2"));
    await until(() => part("file-state").innerText(), (text) => /line 1|JSON/.test(text));
    await page.keyboard.press("Escape");
    assert.match(await page.locator("#about").textContent(), /elsewhere/);
  });

  await t.test("a file is chosen, and another one dropped", async () => {
    await page.locator("#open").click();
    await part("file").setInputFiles(file("prices.csv", CSV));
    await dialog.waitFor({ state: "hidden" });
    await flush(page);
    assert.deepEqual((await grid(page)).body.map((row) => row.cells), [["tea", "2.50"], ["<b>salt</b>", "9.00"]]);
    assert.match(await page.locator("#about").textContent(), /prices\.csv/);
    await drop(page, "more.json", '[{"x": 1}, {"x": 2}, {"x": 3}]');
    await until(async () => (await grid(page)).body.length, (rows) => rows === 3);
    await drop(page, "broken.bin", "PK\u0003\u0004");
    await until(() => part("file-state").innerText(), (text) => /ZIP/.test(text));
    await dialog.getByRole("button", { name: /^Open / }).click();
    await state(page, /^Live/);
    await until(() => figure(page, "status-rows"), (rows) => rows > 100);
    // The engine of the file goes with it.
    await until(() => page.workers().length, (workers) => workers === 1, { what: "one engine" });
    assert.deepEqual(page.problems, []);
  });
});
