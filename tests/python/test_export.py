"""Any Arrow library reads what the API exports: pyarrow, compressed and not.

The package in Node makes a table of text, and writes a view of it as Arrow.
"""

import base64
import datetime
import json
import subprocess
from decimal import Decimal

import pyarrow as pa
import pytest

from conftest import WORKSPACE

ROWS = 3000
LZ4_FRAME = b"\x04\x22\x4d\x18"
SCRIPT = """
import { readFileSync } from "node:fs";
const { default: millrace } = await import(process.argv[1]);
const { schema, csv, config } = JSON.parse(readFileSync(0, "utf8"));
const table = await millrace.table(schema);
await table.update(csv);
const view = await table.view(config);
const base64 = async (window) => Buffer.from(await view.to_arrow(window)).toString("base64");
const answer = { plain: await base64({}), lz4: await base64({ compression: "lz4" }) };
process.stdout.write(JSON.stringify(answer));
"""
SCHEMA = {
    "text": "string",
    "int": "int64",
    "small": "uint8",
    "float": "float64",
    "flag": "boolean",
    "money": "decimal(20, 2)",
    "day": "date",
    "time": "timestamp(us)",
}
TYPES = [
    pa.dictionary(pa.int32(), pa.utf8()),
    pa.int64(),
    pa.uint8(),
    pa.float64(),
    pa.bool_(),
    pa.decimal128(20, 2),
    pa.date32(),
    pa.timestamp("us"),
]


def row(i):
    """A row as Python has it; every seventh value is null."""
    epoch = datetime.datetime(1970, 1, 1)
    values = [
        f"text {i % 5}",
        2**53 + i,
        i % 256,
        i / 4,
        i % 2 == 0,
        Decimal(i) / 100,
        (epoch + datetime.timedelta(days=i)).date(),
        epoch + datetime.timedelta(microseconds=i * 1_000_003),
    ]
    return [None if (i + column) % 7 == 0 else value for column, value in enumerate(values)]


def exported(config):
    """The view of the rows as streams of Arrow, plain and compressed."""
    fields = lambda values: ",".join("" if v is None else str(v).lower() for v in values)
    csv = "\n".join([",".join(SCHEMA), *(fields(row(i)) for i in range(ROWS))])
    asked = json.dumps({"schema": SCHEMA, "csv": csv, "config": config})
    entry = (WORKSPACE / "web" / "dist" / "node.js").as_uri()
    program = ["node", "--input-type=module", "-e", SCRIPT, entry]
    done = subprocess.run(program, input=asked, check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    return base64.b64decode(answer["plain"]), base64.b64decode(answer["lz4"])


def read(stream):
    with pa.ipc.open_stream(stream) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table


@pytest.mark.parametrize("config", [{}, {"group_by": ["text", "day"], "columns": ["int", "float"]}])
def test_compressed_arrow_holds_the_same_in_fewer_bytes(config):
    plain, lz4 = exported(config)
    assert LZ4_FRAME in lz4 and LZ4_FRAME not in plain
    assert len(lz4) < len(plain)
    assert read(lz4).equals(read(plain), check_metadata=True)


def test_pyarrow_reads_the_values_that_went_in():
    plain, _ = exported({})
    table = read(plain)
    assert table.schema.types == TYPES
    columns = table.to_pydict()
    assert list(columns) == list(SCHEMA)
    assert list(zip(*columns.values())) == [tuple(row(i)) for i in range(ROWS)]
