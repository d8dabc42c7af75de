/** From a plugin's name to its code. */
import { Grid } from "../grid/grid.js";
import type { PluginListener, PluginName, ViewPlugin } from "./plugins.js";

/** The plugin, not yet on the page. */
export async function loadPlugin(name: PluginName, listener: PluginListener): Promise<ViewPlugin> {
  switch (name) {
    case "Datagrid":
      return new Grid(listener);
  }
}
