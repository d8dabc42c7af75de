/**
 * How a resume token moves on with each frame that was applied.
 *
 * Structural, so that every source's position works: in place of a number in the token, a
 * position has the range `[from, next]`, and the token takes its end. What the position
 * does not name (a partition without records in this frame) stays.
 */
import type { Position, ResumeToken } from "./messages.js";

export function advance(token: ResumeToken, position: Position | undefined): ResumeToken {
  if (!position) return token;
  const moved: ResumeToken = { ...token };
  for (const [key, value] of Object.entries(position)) moved[key] = step(moved[key], value);
  return moved;
}

function step(held: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 2 ? value[1] : value;
  if (typeof value !== "object" || value === null) return value;
  const base = typeof held === "object" && held !== null ? (held as ResumeToken) : {};
  return advance(base, value as Position);
}
