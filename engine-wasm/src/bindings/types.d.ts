/** A window of a view: the cells between its bounds, column by column. */
export interface ViewWindow {
    /** The bounds, cut to the view. */
    start_row: number;
    end_row: number;
    start_col: number;
    end_col: number;
    /** The rows of the table at the moment of the read. */
    table_rows: number;
    /** The size of the view then. */
    num_rows: number;
    num_columns: number;
    /** What the rows of a grouped view stand for. */
    row_path?: RowPath;
    /** The names of the columns; split ones are `group|column`. */
    names: string[];
    columns: ColumnData[];
}

export interface RowPath {
    /** How deep each row is; 0 is the total. */
    depth: Uint8Array;
    /** 0: of the innermost level; 1: collapsed; 2: expanded. */
    state: Uint8Array;
    /** The key of each row's group a level, null below the row's own depth. */
    levels: ColumnData[];
}

/** The cells of a column. Dates and datetimes are milliseconds since 1970, UTC. */
export type ColumnData =
    | {
          type: "integer" | "float" | "date" | "datetime";
          values: Float64Array;
          /** 1 where there is a value, a byte a row; absent: everywhere. */
          valid?: Uint8Array;
      }
    | { type: "boolean"; values: Uint8Array; valid?: Uint8Array }
    | {
          type: "string";
          /** Places in the dictionary; -1 is null. */
          codes: Int32Array;
          dictionary: string[];
      };
