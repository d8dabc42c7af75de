/** Heatmap: groups along x, split groups or columns along y, a value a cell. */
import { valueText } from "../format.js";
import { categoryName, categoryRows } from "./axis.js";
import { columnGroups, numericNames } from "./columns.js";
import { type ChartContext, extent, numbersAt } from "./context.js";
import { type CellsModel, type MarkList, type Nothing, nothing } from "./model.js";

export function cellsModel(context: ChartContext): CellsModel | Nothing {
  const { window, shape, say } = context;
  const chart = say("plugin.Heatmap");
  const groups = columnGroups(context);
  const [first, ...others] = numericNames(groups, shape);
  if (first === undefined) return nothing(say("chart.needs-colour", { chart }));
  if (!window.row_path) return nothing(say("chart.needs-group", { chart }));
  const { axis, places } = categoryRows(context);
  // Without a split each numeric column is a row of the map.
  const isSplit = shape.split_by.length > 0;
  const rows = groups.flatMap((group) =>
    (isSplit ? [first] : [first, ...others]).flatMap((name) => {
      const column = group.columns.get(name);
      return column ? [{ column, keys: isSplit ? group.keys : [name] }] : [];
    }),
  );
  const written = rows[0]?.column.written ?? "float";
  const depth = rows[0]?.keys.length ?? 1;
  const cells: CellsModel["cells"] = [];
  const lists = rows.map(({ column, keys }, y): MarkList => {
    const values = numbersAt(column.data, places);
    const filled: number[] = [];
    values.forEach((value, x) => {
      if (!Number.isFinite(value)) return;
      cells.push([x, y, value]);
      filled.push(x);
    });
    const name = keys.join(" / ");
    return {
      id: column.path,
      name,
      color: 0,
      column: column.path,
      length: filled.length,
      row: (mark) => window.start_row + (places[filled[mark] ?? -1] ?? -1),
      title: (mark) => categoryName(axis, filled[mark] ?? -1),
      lines: (mark) => [
        { color: undefined, name, value: valueText(values[filled[mark] ?? -1] ?? null, written) },
      ],
    };
  });
  const range = extent([cells.map(([, , value]) => value)]);
  if (!range) return nothing(say("chart.no-values", { chart }));
  return {
    family: "cells",
    x: axis,
    y: {
      kind: "category",
      title: isSplit ? shape.split_by.join(" / ") : "",
      levels: Array.from({ length: depth }, (_, level) =>
        rows.map(({ keys }) => (keys[level] === "" ? say("value.empty") : (keys[level] ?? ""))),
      ),
    },
    cells,
    range,
    written,
    title: isSplit ? first : "",
    lists,
    legend: [],
  };
}
