/** Histogram and density: how often the values of columns come, over all rows of the view. */
import { formatInteger } from "../../grid/format.js";
import { tickText, valueText, type Written } from "../format.js";
import { columnGroups, numericNames, seriesName } from "./columns.js";
import { type ChartContext, colorOf, extent, leafPlaces, numbersAt } from "./context.js";
import { type MarkList, type Nothing, nothing, type Series, type SeriesModel } from "./model.js";
import { bandwidth, binsFor, countInBins, density, finiteSorted } from "./statistics.js";

/** Places at which a density is computed. */
const DENSITY_PLACES = 256;

interface Sample {
  id: string;
  name: string;
  column: string;
  color: number;
  values: Float64Array;
}

export function histogramModel(context: ChartContext): SeriesModel | Nothing {
  const all = samples(context);
  const bins = binsFor(joined(all), context.options.bins);
  if (all.length === 0 || !bins) {
    return nothing(context.say("chart.needs-number", { chart: context.say("plugin.Histogram") }));
  }
  const centers = Float64Array.from(
    { length: bins.count },
    (_, at) => bins.start + (at + 0.5) * bins.width,
  );
  const written = sampledText(context, all);
  const title = (at: number) => {
    const from = bins.start + at * bins.width;
    const text = (value: number) => tickText(value, written);
    return context.say("chart.bin", { from: text(from), to: text(from + bins.width) });
  };
  return {
    ...distributionModel(context, all, centers, (values) => countInBins(values, bins), title),
    mark: "bar",
    valueTitle: context.say("chart.rows"),
    touching: true,
  };
}

export function densityModel(context: ChartContext): SeriesModel | Nothing {
  const all = samples(context);
  const range = extent(all.map(({ values }) => values));
  if (all.length === 0 || !range) {
    return nothing(context.say("chart.needs-number", { chart: context.say("plugin.Density") }));
  }
  const margin = 3 * Math.max(...all.map(({ values }) => bandwidth(finiteSorted(values)) || 0));
  const low = range[0] - margin;
  const step = (range[1] + margin - low) / (DENSITY_PLACES - 1);
  const xs = Float64Array.from({ length: DENSITY_PLACES }, (_, at) => low + at * step);
  const written = sampledText(context, all);
  const title = (at: number) => valueText(xs[at] ?? null, written);
  return {
    ...distributionModel(context, all, xs, (values) => density(values, xs), title),
    mark: "area",
    valueTitle: context.say("plugin.Density"),
  };
}

function samples(context: ChartContext): Sample[] {
  const { shape } = context;
  const places = leafPlaces(context);
  const groups = columnGroups(context);
  const names = numericNames(groups, shape);
  return groups
    .flatMap((group) =>
      names.flatMap((name) => {
        const column = group.columns.get(name);
        if (!column) return [];
        return [
          {
            id: column.path,
            name: seriesName(group, name, names.length > 1),
            column: name,
            values: numbersAt(column.data, places),
          },
        ];
      }),
    )
    .map((sample) => ({ ...sample, color: colorOf(context, sample.id) }));
}

/** Of samples of one column: how its values are written. */
function sampledText(context: ChartContext, all: Sample[]): Written {
  const [name, ...others] = new Set(all.map(({ column }) => column));
  return name === undefined || others.length > 0 ? "float" : context.written(name, "float");
}

function joined(all: Sample[]): Float64Array {
  const whole = new Float64Array(all.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of all) {
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}

function distributionModel(
  context: ChartContext,
  all: Sample[],
  xs: Float64Array,
  compute: (values: Float64Array) => Float64Array,
  title: (at: number) => string,
): SeriesModel {
  const shown = all.filter(({ id }) => !context.hidden.has(id));
  const names = [...new Set(all.map(({ column }) => column))];
  const series = shown.map(
    ({ id, name, column, color, values }): Series => ({
      id,
      name,
      column,
      color,
      written: "float",
      values: compute(values),
      right: false,
      stack: undefined,
    }),
  );
  return {
    family: "series",
    mark: "area",
    flipped: false,
    axis: {
      kind: "number",
      title: names.join(", "),
      type: "float",
      written: sampledText(context, all),
      values: xs,
    },
    series,
    valueTitle: "",
    open: -1,
    zero: true,
    expand: false,
    touching: false,
    lists: series.map((each): MarkList => distributionList(each, title)),
    legend: all.map(({ id, name, color }) => ({ id, name, color })),
  };
}

function distributionList(series: Series, title: (at: number) => string): MarkList {
  return {
    id: series.id,
    name: series.name,
    color: series.color,
    column: series.column,
    length: series.values.length,
    row: () => -1,
    title,
    lines: (mark) => {
      const value = series.values[mark] ?? 0;
      const text = Number.isInteger(value) ? formatInteger(value) : valueText(value, "float");
      return [{ color: series.color, name: series.name, value: text }];
    },
  };
}
