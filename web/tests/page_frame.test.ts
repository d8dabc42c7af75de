import { afterEach, beforeEach, expect, test, vi } from "vitest";

type PageFrame = typeof import("../viewer/page_frame.js");

let drawTurn: PageFrame["drawTurn"];
let inNextFrame: PageFrame["inNextFrame"];

/** A page of its own for each test. */
beforeEach(async () => {
  vi.resetModules();
  ({ drawTurn, inNextFrame } = await import("../viewer/page_frame.js"));
});

afterEach(() => vi.unstubAllGlobals());

/** A draw of many steps, none of which leaves the task that it began in. */
async function draw(name: string, said: string[]): Promise<void> {
  await drawTurn();
  said.push(`${name} begins`);
  for (let step = 0; step < 100; step++) await undefined;
  said.push(`${name} ends`);
}

test("what waits for a frame is done though one of it throws, which is reported", () => {
  const frames: (() => void)[] = [];
  const reported = vi.fn();
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  vi.stubGlobal("reportError", reported);
  const done: string[] = [];
  const fault = new Error("a fault");
  inNextFrame(() => done.push("first"));
  inNextFrame(() => {
    throw fault;
  });
  inNextFrame(() => done.push("third"));
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(done).toEqual(["first", "third"]);
  expect(reported.mock.calls).toEqual([[fault]]);

  inNextFrame(() => done.push("next frame"));
  expect(frames).toHaveLength(2);
});

test("draws that could begin together take turns", async () => {
  const said: string[] = [];
  await Promise.all(["first", "second", "third"].map((name) => draw(name, said)));
  expect(said).toEqual(
    ["first", "second", "third"].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test("the first draw does not wait, and a later one gets its turn", async () => {
  const said: string[] = [];
  const first = draw("first", said);
  await undefined;
  expect(said).toEqual(["first begins"]);
  await Promise.all([first, draw("second", said)]);
  await draw("third", said);
  expect(said.at(-1)).toBe("third ends");
});
