/**
 * What can show a view: the grid, and each chart, under the names that saved layouts use.
 *
 * Names of other versions of `<perspective-viewer>` are known as well. A plugin's code is
 * loaded when it is first shown.
 */
import type { Scalar, ViewWindow, Window } from "../client/types.js";
import type { View } from "../client/view.js";
import type { ConfigEdit } from "../grid/config_edits.js";
import type { GridShape } from "../grid/shape.js";
import type { Say } from "./words.js";

/** What a plugin must know of a view besides its cells. */
export interface ViewShape extends GridShape {
  /** The columns in the order of their roles; null keeps a role free. */
  columns: (string | null)[];
  /** The columns that tell the table's rows apart; none where all rows are kept. */
  index: string[];
  /** What is set of the plugin itself, and of how columns look. */
  plugin_config: Record<string, unknown>;
  columns_config: Record<string, Record<string, unknown>>;
}

/** A row, a cell or a mark that the user pointed at. */
export interface PluginClick {
  row: number;
  column: string | undefined;
  row_path: Scalar[] | undefined;
  values: Record<string, Scalar>;
}

/** What a plugin tells of. */
export interface PluginListener {
  /** The user asks for another order. */
  sort(column: string, additive: boolean, absolute?: boolean): void;
  /** The user opens or closes a row of the tree. */
  toggle(row: number, open: boolean): void;
  click(click: PluginClick): void;
  /** The user changes the config: columns, groups, filters, looks. */
  edit(edit: ConfigEdit): void;
  /** The user has selected these cells, or none. */
  select(selection: Required<Window> | undefined): void;
  /** The user has edited a row: its key, and what is new. */
  write(row: Record<string, Scalar>): Promise<void>;
  /** The words that people read, in the language of the element. */
  say: Say;
  /** Resolves when what was read may be drawn: each viewer draws in a task of its own. */
  turn(): Promise<void>;
  /** A draw is on the screen: the sizes of table and view when it was read. */
  drawn(window: Pick<ViewWindow, "table_rows" | "num_rows" | "num_columns">): void;
}

/**
 * Shows a view in its element, which fills the space that it is given. It draws when told
 * to, and reads no more than can be seen.
 */
export interface ViewPlugin {
  readonly element: HTMLElement;
  /** Draws this view from now on; the old one stays on the screen until the first draw. */
  show(view: View, shape: ViewShape): Promise<void>;
  /** Reads what can be seen anew and draws it. */
  draw(): Promise<void>;
  /** Draws what was read last into a changed space. */
  resize(): Promise<void>;
  /** An empty screen: what was shown belongs to nobody any more. */
  clear(): void;
  /** What is on the screen as a picture, where the plugin can make one. */
  exportImage?(type: ImageType): Promise<Blob>;
  /** The cells that are selected, where a plugin has cells. */
  getSelection?(): Required<Window> | undefined;
  setSelection?(selection: Window | undefined): void;
}

export type ImageType = "png" | "svg";

export const NAMES = [
  "Datagrid",
  "Y Line",
  "Y Area",
  "Y Bar",
  "X Bar",
  "Y Scatter",
  "X/Y Scatter",
  "X/Y Line",
  "Pie",
  "Donut",
  "Treemap",
  "Sunburst",
  "Heatmap",
  "Candlestick",
  "OHLC",
  "Histogram",
  "Box Plot",
  "Density",
  "Gauge",
  "Big Number",
] as const;

export type PluginName = (typeof NAMES)[number];

/** What all names but the grid's are. */
export type ChartName = Exclude<PluginName, "Datagrid">;

/** Names as other versions have them, without what `bare` takes off, to ours. */
const ALIASES: Record<string, PluginName> = {
  hypergrid: "Datagrid",
  debug: "Datagrid",
  grid: "Datagrid",
  table: "Datagrid",
  line: "Y Line",
  linechart: "Y Line",
  area: "Y Area",
  areachart: "Y Area",
  vertical: "Y Bar",
  column: "Y Bar",
  columnchart: "Y Bar",
  bar: "X Bar",
  barchart: "X Bar",
  horizontal: "X Bar",
  scatter: "X/Y Scatter",
  scatterplot: "X/Y Scatter",
  bubble: "X/Y Scatter",
  xy: "X/Y Scatter",
  heatmapchart: "Heatmap",
  piechart: "Pie",
  donutchart: "Donut",
  doughnut: "Donut",
  candle: "Candlestick",
  boxplots: "Box Plot",
  number: "Big Number",
  kpi: "Big Number",
};

/** `d3_xy_scatter`, `X/Y Scatter` → `xyscatter`. */
function bare(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^(d3fc|d3|highcharts|hc)[_ -]/, "")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** The plugin that goes by this name in any version, if there is one. */
export function pluginNamed(name: string): PluginName | undefined {
  const wanted = bare(name);
  return Object.hasOwn(ALIASES, wanted)
    ? ALIASES[wanted]
    : NAMES.find((each) => bare(each) === wanted);
}
