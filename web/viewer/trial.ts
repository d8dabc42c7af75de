/**
 * Whether something computed can be: tried on an empty table of the same columns, so that
 * no row is computed for a question.
 */
import { MillraceError } from "../client/errors.js";
import type { Table } from "../client/table.js";
import type { ColumnInfo } from "../client/types.js";
import type { Computed } from "./computed_edits.js";
import type { ExpressionError } from "./expression_editor.js";
import type { ViewerConfig } from "./viewer_config.js";

/** The type of what it gives, or why it gives nothing. */
export type Verdict = { type: string } | { error: ExpressionError | undefined; message: string };

export class Trial {
  readonly #table: Table;
  readonly #columns: ColumnInfo[];
  #empty: Promise<Table> | undefined;

  constructor(table: Table, columns: ColumnInfo[]) {
    this.#table = table;
    this.#columns = columns;
  }

  /** `config` has it already, under its name. */
  async of(name: string, computed: Computed, config: ViewerConfig): Promise<Verdict> {
    if (computed.kind === "expression") return this.#expression(name, config);
    const { expressions, windows, aggregates } = config;
    const table = await this.#emptyTable();
    try {
      const grouped = computed.kind === "aggregate";
      const view = await table.view({
        columns: [name],
        expressions,
        windows,
        ...(grouped ? { aggregates, group_by: this.#columns.slice(0, 1).map((c) => c.name) } : {}),
      });
      const schema = await view.schema();
      await view.delete();
      return { type: schema[name] ?? "float" };
    } catch (thrown) {
      const error = MillraceError.from(thrown);
      const place = /:(\d+):(\d+)$/.exec(error.where ?? "");
      const message = sentenceOf(error.message, error.where);
      if (!place) return { error: undefined, message: withExpected(message, error.expected) };
      const [, line, column] = place;
      return { error: { message, line: Number(line), column: Number(column) }, message };
    }
  }

  async #expression(name: string, config: ViewerConfig): Promise<Verdict> {
    const found = await this.#table.validate_expressions(config.expressions, {
      windows: config.windows,
    });
    const error = found.errors[name];
    if (!error) return { type: found.expression_schema[name] ?? "float" };
    const { line, column } = error;
    const message = sentenceOf(error.error_message, `${line}:${column}`);
    return { error: { message, line, column }, message };
  }

  #emptyTable(): Promise<Table> {
    const schema = Object.fromEntries(this.#columns.map(({ name, exact }) => [name, exact]));
    this.#empty ??= this.#table.get_client().table(schema);
    return this.#empty;
  }

  async end(): Promise<void> {
    const empty = await this.#empty?.catch(() => undefined);
    await empty?.delete({ lazy: true });
  }
}

/**
 * Of a message the sentence: the place, the text and the list of all columns are on the screen
 * anyway.
 */
function sentenceOf(message: string, where: string | undefined): string {
  const line = message.split("\n")[0] ?? message;
  const behind = where && line.startsWith(`${where}: `) ? line.slice(where.length + 2) : line;
  return behind.replace(/ \(expected .*\)$/, "");
}

function withExpected(message: string, expected: string | undefined): string {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return expected ? `${sentence} Expected: ${expected}.` : sentence;
}
