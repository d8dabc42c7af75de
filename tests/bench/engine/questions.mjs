/**
 * What every peer is asked: data, in no peer's language. Each peer's module says it in its own.
 *
 * The questions q1 to q10 are those of the db-benchmark's group-by task, as far as they are
 * about aggregates. Grouped results are ordered by an aggregate, descending, so that no group
 * can be left uncomputed.
 *
 * @typedef {object} Measure
 * @property {string} column A column of the table, or the name of an expression.
 * @property {"sum"|"mean"|"median"|"stddev"|"max"|"min"|"count"} fn
 *
 * @typedef {object} Expression A product of two columns.
 * @property {string} name
 * @property {[string, string]} factors
 *
 * @typedef {[string, "<="|">", number]} Term
 *
 * @typedef {object} Question
 * @property {string} id
 * @property {string} text For the table.
 * @property {"load"|"group"|"pivot"|"rows"} kind
 * @property {string[]} [by] group: the columns that group.
 * @property {string} [split] pivot: the column whose values become columns.
 * @property {Measure[]} [measures]
 * @property {number} [order] group: the place of the measure that orders the groups.
 * @property {boolean} [difference] The answer is the first measure less the second, by which
 *   groups are ordered where a peer can.
 * @property {Expression} [expression]
 * @property {Term[]} [filter]
 * @property {string} [sort] rows: the column that orders them, descending.
 * @property {boolean} [jump] rows: what is timed is a window in the middle, not the first.
 * @property {"dictionary"|"plain"} [dataset] load: which file.
 * @property {Live} [live] What is timed is a batch and the read behind it, not the view.
 *
 * @typedef {object} Live
 * @property {"append"|"upsert"} batches
 * @property {"dictionary"|"keyed"} table
 * @property {string} [index] The key's column.
 * @property {boolean} [full] The table is bounded to the rows it starts with.
 */

/** The columns of the table. */
export const COLUMNS = ["id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3"];

/** The rows that a read takes. */
export const WINDOW = 50;

/** The rows of a live batch. */
export const BATCH_ROWS = 1_000;

/** The batches that there are of each kind. */
export const BATCHES = 64;

/**
 * Aggregates that the field understands in more than one way. The first is the standard; an
 * answer may be any of them, and the table says which it is.
 */
export const VARIANTS = {
  median: ["mean of the middle two", "upper of the middle two", "lower of the middle two"],
  stddev: ["of the population", "of a sample"],
};

const sum = (column) => ({ column, fn: "sum" });
const mean = (column) => ({ column, fn: "mean" });
const group = (id, by, measures, order, more = {}) => ({
  id,
  text: `${measures.map(({ column, fn }) => `${fn} ${column}`).join(", ")} by ${by.join(", ")}`,
  kind: "group",
  by,
  measures,
  order,
  ...more,
});

/** @type {Term[]} */
const TERMS = [
  ["id4", "<=", 50],
  ["v3", ">", 50],
];
const filtered = { kind: "rows", filter: TERMS };
const sorted = { kind: "rows", sort: "v3" };
/** @type {Live} */
const append = { batches: "append", table: "dictionary" };

/** The view of most live questions. */
const live = (id, what, change) =>
  group(id, ["id1"], [sum("v1"), mean("v3")], 1, {
    text: `${what}; sum v1, mean v3 by id1`,
    live: change,
  });

const IDS = ["id1", "id2", "id3", "id4", "id5", "id6"];

/** @type {Question[]} */
export const QUESTIONS = [
  { id: "load", text: "load Arrow, texts as dictionaries", kind: "load", dataset: "dictionary" },
  { id: "load-plain", text: "load Arrow, plain texts", kind: "load", dataset: "plain" },
  group("q1", ["id1"], [sum("v1")], 0),
  group("q2", ["id1", "id2"], [sum("v1")], 0),
  group("q3", ["id3"], [sum("v1"), mean("v3")], 1),
  group("q4", ["id4"], [mean("v1"), mean("v2"), mean("v3")], 2),
  group("q5", ["id6"], [sum("v1"), sum("v2"), sum("v3")], 2),
  group("q6", ["id4", "id5"], [{ column: "v3", fn: "median" }], 0),
  group("q6-stddev", ["id4", "id5"], [{ column: "v3", fn: "stddev" }], 0),
  group(
    "q7",
    ["id3"],
    [
      { column: "v1", fn: "max" },
      { column: "v2", fn: "min" },
    ],
    0,
    { text: "max v1 - min v2 by id3", difference: true },
  ),
  group("q10", IDS, [sum("v3"), { column: "v1", fn: "count" }], 0, {
    text: "sum v3, count by id1..id6",
  }),
  {
    id: "pivot",
    text: "pivot id1 × id4, sum v1",
    kind: "pivot",
    by: ["id1"],
    split: "id4",
    measures: [sum("v1")],
  },
  group("expression", ["id1"], [sum("product")], 0, {
    text: "sum of v1 * v3 by id1",
    expression: { name: "product", factors: ["v1", "v3"] },
  }),
  group("filter-group", ["id2"], [mean("v3")], 0, {
    text: "mean v3 by id2 where v3 > 50",
    filter: [["v3", ">", 50]],
  }),
  { id: "filter", text: "rows with id4 <= 50 and v3 > 50, counted", ...filtered },
  { id: "sort", text: "rows by v3, descending", ...sorted },
  { id: "jump", text: "the same view, a window in the middle", ...sorted, jump: true },
  live("live", "1,000 rows more", append),
  group("live-median", ["id1"], [{ column: "v3", fn: "median" }], 0, {
    text: "1,000 rows more; median v3 by id1",
    live: append,
  }),
  { id: "live-sort", text: "1,000 rows more; rows by v3, descending", ...sorted, live: append },
  {
    id: "live-filter",
    text: "1,000 rows more; rows with id4 <= 50 and v3 > 50, counted",
    ...filtered,
    live: append,
  },
  live("live-ring", "1,000 rows more, as many leave", { ...append, full: true }),
  live("live-upsert", "1,000 upserts", { batches: "upsert", table: "keyed", index: "key" }),
];

/**
 * The questions of that name, or whose names begin with it and a dash; all without a name.
 *
 * @param {string[]} names
 * @returns {Question[]}
 */
export function chosen(names) {
  const means = (name, id) => id === name || id.startsWith(`${name}-`);
  const unknown = names.find((name) => !QUESTIONS.some(({ id }) => means(name, id)));
  if (unknown !== undefined) {
    const known = QUESTIONS.map(({ id }) => id).join(", ");
    throw new Error(`there is no question "${unknown}"; there are: ${known}`);
  }
  if (names.length === 0) return QUESTIONS;
  return QUESTIONS.filter(({ id }) => names.some((name) => means(name, id)));
}

/**
 * The ways to understand the question: lists of a name for each measure that has several.
 * The first is the standard.
 *
 * @param {Question} question
 * @returns {Record<string, string>[]}
 */
export function readings(question) {
  const several = (question.measures ?? []).find(({ fn }) => VARIANTS[fn]);
  if (!several) return [{}];
  return VARIANTS[several.fn].map((name) => ({ [several.fn]: name }));
}
