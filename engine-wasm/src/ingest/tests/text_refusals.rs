//! Texts that are refused: what the error says, and that the table stays as it was.

use super::texts;
use crate::ingest::{Format, append_text, table_from_text};
use crate::table::{ListFlatten, Table, TableOptions};

fn held() -> Table {
    let text = b"n,s\n1,x\n2,y\n";
    table_from_text(text, Format::Csv, TableOptions::default()).unwrap()
}

#[track_caller]
fn refused(format: Format, text: &str, error: &str) {
    let mut table = held();
    let memory = table.memory();
    let found = append_text(&mut table, text.as_bytes(), format).unwrap_err();
    assert_eq!(found.to_string(), error);
    assert_eq!((texts(&table, 0), texts(&table, 1)), (texts(&held(), 0), texts(&held(), 1)));
    assert!(table.memory() < memory + 1000, "something of it stayed");
    assert_eq!(table.columns()[1].strings().unwrap().len(), 2, "a string of it stayed");
}

#[test]
fn csv_says_line_and_field() {
    let csv = |text, error| refused(Format::Csv, text, error);
    csv("", "line 1: the text is empty (expected a header with the names of the columns)");
    csv("n,s\n3,z\n4\n", "line 3: a line of 1 fields (expected 2, as in the header)");
    csv("n,s\n3,\"z\n\n\"\n4,a,b\n", "line 5: a line of 3 fields (expected 2, as in the header)");
    csv(
        "n,s\n3,\"z\n",
        "line 2, field 2: a quotation mark is never closed (expected a second one)",
    );
    csv(
        "n,s\n3,\"z\"z\n",
        "line 2, field 2: something follows a closing quotation mark (expected a comma, the end \
         of the line, or a second mark)",
    );
    csv("n,s\n3,z\nmany,z\n", "line 3, field 1 (\"n\"): many does not fit (expected int64)");
    csv("n,n\n", "line 1, field 2 (\"n\"): the column is there twice");
    csv(
        "n,t\n3,z\n",
        "line 1, field 2 (\"t\"): unknown column \"t\", did you mean \"n\"? (expected one of: n, s)",
    );
}

#[test]
fn json_says_line_and_column_or_row_and_key() {
    let json = |text, error| refused(Format::Json, text, error);
    json("", "line 1, column 0: not valid JSON: EOF while parsing a value");
    json("[{\"n\":3},\n{\"n\":}]", "line 2, column 6: not valid JSON: expected value");
    json("[{\"n\":3}", "line 1, column 8: not valid JSON: EOF while parsing a list");
    json("[{\"n\":3}] x", "line 1, column 11: not valid JSON: trailing characters");
    json("[{\"n\":03}]", "line 1, column 8: not valid JSON: invalid number");
    json(
        "{\"n\":[3]}",
        "line 1, column 0: not valid JSON: invalid type: map, expected an array of objects",
    );
    json("[{\"n\":3},{\"n\":0.5}]", "row 1, key \"n\": 0.5 does not fit (expected int64)");
    json(
        "[{\"n\":3,\"n\":4}]",
        "row 0, key \"n\": the column is there twice (expected each column once a row)",
    );
    json(
        "[{\"n\":{\"a\":1}}]",
        "row 0, key \"n.a\": unknown column \"n.a\" (expected one of: n, s)",
    );
    json("[{\"s\":\"\\ud800\"}]", "row 0, key \"s\": not valid JSON: unexpected end of hex escape");
}

#[test]
fn columns_and_lines_say_where_too() {
    let columns = |text, error| refused(Format::Columns, text, error);
    columns(
        "{\"n\":[3],\"s\":[]}",
        "key \"s\", row 0: a column of 0 values (expected 1, as in the first column)",
    );
    columns("{\"n\":[3,true]}", "key \"n\", row 1: true does not fit (expected int64)");
    columns(
        "{\"n\":3}",
        "line 1, column 6: not valid JSON: invalid type: integer `3`, expected an array of values",
    );
    let lines = |text, error| refused(Format::Ndjson, text, error);
    lines("{\"n\":3}\n{\"n\":4}}", "line 2, column 8: not valid JSON: trailing characters");
    lines("{\"n\":3}\n\n{\"n\":\"x\"}", "line 3, key \"n\": x does not fit (expected int64)");
    lines("[]", "line 1, column 0: not valid JSON: invalid type: sequence, expected an object");
}

#[test]
fn text_that_is_not_utf8_says_the_line() {
    let mut table = held();
    let error = append_text(&mut table, b"n,s\n1,\xff\n", Format::Csv).unwrap_err();
    assert_eq!(error.to_string(), "line 2: the text is not UTF-8 (expected text in UTF-8)");
}

#[test]
fn a_text_without_columns_makes_no_table() {
    for (format, text) in [
        (Format::Json, "[]"),
        (Format::Json, "[{}]"),
        (Format::Columns, "{}"),
        (Format::Ndjson, ""),
    ] {
        let error = table_from_text(text.as_bytes(), format, TableOptions::default()).unwrap_err();
        assert_eq!(error.message, "a table needs at least one column");
    }
}

#[test]
fn few_bytes_do_not_become_many_cells() {
    // A million empty rows, and then one with a thousand columns.
    let mut text = "{}\n".repeat(1_000_000);
    text.push_str(&format!(
        "{{{}}}",
        (0..1000).map(|i| format!("\"c{i}\":1")).collect::<Vec<_>>().join(",")
    ));
    let error = table_from_text(text.as_bytes(), Format::Ndjson, TableOptions::default());
    assert!(error.unwrap_err().message.contains("would become"));

    let lists = format!(
        "[{{{}}}]",
        (0..9).map(|i| format!("\"c{i}\":[1,2,3,4,5,6,7,8,9]")).collect::<Vec<_>>().join(",")
    );
    let options = TableOptions { list_flatten: ListFlatten::Cartesian, ..TableOptions::default() };
    let error = table_from_text(lists.as_bytes(), Format::Json, options);
    assert!(error.unwrap_err().message.contains("would become"));
}

#[test]
fn depth_is_bound() {
    let deep = |levels: usize| format!("[{}1{}]", "{\"a\":".repeat(levels), "}".repeat(levels));
    let read =
        |levels| table_from_text(deep(levels).as_bytes(), Format::Json, TableOptions::default());
    assert!(read(64).is_ok());
    assert!(read(66).unwrap_err().message.contains("too deep"));
    assert!(read(100_000).unwrap_err().message.contains("too deep"));
    let lists = format!("[{{\"a\":{}{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    for list_flatten in [ListFlatten::Stringify, ListFlatten::Zip] {
        let options = TableOptions { list_flatten, ..TableOptions::default() };
        let table = table_from_text(lists.as_bytes(), Format::Json, options).unwrap();
        assert!(texts(&table, 0)[0].len() >= 199_998);
    }
}

#[test]
fn long_names_make_short_messages_and_few_names() {
    let long = "k".repeat(1 << 20);
    for (format, text) in [
        (Format::Json, format!("[{{\"{long}\":1}}]")),
        (Format::Csv, format!("{long}\n1\n")),
        (Format::Ndjson, format!("{{\"n\":\"{long}\"}}")),
    ] {
        let error = append_text(&mut held(), text.as_bytes(), format).unwrap_err().to_string();
        assert!(error.len() < 500, "{} bytes", error.len());
    }
    let inner = (0..1000).map(|i| format!("\"{i}\":{i}")).collect::<Vec<_>>().join(",");
    let text = format!("[{{\"{long}\":{{{inner}}}}}]");
    let error = table_from_text(text.as_bytes(), Format::Json, TableOptions::default());
    assert!(error.unwrap_err().message.contains("too long a name"));
    // A name of dots alone is one name.
    let text = format!("[{{\"{}\":1}}]", ".".repeat(1 << 20));
    assert!(table_from_text(text.as_bytes(), Format::Json, TableOptions::default()).is_ok());
}
