/**
 * Which aggregate a shown column has, and what that goes by: a weight, a place, an order.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Aggregate } from "../client/types.js";
import {
  type AggregateOperand,
  aggregateName,
  aggregateOf,
  aggregatesFor,
  isNumber,
  isTime,
  operandOf,
} from "./aggregates.js";
import { freeName, nameOfAggregate, renameField } from "./computed_edits.js";
import { setAggregate } from "./settings_edits.js";
import type { Fields } from "./settings_fields.js";
import type { ItemHost } from "./settings_item.js";
import { wordFor } from "./words.js";

/** The column behind an aggregate's name; the name itself where it has none of its own. */
function columnOf(host: ItemHost, name: string): string {
  const term = host.config.aggregates[name];
  return typeof term === "object" && "column" in term ? term.column : name;
}

export function aggregateSelect(host: ItemHost, name: string): TemplateResult | typeof nothing {
  const { say } = host;
  const column = columnOf(host, name);
  const type = host.fields.typeOf(column);
  const aggregate = aggregateOf(host.config.aggregates, name, type);
  if (!aggregate || !name) return nothing;
  const current = aggregateName(aggregate);
  const offered = aggregatesFor(type);
  const choices = offered.includes(current) ? offered : [current, ...offered];
  return html`<select
    aria-label=${say("aggregate.label", { name })}
    title=${say("aggregate.label", { name: column })}
    data-testid="aggregate"
    .value=${current}
    @change=${(event: Event) => {
      const chosen = (event.target as HTMLSelectElement).value;
      const changed = setAggregate(host.config, name, withOperand(chosen, column, host.fields));
      // A name that says what it was goes along.
      const follows = name === nameOfAggregate(current, column);
      const other = freeName(nameOfAggregate(chosen, column), host.fields);
      host.edit(follows ? renameField(changed, name, other) : changed);
    }}
  >${choices.map((each) => {
    const possible = operandChoices(operandOf(each), column, host.fields);
    return html`<option
      value=${each}
      ?selected=${each === current}
      ?disabled=${possible?.length === 0}
    >${wordFor(say, "aggregate", each)}</option>`;
  })}</select>`;
}

/** A line for the operand, where the aggregate has one. */
export function aggregateOperand(host: ItemHost, name: string): TemplateResult | typeof nothing {
  const column = columnOf(host, name);
  const aggregate = aggregateOf(host.config.aggregates, name, host.fields.typeOf(column));
  const { say } = host;
  const operand = aggregate && operandOf(aggregate);
  if (!aggregate || !operand) return nothing;
  const current = typeof aggregate === "string" ? "" : String(aggregate[1][0] ?? "");
  const set = (value: string | number) =>
    host.edit(setAggregate(host.config, name, [aggregateName(aggregate), [value]]));
  const choices = operandChoices(operand, column, host.fields);
  if (!choices) {
    return html`<label class="operand-line">
      <span>${say("aggregate.part", { aggregate: wordFor(say, "aggregate", aggregateName(aggregate)) })}</span>
      <input
        type="number"
        min="0"
        max="1"
        step="any"
        data-testid="aggregate-operand"
        .value=${current}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          if (input.value !== "" && input.checkValidity()) set(Number(input.value));
          else input.reportValidity();
        }}
      />
    </label>`;
  }
  return html`<label class="operand-line">
    <span>${say(operand === "number column" ? "aggregate.weighted-by" : "aggregate.with")}</span>
    <select
      data-testid="aggregate-operand"
      .value=${current}
      @change=${(event: Event) => set((event.target as HTMLSelectElement).value)}
    >${(choices.includes(current) ? choices : [current, ...choices]).map(
      (each) => html`<option value=${each} ?selected=${each === current}>${each}</option>`,
    )}</select>
  </label>`;
}

/** An aggregate that can be computed at once: with the first operand that fits. */
export function withOperand(name: string, column: string, fields: Fields): Aggregate {
  const operand = operandOf(name);
  if (!operand) return name;
  return [name, [operandChoices(operand, column, fields)?.[0] ?? 0.9]];
}

/** The columns that may be an operand; undefined where it is a number, or none. */
function operandChoices(
  operand: AggregateOperand | undefined,
  column: string,
  fields: Fields,
): string[] | undefined {
  if (operand === undefined || operand === "part") return undefined;
  const fitting = fields.all.filter(({ name, type, kind }) => {
    if (kind === "aggregate" || name === column) return false;
    if (operand === "number column") return isNumber(type);
    return operand === "time column" ? isTime(type) : true;
  });
  // The order by which first and last go is most often a time.
  return fitting
    .toSorted((a, b) => Number(isTime(b.type)) - Number(isTime(a.type)))
    .map((field) => field.name);
}
