/** The demo with the broker that it carries. */
import { test } from "node:test";
import { firstLight } from "./lib/first_light.mjs";

test("first light", async (t) => {
  await firstLight(t, []);
});
