/** Reads that gather for one message. */
import { expect, it } from "vitest";
import type { Params, ReadAnswer } from "../client/calls.js";
import { ReadBatch } from "../client/read_batch.js";
import type { ViewWindow } from "../client/types.js";

type Read = Params<"read">;

const windowOf = ({ view }: Read) => ({ columns: [], num_rows: view }) as unknown as ViewWindow;

function batch(answer: (read: Read) => ReadAnswer = windowOf) {
  const sent: Read[][] = [];
  const reads = new ReadBatch(async (all) => {
    sent.push(all);
    return all.map(answer);
  });
  return { sent, reads };
}

it("sends the reads of one turn together, and answers each with its own", async () => {
  const { sent, reads } = batch();
  const answers = await Promise.all([
    reads.add({ view: 1, window: {} }),
    reads.add({ view: 2, window: {} }),
  ]);
  expect(answers.map(({ num_rows }) => num_rows)).toEqual([1, 2]);
  await reads.add({ view: 3, window: {} });
  expect(sent.map((all) => all.map(({ view }) => view))).toEqual([[1, 2], [3]]);
});

it("sends what waits at once where something else would overtake it", async () => {
  const { sent, reads } = batch();
  const read = reads.add({ view: 1, window: {} });
  reads.flush();
  expect(sent).toHaveLength(1);
  await read;
  expect(sent).toHaveLength(1);
});

it("sends a window as it was when it was asked for", async () => {
  const { sent, reads } = batch();
  const window = { start_row: 1 };
  const read = reads.add({ view: 1, window });
  window.start_row = 2;
  await read;
  expect(sent[0]?.[0]?.window).toEqual({ start_row: 1 });
});

it("rejects a read that failed, and no other", async () => {
  const error = { kind: "deleted", message: "The view was deleted." };
  const { reads } = batch((read) => (read.view === 2 ? { error } : windowOf(read)));
  const settled = await Promise.allSettled(
    [1, 2, 3].map((view) => reads.add({ view, window: {} })),
  );
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(settled[1]).toMatchObject({ reason: error });
});

it("rejects all where the message failed", async () => {
  const reads = new ReadBatch(() => Promise.reject(new Error("gone")));
  const settled = await Promise.allSettled([1, 2].map((view) => reads.add({ view, window: {} })));
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
