/**
 * An error's message without what its other fields say anyway.
 *
 * The engine's messages are whole sentences for a console: place first, alternatives last.
 * Here the place is where the error is shown, and the alternatives have a line of their own.
 */
import type { MillraceError } from "../client/errors.js";

export interface ErrorWords {
  message: string;
  expected: string | undefined;
}

export function errorWords(error: MillraceError): ErrorWords {
  const { where, expected } = error;
  let { message } = error;
  if (where && message.startsWith(`${where}: `)) message = message.slice(where.length + 2);
  const ending = ` (expected ${expected})`;
  if (expected && message.endsWith(ending)) message = message.slice(0, -ending.length);
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return { message: /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`, expected };
}
