//! Lookups of the test table, whatever its rows are told apart by.

/// Expressions that look at other rows, by what [`key`] makes of their own values; in tables
/// without an index, and there alone, at their own. They read what hangs on the clock, each
/// other, and windows.
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

/// The text of an expression in a table whose rows are told apart by the columns of `index`.
pub(super) fn looking(text: &str, index: &[String]) -> String {
    if index.is_empty() {
        return text.replace("vlookup(", "col(").replace(", KEY)", ")");
    }
    let keys: Vec<&str> = index.iter().map(|column| key(column)).collect();
    text.replace("KEY", &keys.join(", "))
}
