/** Series on top of each other. */

/** Shares in percent of what stands at the same place in the same stack, signs kept. */
export function shares(stack: Float64Array[]): Float64Array[] {
  const length = stack[0]?.length ?? 0;
  const whole = new Float64Array(length);
  for (const values of stack) {
    for (let at = 0; at < length; at++) {
      const value = values[at] ?? Number.NaN;
      if (Number.isFinite(value)) whole[at] = (whole[at] ?? 0) + Math.abs(value);
    }
  }
  return stack.map((values) =>
    values.map((value, at) => {
      const sum = whole[at] ?? 0;
      return sum > 0 ? (value / sum) * 100 : Number.NaN;
    }),
  );
}

/** The upper edge of each series; an absent value adds nothing. */
export function cumulated(stack: Float64Array[]): Float64Array[] {
  let below: Float64Array | undefined;
  return stack.map((values) => {
    const base = below;
    const edge = values.map(
      (value, at) => (Number.isFinite(value) ? value : 0) + (base?.[at] ?? 0),
    );
    below = edge;
    return edge;
  });
}
