/**
 * Arquero by its verbs, in the page itself. Its tables do not change: what is live is made anew.
 */
import "/npm/arquero/dist/arquero.min.js";
import { transpose } from "../answers.mjs";
import { COLUMNS, WINDOW } from "../questions.mjs";
import { CannotAnswer } from "./peer.mjs";

const { aq } = globalThis;
const { op, desc } = aq;

/** @implements {import("./peer.mjs").Peer} */
export class Peer {
  notes = [
    "Arquero maps the bytes of a file when it loads it, and decodes them when they are used. Live, it concatenates and computes anew.",
  ];

  async start() {}

  async load(bytes, live) {
    if (live?.index) throw new CannotAnswer("no keyed tables");
    return { rows: aq.fromArrow(bytes), full: live?.full };
  }

  async size(table) {
    return table.rows.numRows();
  }

  async drop(table) {
    table.rows = undefined;
  }

  async append(table, bytes) {
    const batch = aq.fromArrow(bytes);
    const rows = table.rows.concat(batch);
    table.rows = table.full ? rows.slice(batch.numRows()).reify() : rows;
  }

  async prepare(table, question) {
    return { table, question, verbs: verbs(question) };
  }

  async ask(plan) {
    return { ...plan, result: plan.verbs(plan.table.rows) };
  }

  async refresh(view) {
    view.result = view.verbs(view.table.rows);
    return view;
  }

  async first({ result }) {
    const names = result.columnNames();
    const rows = result.numRows();
    const window = result.slice(0, WINDOW);
    return { rows, columns: Object.fromEntries(names.map((name) => [name, window.array(name)])) };
  }

  async window({ result }, from, to) {
    const window = result.slice(from, to);
    return Object.fromEntries(result.columnNames().map((name) => [name, window.array(name)]));
  }

  async source({ result, question }) {
    const names = question.by ? result.columnNames() : COLUMNS;
    // Split columns are in the order in which their values first came.
    if (question.split) names.sort((a, b) => order(a) - order(b));
    return {
      rows: result.numRows(),
      read: async (from, to) => {
        const window = result.slice(from, to);
        return transpose(
          names.map((name) => window.array(name)),
          window.numRows(),
        );
      },
    };
  }

  async close() {}
}

const order = (name) => (/^\d/.test(name) ? Number(name) : -1);

/** Names of functions in Arquero's expressions; the others have their own. */
const FUNCTIONS = { stddev: "stdevp" };

/** The question as a function from a table to a table. */
function verbs(question) {
  const { by, split, measures, order: ordering, expression, filter, sort } = question;
  const test = (filter ?? []).map(
    ([column, operator, value]) => `d.${column} ${operator} ${value}`,
  );
  const value = ({ column, fn }) => {
    if (fn === "count") return "op.count()";
    const operand = column === expression?.name ? expression.factors : [column];
    return `op.${FUNCTIONS[fn] ?? fn}(${operand.map((name) => `d.${name}`).join(" * ")})`;
  };
  const values = (measures ?? []).map(value);
  const texts = question.difference ? [values.join(" - ")] : values;
  const rollup = Object.fromEntries(texts.map((text, at) => [`m${at}`, `d => ${text}`]));
  return (rows) => {
    const table = filter ? rows.filter(`d => ${test.join(" && ")}`) : rows;
    if (sort) return table.orderby(desc(sort));
    if (!by) return table;
    if (split) return table.groupby(by).pivot(split, { v1: op.sum("v1") });
    return table
      .groupby(by)
      .rollup(rollup)
      .orderby(desc(`m${ordering}`));
  };
}
