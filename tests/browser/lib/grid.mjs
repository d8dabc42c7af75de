/** The datagrid of the element, cell by cell. */

/** A cell by its row in the view and its column's place, as assistive technology counts. */
export function cellAt(page, row, column) {
  return page
    .locator(`regular-table tbody tr[aria-rowindex="${row + 2}"]`)
    .locator(`[aria-colindex="${column + 1}"]`);
}

/** The header of a column by its name. */
export function headerOf(page, name) {
  return page.locator("regular-table thead tr:last-child th").filter({
    has: page.locator("span:first-child", { hasText: new RegExp(`^${name}$`) }),
  });
}

/** The texts of a column of a view without groups and splits. */
export async function columnTexts(page, column) {
  return page
    .locator(`regular-table tbody tr:not([hidden]) [aria-colindex="${column + 1}"]`)
    .allInnerTexts();
}

export async function restore(page, config) {
  await page.evaluate(async (config) => {
    const viewer = document.querySelector("millrace-viewer");
    await viewer.restore(config);
    await viewer.flush();
  }, config);
}

/** A computed style of a cell. */
export function styleOf(locator, name) {
  return locator.evaluate((cell, name) => getComputedStyle(cell)[name], name);
}
