/**
 * A relay that asks for signed tokens, at a base path: tokens are renewed without a break, an
 * expired one is said, and another heals.
 */
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { figure, launch, state, until } from "./lib/page.mjs";
import { Relay, startBroker, TOPIC } from "./lib/stage.mjs";

/** An issuer, whose keys are in a file. */
async function startIssuer(t) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const folder = await mkdtemp(join(tmpdir(), "millrace-issuer-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "jwks.json");
  const key = { ...publicKey.export({ format: "jwk" }), kid: "k", alg: "ES256", use: "sig" };
  await writeFile(file, JSON.stringify({ keys: [key] }));
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const sign = (seconds) => {
    const exp = Date.now() / 1000 + seconds;
    const body = `${part({ alg: "ES256", kid: "k" })}.${part({ aud: "millrace", exp })}`;
    const by = { key: privateKey, dsaEncoding: "ieee-p1363" };
    return `${body}.${createSign("SHA256").update(body).sign(by, "base64url")}`;
  };
  return { file, sign };
}

/** The feed in a page that takes its tokens from `token`. */
async function show(t, token) {
  const issuer = await startIssuer(t);
  const broker = await startBroker(t);
  const relay = await Relay.start(t, broker.address, {
    server: `base_path = "/live"
[server.auth.jwt]
jwks_file = "${issuer.file}"
audience = "millrace"
leeway = "0s"`,
  });
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.exposeFunction("askToken", () => token(issuer));
  await broker.resume();
  // A page of the relay's with nothing on it.
  await page.goto(`${relay.base}/live/healthz`);
  await page.evaluate(async (feed) => {
    await import("/live/millrace.js");
    const viewer = document.createElement("millrace-viewer");
    viewer.feed = feed;
    viewer.token = () => window.askToken();
    document.body.replaceChildren(viewer);
  }, TOPIC);
  return page;
}

const rows = (page) => figure(page, "status-rows");

test("a token is renewed before it expires, and nothing is interrupted", async (t) => {
  let asked = 0;
  const page = await show(t, (issuer) => {
    asked++;
    return issuer.sign(4);
  });
  await state(page, /^Live/);
  const states = new Set();
  await until(
    async () => {
      states.add((await page.locator("[data-testid=status-state]").textContent()).trim());
      return asked;
    },
    (asked) => asked >= 4,
    { what: "three renewals" },
  );
  assert.deepEqual([...states], ["Live"]);
  const before = await rows(page);
  await until(
    () => rows(page),
    (now) => now > before + 1_000,
    { what: "more rows" },
  );
});

test("an expired token is said while the rows stay, and another one heals", async (t) => {
  let given;
  let fresh = false;
  const page = await show(t, (issuer) => {
    given ??= issuer.sign(4);
    return fresh ? issuer.sign(3_600) : given;
  });
  await state(page, /^Live/);
  const note = page.locator("[data-testid=note]");
  await until(
    async () => ((await note.count()) > 0 ? note.textContent() : ""),
    (text) => /the token has expired/.test(text),
    { what: "a note of the token" },
  );
  const before = await rows(page);
  assert.ok(before > 0, "the last rows are shown");
  fresh = true;
  await note.getByRole("button").click();
  await state(page, /^Live/);
  await until(
    () => rows(page),
    (now) => now > before + 1_000,
    { what: "more rows" },
  );
  assert.equal(await page.locator("[data-testid=status-resets]").count(), 0, "no reset");
});
