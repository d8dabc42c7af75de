/** Treemap and sunburst as an ECharts option. */
import type { TreeModel, TreeNode } from "../data/model.js";
import { shortText } from "../format.js";
import type { Scene } from "../renderer.js";
import { type ChartTheme, mixed, readable, seriesColor } from "../theme.js";
import { type Option, textStyle } from "./common.js";
import { shadeColor, shadeMap } from "./shades.js";

const HEAD_HEIGHT = 20;
/** The free middle of a sunburst, as a part of its radius. */
const HOLE = 0.12;

export function treeOption(model: TreeModel, scene: Scene): Option {
  const { theme } = scene;
  const shaded = model.shadeRange;
  const series = model.shape === "treemap" ? treemap(model, theme) : sunburst(model, scene);
  return {
    tooltip: { trigger: "item" },
    // A legend of the colours alone: nodes carry theirs themselves.
    ...(shaded
      ? {
          visualMap: {
            ...shadeMap(shaded, theme, {
              dimension: 9,
              text: (value) => shortText(value, "float"),
            }),
            seriesIndex: [],
          },
        }
      : {}),
    series: [series],
  };
}

function node(model: TreeModel, theme: ChartTheme, depth: number) {
  return (each: TreeNode): Option => {
    const children = each.children;
    const color = nodeColor(model, each, depth, theme);
    const text = readable(color, theme.background, theme.text);
    return {
      id: each.id,
      name: each.name,
      value: each.value,
      mark: each.mark,
      itemStyle: { color },
      label: { color: text },
      upperLabel: { color: theme.text },
      ...(children.length > 0 ? { children: children.map(node(model, theme, depth + 1)) } : {}),
    };
  };
}

function nodeColor(model: TreeModel, each: TreeNode, depth: number, theme: ChartTheme): string {
  if (model.shadeRange) {
    return each.shade === undefined || Number.isNaN(each.shade)
      ? theme.line
      : shadeColor(theme, model.shadeRange, each.shade);
  }
  const color = seriesColor(theme, each.color);
  // Inner levels of a sunburst are told apart by their lightness.
  return model.shape === "sunburst" && depth > 0
    ? mixed(color, theme.background, Math.min(0.45, depth * 0.18))
    : color;
}

function treemap(model: TreeModel, theme: ChartTheme): Option {
  const nested = model.roots.some((root) => root.children.length > 0);
  return {
    id: "tree",
    type: "treemap",
    name: model.title,
    roam: false,
    nodeClick: false,
    left: 8,
    top: 8,
    right: model.shadeRange ? 64 : 8,
    bottom: 8,
    breadcrumb: { show: false },
    visibleMin: 60,
    childrenVisibleMin: 200,
    label: {
      ...textStyle(theme),
      show: true,
      overflow: "truncate",
      position: [6, 6],
    },
    itemStyle: { gapWidth: 1, borderWidth: 0, borderColor: theme.background },
    upperLabel: {
      ...textStyle(theme),
      show: false,
      height: HEAD_HEIGHT,
      fontWeight: 600,
      color: theme.text,
      overflow: "truncate",
    },
    levels: [
      { itemStyle: { gapWidth: 4, borderWidth: 0 }, upperLabel: { show: false } },
      ...(nested
        ? [
            {
              itemStyle: { gapWidth: 2, borderWidth: 1, borderColor: theme.surface },
              upperLabel: { show: true },
            },
            {
              itemStyle: { gapWidth: 1, borderWidth: 1, borderColor: theme.surface },
              upperLabel: { show: true },
            },
          ]
        : []),
    ],
    data: model.roots.map(node(model, theme, 0)),
  };
}

function sunburst(model: TreeModel, { theme, width, height }: Scene): Option {
  const radius = Math.max(20, Math.min(width, height) / 2 - 10);
  const ring = (radius * (1 - HOLE)) / depthOf(model.roots);
  return {
    id: "tree",
    type: "sunburst",
    name: model.title,
    nodeClick: false,
    center: ["50%", "50%"],
    radius: [radius * HOLE, radius],
    // In the order of the view.
    sort: null,
    // The others stay as they are: a pointer that passes by is no choice.
    emphasis: { focus: "none" },
    itemStyle: { borderColor: theme.background, borderWidth: 1, borderRadius: 2 },
    label: {
      ...textStyle(theme),
      minAngle: 7,
      rotate: "radial",
      overflow: "truncate",
      width: ring - 8,
    },
    data: model.roots.map(node(model, theme, 0)),
  };
}

function depthOf(nodes: TreeNode[]): number {
  return nodes.length === 0 ? 0 : 1 + Math.max(...nodes.map(({ children }) => depthOf(children)));
}
