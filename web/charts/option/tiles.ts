/** Several small charts in one space. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Boxes in rows, as near to `ratio` (width by height) as the space allows. */
export function tiles(count: number, width: number, height: number, ratio = 1.15): Box[] {
  let best = 1;
  let nearest = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const empty = (rows * columns - count) / (rows * columns);
    const miss = Math.abs(Math.log(width / columns / (height / rows) / ratio)) + empty;
    if (miss < nearest) {
      nearest = miss;
      best = columns;
    }
  }
  const rows = Math.ceil(count / best);
  return Array.from({ length: count }, (_, at) => ({
    x: ((at % best) * width) / best,
    y: (Math.floor(at / best) * height) / rows,
    width: width / best,
    height: height / rows,
  }));
}
