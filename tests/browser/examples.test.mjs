/** The examples that the relay serves: each shows rows, and nothing goes wrong in it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { grid, launch, open, until } from "./lib/page.mjs";
import { millrace } from "./lib/program.mjs";

/** How many viewers are on each. */
const PAGES = {
  "plain.html": 1,
  "several.html": 3,
  "csv.html": 1,
  "arrow.html": 1,
  "editable.html": 2,
  "react.html": 1,
};

/** The rows that each viewer of the page shows. */
function rowsOf(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("millrace-viewer")].map(
      (viewer) => viewer.shadowRoot.querySelectorAll("regular-table tbody tr").length,
    ),
  );
}

test("examples", async (t) => {
  const demo = await millrace(["demo", "--listen", "127.0.0.1:0"]);
  t.after(() => demo.end());
  const browser = await launch();
  t.after(() => browser.close());
  const address = new URL("examples/", demo.base).href;
  const of = async (name) => open(browser, new URL(name, address).href);

  await t.test("the list names them all", async () => {
    const page = await open(browser, address);
    const links = await page.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.deepEqual(
      links.map((link) => link.slice(2)).sort(),
      [...Object.keys(PAGES), "embed.html"].sort(),
    );
  });

  for (const [name, viewers] of Object.entries(PAGES)) {
    await t.test(name, async () => {
      const page = await of(name);
      await until(() => rowsOf(page), (rows) => rows.length === viewers && rows.every((n) => n > 1), {
        what: `rows in ${viewers} viewers`,
      });
      assert.deepEqual(page.problems, []);
      await page.close();
    });
  }

  await t.test("text that is no CSV is refused, and the table stays", async () => {
    const page = await of("csv.html");
    await until(() => rowsOf(page), ([rows]) => rows > 1);
    await page.locator("textarea").fill("a,b\n1,2,3\n");
    await page.locator("textarea").blur();
    await until(() => page.locator("#problem").innerText(), (text) => /line 2/.test(text));
    assert.equal((await grid(page)).body[0].names[0], "Total");
  });

  await t.test("in React a choice of the page is shown", async () => {
    const page = await of("react.html");
    await until(() => rowsOf(page), ([rows]) => rows > 1);
    await page.getByLabel("Group by").selectOption("client");
    await until(async () => (await grid(page)).head.at(-1)[0], (text) => /client/.test(text));
  });

  await t.test("a frame of another origin is shown, or told the line to add", async () => {
    const page = await of("embed.html");
    const frame = page.frameLocator("iframe");
    await frame.locator("[data-testid=remedy]").waitFor();
    assert.match(await frame.locator("[data-testid=remedy]").textContent(), /allowed_origins.*localhost/);
  });
});
