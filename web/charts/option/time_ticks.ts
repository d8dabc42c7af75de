/** The texts of ticks on an axis of time: ISO order, and no more than their distance needs. */

const SECOND = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const MONTH = 28 * DAY;
const YEAR = 365 * DAY;

interface Parts {
  year: string;
  month: string;
  day: string;
  clock: string;
  second: string;
  millisecond: string;
}

/**
 * A text a tick. Times of a day get the day below them, at the first tick and where the day
 * changes; days get their year the same way.
 */
export function timeTicks(ticks: number[], step: number, utc: boolean): string[] {
  let above = "";
  return ticks.map((tick) => {
    const parts = partsOf(tick, utc);
    if (step >= YEAR) return parts.year;
    if (step >= MONTH) return `${parts.year}-${parts.month}`;
    const date = `${parts.month}-${parts.day}`;
    const [text, outer] =
      step >= DAY ? [date, parts.year] : [clock(parts, step), `${parts.year}-${date}`];
    if (outer === above) return text;
    above = outer;
    return `${text}\n${outer}`;
  });
}

function clock(parts: Parts, step: number): string {
  if (step >= MINUTE) return parts.clock;
  if (step >= SECOND) return `${parts.clock}:${parts.second}`;
  return `${parts.clock}:${parts.second}.${parts.millisecond}`;
}

function partsOf(ms: number, utc: boolean): Parts {
  const local = new Date(ms);
  // Local fields are those of a time that is shifted, read as UTC.
  const date = utc ? local : new Date(ms - local.getTimezoneOffset() * MINUTE);
  const text = date.toISOString();
  const [day = "", time = ""] = text.split("T");
  const [year = "", month = "", dayOfMonth = ""] = day.split("-");
  return {
    year,
    month,
    day: dayOfMonth,
    clock: time.slice(0, 5),
    second: time.slice(6, 8),
    millisecond: time.slice(9, 12),
  };
}
