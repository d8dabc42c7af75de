/** From a plugin's name to its code. */
import { Grid } from "../grid/grid.js";
import type { PluginListener, PluginName, ViewPlugin } from "./plugins.js";
import { SiblingScript } from "./sibling_script.js";

const charts = new SiblingScript<typeof import("../charts/entry.js")>(
  "millrace-charts.js",
  "The charts",
);

/** The plugin, not yet on the page. */
export async function loadPlugin(name: PluginName, listener: PluginListener): Promise<ViewPlugin> {
  if (name === "Datagrid") return new Grid(listener);
  const { createChart } = await charts.load();
  return createChart(name, listener);
}
