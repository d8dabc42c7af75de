/** How values are distributed: quartiles, bins, densities. */

export interface FiveNumbers {
  low: number;
  q1: number;
  median: number;
  q3: number;
  high: number;
  /** What lies further out than one and a half of the quartiles' distance (Tukey). */
  outliers: number[];
}

export function finiteSorted(values: Float64Array): Float64Array {
  return values.filter((value) => Number.isFinite(value)).sort();
}

/** Between two values of a sorted list by their distance, as the engine's quantiles. */
export function quantile(sorted: Float64Array, part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

export function fiveNumbers(values: Float64Array): FiveNumbers | undefined {
  const sorted = finiteSorted(values);
  if (sorted.length === 0) return undefined;
  const q1 = quantile(sorted, 0.25);
  const q3 = quantile(sorted, 0.75);
  const reach = 1.5 * (q3 - q1);
  const inside = sorted.filter((value) => value >= q1 - reach && value <= q3 + reach);
  return {
    low: Math.min(q1, inside[0] ?? q1),
    q1,
    median: quantile(sorted, 0.5),
    q3,
    high: Math.max(q3, inside.at(-1) ?? q3),
    outliers: [...sorted.filter((value) => value < q1 - reach || value > q3 + reach)],
  };
}

export interface Bins {
  start: number;
  width: number;
  count: number;
}

const MOST_BINS = 120;

/** Bins of a round width, by the rule of Freedman and Diaconis, or about `wanted` many. */
export function binsFor(values: Float64Array, wanted: number | undefined): Bins | undefined {
  const sorted = finiteSorted(values);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) return undefined;
  if (low === high) return { start: low - 0.5, width: 1, count: 1 };
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const rule = (2 * spread) / Math.cbrt(sorted.length);
  // Half of all values being equal says nothing of the others: Sturges' rule then.
  const sturges = (high - low) / (Math.log2(sorted.length) + 1);
  const asked = wanted ? (high - low) / wanted : rule > 0 ? rule : sturges;
  const width = roundStep(Math.max(asked, (high - low) / (wanted ?? MOST_BINS)));
  const start = Math.floor(low / width) * width;
  return { start, width, count: Math.floor((high - start) / width) + 1 };
}

/** 1, 2, 2.5 or 5 of a power of ten, the nearest that is not less. */
export function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const part = step / power;
  return ([1, 2, 2.5, 5].find((each) => part <= each * (1 + 1e-9)) ?? 10) * power;
}

export function countInBins(values: Float64Array, bins: Bins): Float64Array {
  const counts = new Float64Array(bins.count);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const at = Math.min(bins.count - 1, Math.floor((value - bins.start) / bins.width));
    if (at >= 0) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** Silverman's rule of thumb for the width of a kernel. */
export function bandwidth(sorted: Float64Array): number {
  const count = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(sorted.reduce((sum, each) => sum + (each - mean) ** 2, 0) / count);
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
  const width = spread > 0 ? Math.min(deviation, spread) : deviation;
  return width > 0 ? 0.9 * width * count ** -0.2 : 1;
}

/** A Gaussian kernel density at `xs`, of values gathered into the places between them first. */
export function density(values: Float64Array, xs: Float64Array): Float64Array {
  const sorted = finiteSorted(values);
  const result = new Float64Array(xs.length);
  const step = (xs[1] ?? 0) - (xs[0] ?? 0);
  if (sorted.length === 0 || step <= 0) return result;
  const width = Math.max(bandwidth(sorted), step);
  const weights = new Float64Array(xs.length);
  for (const value of sorted) {
    const at = Math.round((value - (xs[0] ?? 0)) / step);
    if (at >= 0 && at < xs.length) weights[at] = (weights[at] ?? 0) + 1;
  }
  const reach = Math.ceil((4 * width) / step);
  const scale = 1 / (sorted.length * width * Math.sqrt(2 * Math.PI));
  for (let at = 0; at < xs.length; at++) {
    const weight = weights[at] ?? 0;
    if (weight === 0) continue;
    for (let to = Math.max(0, at - reach); to <= Math.min(xs.length - 1, at + reach); to++) {
      const distance = ((to - at) * step) / width;
      result[to] = (result[to] ?? 0) + weight * scale * Math.exp(-0.5 * distance * distance);
    }
  }
  return result;
}
