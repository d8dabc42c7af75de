/**
 * Figures of several runs.
 */

/** @param {number[]} values At least one. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds with three digits that mean something. */
export function milliseconds(ms) {
  if (ms >= 100) return Math.round(ms).toLocaleString("en-US");
  return ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

/** How many times as long: `12×`, `3.4×`, `0.85×`. */
export function times(ratio) {
  if (ratio < 0.01) return "< 0.01×";
  const digits = ratio >= 10 ? 0 : ratio >= 1 ? 1 : 2;
  return `${ratio.toFixed(digits)}×`;
}

/**
 * The value that so great a share of the values does not exceed.
 *
 * @param {number[]} values At least one.
 * @param {number} share From 0 to 1.
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
