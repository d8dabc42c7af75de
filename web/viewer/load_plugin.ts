/** From a plugin's name to its code. */
import { MillraceError } from "../client/errors.js";
import { Grid } from "../grid/grid.js";
import type { PluginListener, PluginName, ViewPlugin } from "./plugins.js";

/** Lies beside this script, and is fetched when the first chart is shown. */
const CHARTS_SCRIPT = "millrace-charts.js";

/** The plugin, not yet on the page. */
export async function loadPlugin(name: PluginName, listener: PluginListener): Promise<ViewPlugin> {
  if (name === "Datagrid") return new Grid(listener);
  const { createChart } = await loadCharts();
  return createChart(name, listener);
}

type Charts = typeof import("../charts/entry.js");

let charts: Promise<Charts> | undefined;

function loadCharts(): Promise<Charts> {
  charts ??= importCharts();
  return charts;
}

async function importCharts(): Promise<Charts> {
  // The variable keeps bundlers from taking the script for a part of their own.
  const script = CHARTS_SCRIPT;
  const address = new URL(script, import.meta.url).href;
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ address)) as Charts;
  } catch (error) {
    // The next chart asks again: what could not be fetched may come back.
    charts = undefined;
    throw new MillraceError({
      kind: "not_loaded",
      message: `The charts could not be loaded from ${address}: ${String(error)}`,
      expected: `${script} beside the viewer's script`,
    });
  }
}
