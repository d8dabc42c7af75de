/**
 * What can be called in an expression: functions of values, as they are documented, and
 * aggregates, where it is one over groups.
 */
import functions from "../../docs/expressions.md?functions";
import { aggregatesFor, operandOf } from "./aggregates.js";
import type { Callable } from "./expression_completion.js";

export const FUNCTIONS: Callable[] = functions.map(
  ({ name, signature, help, gives, example, result }) => {
    const shown = `${example} is ${result}`;
    return { name, signature, help: help ? `${help}. ${gives}.` : `${gives}: ${shown}` };
  },
);

const OPERANDS = {
  column: ", y",
  "number column": ", weight",
  "time column": ", time",
  part: ", 0.9",
};

/** The aggregates, as functions of a column. */
export const AGGREGATES: Callable[] = aggregatesFor("float")
  .filter((aggregate) => !aggregate.startsWith("pct "))
  .map((aggregate) => {
    const name = aggregate.replaceAll(" ", "_");
    const operand = operandOf(aggregate);
    const signature = `${name}(x${operand ? OPERANDS[operand] : ""})`;
    return { name, signature, help: `The ${aggregate} of a column, in each group.` };
  });
