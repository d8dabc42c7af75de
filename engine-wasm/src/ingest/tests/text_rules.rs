//! What a text means, rule by rule.

use super::{columns, texts};
use crate::error::Result;
use crate::ingest::{Format, append_text, table_from_text};
use crate::schema::{DataType, Field, Schema};
use crate::table::{Table, TableOptions};

fn read(text: &str, format: Format) -> Table {
    table_from_text(text.as_bytes(), format, TableOptions::default()).unwrap()
}

/// An empty table with the columns `name: type`.
fn empty(fields: &[(&str, &str)]) -> Table {
    let fields = fields.iter().map(|(name, data_type)| Field {
        name: (*name).to_owned(),
        data_type: DataType::parse(data_type).unwrap(),
    });
    Table::new(Schema::new(fields.collect()).unwrap(), TableOptions::default()).unwrap()
}

/// The text of the value of one JSON row in a column of that type.
fn fit(data_type: &str, value: &str) -> Result<String> {
    let mut table = empty(&[("x", data_type)]);
    append_text(&mut table, format!("[{{\"x\":{value}}}]").as_bytes(), Format::Json)?;
    Ok(texts(&table, 0).remove(0))
}

#[track_caller]
fn fits(data_type: &str, value: &str, expected: &str) {
    assert_eq!(fit(data_type, value).unwrap(), expected, "{value} in {data_type}");
}

#[track_caller]
fn does_not_fit(data_type: &str, value: &str) {
    assert!(fit(data_type, value).is_err(), "{value} in {data_type}");
}

#[test]
fn all_forms_mean_the_same() {
    let forms = [
        (Format::Csv, "n,s,b\n1,x,true\n,\"a,\"\"b\"\"\n\",false\n"),
        (Format::Json, r#"[{"n":1,"s":"x","b":true}, {"n":null,"s":"a,\"b\"\n","b":false}]"#),
        (Format::Columns, r#"{"n":[1,null],"s":["x","a,\"b\"\n"],"b":[true,false]}"#),
        (
            Format::Ndjson,
            "{\"n\":1,\"s\":\"x\",\"b\":true}\n\n{\"s\":\"a,\\\"b\\\"\\n\",\"b\":false}",
        ),
    ];
    for (format, text) in forms {
        let table = read(text, format);
        let kinds: Vec<_> =
            columns(&table).into_iter().map(|(name, kind)| name + ":" + &kind).collect();
        assert_eq!(kinds, ["n:int64", "s:string", "b:boolean"], "{format:?}");
        assert_eq!(texts(&table, 0), ["1", "null"], "{format:?}");
        assert_eq!(texts(&table, 1), ["x", "a,\"b\"\n"], "{format:?}");
        assert_eq!(texts(&table, 2), ["true", "false"], "{format:?}");
    }
}

#[test]
fn an_empty_field_is_null_and_two_quotation_marks_the_empty_text() {
    let table = read("s,n\n,1\n\"\",\"\"\n", Format::Csv);
    assert_eq!(texts(&table, 0), ["null", ""]);
    assert_eq!(texts(&table, 1), ["1", "null"]);
}

#[test]
fn lines_of_csv_end_in_any_way() {
    for text in ["a,b\r\n1,2\r\n3,4", "\u{feff}a,b\n1,2\n\n3,4\n", "a,b\r1,2\r3,4\r"] {
        let table = read(text, Format::Csv);
        assert_eq!(columns(&table)[0].0, "a");
        assert_eq!(
            (texts(&table, 0), texts(&table, 1)),
            (vec!["1".into(), "3".into()], vec!["2".into(), "4".into()])
        );
    }
    // Without a comma an empty line is a row.
    assert_eq!(texts(&read("a\n1\n\n2\n", Format::Csv), 0), ["1", "null", "2"]);
}

#[test]
fn white_space_is_text_and_nothing_to_numbers() {
    let table = read("s,n\n x , 1 \n", Format::Csv);
    assert_eq!(columns(&table)[1].1, "int64");
    assert_eq!((texts(&table, 0), texts(&table, 1)), (vec![" x ".into()], vec!["1".into()]));
}

#[test]
fn numbers_keep_every_digit() {
    fits("int64", "9007199254740993", "9007199254740993");
    fits("int64", "-9223372036854775808", "-9223372036854775808");
    fits("uint64", "18446744073709551615", "18446744073709551615");
    fits(
        "decimal(38, 2)",
        "123456789012345678901234567890123456.78",
        "123456789012345678901234567890123456.78",
    );
    fits("decimal(10, 2)", "1.5e3", "1500.00");
    fits("int64", "2.50e1", "25");
    does_not_fit("int64", "2.5");
    does_not_fit("int8", "128");
    does_not_fit("uint8", "-1");
    does_not_fit("uint64", "18446744073709551616");
    does_not_fit("decimal(10, 2)", "0.001");
    does_not_fit("decimal(3, 2)", "10");
    does_not_fit("float64", "1e400");
    does_not_fit("float32", "1e39");
}

#[test]
fn numbers_may_come_as_text() {
    fits("int64", "\"9007199254740993\"", "9007199254740993");
    fits("decimal(20, 2)", "\"0.10\"", "0.10");
    fits("float64", "\"NaN\"", "NaN");
    fits("float64", "\"-Infinity\"", "-inf");
    does_not_fit("int64", "\"\"");
    does_not_fit("int64", "\"1x\"");
    does_not_fit("boolean", "\"true\"");
    does_not_fit("boolean", "1");
    does_not_fit("float64", "true");
    does_not_fit("float64", "[1]");
}

#[test]
fn floats_are_the_nearest_to_their_digits() {
    fits("float64", "0.1", "0.1");
    fits("float32", "0.1", "0.1");
    fits("float64", "9007199254740993", "9007199254740992");
    fits("float64", "-0.0", "-0");
}

#[test]
fn times_are_milliseconds_or_texts() {
    fits("timestamp(ms)", "1500", "1970-01-01T00:00:01.500Z");
    fits("timestamp(ms)", "\"1970-01-01T01:00:01.5+01:00\"", "1970-01-01T00:00:01.500Z");
    fits("timestamp(s)", "2000", "1970-01-01T00:00:02Z");
    fits("timestamp(ns)", "0.000001", "1970-01-01T00:00:00.000000001Z");
    does_not_fit("timestamp(ms)", "0.5");
    does_not_fit("timestamp(s)", "1500");
    does_not_fit("timestamp(ms)", "\"1970-01-01T00:00:00.0001Z\"");
    does_not_fit("timestamp(ns)", "\"3000-01-01\"");
    does_not_fit("timestamp(ms)", "\"noon\"");
    fits("date", "\"1969-12-31\"", "1969-12-31");
    fits("date", "-1", "1969-12-31");
    fits("date", "\"1970-01-02T23:59:59Z\"", "1970-01-02");
    let table = read("t,d\n2026-01-31 09:30:00,2026-01-31\n", Format::Csv);
    assert_eq!(
        (columns(&table)[0].1.as_str(), columns(&table)[1].1.as_str()),
        ("timestamp(ms)", "date32")
    );
}

#[test]
fn what_is_no_text_is_text_by_its_json() {
    fits("string", "1.50", "1.50");
    fits("string", "true", "true");
    fits("string", "[1, {\"a\": \"b c\"}]", "[1,{\"a\":\"b c\"}]");
    fits("string", "{\"a\": [ ] }", "{\"a\":[]}");
    fits("string", r#""Z\u00fcrich \ud83d\ude00""#, "Zürich 😀");
    let table = read(r#"[{"x":1},{"x":"a"},{"x":true},{"x":[1, 2]}]"#, Format::Json);
    assert_eq!(texts(&table, 0), ["1", "a", "true", "[1,2]"]);
}

#[test]
fn objects_become_columns() {
    let table = read(r#"[{"a":{"b":1,"c":{"d":"x"}}},{"a":{"b":2}},{"a":null}]"#, Format::Json);
    let names: Vec<_> = columns(&table).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a.b", "a.c.d"]);
    assert_eq!(texts(&table, 0), ["1", "2", "null"]);
    assert_eq!(texts(&table, 1), ["x", "null", "null"]);
    let mut table = empty(&[("a", "string")]);
    append_text(&mut table, br#"[{"a":{"b":1}}]"#, Format::Json).unwrap();
    assert_eq!(texts(&table, 0), [r#"{"b":1}"#]);
    // What is an object in some rows and a value in others has columns for both.
    let table = read(r#"[{"a":1},{"a":{"b":2}}]"#, Format::Json);
    assert_eq!(
        (texts(&table, 0), texts(&table, 1)),
        (vec!["1".into(), "null".into()], vec!["null".into(), "2".into()])
    );
}

#[test]
fn columns_go_by_name() {
    let mut table = empty(&[("a", "integer"), ("b", "string"), ("c", "float")]);
    append_text(&mut table, b"b,a\nx,1\n", Format::Csv).unwrap();
    append_text(&mut table, br#"[{"c":0.5},{"b":"y","a":2},{}]"#, Format::Json).unwrap();
    append_text(&mut table, br#"{"a":[3]}"#, Format::Columns).unwrap();
    assert_eq!(texts(&table, 0), ["1", "null", "2", "null", "3"]);
    assert_eq!(texts(&table, 1), ["x", "null", "y", "null", "null"]);
    assert_eq!(texts(&table, 2), ["null", "0.5", "null", "null", "null"]);
}

#[test]
fn a_table_may_have_no_rows() {
    let table = read("a,b\n", Format::Csv);
    assert_eq!((columns(&table).len(), table.size()), (2, 0));
    let table = read(r#"{"a":[]}"#, Format::Columns);
    assert_eq!((columns(&table).len(), table.size()), (1, 0));
}
