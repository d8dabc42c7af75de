/** The words that people read, in the language that an element stands in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { Settings, until } from "../lib/page.mjs";

const GERMAN = {
  "state.local": "Lokal",
  "status.rows": "Zeilen",
  "status.configure": "Einrichten",
  "export.text": "Sichern",
  "export.copy": "Als {format} kopieren",
  "settings.title": "Einstellungen",
  "settings.add": "+ Dazu",
  "settings.all-columns.shown": "{shown} von {all} gezeigt",
  "zone.group_by": "Gruppieren",
  "zone.group_by.empty": "Eine Zeile je Datensatz",
};

/** The texts of these parts, once the status line says what it should. */
async function texts(page, state) {
  const read = (id) => page.locator(`[data-testid=${id}]`).innerText();
  await until(() => read("status-state"), (text) => text.trim() === state, { within: 5_000, what: state });
  return {
    rows: await read("status-rows"),
    configure: await read("settings-toggle"),
    title: await page.locator("millrace-settings h2").innerText(),
    zone: (await page.locator("[data-testid=zone-group_by] h3").innerText()).replaceAll("\n", " "),
    split: (await page.locator("[data-testid=zone-split_by] h3").innerText()).replaceAll("\n", " "),
    count: await page.locator("[data-testid=all-columns] .count").innerText(),
  };
}

const PLAIN = {
  rows: "1 rows",
  configure: "Configure",
  title: "Configure",
  zone: "Group by One row for each table row",
  split: "Split by No split",
  count: "2 of 2 shown",
};

test("words are those registered for the element's language, and change with it", async (t) => {
  const page = await elementPage(t, { data: [{ name: "a", n: 1 }] });
  await new Settings(page).open();
  await page.evaluate(async (words) => (await import("/millrace.js")).setWords(words, "de"), GERMAN);
  assert.deepEqual(await texts(page, "Local"), PLAIN, "words of another language change nothing");

  await page.locator("millrace-viewer").evaluate((viewer) => viewer.setAttribute("lang", "de-CH"));
  assert.deepEqual(await texts(page, "Lokal"), {
    rows: "1 Zeilen",
    configure: "Einrichten",
    title: "Einstellungen",
    zone: "Gruppieren Eine Zeile je Datensatz",
    split: "Split by No split",
    count: "2 von 2 gezeigt",
  });
  await page.getByRole("button", { name: "Export what is shown" }).click();
  assert.ok(await page.getByRole("menuitem", { name: "Als CSV kopieren" }).isVisible());
  await page.keyboard.press("Escape");

  // Words of every language; what is in them is text.
  await page.evaluate(async () => (await import("/millrace.js")).setWords({ "state.local": "<b>Here</b>" }));
  await page.locator("millrace-viewer").evaluate((viewer) => viewer.removeAttribute("lang"));
  assert.deepEqual(await texts(page, "<b>Here</b>"), PLAIN);
  assert.deepEqual(page.problems, []);
});

test("numbers are written in the language as soon as it changes, in the grid and in charts", async (t) => {
  const euros = { number_format: { style: "currency", currency: "EUR" } };
  const page = await elementPage(t, {
    data: [{ day: 1, plain: 1234.5, price: 1234.5 }, { day: 2, plain: 2345.5, price: 2345.5 }],
    config: { columns: ["plain", "price"], columns_config: { price: euros } },
  });
  const viewer = page.locator("millrace-viewer");
  const speak = (lang) => viewer.evaluate((viewer, lang) => viewer.setAttribute("lang", lang), lang);
  const cells = async () =>
    (await page.locator("regular-table tbody tr").first().locator("td").allInnerTexts()).map((text) => text.replaceAll("\u00a0", " "));
  await speak("en");
  await until(cells, (texts) => texts.join(" | ") === "1,234.50 | €1,234.50", { within: 5_000, what: "English" });
  await speak("de");
  await until(cells, (texts) => texts.join(" | ") === "1.234,50 | 1.234,50 €", { within: 5_000, what: "German" });

  await viewer.evaluate((viewer) => viewer.restore({ plugin: "Y Line", group_by: ["day"], columns: ["price"] }));
  const tick = () =>
    viewer.evaluate((viewer) => {
      const { chart } = viewer.shadowRoot.querySelector("[data-testid=chart]");
      return chart.model.valueText?.(1234.5) ?? chart.model.lists[0].lines(0)[0].value;
    });
  const plain = async () => (await tick()).replaceAll("\u00a0", " ");
  await until(plain, (text) => text.startsWith("1.234,5"), { within: 5_000, what: "German in the chart" });
  await speak("en");
  await until(plain, (text) => text.startsWith("€1,234.5"), { within: 5_000, what: "English in the chart" });
  assert.deepEqual(page.problems, []);
});
