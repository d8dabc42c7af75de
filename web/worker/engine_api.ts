/**
 * The engine's interface as this side uses it.
 *
 * wasm-bindgen generates the real class (`web/wasm/millrace_engine.d.ts`); it leaves the
 * shape of a window to us (`client/window_types.ts`). Arguments and results named JSON are strings.
 */
import type { ColumnData, ViewWindow } from "../client/types.js";

/** What changed in a view; freed after it was read. */
export interface EngineDelta {
  cleared: boolean;
  rows: Uint8Array;
  removed: Uint8Array;
  free(): void;
}

export interface EngineApi {
  free(): void;
  create_table(schema: string, options: string): number;
  create_table_from_arrow(bytes: Uint8Array, options: string): number;
  create_table_from_text(format: string, text: Uint8Array, options: string): number;
  create_table_from_view(view: number, options: string): number;
  update_arrow(table: number, bytes: Uint8Array): number;
  follow_arrow(table: number, bytes: Uint8Array): number;
  update_text(table: number, format: string, text: Uint8Array): number;
  remove_rows(table: number, format: string, bytes: Uint8Array): number;
  replace_rows(table: number, format: string, bytes: Uint8Array): void;
  table_index(table: number): string[];
  validate_expressions(table: number, expressions: string, windows: string): string;
  set_clock(now_ms: number): void;
  follows_clock(): boolean;
  table_schema(table: number): string;
  table_size(table: number): number;
  table_limit(table: number): number | undefined;
  clear_table(table: number): void;
  swap_table(target: number, source: number): void;
  delete_table(table: number): void;
  create_view(table: number, config: string): number;
  view_config(view: number): string;
  view_schema(view: number): string;
  view_expression_schema(view: number): string;
  view_min_max(view: number, column: string): ColumnData;
  view_column_paths(view: number): string[];
  view_dimensions(view: number): string;
  read_view(view: number, window: string): ViewWindow;
  view_to_arrow(view: number, window: string): Uint8Array;
  view_to_csv(view: number, window: string): string;
  view_to_json(view: number, window: string): string;
  view_to_columns_string(view: number, window: string): string;
  view_to_ndjson(view: number, window: string): string;
  expand(view: number, row: number): number;
  collapse(view: number, row: number): number;
  set_depth(view: number, depth: number): void;
  complete_order(view: number): void;
  delete_view(view: number): void;
  watch_rows(view: number, on: boolean): void;
  take_delta(view: number): EngineDelta;
  watch_removed_keys(table: number, on: boolean): void;
  take_removed_keys(table: number): Uint8Array | undefined;
  load_zones(bytes: Uint8Array): void;
  take_missed_zones(): boolean;
  tick(): Uint32Array;
  frame_header(bytes: Uint8Array): string;
  memory(): string;
}
