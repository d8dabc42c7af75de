/**
 * How the demo looks: light, dark and narrow, with the settings open. The pictures go to
 * `target/screenshots`; the README's is the first of them, and `MILLRACE_SCREENSHOT` names
 * a file to put a copy of it into.
 */
import assert from "node:assert/strict";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { figure, flush, launch, open, state, until } from "./lib/page.mjs";
import { millrace, ROOT } from "./lib/program.mjs";

const FOLDER = join(ROOT, "target", "screenshots");
const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 720 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 720 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 390, height: 720 } },
];

test("the demo looks right, light, dark and narrow", async (t) => {
  const demo = await millrace(["demo", "--listen", "127.0.0.1:0"]);
  t.after(() => demo.end());
  const browser = await launch();
  t.after(() => browser.close());
  await mkdir(FOLDER, { recursive: true });
  for (const { name, ...look } of LOOKS) {
    await t.test(name, async () => {
      const page = await open(browser, demo.base, look);
      await state(page, /^Live/);
      await page.evaluate(() =>
        document.querySelector("millrace-viewer").restore({
          group_by: ["ticker"],
          split_by: ["client"],
          columns: ["close", "volume"],
          aggregates: { close: "last", volume: "sum" },
        }),
      );
      if (name !== "narrow") await page.locator("[data-testid=settings-toggle]").click();
      await until(() => figure(page, "status-rows"), (rows) => rows > 50_000);
      await flush(page);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, "nothing sticks out of the window");
      await page.screenshot({ path: join(FOLDER, `${name}.png`) });
      assert.deepEqual(page.problems, []);
      await page.close();
    });
  }
  if (process.env.MILLRACE_SCREENSHOT) {
    await copyFile(join(FOLDER, "light.png"), process.env.MILLRACE_SCREENSHOT);
  }
});
