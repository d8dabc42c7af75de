/**
 * A table's life: rows come in batches, views are made before, between and after them, and
 * the oldest rows leave where there is a limit.
 */
import millrace from "../../../web/dist/node.js";
import { toIpc } from "./arrow.js";
import { drawRows } from "./columns.js";
import { compareView } from "./compare.js";
import { expectedView } from "./expected.js";

/** `count` batches of up to `most` random rows each; the first is never empty. */
export const drawBatches = (random, count, most) =>
  Array.from({ length: count }, (_, i) => drawRows(random, random.whole(i === 0 ? 1 : 0, most)));

/**
 * Feeds `batches` into a table, makes a view of each of `configs` somewhere on the way, and
 * compares the views with DuckDB's answers on the rows that survived.
 *
 * @param madeAfter behind which batch the view of the config of that number is made
 * @param asked what DuckDB is asked for instead of a view's config: a test of the test
 */
export async function play({
  random,
  duckdb,
  configs,
  batches,
  limit,
  madeAfter = () => random.whole(0, batches.length - 1),
  asked = (config) => config,
}) {
  const [first, ...later] = batches;
  const table = await millrace.table(toIpc(first, true), { limit });
  const views = configs.map((config, i) => ({ config, after: madeAfter(i) }));
  const makeViews = async (batch) => {
    for (const each of views.filter(({ after }) => after === batch)) {
      each.view = await table.view(each.config);
    }
  };
  await makeViews(0);
  for (const [i, rows] of later.entries()) {
    await table.update(toIpc(rows, random.chance(0.5)));
    // A pause lets the engine bring its views up to date before the next batch.
    if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve));
    await makeViews(i + 1);
  }
  const survivors = batches.flat().slice(limit === undefined ? 0 : -limit);
  await duckdb.load(survivors);
  for (const { config, view } of views) {
    try {
      await compareView(view, config, await expectedView(duckdb, asked(config)));
    } catch (error) {
      error.message += `\n${survivors.length} rows, limit ${limit}, ${JSON.stringify(config)}`;
      throw error;
    } finally {
      await view.delete();
    }
  }
  await table.delete();
}
