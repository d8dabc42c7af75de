/**
 * Rows to Arrow IPC, as a feed would send them, and back again without losing a digit.
 */
import * as arrow from "apache-arrow";
import { COLUMNS } from "./columns.js";

/**
 * Rows as an Arrow IPC stream of one batch.
 *
 * @param asDictionary whether strings go as dictionary codes
 */
export function toIpc(rows, asDictionary) {
  const vectors = COLUMNS.map((column, i) => {
    const values = rows.map((row) => row[i]);
    if (column.kind === "string") return arrow.vectorFromArray(values, stringType(asDictionary));
    if (column.kind === "boolean") return arrow.vectorFromArray(values, new arrow.Bool());
    return fixedWidth(column, values);
  });
  const table = new arrow.Table(Object.fromEntries(COLUMNS.map((c, i) => [c.name, vectors[i]])));
  return arrow.tableToIPC(table, "stream");
}

const stringType = (asDictionary) =>
  asDictionary ? new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()) : new arrow.Utf8();

function fixedWidth(column, values) {
  const words = column.kind === "decimal" ? 4 : 1;
  const data = new column.array(values.length * words);
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
  values.forEach((value, i) => {
    if (value === null) return;
    nullBitmap[i >> 3] |= 1 << (i & 7);
    if (words === 4) data.set(toWords(value), i * 4);
    else data[i] = big ? value : Number(value);
  });
  const nullCount = values.filter((value) => value === null).length;
  const type = column.arrow();
  const length = values.length;
  return arrow.makeVector(arrow.makeData({ type, length, nullCount, nullBitmap, data }));
}

/** A decimal's 128 bits, least word first. */
const toWords = (value) =>
  [0n, 32n, 64n, 96n].map((shift) => Number(BigInt.asUintN(32, value >> shift)));

const fromWords = (words) =>
  BigInt.asIntN(
    128,
    words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n),
  );

/** What `to_arrow` gave: column names to exact values, in order. */
export function fromIpc(bytes) {
  const table = arrow.tableFromIPC(new Uint8Array(bytes));
  const columns = table.schema.fields.map((field, i) => [field.name, values(table.getChildAt(i))]);
  return new Map(columns);
}

function values(vector) {
  const out = [];
  for (const data of vector.data) {
    for (let i = 0; i < data.length; i++) out.push(data.getValid(i) ? value(data, i) : null);
  }
  return out;
}

function value(data, i) {
  const { type } = data;
  if (arrow.DataType.isDecimal(type)) return fromWords([...data.values.subarray(i * 4, i * 4 + 4)]);
  if (arrow.DataType.isFloat(type)) return data.values[i];
  if (arrow.DataType.isBool(type)) return Boolean((data.values[i >> 3] >> (i & 7)) & 1);
  if (arrow.DataType.isDictionary(type)) return data.dictionary.get(data.values[i]);
  return BigInt(data.values[i]);
}
