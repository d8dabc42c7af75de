/**
 * What the menus of headers and cells offer. What an entry does beyond the config is the
 * grid's, behind `MenuActions`.
 */
import type { Scalar } from "../client/types.js";
import type { ViewShape } from "../viewer/plugins.js";
import type { Say } from "../viewer/words.js";
import {
  type ConfigEdit,
  groupBy,
  hide,
  keepOnly,
  leaveOut,
  moveTo,
  neighbour,
  pin,
  sortBy,
  splitBy,
  unpin,
} from "./config_edits.js";
import { isRightAligned } from "./format.js";
import type { MenuEntry } from "./popup_menu.js";
import { namesOf } from "./shape.js";

export interface MenuActions {
  edit(edit: ConfigEdit): void;
  autoSize(): void;
  style(): void;
  copy(headers: boolean): void;
  /** Absent where the cell cannot be edited. */
  editCell?: (() => void) | undefined;
}

export function headerEntries(
  column: string,
  type: string,
  shape: ViewShape,
  actions: MenuActions,
  say: Say,
): MenuEntry[] {
  const columns = namesOf(shape);
  const sorted = shape.sort.some(([name]) => name === column);
  const isNumber = isRightAligned(type);
  const isOfTable = column in shape.types;
  const edit = (each: ConfigEdit) => () => actions.edit(each);
  const move = (by: -1 | 1): MenuEntry => {
    const target = neighbour(columns, column, by);
    return {
      label: say(by < 0 ? "grid.move.left" : "grid.move.right"),
      disabled: target === undefined,
      run: edit(moveTo(column, target ?? column)),
      apart: by < 0,
    };
  };
  return [
    { label: say("grid.sort.asc"), run: edit(sortBy(column, "asc")) },
    { label: say("grid.sort.desc"), run: edit(sortBy(column, "desc")) },
    ...(isNumber
      ? [
          {
            label: say("grid.sort.size"),
            hint: say("grid.sort.size.hint"),
            run: edit(sortBy(column, "desc abs")),
          },
        ]
      : []),
    { label: say("grid.sort.none"), disabled: !sorted, run: edit(sortBy(column, undefined)) },
    move(-1),
    move(1),
    ...(shape.split_by.length > 0
      ? []
      : isPinned(shape, column)
        ? [{ label: say("grid.unpin"), run: edit(unpin(column)) }]
        : [
            {
              label: say("grid.pin"),
              disabled: columns.length < 2,
              run: edit(pin(column)),
            },
          ]),
    { label: say("grid.hide"), disabled: columns.length < 2, run: edit(hide(column)) },
    { label: say("grid.fit"), run: () => actions.autoSize() },
    { label: say("grid.style"), run: () => actions.style() },
    ...(isOfTable
      ? [
          {
            label: say("grid.group"),
            apart: true,
            disabled: shape.group_by.includes(column),
            run: edit(groupBy(column)),
          },
          {
            label: say("grid.split"),
            disabled: shape.split_by.includes(column),
            run: edit(splitBy(column)),
          },
        ]
      : []),
  ];
}

function isPinned({ plugin_config }: ViewShape, column: string): boolean {
  return Array.isArray(plugin_config.pinned) && plugin_config.pinned.includes(column);
}

/** `path`: what the row stands for in a grouped view. */
export function cellEntries(
  column: string | undefined,
  value: Scalar,
  path: Scalar[] | undefined,
  shape: ViewShape,
  actions: MenuActions,
  say: Say,
): MenuEntry[] {
  const entries: MenuEntry[] = [];
  const { editCell } = actions;
  if (editCell) entries.push({ label: say("grid.edit"), hint: "F2", run: editCell });
  entries.push(
    { label: say("grid.copy"), hint: "Ctrl+C", run: () => actions.copy(false) },
    { label: say("grid.copy.headers"), hint: "Ctrl+Shift+C", run: () => actions.copy(true) },
  );
  if (path) {
    const values = path.map((each, level): [string, Scalar] => [shape.group_by[level] ?? "", each]);
    if (values.length > 0) {
      entries.push({
        label: say("grid.keep.group"),
        apart: true,
        run: () => actions.edit(keepOnly(values)),
      });
    }
  } else if (column !== undefined) {
    entries.push(
      {
        label: say("grid.keep.value"),
        apart: true,
        run: () => actions.edit(keepOnly([[column, value]])),
      },
      { label: say("grid.leave.value"), run: () => actions.edit(leaveOut(column, value)) },
    );
  }
  return entries;
}
