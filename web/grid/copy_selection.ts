/** Copies what is selected, or else the cell or header that has the focus. */
import { type Copied, copyArea, copyText, writeClipboard } from "./clipboard.js";
import { extentOf } from "./grid_keys.js";
import { type GridHost, leafAt } from "./host.js";

export async function copySelection(host: GridHost, headers: boolean): Promise<void> {
  const copied = whatIsCopied(host, headers);
  if (!copied) return;
  try {
    await writeClipboard(copied);
    const { rows, left } = await copied;
    const what = rows === 1 ? "1 row copied" : `${rows.toLocaleString()} rows copied`;
    host.say(left > 0 ? `${what}; ${left.toLocaleString()} more do not fit.` : `${what}.`);
  } catch (error) {
    host.say(error instanceof Error ? error.message : "Nothing was copied.");
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
