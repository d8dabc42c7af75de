/**
 * Expressions and SQL of the same meaning, drawn at random: each function that DuckDB has too,
 * or can be told, over columns and other functions.
 *
 * An expression is `{ ours, sql, kind }`. Numbers of kind `exact` are floats that both sides
 * compute by the same operations, so that steps such as `floor` may follow; those of kind
 * `near` are rounded by each side's own library, and nothing but a comparison within a
 * tolerance follows.
 *
 * Our rules where DuckDB has others: outside of its domain a function is null, and so is a
 * division by zero; arithmetic is of floats; `concat` of nothing but nulls is null.
 */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const literal = (ours, sql, kind) => ({ ours, sql, kind });

/** Columns, by what they are to a function; numbers as floats. */
const LEAVES = {
  exact: ["tiny", "int", "unsigned", "single", "float", "price", "decimal"].map((name) =>
    literal(`float("${name}")`, `CAST("${name}" AS DOUBLE)`, "exact"),
  ),
  whole: ["tiny"].map((name) => literal(`"${name}"`, `CAST("${name}" AS BIGINT)`, "whole")),
  text: ["text", "other"].map((name) => literal(`"${name}"`, `"${name}"`, "text")),
  truth: [literal('"flag"', '"flag"', "truth")],
  day: [literal('"day"', '"day"', "day")],
  time: ["seconds", "time"].map((name) =>
    literal(`datetime("${name}")`, `CAST("${name}" AS TIMESTAMP)`, "time"),
  ),
};
const CONSTANTS = {
  exact: ["0", "1", "-2.5", "0.125", "1e6"].map((n) =>
    literal(`float(${n})`, `CAST(${n} AS DOUBLE)`, "exact"),
  ),
  whole: ["0", "2", "-1", "7"].map((n) => literal(n, `CAST(${n} AS BIGINT)`, "whole")),
  text: ["a", "b", "", "A", "日", "z", "it's"].map((t) => literal(quoted(t), quoted(t), "text")),
};

const calls = (name, sql = name) => [
  (...args) => `${name}(${args.join(", ")})`,
  (...args) => `${sql}(${args.join(", ")})`,
];
const infix = (op, sql = op) => [(a, b) => `(${a} ${op} ${b})`, (a, b) => `(${a} ${sql} ${b})`];
const where = (condition, sql) => `CASE WHEN ${condition} THEN ${sql} END`;
/** Of numbers that the function is defined for; of NaN there is NaN. */
const defined = (condition, sql) => (x) =>
  `CASE WHEN isnan(${x}) THEN ${x} WHEN ${condition(x)} THEN ${sql(x)} END`;

/** What gives: the kinds of the arguments, of the result, and how each side writes it. */
const NUMBERS = [
  [["exact", "exact"], "exact", ...infix("+")],
  [["exact", "exact"], "exact", ...infix("-")],
  [["exact", "exact"], "exact", ...infix("*")],
  [["exact", "exact"], "exact", infix("/")[0], (a, b) => where(`${b} <> 0`, `${a} / ${b}`)],
  [["exact"], "exact", (x) => `(-${x})`, (x) => `(-${x})`],
  [["exact"], "exact", ...calls("abs")],
  [["exact"], "exact", ...calls("floor")],
  [["exact"], "exact", ...calls("ceil")],
  [["exact"], "exact", ...calls("trunc")],
  [["exact"], "exact", ...calls("round")],
  [["exact", "exact"], "exact", ...calls("least")],
  [["exact", "exact", "exact"], "exact", ...calls("greatest")],
  [["exact", "exact"], "exact", ...calls("coalesce")],
  [["exact", "exact"], "exact", ...calls("nullif")],
  [
    ["truth", "exact", "exact"],
    "exact",
    (c, a, b) => `if(${c}, ${a}, ${b})`,
    (c, a, b) => `CASE WHEN ${c} THEN ${a} ELSE ${b} END`,
  ],
  [
    ["exact"],
    "near",
    calls("sqrt")[0],
    defined(
      (x) => `${x} >= 0`,
      (x) => `sqrt(${x})`,
    ),
  ],
  [["exact"], "near", ...calls("cbrt")],
  [
    ["exact"],
    "near",
    calls("ln")[0],
    defined(
      (x) => `${x} > 0`,
      (x) => `ln(${x})`,
    ),
  ],
  [
    ["exact"],
    "near",
    calls("log10")[0],
    defined(
      (x) => `${x} > 0`,
      (x) => `log10(${x})`,
    ),
  ],
  [
    ["exact"],
    "near",
    calls("log2")[0],
    defined(
      (x) => `${x} > 0`,
      (x) => `log2(${x})`,
    ),
  ],
  [["exact"], "near", (x) => `exp(least(${x}, 700))`, (x) => `exp(least(${x}, 700))`],
  [
    ["whole", "whole"],
    "near",
    (a, b) => `pow(abs(${a}) + 1, ${b})`,
    (a, b) => `pow(abs(CAST(${a} AS DOUBLE)) + 1, ${b})`,
  ],
  [
    ["exact", "exact"],
    "near",
    calls("percent_of")[0],
    (a, b) => where(`${b} <> 0`, `100 * ${a} / ${b}`),
  ],
  [["whole"], "near", (x) => `sin(${x}) + cos(${x})`, (x) => `sin(${x}) + cos(${x})`],
  [["whole"], "near", (x) => `atan(${x}) + tanh(${x})`, (x) => `atan(${x}) + tanh(${x})`],
  [["whole", "whole"], "near", ...calls("atan2")],
  [
    ["whole"],
    "near",
    (x) => `deg2rad(${x}) + rad2deg(${x})`,
    (x) => `radians(${x}) + degrees(${x})`,
  ],
  [["whole"], "whole", ...calls("abs")],
  [["whole"], "whole", calls("sign")[0], (x) => `CAST(sign(${x}) AS BIGINT)`],
  [
    ["whole", "whole"],
    "exact",
    (a, b) => `float(${a} % ${b})`,
    (a, b) => where(`${b} <> 0`, `CAST(${a} % ${b} AS DOUBLE)`),
  ],
  [
    ["whole", "whole"],
    "whole",
    (a, b) => `(cast(${a} as int64) * ${b} + cast(${a} as int64))`,
    (a, b) => `(${a} * ${b} + ${a})`,
  ],
  [["whole"], "whole", (x) => `bucket(${x}, 5)`, (x) => `(${x} - ((${x} % 5) + 5) % 5)`],
  [
    ["exact"],
    "whole",
    (x) => `integer(clamp(-1000, ${x}, 1000))`,
    (x) => where(`${x} IS NOT NULL`, `CAST(trunc(least(greatest(${x}, -1000), 1000)) AS BIGINT)`),
  ],
];

const TEXTS = [
  [["text"], "text", ...calls("lower")],
  [["text"], "text", ...calls("upper")],
  [["text"], "text", ...calls("reverse")],
  [["text"], "text", ...calls("trim")],
  [["text"], "text", (x) => `ltrim(${x}, 'ab')`, (x) => `ltrim(${x}, 'ab')`],
  [["text"], "text", (x) => `rtrim(${x}, 'b')`, (x) => `rtrim(${x}, 'b')`],
  [["text"], "text", (x) => `lpad(${x}, 4, '*')`, (x) => `lpad(${x}, 4, '*')`],
  [["text"], "text", (x) => `rpad(${x}, 3, '-+')`, (x) => `rpad(${x}, 3, '-+')`],
  [["text", "whole"], "text", ...calls("left")],
  [["text", "whole"], "text", ...calls("right")],
  [["text"], "text", (x) => `substring(${x}, 2, 3)`, (x) => `substring(${x}, 2, 3)`],
  [
    ["text", "text", "text"],
    "text",
    (x, a, b) => `replace(${x}, ${a}, ${b})`,
    (x, a, b) => `replace(${x}, ${a}, ${b})`,
  ],
  [
    ["text"],
    "text",
    (x) => `replace_all(${x}, '[a-b]+', '<$0>')`,
    (x) => `regexp_replace(${x}, '[a-b]+', '<\\0>', 'g')`,
  ],
  [
    ["text"],
    "text",
    (x) => `regexp_replace(${x}, '(a|b)', '$1$1')`,
    (x) => `regexp_replace(${x}, '(a|b)', '\\1\\1')`,
  ],
  [["text"], "text", (x) => `split_part(${x}, ' ', 2)`, (x) => `split_part(${x}, ' ', 2)`],
  [
    ["text"],
    "text",
    (x) => `search(${x}, '([a-z])b')`,
    (x) => where(`regexp_matches(${x}, '([a-z])b')`, `regexp_extract(${x}, '([a-z])b', 1)`),
  ],
  [["text"], "text", (x) => `repeat(left(${x}, 5), 2)`, (x) => `repeat(left(${x}, 5), 2)`],
  [["text", "text"], "text", ...infix("||")],
  [
    ["text", "text"],
    "text",
    (a, b) => `concat(${a}, '-', ${b})`,
    (a, b) => `concat(${a}, '-', ${b})`,
  ],
  [["text", "text"], "text", ...calls("coalesce")],
  [["text", "text"], "text", ...calls("greatest")],
  [["text", "text"], "text", ...calls("nullif")],
  [["whole"], "text", calls("string")[0], (x) => `CAST(${x} AS VARCHAR)`],
  [
    ["truth", "text", "text"],
    "text",
    (c, a, b) => `case when ${c} then ${a} else ${b} end`,
    (c, a, b) => `CASE WHEN ${c} THEN ${a} ELSE ${b} END`,
  ],
  [["text"], "whole", ...calls("length")],
  [["text", "text"], "whole", calls("indexof")[0], calls("", "strpos")[1]],
  [
    ["text"],
    "whole",
    (x) => `order(${x}, 'b', 'a')`,
    (x) => where(`${x} IS NOT NULL`, `CASE ${x} WHEN 'b' THEN 0 WHEN 'a' THEN 1 ELSE 2 END`),
  ],
  [["text"], "whole", calls("integer")[0], (x) => `TRY_CAST(${x} AS BIGINT)`],
];

const TRUTHS = [
  ...["=", "!=", "<", "<=", ">", ">="].flatMap((op) =>
    ["exact", "text", "whole"].map((kind) => [[kind, kind], "truth", ...infix(op)]),
  ),
  [["truth", "truth"], "truth", ...infix("and")],
  [["truth", "truth"], "truth", ...infix("or")],
  [["truth"], "truth", (x) => `(not ${x})`, (x) => `(NOT ${x})`],
  [["exact"], "truth", (x) => `(${x} is null)`, (x) => `(${x} IS NULL)`],
  [["text"], "truth", (x) => `is_not_null(${x})`, (x) => `(${x} IS NOT NULL)`],
  [
    ["text", "text", "text"],
    "truth",
    (x, a, b) => `(${x} in (${a}, ${b}))`,
    (x, a, b) => `(${x} IN (${a}, ${b}))`,
  ],
  [
    ["exact", "exact", "exact"],
    "truth",
    (x, a, b) => `(${x} not between ${a} and ${b})`,
    (x, a, b) => `(${x} NOT BETWEEN ${a} AND ${b})`,
  ],
  [
    ["exact", "exact", "exact"],
    "truth",
    (a, x, b) => `inrange(${a}, ${x}, ${b})`,
    (a, x, b) => `(${x} BETWEEN ${a} AND ${b})`,
  ],
  [["text"], "truth", (x) => `(${x} like 'a%')`, (x) => `(${x} LIKE 'a%')`],
  [["text"], "truth", (x) => `(${x} not ilike '_B%')`, (x) => `(${x} NOT ILIKE '_B%')`],
  [["text", "text"], "truth", ...calls("contains")],
  [["text", "text"], "truth", ...calls("starts_with")],
  [["text", "text"], "truth", ...calls("ends_with")],
  [
    ["text"],
    "truth",
    (x) => `match(${x}, '[a-b] ?c|ü')`,
    (x) => `regexp_matches(${x}, '[a-b] ?c|ü')`,
  ],
  [
    ["text"],
    "truth",
    (x) => `match_all(${x}, '[a-z]+')`,
    (x) => `regexp_full_match(${x}, '[a-z]+')`,
  ],
  [["whole"], "truth", calls("boolean")[0], (x) => `CAST(${x} AS BOOLEAN)`],
  [["day"], "truth", (x) => `(${x} >= '2024-02-29')`, (x) => `(${x} >= DATE '2024-02-29')`],
  [["day", "time"], "truth", ...infix("<")],
];

const UNITS = [
  "second",
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "year",
  "decade",
  "century",
];
const PARTS = [
  "year",
  "isoyear",
  "quarter",
  "month",
  "week",
  "day",
  "dow",
  "isodow",
  "doy",
  "hour",
  "minute",
  "second",
];
const BUCKETS = [
  ["1D", "day"],
  ["1W", "week"],
  ["1M", "month"],
  ["1Q", "quarter"],
  ["1Y", "year"],
];
const TIMES = [
  ...UNITS.map((unit) => [
    ["time"],
    "time",
    (x) => `date_trunc('${unit}', ${x})`,
    (x) => `CAST(date_trunc('${unit}', ${x}) AS TIMESTAMP)`,
  ]),
  ...PARTS.map((part) => [
    ["time"],
    "whole",
    (x) => `date_part('${part}', ${x})`,
    (x) => `date_part('${part}', ${x})`,
  ]),
  ...PARTS.slice(0, 9).map((part) => [
    ["day"],
    "whole",
    (x) => `extract(${part} from ${x})`,
    (x) => `extract(${part} FROM ${x})`,
  ]),
  ...BUCKETS.map(([width, unit]) => [
    ["time"],
    "day",
    (x) => `bucket(${x}, '${width}')`,
    (x) => `CAST(date_trunc('${unit}', ${x}) AS DATE)`,
  ]),
  [["time"], "time", (x) => `bucket(${x}, '5m')`, (x) => `time_bucket(INTERVAL '5 minutes', ${x})`],
  [
    ["time"],
    "time",
    (x) => `bucket(${x}, '12h')`,
    (x) => `time_bucket(INTERVAL '12 hours', ${x}, TIMESTAMP '1970-01-01')`,
  ],
  [["time"], "near", (x) => `date_part('epoch', ${x})`, (x) => `epoch(${x})`],
  [["time"], "day", calls("date")[0], (x) => `CAST(${x} AS DATE)`],
  ...["day", "month", "year"].map((unit) => [
    ["day", "whole"],
    "day",
    (x, n) => `date_add('${unit}', ${n}, ${x})`,
    (x, n) => `CAST(${x} + to_${unit}s(CAST(${n} AS INTEGER)) AS DATE)`,
    "small",
  ]),
  ...["hour", "day", "month"].map((unit) => [
    ["time", "whole"],
    "time",
    (x, n) => `date_add('${unit}', ${n}, ${x})`,
    (x, n) => `(${x} + to_${unit}s(CAST(${n} AS INTEGER)))`,
    "small",
  ]),
  ...["day", "month", "year"].map((unit) => [
    ["day", "day"],
    "whole",
    (a, b) => `date_diff('${unit}', ${a}, ${b})`,
    (a, b) => `date_diff('${unit}', ${a}, ${b})`,
  ]),
  ...["second", "hour", "day"].map((unit) => [
    ["time", "time"],
    "whole",
    (a, b) => `date_diff('${unit}', ${a}, ${b})`,
    (a, b) => `date_diff('${unit}', ${a}, ${b})`,
  ]),
  [
    ["time"],
    "text",
    (x) => `strftime(${x}, '%Y-%m-%d %H:%M:%S %j')`,
    (x) => `strftime(${x}, '%Y-%m-%d %H:%M:%S %j')`,
  ],
  [
    ["day"],
    "text",
    calls("day_of_week")[0],
    (x) => `(dayofweek(${x}) + 1) || ' ' || dayname(${x})`,
  ],
  [["day"], "text", calls("month_of_year")[0], (x) => `strftime(${x}, '%m %B')`],
  [["day", "day"], "day", ...calls("coalesce")],
];

const FUNCTIONS = [...NUMBERS, ...TEXTS, ...TRUTHS, ...TIMES].map(
  ([takes, kind, ours, sql, note]) => ({ takes, kind, ours, sql, onlyLeaves: note === "small" }),
);

/** An expression for each function, over columns. */
export const everyFunction = (random) => FUNCTIONS.map((made) => build(random, made, 0));

/** An expression of functions of functions. */
export const randomExpression = (random) => build(random, random.pick(FUNCTIONS), 2);

function build(random, { takes, kind, ours, sql, onlyLeaves }, depth) {
  const args = takes.map((taken) => argument(random, taken, onlyLeaves ? 0 : depth));
  return {
    ours: ours(...args.map((arg) => arg.ours)),
    sql: sql(...args.map((arg) => arg.sql)),
    kind,
  };
}

function argument(random, kind, depth) {
  const makers = FUNCTIONS.filter((made) => made.kind === kind);
  if (depth > 0 && random.chance(0.6)) return build(random, random.pick(makers), depth - 1);
  const constant = CONSTANTS[kind] !== undefined && random.chance(0.2);
  return random.pick((constant ? CONSTANTS : LEAVES)[kind]);
}

const TYPES = {
  exact: { kind: "float" },
  near: { kind: "float" },
  whole: { kind: "integer" },
  text: { kind: "string" },
  truth: { kind: "boolean" },
  day: { kind: "date" },
  time: { kind: "datetime", perSecond: 1000n },
};

/** How each kind of result comes back exactly. */
const EXACTLY = {
  whole: (sql) => `CAST(${sql} AS HUGEINT)`,
  day: (sql) => `CAST(CAST(${sql} AS DATE) - DATE '1970-01-01' AS HUGEINT)`,
  time: (sql) => `CAST(epoch_ms(CAST(${sql} AS TIMESTAMP)) AS HUGEINT)`,
};

/** The view of `expressions`, as `expectedView` gives one. */
export async function expectedColumns(duckdb, expressions) {
  const selected = expressions.map(({ sql, kind }) => (EXACTLY[kind] ?? ((it) => it))(sql));
  const rows = await duckdb.query(`SELECT ${selected.join(", ")} FROM rows ORDER BY "row"`);
  const columns = expressions.map(({ kind }, i) => {
    const values = rows.map((row) => row[i]);
    const off = (value) =>
      kind === "near" && Number.isFinite(value) ? 1e-12 + 1e-9 * Math.abs(value) : 0;
    return { name: `e${i}`, type: TYPES[kind], values, tolerances: values.map(off) };
  });
  return { paths: null, columns };
}
