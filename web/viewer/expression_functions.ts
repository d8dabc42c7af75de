/**
 * What can be called in an expression: functions of values, as they are documented, and
 * aggregates, where it is one over groups.
 */
import functions from "../../docs/expressions.md?functions";
import { aggregatesFor, operandOf } from "./aggregates.js";
import type { ComputedKind } from "./computed_edits.js";
import type { Callable } from "./expression_completion.js";
import { helpFor, type Say, wordFor } from "./words.js";

const FUNCTIONS: Callable[] = functions.map(({ name, signature, help, gives, example, result }) => {
  const shown = `${example} is ${result}`;
  return { name, signature, help: help ? `${help}. ${gives}.` : `${gives}: ${shown}` };
});

const OPERANDS = {
  column: ", y",
  "number column": ", weight",
  "time column": ", time",
  part: ", 0.9",
};

/** The aggregates, as functions of a column. */
function aggregates(say: Say): Callable[] {
  return aggregatesFor("float")
    .filter((aggregate) => !aggregate.startsWith("pct "))
    .map((aggregate) => {
      const name = aggregate.replaceAll(" ", "_");
      const operand = operandOf(aggregate);
      const signature = `${name}(x${operand ? OPERANDS[operand] : ""})`;
      const help = say("aggregate.help", { aggregate: wordFor(say, "aggregate", aggregate) });
      return { name, signature, help };
    });
}

/** What may be called in an expression of the kind, with help in the language. */
export function callables(kind: ComputedKind, say: Say): Callable[] {
  const functions = FUNCTIONS.map((each) => ({
    ...each,
    help: helpFor(say, each.name, each.help),
  }));
  return kind === "aggregate" ? [...aggregates(say), ...functions] : functions;
}
