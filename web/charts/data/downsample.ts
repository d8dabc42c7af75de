/**
 * Which points of a line have to be drawn where there are more points than pixels.
 *
 * M4 (Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series Data
 * Aggregation", VLDB 2014): of the points in a column of pixels the first, the last, the
 * lowest and the highest draw the same line as all of them.
 */

/** Points `from` to `to` (exclusive) of ascending `xs`, in so many columns of pixels. */
export interface Span {
  from: number;
  to: number;
  columns: number;
}

/**
 * Indices, ascending, of the points to draw: those that M4 chooses of any of the series.
 * Absent values (NaN) are never the only ones kept of a column that has others.
 */
export function m4(xs: Float64Array, series: Float64Array[], span: Span): number[] {
  const { from, to, columns } = span;
  const count = to - from;
  if (count <= 0) return [];
  if (count <= columns * 4) return Array.from({ length: count }, (_, at) => from + at);
  const low = xs[from] ?? 0;
  const width = (xs[to - 1] ?? 0) - low;
  const columnOf = (at: number) =>
    width > 0 ? Math.min(columns - 1, Math.floor((((xs[at] ?? 0) - low) / width) * columns)) : 0;
  const kept: number[] = [];
  let start = from;
  while (start < to) {
    const column = columnOf(start);
    let end = start + 1;
    while (end < to && columnOf(end) === column) end++;
    keepOfColumn(series, start, end, kept);
    start = end;
  }
  return kept;
}

function keepOfColumn(series: Float64Array[], start: number, end: number, kept: number[]): void {
  const chosen = new Set<number>([start, end - 1]);
  for (const values of series) {
    let first = -1;
    let last = -1;
    let lowest = -1;
    let highest = -1;
    for (let at = start; at < end; at++) {
      const value = values[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (first < 0) first = at;
      last = at;
      if (lowest < 0 || value < (values[lowest] ?? 0)) lowest = at;
      if (highest < 0 || value > (values[highest] ?? 0)) highest = at;
    }
    for (const at of [first, last, lowest, highest]) if (at >= 0) chosen.add(at);
  }
  for (const at of [...chosen].sort((a, b) => a - b)) kept.push(at);
}

/** The first index whose x is at least `x`. */
export function lowerBound(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
