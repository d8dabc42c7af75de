/**
 * A table's life: rows come in batches, views are made before, between and after them, and
 * the oldest rows leave where there is a limit.
 */
import millrace from "../../../web/dist/node.js";
import { toIpc } from "./arrow.js";
import { compareView } from "./compare.js";
import { drawRows } from "./columns.js";
import { expectedView } from "./expected.js";

/**
 * Feeds `batches` batches of up to `most` random rows and compares a view of each of
 * `configs` with DuckDB's answer on the rows that survived.
 */
export async function play({ random, duckdb, configs, batches, most, limit }) {
  const first = drawRows(random, random.whole(1, most));
  const table = await millrace.table(toIpc(first, true), { limit });
  const views = configs.map((config) => ({ config, made: random.whole(0, batches), view: null }));
  let rows = first;
  for (let batch = 0; batch <= batches; batch++) {
    for (const each of views.filter(({ made }) => made === batch)) {
      each.view = await table.view(each.config);
    }
    if (batch === batches) break;
    const more = drawRows(random, random.whole(0, most));
    await table.update(toIpc(more, random.chance(0.5)));
    rows = [...rows, ...more].slice(limit === undefined ? 0 : -limit);
    // A pause lets the engine bring its views up to date before the next batch.
    if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve));
  }
  await duckdb.load(rows);
  for (const { config, view } of views) {
    try {
      await compareView(view, config, await expectedView(duckdb, config));
    } catch (error) {
      error.message += `\nconfig: ${JSON.stringify(config)}`;
      throw error;
    }
    await view.delete();
  }
  await table.delete();
}
