/** The settings panel is a script of its own: fetched when it is wanted, and missed in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { elementPage } from "../lib/element_page.mjs";
import { until } from "../lib/page.mjs";

const SCRIPT = "**/millrace-settings.js";
const DATA = [{ name: "a", n: 1 }];

/** How often the script is asked for from now on. */
function asked(page) {
  const requests = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/millrace-settings.js")) requests.push(request.url());
  });
  return requests;
}

const toggle = (page) => page.locator("[data-testid=settings-toggle]").first();
const panel = (page) => page.locator("millrace-settings").first();
const standIn = (page) => page.locator("[data-testid=settings-stand-in]");

/** The test id of what has the focus, through shadow roots. */
function focused(page) {
  return page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return [at?.getRootNode().host?.localName, at?.dataset.testid];
  });
}

const focusedAs = (page, wanted) =>
  until(() => focused(page), (found) => found.join() === wanted.join(), { within: 5_000, what: wanted.join() });

const inPanel = ["millrace-settings", "settings-close"];
const inStandIn = ["millrace-viewer", "settings-close"];
const onToggle = ["millrace-status", "settings-toggle"];

test("the script is fetched once it is likely to be wanted, and once for all elements", async (t) => {
  const page = await elementPage(t, { data: DATA });
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  assert.deepEqual(scripts.filter((name) => name.includes("millrace-settings")), [], "not before");
  const requests = asked(page);
  const fetched = page.waitForResponse(SCRIPT);
  await toggle(page).hover();
  await fetched;
  assert.equal(await panel(page).count(), 0, "a pointer opens nothing");

  await toggle(page).click();
  await focusedAs(page, inPanel);
  await page.evaluate(async () => {
    const other = document.createElement("millrace-viewer");
    document.body.append(other);
    await other.toggleConfig(true);
    other.scrollIntoView();
  });
  assert.equal(await page.locator("millrace-settings").count(), 2);
  assert.equal(requests.length, 1);
  assert.deepEqual(page.problems, []);
});

test("a focus on the button fetches it as well", async (t) => {
  const page = await elementPage(t, { data: DATA });
  const fetched = page.waitForResponse(SCRIPT);
  await toggle(page).focus();
  await fetched;
});

test("a viewer that is to begin with its settings has them when it is drawn", async (t) => {
  const page = await elementPage(t, { data: DATA, config: { settings: true } });
  assert.equal(await page.evaluate(() => document.querySelector("millrace-viewer").shadowRoot.querySelectorAll("millrace-settings").length), 1);
});

test("while it is on its way the panel can be closed, and does not open by itself", async (t) => {
  const page = await elementPage(t, { data: DATA });
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(SCRIPT, async (route) => {
    await released;
    await route.continue();
  });
  await toggle(page).focus();
  await page.keyboard.press("Enter");
  await focusedAs(page, inStandIn);
  assert.equal(await standIn(page).getAttribute("aria-busy"), "true");
  await page.keyboard.press("Escape");
  await focusedAs(page, onToggle);
  assert.equal(await standIn(page).count(), 0);

  await page.keyboard.press("Enter");
  await focusedAs(page, inStandIn);
  const rows = page.locator("td").first();
  await rows.click();
  release();
  await panel(page).waitFor();
  assert.equal((await focused(page))[1] === "settings-close", false, "the focus stays where it was put meanwhile");
  assert.deepEqual(page.problems, []);
});

test("where it cannot be had, the panel says so, and it can be tried again", async (t) => {
  const page = await elementPage(t, { data: DATA });
  await page.route(SCRIPT, (route) => route.abort("internetdisconnected"));
  await toggle(page).focus();
  await page.keyboard.press("Enter");
  const missing = page.locator("[data-testid=settings-missing]");
  await missing.waitFor();
  assert.match(await missing.innerText(), /^The settings could not be loaded\.\s+http:\S+\/millrace-settings\.js\s+Try again$/);
  assert.equal(await missing.getAttribute("role"), "alert");
  const [place, grid] = [await standIn(page).boundingBox(), await page.locator("[data-testid=grid]").boundingBox()];
  assert.deepEqual([place.x, place.y, place.width], [grid.x + grid.width, grid.y, 320], "beside the grid");
  await focusedAs(page, inStandIn);

  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await focusedAs(page, inStandIn);
  await missing.waitFor();

  await page.unroute(SCRIPT);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await focusedAs(page, inPanel);
  await page.keyboard.press("Escape");
  await focusedAs(page, onToggle);
  assert.deepEqual(page.problems, []);
});
