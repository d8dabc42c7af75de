/**
 * The shapes that users of the API meet: schemas, view configs, windows and results.
 *
 * Types only. What a config may hold is checked by the engine, which knows the table;
 * these types help an editor and refuse nothing at run time.
 */
export type * from "./window_types.js";

/** A column's type by its everyday name; `table.columns_exact` of the engine knows more. */
export type ColumnType = "boolean" | "integer" | "float" | "date" | "datetime" | "string";

/** Column names and their types, in order. Exact Arrow names (`int32`, …) are accepted too. */
export type Schema = Record<string, ColumnType | (string & {})>;

/** How data is written: `json` is rows, `columns` is JSON by columns. */
export type DataFormat = "csv" | "json" | "columns" | "ndjson" | "arrow";

/** What becomes of lists in rows: a row for each place, for each combination, or JSON text. */
export type ListFlatten = "zip" | "cartesian" | "stringify";

/** How data is read when it is text or bytes. */
export interface UpdateOptions {
  /** What text or bytes are. Text is CSV by default, bytes are Arrow. */
  format?: DataFormat | null;
}

/** How rows come into a table that is there. */
export interface WriteOptions extends UpdateOptions {
  /** A port of `make_port()`, by which `on_update` tells whose update it was; 0 by default. */
  port_id?: number | null;
}

/** What a deletion waits for. */
export interface DeleteOptions {
  /** Waits until all views on the table are deleted. */
  lazy?: boolean;
}

/** Rows, or bounds by their number, by the age of a time column (`["time", "15m"]`), by bytes. */
export type TableLimit =
  | number
  | {
      rows?: number | null;
      age?: [column: string, most: string] | null;
      bytes?: number | null;
    };

/** What a table is made with besides its data. */
export interface TableOptions extends UpdateOptions {
  /** A name by which `open_table` finds the table again. */
  name?: string;
  /** The columns that tell rows apart: of two that agree in them the later one stays. */
  index?: string | string[];
  /** Keep only the newest rows, this many, or within each of these bounds. */
  limit?: TableLimit;
  /** For the table's first rows and for all updates; `stringify` by default. */
  list_flatten?: ListFlatten;
}

/**
 * Rows to be appended: objects, an object of columns, text, or bytes of text or Arrow.
 * In objects a `Date` is a time, a `bigint` an exact integer; a key that is left out, or
 * `undefined`, is no value.
 */
export type RowData =
  | readonly object[]
  | Record<string, ArrayLike<unknown>>
  | string
  | ArrayBuffer
  | Uint8Array;

/** What `client.table` takes: a schema for an empty table, or its first rows. */
export type TableData = Schema | RowData;

/** A value of a cell: dates and times are milliseconds since 1970 in UTC. */
export type Scalar = string | number | boolean | null;

/** An aggregate's name, or a name with what it goes by: `["weighted mean", ["qty"]]`, `["quantile", [0.9]]`. */
export type Aggregate = string | [string, (string | number)[]];

/**
 * `[column, operator, operand]`; the operand is left out for `is null` and `is not null`. That of
 * `within`, of dates and datetimes, is how long before now a time may be: `["ts", "within", "15m"]`.
 */
export type Filter = [string, string] | [string, string, Scalar | Scalar[] | undefined];

/** A filter, one that compares with another column, or others joined. */
export type Condition =
  | Filter
  | [string, string, { column: string }]
  | { and: Condition[] }
  | { or: Condition[] }
  | { not: Condition };

type Ordering = `${"col " | ""}${"asc" | "desc"}${" abs" | ""}`;

/** An order: by the value or without its sign, of rows or of split columns, and where empty values stand. */
export type SortDirection = Ordering | `${Ordering} nulls ${"first" | "last"}` | "none";

/** A column and its order; of several the first counts first. */
export type Sort = [string, SortDirection];

/** Columns that are computed, by name; or their texts alone, whose names are in them. */
export type Expressions = Record<string, string> | string[];

/**
 * A column that is computed over other rows of the table. Of `rows`, `range` and `cumulative` one
 * may be there.
 */
export interface WindowTerm {
  /** The column, expression or window; `row_number` and `rank` need none. */
  column?: string;
  aggregate:
    | "sum"
    | "avg"
    | "count"
    | "min"
    | "max"
    | "stddev"
    | "var"
    | "lag"
    | "lead"
    | "diff"
    | "rate"
    | "ema"
    | "row_number"
    | "rank";
  /** Rows that agree in these columns are computed together. */
  partition_by?: string[];
  /** The order of the rows; where absent, the table's own. */
  order_by?: string | [string, "asc" | "desc"] | null;
  /** A frame of so many rows before each row, and itself. */
  rows?: number | null;
  /** A frame of the rows before each row whose `order_by` is so near, and itself. */
  range?: number | string | null;
  /** A frame of all rows up to each row. */
  cumulative?: true | null;
  /** How many rows away `lag`, `lead` and `diff` look: 1 where absent. */
  offset?: number | null;
  /** The weight of the newest value in `ema`, above 0 and up to 1. */
  alpha?: number | null;
  /**
   * In place of `alpha`: after how many values, or after which time by `order_by`, such as `"5m"`,
   * half of a value's weight in `ema` is left.
   */
  halflife?: number | string | null;
}

/**
 * An aggregate, or under a name of its own that of a column, or an expression over aggregates:
 * `{ expression: 'sum("profit") / sum("sales")' }`.
 */
export type AggregateTerm =
  | Aggregate
  | { column: string; aggregate: Aggregate }
  | { expression: string };

/** How a view is made from its table. Every field is optional; unknown fields are an error. */
export interface ViewConfig {
  columns?: string[];
  group_by?: string[];
  split_by?: string[];
  expressions?: Expressions;
  /** Columns that are computed over other rows of the table, by name. */
  windows?: Record<string, WindowTerm>;
  aggregates?: Record<string, AggregateTerm>;
  filter?: Condition[];
  filter_op?: "and" | "or";
  /** Which groups are shown, by their aggregates. */
  having?: Condition[];
  sort?: Sort[];
  group_by_depth?: number;
  group_rollup_mode?: "rollup" | "flat" | "total";
  /** `rollup`: columns for the split groups of all levels, and for the total. */
  split_rollup_mode?: "flat" | "rollup";
  /** The most groups to show in each group, or a number a level; null: all. */
  group_limit?: number | (number | null)[] | null;
  /** The first rows of each combination of the values of some columns. */
  limit_by?: LimitBy | null;
  /** Each combination of the values of `columns` once; of a view without groups. */
  distinct?: boolean;
  /** Rows of the view to leave out at the beginning, and the most to have. */
  offset?: number;
  limit?: number | null;
}

/** At most `limit` rows of each combination of the values of `columns`. */
export interface LimitBy {
  limit: number;
  columns: string[];
}

/** What `validate_expressions` finds, by the names of the expressions and windows. */
export interface ValidatedExpressions {
  expression_schema: Schema;
  expression_alias: Record<string, string>;
  /** The types of the windows that were handed in. */
  window_schema: Schema;
  /** Line and column count from 1; those of a window, which has no text, are 0. */
  errors: Record<string, { error_message: string; line: number; column: number }>;
}

/** A rectangle of a view. Absent bounds mean the view's own; ends are exclusive. */
export interface Window {
  start_row?: number;
  end_row?: number;
  start_col?: number;
  end_col?: number;
}

/** Which rows of a window are read where it has more than can be drawn. */
export interface Downsample {
  /**
   * `m4`, the default: of each column of pixels the first, the last, the lowest and the highest row
   * of each line, which draw the same picture as all rows. `lttb`: of each line no more rows than
   * points, those that make the largest triangles.
   */
  method?: "m4" | "lttb" | null;
  /**
   * The column along which rows are drawn, of numbers, dates or datetimes; where absent, the only
   * group level of a grouped view, and in a flat one the numbers of the rows, from 0 on.
   */
  x?: string | null;
  /** The columns that are drawn; a split one is all of its parts. Where absent, all of numbers. */
  y?: string[] | null;
  /** How many pixels there are along the axis, 1 to 65,536. */
  points: number;
  /** The part of the axis that is shown, both ends included; of times milliseconds since 1970. */
  from?: number | null;
  to?: number | null;
}

/** A window, and which of its rows are wanted: with `downsample` not all of them. */
export interface ReadWindow extends Window {
  downsample?: Downsample | null;
}

/** How the values of a window are written, where there is a choice. */
export interface TextWindow extends ReadWindow {
  /** Dates and datetimes as ISO 8601 text instead of milliseconds. */
  formatted?: boolean;
  /** `text`: integers beyond 2^53 and decimals as text, so that none is rounded. */
  exact?: "number" | "text";
  /** Gives each row its row path, or its number in a list, as `__ID__`. */
  id?: boolean;
  /** Gives each row of a flat view its number as `__INDEX__`. */
  index?: boolean;
}

/** Some of the columns of a view. */
export type ColumnWindow = Pick<Window, "start_col" | "end_col">;

export interface ArrowWindow extends ReadWindow {
  compression?: "lz4" | null;
}

export interface TypedArrayWindow extends ReadWindow {
  /** Floats, dates and datetimes as `Float32Array`. */
  float32?: boolean;
}

/**
 * What `with_typed_arrays` calls back with, a place for each column: names, values (of
 * strings, places in the dictionary), which rows have a value (a bit each, from the lowest
 * on; null where all have), dictionaries (null but for strings). The keys of a grouped view
 * come first, named as in `ticker (Group by 1)`.
 */
export type TypedArraysCallback = (
  names: string[],
  values: (Float64Array | Float32Array | Int32Array | Uint8Array)[],
  validities: (Uint8Array | null)[],
  dictionaries: (string[] | null)[],
) => void | Promise<void>;

/** How much there is, of the table and of the view. */
export interface Dimensions {
  num_table_rows: number;
  num_table_columns: number;
  num_view_rows: number;
  num_view_columns: number;
}

/** Column name to values; grouped views also have `__ROW_PATH__`, an array a row. */
export type Columns = Record<string, (Scalar | Scalar[])[]>;

/** One row as an object. */
export type Row = Record<string, Scalar | Scalar[]>;

/**
 * What changed in a view. A copy is emptied where `cleared`, then loses `removed`, then takes
 * `delta` in, in place of the rows with the same path or key. Both are Arrow IPC streams.
 */
export interface RowDelta {
  /** The rows that came or changed, as they are now. */
  delta: ArrayBuffer;
  /** The rows that went: of a grouped view their paths, of a flat one their values. */
  removed: ArrayBuffer;
  cleared: boolean;
}

/** What `on_update` calls back with; the delta only in mode `row`. */
export interface UpdateEvent extends Partial<RowDelta> {
  /** The port that the update came by, 0 if by none. */
  port_id: number;
}

/** What `on_remove` calls back with. */
export interface RemoveEvent {
  /** The keys that left the table: Arrow IPC, a column for each of its index. */
  indices: Uint8Array;
  port_id: number;
}

/** One column of a table with the exact Arrow type behind its everyday name. */
export interface ColumnInfo {
  name: string;
  type: ColumnType;
  exact: string;
}
