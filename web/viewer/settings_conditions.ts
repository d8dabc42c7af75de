/**
 * The conditions of filter and having: tests of columns, and groups of conditions.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Condition } from "../client/types.js";
import { aggregateOf, aggregateType } from "./aggregates.js";
import {
  type ConditionParts,
  changeAt,
  inGroup,
  type Joiner,
  type Path,
  partsOf,
  type Test,
  withoutGroup,
} from "./condition_edits.js";
import "./filter_editor.js";
import { defaultOperator } from "./filters.js";
import { closeIcon, moreIcon } from "./icons.js";
import type { MenuItem } from "./menu.js";
import type { ItemHost } from "./settings_item.js";
import { typeBadge } from "./type_badge.js";
import type { Suggestion } from "./value_suggestions.js";
import { type Say, wordFor } from "./words.js";

export interface ConditionHost extends ItemHost {
  suggest(column: string, type: string, text: string): Promise<Suggestion[]>;
}

export type ConditionZone = "filter" | "having";

/** The ways to join terms; their words are `condition.any` and so on. */
const JOINTS = [
  { joiner: "or", negated: false, value: "any" },
  { joiner: "and", negated: false, value: "all" },
  { joiner: "or", negated: true, value: "none" },
  { joiner: "and", negated: true, value: "not all" },
] as const satisfies { joiner: Joiner; negated: boolean; value: string }[];

/** The type of what a condition tests: of groups that of the aggregate. */
function typeIn(host: ConditionHost, zone: ConditionZone, column: string): string {
  const type = host.fields.typeOf(column);
  const ofRows = zone === "filter" || host.fields.get(column)?.kind === "aggregate";
  const aggregate = aggregateOf(host.config.aggregates, column, type);
  return ofRows || !aggregate ? type : aggregateType(aggregate, type);
}

function change(
  host: ConditionHost,
  zone: ConditionZone,
  path: Path,
  changed: (parts: ConditionParts) => ConditionParts[],
): void {
  const { config } = host;
  host.edit({ ...config, [zone]: changeAt(config[zone], path, changed) });
}

/** What stands below the line of an item: the editor of its test, or the terms of its group. */
export function conditionTemplate(
  host: ConditionHost,
  zone: ConditionZone,
  condition: Condition,
  path: Path,
): TemplateResult {
  const parts = partsOf(condition);
  if (!("test" in parts)) {
    return html`<ul class="terms">
      ${parts.terms.map((term, index) => termTemplate(host, zone, term, [...path, index]))}
    </ul>`;
  }
  const { test } = parts;
  const type = typeIn(host, zone, test[0]);
  const others =
    zone === "having"
      ? []
      : host.fields.all.filter(
          (field) =>
            field.name !== test[0] && field.kind !== "aggregate" && alike(field.type, type),
        );
  return html`<millrace-filter
    data-nodrag
    .test=${test}
    .type=${type}
    .others=${others.map((field) => field.name)}
    .suggest=${zone === "filter" ? (text: string) => host.suggest(test[0], type, text) : undefined}
    @edit=${(event: CustomEvent<Test>) =>
      change(host, zone, path, (before) => [{ negated: before.negated, test: event.detail }])}
  ></millrace-filter>`;
}

/** What the line of a condition is called by: its column, or how its terms are joined. */
export function conditionName(
  host: ConditionHost,
  zone: ConditionZone,
  condition: Condition,
  path: Path,
): TemplateResult {
  const parts = partsOf(condition);
  const { say } = host;
  if ("test" in parts) {
    const [column] = parts.test;
    return html`<span class="name" title=${column}>
      ${parts.negated ? html`<em data-testid="negated">${say("condition.not")}</em> ` : nothing}${column}
    </span>`;
  }
  const current = JOINTS.find(
    (each) => each.joiner === parts.joiner && each.negated === parts.negated,
  );
  return html`<span class="name">
    <select
      class="joiner"
      aria-label=${say("condition.joiner")}
      data-testid="joiner"
      .value=${current?.value ?? ""}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        const chosen = JOINTS.find((each) => each.value === value);
        if (!chosen) return;
        const { joiner, negated } = chosen;
        change(host, zone, path, () => [{ terms: parts.terms, joiner, negated }]);
      }}
    >${JOINTS.map(
      ({ value }) =>
        html`<option value=${value} ?selected=${value === current?.value}>${say(`condition.${value}`)}</option>`,
    )}</select>
    <millrace-menu
      text=${say("settings.add")}
      label=${say("condition.add")}
      data-testid="add-term"
      .items=${() => testable(host, zone)}
      @choose=${(event: CustomEvent<string>) => {
        const column = event.detail;
        const test: Test = [column, defaultOperator(typeIn(host, zone, column)), null];
        change(host, zone, path, () => [{ ...parts, terms: [...parts.terms, test] }]);
      }}
    ></millrace-menu>
  </span>`;
}

/** What can be done with a condition besides moving it. */
export function conditionActions(condition: Condition, say: Say): MenuItem[] {
  const parts = partsOf(condition);
  const items: MenuItem[] = [{ value: "group", label: say("condition.group") }];
  if ("test" in parts) {
    items.push({
      value: "negate",
      label: say(parts.negated ? "condition.affirm" : "condition.negate"),
    });
  } else if (!parts.negated) items.push({ value: "ungroup", label: say("condition.ungroup") });
  return items;
}

/** Does one of these; false for other actions. */
export function actOnCondition(
  host: ConditionHost,
  zone: ConditionZone,
  path: Path,
  action: string,
): boolean {
  if (action === "group") change(host, zone, path, inGroup);
  else if (action === "ungroup") change(host, zone, path, withoutGroup);
  else if (action === "negate") {
    change(host, zone, path, (parts) => [{ ...parts, negated: !parts.negated }]);
  } else return false;
  return true;
}

/** A condition in a group: a line of its own, which is not dragged. */
function termTemplate(
  host: ConditionHost,
  zone: ConditionZone,
  condition: Condition,
  path: Path,
): TemplateResult {
  const parts = partsOf(condition);
  const { say, fields } = host;
  const name = "test" in parts ? parts.test[0] : say("condition.the-group");
  const field = fields.get(name);
  return html`<li class="term" data-testid="term" data-column=${"test" in parts ? name : nothing}>
    <div class="line">
      ${"test" in parts ? typeBadge(say, field?.type, field?.kind) : nothing}
      ${conditionName(host, zone, condition, path)}
      <span class="tools">
        <millrace-menu
          .text=${moreIcon}
          label=${say("item.more", { name })}
          .items=${() => conditionActions(condition, say)}
          @choose=${(event: CustomEvent<string>) => actOnCondition(host, zone, path, event.detail)}
        ></millrace-menu>
        <button
          class="icon"
          aria-label=${say("settings.remove", { name })}
          title=${say("condition.remove.hint")}
          data-testid="remove-term"
          @click=${() => change(host, zone, path, () => [])}
        >${closeIcon}</button>
      </span>
    </div>
    ${conditionTemplate(host, zone, condition, path)}
  </li>`;
}

function testable({ fields, say }: ConditionHost, zone: ConditionZone): MenuItem[] {
  return fields.all
    .filter((field) => fields.fits(field.name, zone))
    .map(({ name, type }) => ({ value: name, label: name, hint: wordFor(say, "type", type) }));
}

/** Whether values of the types can be compared with one another. */
function alike(one: string, other: string): boolean {
  const kind = (type: string) =>
    type === "integer" || type === "float" ? "number" : type === "date" ? "datetime" : type;
  return kind(one) === kind(other);
}
