/**
 * A window of a view, as the engine hands it out. The engine's bindings include this very
 * file for the types that wasm-bindgen generates, so nothing may be imported here.
 */

/** A window: the cells between its bounds, in typed arrays that were moved, not copied by value. */
export interface ViewWindow {
  /** The bounds, cut to the view; ends are exclusive. With a `sample`, not all rows between. */
  start_row: number;
  end_row: number;
  start_col: number;
  end_col: number;
  /** Rows of the table at the moment of the read. */
  table_rows: number;
  /** The size of the whole view then. */
  num_rows: number;
  num_columns: number;
  /** What the rows of a grouped view stand for. */
  row_path?: RowPathData | undefined;
  /** The names of the columns; split ones are `group|column`. */
  names: string[];
  columns: ColumnData[];
  /** Where rows were chosen among those between the bounds (`downsample`): which these are. */
  sample?: SampleData | undefined;
}

/** The rows of a window that were chosen to be drawn. */
export interface SampleData {
  /** Their numbers in the view, in the order of the axis. */
  rows: Float64Array;
  /** Among how many they were chosen: those in the part of the axis that was asked for. */
  among: number;
  /** The least and the greatest place on the whole axis; empty where no row has a place. */
  ends: Float64Array;
}

/** Where each row of a grouped view's window stands in the tree. */
export interface RowPathData {
  /** How deep each row is; 0 is the total. */
  depth: Uint8Array;
  /** 0: of the innermost level; 1: collapsed; 2: expanded. */
  state: Uint8Array;
  /** `levels[i]` holds the keys of group level `i`, null below the row's own depth. */
  levels: ColumnData[];
}

/** The cells of a column. */
export type ColumnData =
  | {
      type: "integer" | "float" | "date" | "datetime";
      /** Dates and datetimes are milliseconds since 1970, UTC. */
      values: Float64Array;
      /** One byte a row, 0 is null; absent where nothing is null. */
      valid?: Uint8Array | undefined;
    }
  | { type: "boolean"; values: Uint8Array; valid?: Uint8Array | undefined }
  | {
      type: "string";
      /** Places in the dictionary; -1 is null. */
      codes: Int32Array;
      dictionary: string[];
    };
