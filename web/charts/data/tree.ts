/** Treemap and sunburst: groups inside groups, by size and colour. */
import { valueAt } from "../../client/results.js";
import { valueText } from "../format.js";
import type { ChartKind } from "../kinds.js";
import { categoryRows } from "./axis.js";
import { type ColumnGroup, columnGroups, roleOf } from "./columns.js";
import { type ChartContext, colorOf, extent, isNumeric, numbersAt } from "./context.js";
import {
  type MarkList,
  type Nothing,
  nothing,
  type TipLine,
  type TreeModel,
  type TreeNode,
} from "./model.js";

type TreeKind = Extract<ChartKind, { family: "tree" }>;

const SIZE = 0;
const COLOR = 1;

interface Mark {
  names: string[];
  row: number;
  lines: TipLine[];
}

export function treeModel(kind: TreeKind, context: ChartContext): TreeModel | Nothing {
  const { window, shape } = context;
  const { say } = context;
  const chart = say(kind.shape === "treemap" ? "plugin.Treemap" : "plugin.Sunburst");
  const size = roleOf(shape, SIZE);
  const groups = columnGroups(context);
  if (!window.row_path || window.row_path.levels.length === 0) {
    return nothing(say("chart.needs-tree", { chart }));
  }
  if (!size || !groups.some((group) => isNumeric(group.columns.get(size)?.data))) {
    return nothing(say("chart.needs-size", { chart }));
  }
  const marks: Mark[] = [];
  const roots: TreeNode[] = [];
  for (const group of groups) addGroup(group, size, context, roots, marks);
  if (roots.length === 0) return nothing(say("chart.needs-size.positive", { chart }));
  for (const root of roots) paint(root, colorOf(context, root.id));
  const list: MarkList = {
    id: "tree",
    name: size,
    color: 0,
    column: size,
    length: marks.length,
    row: (mark) => marks[mark]?.row ?? -1,
    title: (mark) => marks[mark]?.names.join(" / ") ?? "",
    lines: (mark) => marks[mark]?.lines ?? [],
  };
  return {
    family: "tree",
    shape: kind.shape,
    title: size,
    roots,
    shadeRange: extent([leaves(roots).map((leaf) => leaf.shade ?? Number.NaN)]),
    lists: [list],
    legend: [],
  };
}

function addGroup(
  group: ColumnGroup,
  size: string,
  context: ChartContext,
  roots: TreeNode[],
  marks: Mark[],
): void {
  const { window, shape } = context;
  const sizes = group.columns.get(size);
  if (!sizes) return;
  const { axis, places } = categoryRows(context);
  const values = numbersAt(sizes.data, places);
  const shade = group.columns.get(roleOf(shape, COLOR) ?? "")?.data;
  const shades = shade && isNumeric(shade) ? numbersAt(shade, places) : undefined;
  values.forEach((value, place) => {
    if (!(value > 0)) return;
    const path = axis.levels.map((level) => level[place] ?? "").filter((text) => text !== "");
    const names = [...group.keys, ...path];
    const at = places[place] ?? -1;
    const lines = [...group.columns.values()].map(
      (column): TipLine => ({
        color: undefined,
        name: column.name,
        value: valueText(valueAt(column.data, at), column.written),
      }),
    );
    marks.push({ names, row: window.start_row + at, lines });
    insert(roots, names, value, shades?.[place], marks.length - 1);
  });
}

function insert(
  roots: TreeNode[],
  names: string[],
  value: number,
  shade: number | undefined,
  mark: number,
): void {
  let siblings = roots;
  names.forEach((name, depth) => {
    const id = names.slice(0, depth + 1).join("\u0000");
    // Rows come in the order of the tree: a group that is there already is the last one.
    let node =
      siblings.at(-1)?.id === id ? siblings.at(-1) : siblings.find((each) => each.id === id);
    if (!node) {
      node = { id, name, value: 0, color: 0, shade: undefined, mark: -1, children: [] };
      siblings.push(node);
    }
    node.value += value;
    if (depth === names.length - 1) {
      node.mark = mark;
      node.shade = shade;
    }
    siblings = node.children;
  });
}

function paint(node: TreeNode, color: number): void {
  node.color = color;
  for (const child of node.children) paint(child, color);
}

function leaves(nodes: TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => (node.children.length > 0 ? leaves(node.children) : [node]));
}
