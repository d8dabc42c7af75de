//! The small table that expressions and views are tried on: a column of each sort of type,
//! with nulls, and values at the ends of what the types hold.

use millrace_engine::graph::{Graph, TableId};
use millrace_engine::ingest::{self, Format};
use millrace_engine::schema::{DataType, Field, Schema};
use millrace_engine::table::{Table, TableOptions};

/// Its columns.
pub const COLUMNS: [(&str, &str); 14] = [
    ("text", "string"),
    ("other", "string"),
    ("int", "int64"),
    ("tiny", "int8"),
    ("unsigned", "uint64"),
    ("float", "float64"),
    ("single", "float32"),
    ("flag", "boolean"),
    ("decimal", "decimal(20, 2)"),
    ("wide", "decimal(38, 10)"),
    ("day", "date"),
    ("time", "timestamp(ms)"),
    ("zoned", "timestamp(ns, America/New_York)"),
    ("seconds", "timestamp(s)"),
];

/// Its first rows.
const FIRST: &str = r#"{"text":"a","other":"x","int":9223372036854775807,"tiny":-128,"unsigned":18446744073709551615,"float":"NaN","single":0.1,"flag":true,"decimal":999999999999999999.99,"wide":-9999999999999999999999999999.9999999999,"day":0,"time":1709157600000,"zoned":"2262-04-11T00:00:00Z","seconds":-1000}
{"text":"","other":"y","int":-9223372036854775808,"tiny":127,"unsigned":0,"float":"-Infinity","single":"Infinity","flag":false,"decimal":-0.01,"wide":0,"day":"0001-01-01","time":"0001-01-01T00:00:00Z","zoned":"1677-09-22T00:00:00Z","seconds":"9999-12-31T23:59:59Z"}
{"int":null}
{"text":"日本 İß","other":"x","int":0,"tiny":0,"unsigned":9223372036854775808,"float":1.7976931348623157e308,"single":-0.0,"decimal":1,"wide":9999999999999999999999999999,"day":"9999-12-31","time":-1,"zoned":"2024-11-03T05:59:59.999999999Z","seconds":0}
{"text":"-1.5e300","int":1,"unsigned":1,"float":-0.0,"single":3.4e38,"flag":true,"decimal":-5.5,"day":"2024-02-29","time":"2024-03-31T01:00:00Z"}
{"text":"a","other":"zürich","int":-1,"tiny":3,"float":2.5,"flag":false,"wide":0.0000000001,"zoned":"1970-01-01T00:00:00.000000001Z"}
"#;

/// Rows that come later, so that some of the first leave or change.
const LATER: &str = r#"{"text":"b","other":"x","int":9223372036854775807,"tiny":1,"unsigned":2,"float":"Infinity","single":1.5,"flag":true,"decimal":1e17,"wide":1,"day":1,"time":0,"zoned":0,"seconds":86400000}
{"text":"a","other":null,"int":5,"float":5e-324,"decimal":0.00}
{"text":null,"other":"y","int":0,"float":0.1}
{"text":"","int":-9223372036854775808,"tiny":-1,"unsigned":18446744073709551615,"float":-1.7976931348623157e308,"wide":-9999999999999999999999999999}
"#;

/// The time of the first rows, near that of some of them.
const NOW_MS: i64 = 1_709_157_600_000;

/// What tells the small tables apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Rows are only added.
    Appended,
    /// The oldest rows leave.
    Bounded,
    /// Rows are written to again, by `int`.
    Keyed,
}

/// An empty table of all columns.
pub fn empty(options: TableOptions) -> Table {
    let fields = COLUMNS.map(|(name, data_type)| Field {
        name: name.to_owned(),
        data_type: DataType::parse(data_type).expect("the types are known"),
    });
    let schema = Schema::new(fields.to_vec()).expect("the names are different");
    Table::new(schema, options).expect("the options fit")
}

/// The table with its first rows, in a graph.
pub fn filled(sort: Sort) -> (Graph, TableId) {
    let mut options = TableOptions::default();
    match sort {
        Sort::Appended => {}
        Sort::Bounded => options.limit = Some(7),
        Sort::Keyed => options.index = vec!["int".to_owned()],
    }
    let mut graph = Graph::default();
    let mut table = empty(options);
    append(&mut table, FIRST);
    let id = graph.add_table(table);
    graph.set_clock(NOW_MS);
    graph.settle();
    (graph, id)
}

/// Brings the later rows, an hour later.
pub fn go_on(graph: &mut Graph, id: TableId) {
    graph.set_clock(NOW_MS + 3_600_000);
    append(graph.table_mut(id).expect("the table is there"), LATER);
    graph.tick();
}

fn append(table: &mut Table, rows: &str) {
    ingest::append_text(table, rows.as_bytes(), Format::Ndjson).expect("the rows fit");
}
