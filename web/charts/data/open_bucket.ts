/** Whether the last of several buckets of time is not over yet. */
import type { Axis } from "./model.js";

/**
 * The place of the bucket that `now` falls into, -1 where there is none. A bucket is as wide
 * as the least distance between two: some may be missing.
 */
export function openBucket(axis: Axis, now: number): number {
  if (axis.kind !== "time" || axis.values.length < 2) return -1;
  const { values } = axis;
  let width = Number.POSITIVE_INFINITY;
  for (let at = 1; at < values.length; at++) {
    const step = (values[at] ?? 0) - (values[at - 1] ?? 0);
    if (step > 0 && step < width) width = step;
  }
  const last = values.length - 1;
  const start = values[last] ?? 0;
  return start <= now && now < start + width ? last : -1;
}
