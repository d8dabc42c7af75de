/** What the viewer's script imports when the first chart is shown. */
import type { ChartName, PluginListener, ViewPlugin } from "../viewer/plugins.js";
import { Chart } from "./chart.js";

export function createChart(name: ChartName, listener: PluginListener): ViewPlugin {
  return new Chart(name, listener);
}
