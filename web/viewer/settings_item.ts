/**
 * One item of a zone: a column with what is said of it there, and what can be done with it.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { SortDirection } from "../client/types.js";
import { partsOf } from "./condition_edits.js";
import { closeIcon, moreIcon } from "./icons.js";
import type { MenuItem } from "./menu.js";
import { aggregateOperand, aggregateSelect } from "./settings_aggregate.js";
import {
  actOnCondition,
  conditionActions,
  conditionName,
  conditionTemplate,
} from "./settings_conditions.js";
import { setSort, type To } from "./settings_edits.js";
import type { Fields } from "./settings_fields.js";
import { holdsConditions, isGrouped, ZONES, type Zone } from "./settings_zones.js";
import { typeBadge } from "./type_badge.js";
import type { Suggestion } from "./value_suggestions.js";
import type { ViewerConfig } from "./viewer_config.js";
import type { Say } from "./words.js";

/** What an item may ask of the panel. */
export interface ItemHost {
  config: ViewerConfig;
  fields: Fields;
  /** The words that people read. */
  readonly say: Say;
  edit(config: ViewerConfig): void;
  /** Moves an item, and the focus with it. */
  move(zone: Zone, index: number, to: To): void;
  takeOut(zone: Zone, index: number): void;
  /** Opens the form in which a computed column is made. */
  compute(name: string): void;
  addAggregate(column: string): void;
  /** The values that a column has and that fit a text. */
  suggest(column: string, type: string, text: string): Promise<Suggestion[]>;
}

export interface ItemPlace {
  zone: Zone;
  index: number;
  count: number;
  column: string;
  faulty: boolean;
  /** A line where something that is dragged would come to stand. */
  dropBefore: boolean;
}

const DIRECTIONS = [
  "asc",
  "desc",
  "asc abs",
  "desc abs",
  "col asc",
  "col desc",
  "col asc abs",
  "col desc abs",
] as const;

export function itemTemplate(host: ItemHost, place: ItemPlace): TemplateResult {
  const { zone, index, count, column } = place;
  const { say } = host;
  const field = host.fields.get(column);
  const condition = holdsConditions(zone) ? host.config[zone][index] : undefined;
  const isGroup = condition !== undefined && "joiner" in partsOf(condition);
  const name = isGroup ? say("item.group") : column || say("item.free");
  return html`
    <li
      tabindex="0"
      class="${place.faulty ? "faulty" : ""} ${place.dropBefore ? "drop-before" : ""} ${column ? "" : "free"}"
      data-draggable
      data-zone=${zone}
      data-index=${index}
      data-column=${column}
      data-testid="item-${zone}"
      aria-label=${say("item.label", { name, place: index + 1, count })}
      @keydown=${(event: KeyboardEvent) => onKey(event, host, place)}
    >
      <div class="line">
        <span class="grip" title=${say("item.drag")}>${isGroup ? groupMark : typeBadge(say, field?.type, field?.kind)}</span>
        ${
          condition && holdsConditions(zone)
            ? conditionName(host, zone, condition, [index])
            : html`<span class="name" title=${field ? `${column}: ${field.detail}` : name}>${name}</span>`
        }
        ${zone === "columns" && isGrouped(host.config) ? aggregateSelect(host, column) : nothing}
        ${zone === "sort" ? directionSelect(host, index) : nothing}
        <span class="tools">
          <millrace-menu
            .text=${moreIcon}
            label=${say("item.more", { name })}
            data-testid="more"
            .items=${() => actions(host, place)}
            @choose=${(event: CustomEvent<string>) => act(event.detail, host, place)}
          ></millrace-menu>
          <button
            class="icon"
            aria-label=${say("settings.remove", { name })}
            title=${say("item.remove.hint")}
            data-testid="remove"
            @click=${() => host.takeOut(zone, index)}
          >${closeIcon}</button>
        </span>
      </div>
      ${zone === "sort" ? nullsLine(host, index) : nothing}
      ${zone === "columns" && isGrouped(host.config) ? aggregateOperand(host, column) : nothing}
      ${condition && holdsConditions(zone) ? conditionTemplate(host, zone, condition, [index]) : nothing}
    </li>
  `;
}

const groupMark = html`<span class="badge" aria-hidden="true">( )</span>`;

function onKey(event: KeyboardEvent, host: ItemHost, place: ItemPlace): void {
  const { zone, index, count } = place;
  const up = event.key === "ArrowUp";
  if (event.altKey && (up || event.key === "ArrowDown")) {
    event.preventDefault();
    if (event.shiftKey) {
      const next = neighbour(host, place, up ? -1 : 1);
      if (next) host.move(zone, index, { zone: next, index: Number.POSITIVE_INFINITY });
    } else if (up ? index > 0 : index < count - 1) {
      host.move(zone, index, { zone, index: up ? index - 1 : index + 2 });
    }
  } else if (
    (event.key === "Delete" || event.key === "Backspace") &&
    event.target === event.currentTarget
  ) {
    event.preventDefault();
    host.takeOut(zone, index);
  }
}

/** The next zone above or below in which the column may stand. */
function neighbour(host: ItemHost, { zone, column }: ItemPlace, by: -1 | 1): Zone | undefined {
  for (let at = ZONES.indexOf(zone) + by; at >= 0 && at < ZONES.length; at += by) {
    const next = ZONES[at];
    if (next && column && host.fields.fits(column, next)) return next;
  }
  return undefined;
}

function actions(host: ItemHost, { zone, index, count, column }: ItemPlace): MenuItem[] {
  const { say } = host;
  const items: MenuItem[] = [
    { value: "up", label: say("item.up"), hint: "Alt+↑", disabled: index === 0 },
    { value: "down", label: say("item.down"), hint: "Alt+↓", disabled: index === count - 1 },
  ];
  for (const other of ZONES) {
    if (other === zone || !column || !host.fields.fits(column, other)) continue;
    const verb = zone === "columns" ? "item.add" : "item.move";
    items.push({ value: `to ${other}`, label: say(verb, { zone: say(`zone.${other}.name`) }) });
  }
  if (zone === "sort") {
    const { nulls } = readDirection(host.config.sort[index]?.[1] ?? "asc");
    for (const end of (["first", "last"] as const).filter((each) => each !== nulls)) {
      items.push({ value: `nulls ${end}`, label: say(`nulls.${end}.move`) });
    }
  }
  const condition = holdsConditions(zone) ? host.config[zone][index] : undefined;
  if (condition) items.push(...conditionActions(condition, say));
  const field = host.fields.get(column);
  if (zone === "columns" && field && field.kind !== "aggregate") {
    items.push({ value: "aggregate", label: say("item.again") });
  }
  if (field && field.kind !== "column" && !holdsConditions(zone)) {
    items.push({ value: "compute", label: say("item.compute") });
  }
  return items;
}

function act(action: string, host: ItemHost, { zone, index, column }: ItemPlace): void {
  if (holdsConditions(zone) && actOnCondition(host, zone, [index], action)) return;
  if (action === "up") host.move(zone, index, { zone, index: index - 1 });
  else if (action === "down") host.move(zone, index, { zone, index: index + 2 });
  else if (action === "aggregate") host.addAggregate(column);
  else if (action.startsWith("nulls ")) {
    const { ordering } = readDirection(host.config.sort[index]?.[1] ?? "asc");
    setDirection(host, index, ordering, action.slice(6));
  } else if (action === "compute") host.compute(column);
  else host.move(zone, index, { zone: action.slice(3) as Zone, index: Number.POSITIVE_INFINITY });
}

/** A direction, and where rows without a value stand if that is said. */
function readDirection(direction: SortDirection): { ordering: string; nulls: string } {
  const [, ordering = direction, nulls = ""] =
    /^(.*?)(?: nulls (first|last))?$/.exec(direction) ?? [];
  return { ordering, nulls };
}

function setDirection(host: ItemHost, index: number, ordering: string, nulls: string): void {
  const column = host.config.sort[index]?.[0] ?? "";
  const direction = (nulls ? `${ordering} nulls ${nulls}` : ordering) as SortDirection;
  host.edit(setSort(host.config, index, [column, direction]));
}

function directionSelect(host: ItemHost, index: number): TemplateResult | typeof nothing {
  const sort = host.config.sort[index];
  if (!sort) return nothing;
  const { ordering, nulls } = readDirection(sort[1]);
  return html`<select
    class="direction"
    aria-label=${host.say("item.direction", { name: sort[0] })}
    data-testid="direction"
    .value=${ordering}
    @change=${(event: Event) =>
      setDirection(host, index, (event.target as HTMLSelectElement).value, nulls)}
  >${DIRECTIONS.map(
    (each) =>
      html`<option value=${each} ?selected=${each === ordering}>${host.say(`direction.${each}`)}</option>`,
  )}</select>`;
}

/** Where rows without a value stand, if it is said. */
function nullsLine(host: ItemHost, index: number): TemplateResult | typeof nothing {
  const sort = host.config.sort[index];
  if (!sort) return nothing;
  const { ordering, nulls } = readDirection(sort[1]);
  if (!nulls) return nothing;
  const { say } = host;
  return html`<label class="operand-line">
    <span>${say("nulls.label")}</span>
    <select
      data-testid="nulls"
      .value=${nulls}
      @change=${(event: Event) =>
        setDirection(host, index, ordering, (event.target as HTMLSelectElement).value)}
    >${[
      ["first", say("nulls.first")],
      ["last", say("nulls.last")],
      ["", say("nulls.natural")],
    ].map(
      ([each = "", label]) =>
        html`<option value=${each} ?selected=${each === nulls}>${label}</option>`,
    )}</select>
  </label>`;
}
