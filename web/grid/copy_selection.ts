/** Copies what is selected, or else the cell or header that has the focus. */
import { type Copied, copyArea, copyText, writeClipboard } from "./clipboard.js";
import { extentOf } from "./grid_keys.js";
import { type GridHost, leafAt } from "./host.js";

export async function copySelection(host: GridHost, headers: boolean): Promise<void> {
  const copied = whatIsCopied(host, headers);
  if (!copied) return;
  const { say } = host.listener;
  try {
    await writeClipboard(copied);
    const { rows, left } = await copied;
    const values = { count: rows.toLocaleString(), left: left.toLocaleString() };
    const part = left > 0 ? "grid.copied.part" : rows === 1 ? "grid.copied.one" : "grid.copied";
    host.say(say(part, values));
  } catch (error) {
    host.say(error instanceof Error ? error.message : say("grid.copied.none"));
  }
}

function whatIsCopied(host: GridHost, headers: boolean): Promise<Copied> | undefined {
  const { shown, selection, active } = host;
  if (!shown) return undefined;
  const { row, column } = active.place;
  const { view, shape, formatters } = shown;
  const cell = { start_row: row, end_row: row + 1, start_col: column, end_col: column + 1 };
  const isCell = row >= 0 && column >= 0;
  const area = (row >= 0 && selection.area(extentOf(host))) || (isCell ? cell : undefined);
  if (area) return copyArea(view, area, shape, formatters, headers);
  // A header, or a row's name.
  const name = host.table.querySelector<HTMLElement>("[data-active]")?.innerText.trim() ?? "";
  return Promise.resolve(copyText(row < 0 ? (leafAt(shown, column) ?? name) : name));
}
