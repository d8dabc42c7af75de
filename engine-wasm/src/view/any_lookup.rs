//! Lookups of the test table, whatever its rows are told apart by.

use crate::table::TableOptions;

/// Expressions that look at other rows, by what [`key`] makes of their own values; in tables
/// without an index at the row before, or where rows leave from among others, at their own.
/// They read what hangs on the clock, each other, and windows.
pub(super) const LOOKUPS: [(&str, &str); 5] = [
    ("parent", "vlookup('int', KEY)"),
    ("parent name", "vlookup('loud', KEY) || '!'"),
    ("parent since", "vlookup('since', KEY)"),
    ("grand", "vlookup('parent since', KEY)"),
    ("parent run", "vlookup('run', KEY)"),
];

/// What is looked up in a column that rows are told apart by.
fn key(column: &str) -> &'static str {
    match column {
        "text" => "if(\"flag\", \"text\", lower(\"text\"))",
        "other" => "if(\"int\" > 0, 'x', \"other\")",
        "int" => "\"unsigned\" - 1",
        "unsigned" => "\"int\" + 1",
        "float" => "\"int\" * 0.5",
        "time" => "datetime(float(\"time\") + 1)",
        "flag" => "not \"flag\"",
        _ => "\"int\"",
    }
}

/// The text of an expression in a table of these options.
pub(super) fn looking(text: &str, options: &TableOptions) -> String {
    let keys: Vec<&str> = options.index.iter().map(|column| key(column)).collect();
    match (&keys[..], &options.age) {
        // Made anew of the rows that are left, the table has no numbers without rows.
        ([], Some(_)) => text.replace("vlookup(", "col(").replace(", KEY)", ")"),
        ([], None) => text.replace("KEY", "index() - 1"),
        (keys, _) => text.replace("KEY", &keys.join(", ")),
    }
}
