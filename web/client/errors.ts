/**
 * The one error class of the client.
 *
 * Errors of the engine, of the relay connection and of this package all arrive as a
 * `MillraceError` with the same fields, also after they crossed from the Worker, where a
 * structured clone would keep nothing but the message.
 */

/** What crosses the Worker's border in place of an `Error`. */
export interface ErrorFields {
  /** Which sort of error, for programs: `unknown_column`, `bad_frame`, `unsupported`, … */
  kind: string;
  /** One or two sentences for a person. */
  message: string;
  /** The part of the input that is at fault, e.g. `filter[0]`. */
  where?: string;
  /** What would have been accepted there. */
  expected?: string;
}

/** The message with what would have been accepted, which the engine's messages name already. */
function withRemedy({ message, expected }: ErrorFields): string {
  if (expected === undefined || message.endsWith(` (expected ${expected})`)) return message;
  return `${message.replace(/\.$/, "")} (expected ${expected})`;
}

/** What went wrong, where, and what would have been right. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly kind: string;
  readonly where: string | undefined;
  readonly expected: string | undefined;

  constructor(fields: ErrorFields) {
    super(withRemedy(fields));
    this.kind = fields.kind;
    this.where = fields.where;
    this.expected = fields.expected;
  }

  /** Any thrown value as a `MillraceError`; one that is none already becomes kind `internal`. */
  static from(value: unknown): MillraceError {
    if (value instanceof MillraceError) return value;
    if (typeof value === "object" && value !== null) {
      const raw = value as Record<string, unknown>;
      if (typeof raw.message === "string") {
        return new MillraceError({
          kind: typeof raw.kind === "string" ? raw.kind : "internal",
          message: raw.message,
          ...(typeof raw.where === "string" ? { where: raw.where } : {}),
          ...(typeof raw.expected === "string" ? { expected: raw.expected } : {}),
        });
      }
    }
    return new MillraceError({ kind: "internal", message: String(value) });
  }

  /** The fields alone, for `postMessage`. */
  toFields(): ErrorFields {
    return {
      kind: this.kind,
      message: this.message,
      ...(this.where === undefined ? {} : { where: this.where }),
      ...(this.expected === undefined ? {} : { expected: this.expected }),
    };
  }
}
