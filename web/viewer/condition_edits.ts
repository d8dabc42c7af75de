/**
 * Conditions within one another: how they are read, and how one of them is changed.
 *
 * A condition is found by its path: its place in the list, then its place in each group
 * around it. `not` is no step of its own, but something that is said of a condition.
 */
import type { Condition, Filter, Scalar } from "../client/types.js";

export type Path = readonly number[];

/** A test of one column, with a value or with another column. */
export type Test = Filter | [string, string, { column: string }];

export type Joiner = "and" | "or";

export type ConditionParts =
  | { negated: boolean; test: Test }
  | { negated: boolean; joiner: Joiner; terms: Condition[] };

export function partsOf(condition: Condition): ConditionParts {
  if (Array.isArray(condition)) return { negated: false, test: condition };
  if ("not" in condition) {
    const inner = partsOf(condition.not);
    return { ...inner, negated: !inner.negated };
  }
  return "and" in condition
    ? { negated: false, joiner: "and", terms: condition.and }
    : { negated: false, joiner: "or", terms: condition.or };
}

export function conditionOf(parts: ConditionParts): Condition {
  let condition: Condition;
  if ("test" in parts) condition = parts.test;
  else condition = parts.joiner === "and" ? { and: parts.terms } : { or: parts.terms };
  return parts.negated ? { not: condition } : condition;
}

/** The list with another condition at the path, or others, or none; groups that are empty go. */
export function changeAt(
  conditions: Condition[],
  path: Path,
  change: (parts: ConditionParts) => ConditionParts[],
): Condition[] {
  const [index = 0, ...rest] = path;
  const condition = conditions[index];
  if (!condition) return conditions;
  const parts = partsOf(condition);
  if (rest.length === 0) {
    return conditions.toSpliced(index, 1, ...change(parts).map(conditionOf));
  }
  if ("test" in parts) return conditions;
  const terms = changeAt(parts.terms, rest, change);
  const changed = terms.length > 0 ? [conditionOf({ ...parts, terms })] : [];
  return conditions.toSpliced(index, 1, ...changed);
}

/** The condition as the only one of a new group. */
export function inGroup(parts: ConditionParts): ConditionParts[] {
  return [{ negated: false, joiner: "or", terms: [conditionOf(parts)] }];
}

/** A group's terms in its place. Of a group that is negated that would say something else. */
export function withoutGroup(parts: ConditionParts): ConditionParts[] {
  if ("test" in parts || parts.negated) return [parts];
  return parts.terms.map(partsOf);
}

export function comparesColumns(test: Test): test is [string, string, { column: string }] {
  const operand = test[2];
  return typeof operand === "object" && operand !== null && !Array.isArray(operand);
}

/** The operand as far as it is a value or a list of some. */
export function operandOf(test: Test): Scalar | Scalar[] {
  return comparesColumns(test) ? null : (test[2] ?? null);
}
