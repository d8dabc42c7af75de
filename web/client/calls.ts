/**
 * The contract between the page and the engine's side: which calls there are, which events
 * come back, and how both look on a `MessagePort`.
 *
 * Neither side knows the other's classes. In Node the same calls go to the same dispatcher
 * without a port between.
 */
import type { ErrorFields } from "./errors.js";
import type { FeedStatus, RelayStatus } from "./relay_types.js";
import type {
  ArrowWindow,
  ColumnData,
  ColumnInfo,
  DataFormat,
  Dimensions,
  Expressions,
  ListFlatten,
  ReadWindow,
  RowDelta,
  Schema,
  TableLimit,
  TextWindow,
  ValidatedExpressions,
  ViewConfig,
  ViewWindow,
  WindowTerm,
} from "./types.js";

/** Ids are the host's own and stay valid when the engine's table behind them is replaced. */
export type TableId = number;
export type ViewId = number;
export type RelayId = number;

/** The options of a table that the engine reads. */
export interface EngineTableOptions {
  index?: string | string[] | null;
  limit?: TableLimit | null;
  list_flatten?: ListFlatten | null;
}

export type TextFormat = Exclude<DataFormat, "arrow">;

export interface EngineCalls {
  create_table(p: { schema: Schema; options: EngineTableOptions; name: string | null }): TableId;
  create_table_from(p: {
    format: DataFormat;
    bytes: Uint8Array;
    options: EngineTableOptions;
    name: string | null;
  }): TableId;
  create_table_of_view(p: {
    view: ViewId;
    options: EngineTableOptions;
    name: string | null;
  }): TableId;
  find_table(p: { name: string }): TableId | null;
  table_names(p: Record<string, never>): string[];
  update(p: { table: TableId; format: DataFormat; bytes: Uint8Array; port: number }): number;
  make_port(p: { table: TableId }): number;
  remove(p: { table: TableId; format: DataFormat; bytes: Uint8Array }): number;
  replace(p: { table: TableId; format: DataFormat; bytes: Uint8Array }): null;
  clear(p: { table: TableId }): null;
  table_index(p: { table: TableId }): string[];
  validate_expressions(p: {
    table: TableId;
    expressions: Expressions;
    windows: Record<string, WindowTerm>;
  }): ValidatedExpressions;
  table_columns(p: { table: TableId }): ColumnInfo[];
  table_size(p: { table: TableId }): number;
  table_limit(p: { table: TableId }): number | null;
  delete_table(p: { table: TableId; lazy: boolean }): null;

  create_view(p: { table: TableId; config: ViewConfig }): ViewId;
  view_config(p: { view: ViewId }): Required<ViewConfig>;
  view_schema(p: { view: ViewId }): Schema;
  view_expression_schema(p: { view: ViewId }): Schema;
  view_min_max(p: { view: ViewId; column: string }): ColumnData;
  view_column_paths(p: { view: ViewId }): string[];
  view_dimensions(p: { view: ViewId }): Dimensions;
  read(p: { view: ViewId; window: ReadWindow }): ViewWindow;
  /** Several windows of one moment; an error stands for one that could not be read. */
  read_all(p: { reads: { view: ViewId; window: ReadWindow }[] }): ReadAnswer[];
  to_arrow(p: { view: ViewId; window: ArrowWindow }): Uint8Array;
  to_text(p: { view: ViewId; format: TextFormat; window: TextWindow }): string;
  expand(p: { view: ViewId; row: number }): number;
  collapse(p: { view: ViewId; row: number }): number;
  set_depth(p: { view: ViewId; depth: number }): null;
  watch(p: { view: ViewId; on: boolean }): null;
  watch_rows(p: { view: ViewId; on: boolean }): null;
  watch_removes(p: { view: ViewId; on: boolean }): null;
  delete_view(p: { view: ViewId }): null;

  system_info(p: Record<string, never>): Record<string, unknown>;

  relay_connect(p: { url: string; with_token: boolean }): RelayId;
  relay_feeds(p: { relay: RelayId }): string[];
  relay_open(p: { relay: RelayId; feed: string }): TableId;
  relay_release(p: { relay: RelayId; feed: string }): null;
  relay_retry(p: { relay: RelayId }): null;
  relay_token(p: { relay: RelayId; ticket: number; token: string | null }): null;
  relay_close(p: { relay: RelayId }): null;
}

export type ReadAnswer = ViewWindow | { error: ErrorFields };

export type Method = keyof EngineCalls;
export type Params<M extends Method> = Parameters<EngineCalls[M]>[0];
export type Result<M extends Method> = ReturnType<EngineCalls[M]>;

/** What the engine's side says without being asked. */
export type EngineEvent =
  | { event: "view_update"; view: ViewId; port_id: number; delta?: RowDelta }
  | { event: "view_remove"; view: ViewId; port_id: number; indices: Uint8Array }
  | { event: "view_error"; view: ViewId; error: ErrorFields }
  | { event: "table_replaced"; table: TableId }
  | { event: "table_deleted"; table: TableId }
  | { event: "hosted_tables" }
  | { event: "relay_status"; relay: RelayId; status: RelayStatus }
  | { event: "feed_status"; relay: RelayId; status: FeedStatus }
  | { event: "relay_error"; relay: RelayId; feed: string | null; error: ErrorFields }
  | { event: "token_wanted"; relay: RelayId; ticket: number }
  | { event: "fatal"; error: ErrorFields };

export interface Request {
  id: number;
  method: Method;
  params: unknown;
}

/** The compiled engine, or none where the engine's side is to fetch and compile it. */
export interface EngineModule {
  engine: WebAssembly.Module | null;
}

export type Response = { id: number; result: unknown } | { id: number; error: ErrorFields };

/** The events of one turn of the engine's event loop. */
export interface Events {
  events: EngineEvent[];
}
