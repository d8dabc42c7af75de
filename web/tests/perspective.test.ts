/**
 * What the documentation of Perspective 5.5.1 says of tables, views and expressions, as examples
 * with the results that follow from it. Where ours differ the test says so by `ours:`, and
 * `docs/perspective.md` says why.
 */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as Api from "../client/node.js";
import type { AggregateTerm, ViewConfig, WindowTerm } from "../client/types.js";

const built = new URL("../dist/node.js", import.meta.url);
const isBuilt = existsSync(built);

describe.skipIf(!isBuilt)("Perspective's documentation", async () => {
  if (!isBuilt) return;
  const { default: millrace } = (await import(built.href)) as typeof Api;
  const told = () => new Promise((resolve) => setImmediate(resolve));

  const SALES = {
    Region: ["East", "East", "West", null],
    City: ["Boston", "Albany", "Seattle", "Nowhere"],
    Sales: [100, 50, 30, 1],
    Profit: [10, 25, -3, null],
  };

  /** The columns of a view of `data`. */
  const columns = async (data: Parameters<typeof millrace.table>[0], config: ViewConfig = {}) => {
    const table = await millrace.table(data);
    const view = await table.view(config);
    return view.to_columns();
  };

  /** What an aggregate makes of values: the total. */
  const total = async (values: unknown[], aggregate: AggregateTerm, type?: string) => {
    const table = await millrace.table(
      type ? { g: "string", x: type } : { g: values.map(() => "g"), x: values },
    );
    if (type) await table.update({ g: values.map(() => "g"), x: values });
    const view = await table.view({
      group_by: ["g"],
      columns: ["x"],
      aggregates: { x: aggregate },
    });
    return (await view.to_columns()).x?.[0];
  };

  /** The value of an expression in a row. */
  const value = async (text: string, row: Record<string, unknown> = { x: 1 }) => {
    const found = await columns([row], { expressions: { it: text }, columns: ["it"] });
    return found.it?.[0];
  };

  describe("tables", () => {
    it("are made from CSV, with the types that are found", async () => {
      const table = await millrace.table("x,y\n1,2\n3,4");
      expect(await table.columns()).toEqual(["x", "y"]);
      expect(await table.schema()).toEqual({ x: "integer", y: "integer" });
      expect(await table.size()).toBe(2);
    });

    it("are made from bytes of a named format", async () => {
      const bytes = new TextEncoder().encode("x,y\n1,2\n3,4");
      const table = await millrace.table(bytes, { format: "csv" });
      expect(await (await table.view()).to_columns()).toEqual({ x: [1, 3], y: [2, 4] });
    });

    it("are made from rows, columns and lines alike", async () => {
      const expected = { x: [1, null], y: ["a", "b"] };
      expect(await columns([{ x: 1, y: "a" }, { y: "b" }])).toEqual(expected);
      expect(await columns({ x: [1, null], y: ["a", "b"] })).toEqual(expected);
      const lines = await millrace.table('{"x":1,"y":"a"}\n{"y":"b"}', { format: "ndjson" });
      expect(await (await lines.view()).to_columns()).toEqual(expected);
    });

    it("are made from a schema, to which data is brought", async () => {
      const table = await millrace.table({ s: "string", i: "integer", d: "date", t: "datetime" });
      expect(await table.size()).toBe(0);
      await table.update([{ s: 1234, i: "5", d: "2024-02-29", t: "2024-02-29T12:00:00Z" }]);
      expect(await (await table.view()).to_json()).toEqual([
        { s: "1234", i: 5, d: Date.UTC(2024, 1, 29), t: Date.UTC(2024, 1, 29, 12) },
      ]);
    });

    it("with an index are updated in place, in part, and rows removed", async () => {
      const table = await millrace.table("x,y,z\n1,a,b\n2,c,d\n3,e,f", { index: "x" });
      expect(await table.get_index()).toBe("x");
      await table.update([{ x: 2, y: "new" }]);
      await table.update([{ x: 1, z: null }]);
      const view = await table.view();
      expect(await view.to_columns()).toEqual({
        x: [1, 2, 3],
        y: ["a", "new", "e"],
        z: [null, "d", "f"],
      });
      await table.remove([1, 3]);
      expect(await view.to_columns()).toEqual({ x: [2], y: ["new"], z: ["d"] });
    });

    it("with a limit lose their oldest rows", async () => {
      const table = await millrace.table("x\n1\n2\n3", { limit: 3 });
      expect(await table.get_limit()).toBe(3);
      await table.update("x\n4");
      expect(await (await table.view()).to_columns()).toEqual({ x: [2, 3, 4] });
    });

    it("are cleared and replaced under their views", async () => {
      const table = await millrace.table("x,y\n1,2\n3,4");
      const view = await table.view();
      let updates = 0;
      await view.on_update(() => updates++);
      await table.clear();
      expect(await view.to_columns()).toEqual({ x: [], y: [] });
      expect(await table.schema()).toEqual({ x: "integer", y: "integer" });
      await table.replace("x,y\n5,6");
      expect(await view.to_columns()).toEqual({ x: [5], y: [6] });
      await told();
      expect(updates).toBeGreaterThan(0);
    });

    it("have names, and are opened by them", async () => {
      const table = await millrace.table("x\n1", { name: "table_one" });
      expect(await table.get_name()).toBe("table_one");
      const client = await table.get_client();
      expect(await client.get_hosted_table_names()).toContain("table_one");
      expect(await (await client.open_table("table_one")).size()).toBe(1);
      await table.delete();
    });

    it("are not deleted while they have views, or later", async () => {
      const table = await millrace.table("x\n1");
      const view = await table.view();
      await expect(table.delete()).rejects.toThrow(/view/);
      // ours: answers when the table is gone.
      const gone = table.delete({ lazy: true });
      expect(await view.to_columns()).toEqual({ x: [1] });
      await view.delete();
      await gone;
      await expect(table.size()).rejects.toThrow();
    });

    it("tell by ports who wrote", async () => {
      const table = await millrace.table("x\n1");
      const port_id = await table.make_port();
      const view = await table.view();
      const ports: number[] = [];
      await view.on_update((event) => ports.push(event.port_id));
      await table.update("x\n2", { port_id });
      await told();
      expect(ports).toEqual([port_id]);
    });

    it("are made of views, and follow them", async () => {
      const table = await millrace.table(SALES);
      const view = await table.view({ filter: [["Region", "==", "East"]], columns: ["City"] });
      const client = await table.get_client();
      const derived = await client.table(view);
      await table.update([{ Region: "East", City: "Portland" }]);
      const cities = await (await derived.view()).to_columns();
      expect(cities).toEqual({ City: ["Boston", "Albany", "Portland"] });
    });
  });

  describe("selection and order", () => {
    it("shows columns in the order that is asked for", async () => {
      const found = await columns(SALES, { columns: ["Sales", "Region"] });
      expect(Object.keys(found)).toEqual(["Sales", "Region"]);
    });

    it("sorts up and down, by values without their sign, and by hidden columns", async () => {
      const sorted = async (direction: "asc" | "desc" | "asc abs" | "desc abs") => {
        const sort: ViewConfig["sort"] = [["x", direction]];
        return (await columns({ x: [2, -3, 1], y: ["a", "b", "c"] }, { columns: ["y"], sort })).y;
      };
      expect(await sorted("asc")).toEqual(["b", "c", "a"]);
      expect(await sorted("desc")).toEqual(["a", "c", "b"]);
      expect(await sorted("asc abs")).toEqual(["c", "a", "b"]);
      expect(await sorted("desc abs")).toEqual(["b", "a", "c"]);
    });

    it("sorts split columns", async () => {
      const config: ViewConfig = { columns: ["Sales"], group_by: ["City"], split_by: ["Region"] };
      const names = async (direction: "col asc" | "col desc") =>
        Object.keys(await columns(SALES, { ...config, sort: [["Sales", direction]] })).slice(1);
      const ascending = ["null|Sales", "West|Sales", "East|Sales"];
      expect(await names("col asc")).toEqual(ascending);
      expect(await names("col desc")).toEqual([...ascending].reverse());
    });

    it("filters by all conditions, or by any", async () => {
      const filter: ViewConfig["filter"] = [
        ["Sales", "<", 100],
        ["Region", "==", "East"],
      ];
      expect((await columns(SALES, { filter })).City).toEqual(["Albany"]);
      const any = await columns(SALES, { filter, filter_op: "or" });
      expect(any.City).toEqual(["Boston", "Albany", "Seattle", "Nowhere"]);
    });

    it("has the operators of texts", async () => {
      const text = { t: ["Apple", "banana", "apricot", null] };
      const passing = async (...term: [string] | [string, string | string[]]) => {
        const filter = [["t", ...term]] as ViewConfig["filter"];
        return (await columns(text, filter ? { filter } : {})).t;
      };
      expect(await passing("begins with", "AP")).toEqual(["Apple", "apricot"]);
      expect(await passing("not begins with", "ap")).toEqual(["banana"]);
      expect(await passing("contains", "AN")).toEqual(["banana"]);
      expect(await passing("not contains", "p")).toEqual(["banana"]);
      expect(await passing("ends with", "E")).toEqual(["Apple"]);
      expect(await passing("not ends with", "e")).toEqual(["banana", "apricot"]);
      expect(await passing("matches", "^ap")).toEqual(["apricot"]);
      expect(await passing("not matches", "^[Aa]p")).toEqual(["banana"]);
      expect(await passing("in", ["Apple", "banana"])).toEqual(["Apple", "banana"]);
      expect(await passing("is null")).toEqual([null]);
      expect(await passing("is not null")).toEqual(["Apple", "banana", "apricot"]);
      expect(await passing(">", "a")).toEqual(["banana", "apricot"]);
    });

    it("has the operators of numbers, booleans and times", async () => {
      const rows = { n: [1, 2, null], b: [true, false, null], t: [0, 86_400_000, null] };
      const table = await millrace.table({ n: "integer", b: "boolean", t: "datetime" });
      await table.update(rows);
      const passing = async (
        ...term: [string, string] | [string, string, string | number | boolean]
      ) => (await (await table.view({ filter: [term] })).to_columns()).n;
      expect(await passing("n", ">=", 2)).toEqual([2]);
      // A row without a value is not equal to one.
      expect(await passing("n", "!=", 1)).toEqual([2, null]);
      expect(await passing("b", "==", true)).toEqual([1]);
      expect(await passing("b", "is null")).toEqual([null]);
      expect(await passing("t", ">", "1970-01-01")).toEqual([2]);
      expect(await passing("t", "==", 0)).toEqual([1]);
    });
  });

  describe("groups and split columns", () => {
    it("shows groups within groups, with totals", async () => {
      expect(await columns(SALES, { group_by: ["Region", "City"], columns: ["Sales"] })).toEqual({
        __ROW_PATH__: [
          [],
          [null],
          [null, "Nowhere"],
          ["East"],
          ["East", "Albany"],
          ["East", "Boston"],
          ["West"],
          ["West", "Seattle"],
        ],
        Sales: [181, 1, 1, 150, 50, 100, 30, 30],
      });
    });

    it("splits columns without aggregating", async () => {
      expect(await columns(SALES, { split_by: ["Region"], columns: ["Sales"] })).toEqual({
        "null|Sales": [null, null, null, 1],
        "East|Sales": [100, 50, null, null],
        "West|Sales": [null, null, 30, null],
      });
    });

    it("sums numbers and counts the rest where nothing is said", async () => {
      const found = await columns(SALES, { group_by: ["Region"], columns: ["Sales", "City"] });
      expect(found.Sales).toEqual([181, 1, 150, 30]);
      expect(found.City).toEqual([4, 1, 2, 1]);
    });

    it("takes `avg` and `distinct count`, and arguments in a list", async () => {
      const data = { g: ["a", "a", "b"], x: [1, 3, 5], w: [1, 3, 0] };
      const config: ViewConfig = {
        group_by: ["g"],
        columns: ["x", "w"],
        aggregates: { x: ["weighted mean", ["w"]], w: "distinct count" },
      };
      const found = await columns(data, config);
      // Null where the weights add up to nothing.
      expect(found.x).toEqual([2.5, 2.5, null]);
      expect(found.w).toEqual([3, 2, 1]);
      const average = { ...config, aggregates: { x: "avg" } };
      expect((await columns(data, average)).x).toEqual([3, 2, 5]);
    });

    it("has innermost groups alone, or the total alone", async () => {
      const config: ViewConfig = { group_by: ["Region"], columns: ["Sales"] };
      const flat = await columns(SALES, { ...config, group_rollup_mode: "flat" });
      expect(flat).toEqual({ __ROW_PATH__: [[null], ["East"], ["West"]], Sales: [1, 150, 30] });
      const whole = await columns(SALES, { columns: ["Sales"], group_rollup_mode: "total" });
      expect(whole.Sales).toEqual([181]);
    });
  });

  describe("aggregates", () => {
    it("sums and multiplies", async () => {
      expect(await total([1, -2, 3, null], "sum")).toBe(2);
      expect(await total([1.5, Number.NaN, 2], "sum not null", "float")).toBe(3.5);
      expect(await total([1, -2, 3], "sum abs")).toBe(6);
      expect(await total([1, -5, 3], "abs sum")).toBe(1);
      expect(await total([2, 3, 4], "mul")).toBe(24);
    });

    it("shares out in percent", async () => {
      const data = { a: ["x", "x", "y"], b: ["p", "q", "p"], n: [1, 3, 4] };
      const shares = (aggregate: string) =>
        columns(data, { group_by: ["a", "b"], columns: ["n"], aggregates: { n: aggregate } });
      expect((await shares("pct sum parent")).n).toEqual([100, 50, 25, 75, 50, 100]);
      expect((await shares("pct sum total")).n).toEqual([100, 50, 12.5, 37.5, 50, 50]);
      expect(await total([0, 0], "pct sum total")).toBeNull();
    });

    it("takes means and variances of the population, null of fewer than two values", async () => {
      expect(await total([1, null, 4], "avg")).toBe(2.5);
      expect(await total([null, null], "avg", "float")).toBeNull();
      expect(await total([2, 4, 4, 4, 5, 5, 7, 9], "stddev")).toBe(2);
      expect(await total([2, 4, 4, 4, 5, 5, 7, 9], "var")).toBe(4);
      expect(await total([2, null], "var")).toBeNull();
    });

    it("finds extremes, and other columns' values at them", async () => {
      expect(await total([3, 1, 2], "high minus low")).toBe(2);
      const data = { g: ["a", "a", "a"], x: ["p", "q", "r"], y: [2, 9, 1] };
      const at = async (aggregate: AggregateTerm) =>
        (await columns(data, { group_by: ["g"], columns: ["x"], aggregates: { x: aggregate } }))
          .x?.[0];
      expect(await at(["min by", ["y"]])).toBe("r");
      expect(await at(["max by", ["y"]])).toBe("q");
    });

    it("keeps water marks whatever rows do", async () => {
      const table = await millrace.table({ k: "integer", x: "integer" }, { index: "k" });
      const aggregates = { x: "high", low: { column: "x", aggregate: "low" } };
      const view = await table.view({ group_by: ["k"], columns: ["x", "low"], aggregates });
      for (const x of [5, 9, 1, 4]) {
        await table.update([{ k: 1, x }]);
        await view.num_rows();
      }
      expect(await view.to_columns({ end_row: 1 })).toMatchObject({ x: [9], low: [1] });
    });

    it("finds the values in the middle", async () => {
      // ours: of integers too.
      expect(await total([1, 2, 3, 4], "median")).toBe(2.5);
      expect(await total([1.5, 2.5], "median")).toBe(2);
      expect(await total([1, 2, 3, 4, 5], "q1")).toBe(2);
      expect(await total([1, 2, 3, 4, 5], "q3")).toBe(4);
    });

    it("goes by position", async () => {
      expect(await total([7, 5, 9], "first")).toBe(7);
      expect(await total([7, 5, 9], "last by index")).toBe(9);
      expect(await total([7, 5, 9], "last minus first")).toBe(2);
      const table = await millrace.table("k,x\n1,a\n2,b", { index: "k" });
      await table.update([{ k: 1, x: "again" }]);
      const config: ViewConfig = { group_by: ["k"], columns: ["x"], aggregates: { x: "last" } };
      // The row that was updated last, wherever its key stands.
      expect((await (await table.view(config)).to_columns()).x?.[0]).toBe("again");
    });

    it("counts rows, and null as a value", async () => {
      expect(await total([null, null, null], "count", "integer")).toBe(3);
      expect(await total([1, null, null], "distinct count")).toBe(2);
    });

    it("tells whether values are alike", async () => {
      expect(await total(["a", "a"], "unique")).toBe("a");
      expect(await total(["a", "b"], "unique")).toBeNull();
      expect(await total(["a", "b", "b"], "dominant")).toBe("b");
      // ours: of equally frequent values the least; Perspective the one that got there first.
      expect(await total(["b", "a"], "dominant")).toBe("a");
      const data = { g: ["p", "p"], x: ["a", "a"] };
      const leaf: ViewConfig = {
        group_by: ["g"],
        columns: ["x"],
        aggregates: { x: "distinct leaf" },
      };
      expect((await columns(data, leaf)).x).toEqual([null, "a"]);
    });

    it("joins conditions and texts", async () => {
      expect(await total([true, false], "and")).toBe(false);
      expect(await total([true, true], "and")).toBe(true);
      expect(await total([false, true], "or")).toBe(true);
      expect(await total([false, true], "any")).toBe(true);
      // As the program does; the documentation says null.
      expect(await total([false, false], "any")).toBe(false);
      expect(await total(["b", "a", "b"], "join")).toBe("a, b");
      // ours: nulls are passed over; Perspective writes `null`.
      expect(await total(["b", null], "join")).toBe("b");
      // ours: the first value that is there; Perspective the first that is not 0.
      expect(await total([0, 3], "any")).toBe(0);
    });

    it("takes times for what they are", async () => {
      const times = [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 3)];
      // The same number, and ours is a `datetime` in the schema.
      expect(await total(times, "avg", "datetime")).toBe(Date.UTC(2024, 0, 2));
    });

    it("answers to other names", async () => {
      for (const name of ["distinct", "distinctcount", "distinct_count"]) {
        expect(await total([1, 1, null], name)).toBe(2);
      }
      expect(await total([1, 3], "mean")).toBe(2);
      expect(await total([1, 3], "variance")).toBe(1);
      expect(await total([1, 3], "standard deviation")).toBe(1);
      expect(await total([7, 5], "first by index")).toBe(7);
      expect(await total([7, 5], "last_value")).toBe(5);
      expect(await total([7, 5], "high_water_mark")).toBe(7);
      expect(await total([7, 5], "low_water_mark")).toBe(5);
      expect(await total([7, -5], "sum_abs")).toBe(12);
      expect(await total([7, 5], "pct sum grand total")).toBe(100);
    });

    it("refuses what is not an aggregate, and leaves the table as it was", async () => {
      const table = await millrace.table("x\n1");
      const config: ViewConfig = { group_by: ["x"], aggregates: { x: "identity" } };
      await expect(table.view(config)).rejects.toThrow(/aggregates\.x/);
      await table.delete();
    });
  });

  describe("expressions", () => {
    it("are columns of a view", async () => {
      const expressions = { "Profit Ratio": '"Profit" / "Sales"' };
      const found = await columns(SALES, { expressions, columns: ["Profit Ratio"] });
      expect(found).toEqual({ "Profit Ratio": [0.1, 0.5, -0.1, null] });
    });

    it("compute in floats, compare integers exactly", async () => {
      expect(await value('"x" / 2', { x: 7 })).toBe(3.5);
      expect(await value('"x" % 4', { x: 7 })).toBe(3);
      expect(await value('"x" > 3', { x: 4 })).toBe(true);
      // ours: as in SQL; theirs tests for null.
      expect(await value('"x" == null', { x: 4 })).toBeNull();
      expect(await value('"x" is null', { x: 4 })).toBe(false);
    });

    it("convert", async () => {
      expect(await value('to_string("x")', { x: 12 })).toBe("12");
      expect(await value("to_integer('12')")).toBe(12);
      expect(await value("to_integer('a')")).toBeNull();
      expect(await value("to_float('1.5')")).toBe(1.5);
      expect(await value("to_boolean(1)")).toBe(true);
      expect(await value("date(2024, 2, 29)")).toBe(Date.UTC(2024, 1, 29));
      expect(await value("datetime(1000)")).toBe(1000);
      const row = { t: new Date(Date.UTC(2024, 1, 22)) };
      expect(await value('datetime(float("t") + 604800000)', row)).toBe(Date.UTC(2024, 1, 29));
    });

    it("choose", async () => {
      expect(await value("if (\"x\" > 0) 'up'; else 'down';")).toBe("up");
      expect(await value('"x" > 2 ? null : "x"')).toBe(1);
      expect(await value("not (\"x\" > 0 and 'a' == 'b')")).toBe(true);
    });

    it("have the functions of numbers", async () => {
      for (const [text, result] of [
        ["abs(-2)", 2],
        ["ceil(1.2)", 2],
        ["floor(-1.2)", -2],
        ["round(1.5)", 2],
        ["exp(0)", 1],
        ["log(e)", 1],
        ["log10(100)", 2],
        ["sqrt(9)", 3],
        ["min(3, 1, 2)", 1],
        ["max(3, 1, 2)", 3],
        ["pow(2, 3)", 8],
        ["clamp(0, 12, 10)", 10],
        ["inrange(0, 5, 10)", true],
        ["sin(0) + cos(0)", 1],
        ["percent_of(1, 4)", 25],
        ["bucket(17, 10)", 10],
        ["is_null(null)", true],
        ["is_not_null(1)", true],
        ["col('x')", 1],
      ] as const) {
        expect(await value(text), text).toBe(result);
      }
      const random = Number(await value("random()"));
      expect(random >= 0 && random < 1).toBe(true);
    });

    it("have the functions of texts", async () => {
      for (const [text, result] of [
        ["concat('a', 'b', 'c')", "abc"],
        ["upper('ab')", "AB"],
        ["lower('AB')", "ab"],
        ["length('abc')", 3],
        ["contains('abc', 'b')", true],
        ["order('C', 'B', 'C', 'A')", 1],
        ["match('order 17', '[0-9]')", true],
        ["match_all('order 17', '[0-9]')", false],
        ["search('order 17', '([0-9]+)')", "17"],
        // ours: from 1 on; theirs from 0 on.
        ["substring('abcdef', 2, 3)", "bcd"],
        // ours: every one, as it stands; theirs the first match of a pattern.
        ["replace('a.b.c', '.', '-')", "a-b-c"],
        ["replace_all('a1b22', '[0-9]+', '#')", "a#b#"],
        // ours: a text's place, from 1 on; theirs goes into a vector.
        ["indexof('abc', 'c')", 3],
      ] as const) {
        expect(await value(text), text).toBe(result);
      }
    });

    it("have the functions of dates and times", async () => {
      const row = { t: new Date(Date.UTC(2024, 1, 29, 12, 34, 56)) };
      expect(await value('hour_of_day("t")', row)).toBe(12);
      expect(await value('day_of_week("t")', row)).toBe("5 Thursday");
      expect(await value('month_of_year("t")', row)).toBe("02 February");
      for (const [unit, result] of [
        ["s", Date.UTC(2024, 1, 29, 12, 34, 56)],
        ["m", Date.UTC(2024, 1, 29, 12, 34)],
        ["h", Date.UTC(2024, 1, 29, 12)],
        ["D", Date.UTC(2024, 1, 29)],
        ["W", Date.UTC(2024, 1, 26)],
        ["M", Date.UTC(2024, 1, 1)],
        ["Y", Date.UTC(2024, 0, 1)],
      ] as const) {
        expect(await value(`bucket("t", '${unit}')`, row), unit).toBe(result);
      }
    });

    it("know the time", async () => {
      const before = Date.now();
      const now = Number(await value("now()"));
      // ours: to the second.
      expect(now).toBeGreaterThan(before - 2_000);
      expect(now).toBeLessThan(Date.now() + 2_000);
      const midnight = Math.floor(now / 86_400_000) * 86_400_000;
      expect(await value(`today() >= date(datetime(${midnight}))`)).toBe(true);
    });

    it("look into other rows", async () => {
      const found = await columns(SALES, {
        expressions: {
          same: "vlookup('Sales', index())",
          second: "vlookup('City', integer(1))",
          // ours: arithmetic makes floats, and those without a fraction are numbers of rows too.
          before: "vlookup('Sales', index() - 1)",
          none: "vlookup('Sales', 99)",
        },
        columns: ["same", "second", "before", "none"],
      });
      expect(found.same).toEqual(SALES.Sales);
      expect(found.second).toEqual(Array(4).fill("Albany"));
      expect(found.before).toEqual([null, 100, 50, 30]);
      expect(found.none).toEqual([null, null, null, null]);
    });

    it("look into other rows by their index", async () => {
      const table = await millrace.table(SALES, { index: "City" });
      const view = await table.view({
        expressions: { boston: "vlookup('Sales', 'Boston')", own: "vlookup('Sales', \"City\")" },
        columns: ["Sales", "boston", "own"],
      });
      // ours: by the key; rows follow what they look at.
      await table.update([{ City: "Boston", Sales: 7 }]);
      const found = await view.to_columns();
      expect(found.boston).toEqual([7, 7, 7, 7]);
      expect(found.own).toEqual(found.Sales);
    });

    it("look into other rows of a table with a limit", async () => {
      const table = await millrace.table({ x: "integer" }, { limit: 3 });
      await table.update({ x: [10, 20, 30, 40] });
      await table.update({ x: [50] });
      const view = await table.view({
        expressions: { row: "index()", same: "vlookup('x', index())", gone: "vlookup('x', 0)" },
      });
      // ours: rows that are there are found by their numbers, and those that left are not.
      expect(await view.to_columns()).toEqual({
        x: [30, 40, 50],
        row: [2, 3, 4],
        same: [30, 40, 50],
        gone: [null, null, null],
      });
    });

    it("are checked", async () => {
      const table = await millrace.table("Sales,Profit\n1,2");
      const found = await table.validate_expressions({
        expr1: '"Sales" + "Profit"',
        expr2: '"nothing" + 1',
        expr3: "'a' == 1",
      });
      expect(found.expression_schema).toEqual({ expr1: "float" });
      expect(Object.keys(found.errors)).toEqual(["expr2", "expr3"]);
      expect(found.errors.expr2).toMatchObject({
        line: expect.any(Number),
        column: expect.any(Number),
      });
      expect(found.expression_alias).toMatchObject({ expr1: '"Sales" + "Profit"' });
    });
  });

  describe("views", () => {
    const view = async (config: ViewConfig = {}) => (await millrace.table(SALES)).view(config);
    const grouped: ViewConfig = { group_by: ["Region", "City"], columns: ["Sales"] };

    it("are written in each format", async () => {
      const it = await view({ group_by: ["Region"], columns: ["Sales"] });
      expect((await it.to_json())[2]).toEqual({ __ROW_PATH__: ["East"], Sales: 150 });
      expect(await it.to_columns()).toMatchObject({ Sales: [181, 1, 150, 30] });
      expect(await it.to_csv()).toBe("Region (Group by 1),Sales\n,181\n,1\nEast,150\nWest,30\n");
      expect((await it.to_ndjson()).split("\n")[0]).toBe('{"__ROW_PATH__":[],"Sales":181}');
      expect(JSON.parse(await it.to_json_string())).toEqual(await it.to_json());
      expect(JSON.parse(await it.to_columns_string())).toEqual(await it.to_columns());
      const table = await millrace.table(await it.to_arrow({ compression: "lz4" }));
      expect(await table.columns()).toEqual(["Region (Group by 1)", "Sales"]);
    });

    it("are read by windows, whose ends are not included", async () => {
      const it = await view({ columns: ["City", "Sales"] });
      const window = { start_row: 1, end_row: 3, start_col: 0, end_col: 1 };
      expect(await it.to_columns(window)).toEqual({ City: ["Albany", "Seattle"] });
    });

    it("are opened and closed", async () => {
      const it = await view(grouped);
      expect(await it.num_rows()).toBe(8);
      await it.set_depth(0);
      expect(await it.num_rows()).toBe(1);
      await it.set_depth(1);
      expect(await it.num_rows()).toBe(4);
      expect(await it.expand(2)).toBe(2);
      expect(await it.num_rows()).toBe(6);
      expect(await it.collapse(2)).toBe(2);
      expect(await it.num_rows()).toBe(4);
    });

    it("have dimensions, names and types", async () => {
      const it = await view({ ...grouped, split_by: ["City"] });
      expect(await it.dimensions()).toEqual({
        num_table_rows: 4,
        num_table_columns: 4,
        num_view_rows: 8,
        num_view_columns: 4,
      });
      expect(await it.num_columns()).toBe(4);
      expect(await it.column_paths()).toContain("Boston|Sales");
      expect(await it.schema()).toEqual({ Sales: "integer" });
      expect(await it.get_config()).toMatchObject({ ...grouped, split_by: ["City"] });
    });

    it("tell of updates, with the rows that changed", async () => {
      const table = await millrace.table("x\n1");
      const it = await table.view();
      const events: { port_id: number; delta?: ArrayBuffer }[] = [];
      const id = await it.on_update((event) => events.push(event), { mode: "row" });
      await table.update("x\n2");
      await told();
      expect(events[0]?.port_id).toBe(0);
      const delta = await millrace.table(events[0]?.delta ?? "");
      expect(await (await delta.view()).to_columns()).toEqual({ x: [2] });
      await it.remove_update(id);
      await table.update("x\n3");
      await told();
      expect(events.length).toBe(1);
    });

    it("tell the least and the greatest value of a column, and their expressions' types", async () => {
      const expressions = { margin: '"Profit" / "Sales"' };
      const it = await view({ expressions, columns: ["Sales", "margin"] });
      expect(await it.get_min_max("Sales")).toEqual([1, 100]);
      expect(await it.expression_schema()).toEqual({ margin: "float" });
    });

    it("tell which keys were removed", async () => {
      const table = await millrace.table("x,y\n1,a\n2,b\n3,c", { index: "x" });
      const it = await table.view({ columns: ["y"] });
      const removed: Uint8Array[] = [];
      const id = await it.on_remove(({ indices }) => removed.push(indices));
      await table.remove([1, 3]);
      await told();
      const keys = await (await millrace.table(removed[0] ?? "")).view();
      expect(await keys.to_columns()).toEqual({ x: [1, 3] });
      await it.remove_remove(id);
    });

    it("have columns that are computed over other rows", async () => {
      const data = { t: ["a", "b", "a", "a"], n: [1, 10, 2, 4] };
      const over = async (window: WindowTerm) => {
        const windows = { w: { column: "n", partition_by: ["t"], ...window } };
        return (await columns(data, { windows, columns: ["w"] })).w;
      };
      expect(await over({ aggregate: "sum", cumulative: true })).toEqual([1, 10, 3, 7]);
      expect(await over({ aggregate: "avg", rows: 1 })).toEqual([1, 10, 1.5, 3]);
      expect(await over({ aggregate: "lag", offset: 1 })).toEqual([null, null, 1, 2]);
      expect(await over({ aggregate: "lead", offset: 1 })).toEqual([2, null, 4, null]);
      expect(await over({ aggregate: "diff", offset: 1 })).toEqual([null, null, 1, 2]);
      expect(await over({ aggregate: "ema", alpha: 0.5 })).toEqual([1, 10, 1.5, 2.75]);
      expect(await over({ aggregate: "count", order_by: ["n", "desc"], cumulative: true })).toEqual(
        [3, 1, 2, 1],
      );
    });

    it("give typed arrays", async () => {
      const it = await view({ columns: ["Sales", "Region"] });
      let seen: unknown[] = [];
      await it.with_typed_arrays({ end_row: 2 }, (names, values, _, dictionaries) => {
        seen = [names, [...(values[0] ?? [])], dictionaries[1]];
      });
      expect(seen).toEqual([["Sales", "Region"], [100, 50], ["East"]]);
    });
  });
});
