//! Records as a whole: values, keys and what Kafka says of them, by a configuration's text.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int8Type, Int32Type, Int64Type, TimestampMillisecondType,
    TimestampNanosecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Schema, TimeUnit};
use proptest::prelude::*;

use super::*;
use crate::feed::testing::at;
use crate::source::{Keep, Records};

/// The feed of a configuration that has these lines.
pub(super) fn feed(lines: &str) -> FeedConfig {
    let source = "source = { type = \"kafka\", brokers = \"b:1\", topic = \"t\" }";
    let text = format!("[[feed]]\nname = \"f\"\n{source}\n{lines}");
    match config::parse("m.toml", &text) {
        Ok(mut config) => config.feeds.remove(0),
        Err(error) => panic!("{error}\n{text}"),
    }
}

pub(super) fn decoder(feed: &FeedConfig) -> (Decoder, Vec<config::Column>) {
    let columns = feed.with_meta(feed.schema.clone().expect("a schema"));
    let topics = Topics::default();
    topics.number("sales");
    let decoder = Decoder::new(feed, &Schemas::new(feed), &columns, Arc::new(topics));
    (decoder.expect("a filter"), columns)
}

/// The rows of a decoder as text, a null as `-`, and its columns by commas.
pub(super) fn rows(decoder: &mut Decoder, columns: &[config::Column]) -> Vec<String> {
    let fields: Vec<_> = columns.iter().map(config::Column::field).collect();
    let batch = decoder.finish(Arc::new(Schema::new(fields)));
    let row = |row| {
        let cells: Vec<String> = batch.columns().iter().map(|c| cell(c.as_ref(), row)).collect();
        cells.join(",")
    };
    (0..batch.num_rows()).map(row).collect()
}

fn cell(array: &dyn Array, row: usize) -> String {
    if array.is_null(row) {
        return "-".into();
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).to_string(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value(row).to_string(),
        DataType::Date32 => {
            let days = array.as_primitive::<arrow_array::types::Date32Type>().value(row);
            time::date_text(days).expect("a date")
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            array.as_primitive::<TimestampMillisecondType>().value(row).to_string()
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            array.as_primitive::<TimestampNanosecondType>().value(row).to_string()
        }
        DataType::Dictionary(..) => {
            let texts = array.as_dictionary::<Int32Type>();
            texts.values().as_string::<i32>().value(texts.keys().value(row) as usize).into()
        }
        other => panic!("no text of {other}"),
    }
}

/// The rows that values are by a configuration's lines.
fn read(lines: &str, values: &[&str]) -> Vec<String> {
    let (mut decoder, columns) = decoder(&feed(lines));
    for value in values {
        decoder.push_value(value.as_bytes()).unwrap_or_else(|e| panic!("{value}: {e}"));
    }
    rows(&mut decoder, &columns)
}

/// Why a value is refused.
fn refused(lines: &str, value: &[u8]) -> String {
    let (mut decoder, columns) = decoder(&feed(lines));
    let why = decoder.push_value(value).expect_err("it is taken");
    assert!(rows(&mut decoder, &columns).is_empty(), "a refused record leaves rows");
    why
}

#[test]
fn columns_of_what_kafka_says() {
    let feed = feed(
        "key_format = \"text\"\n[feed.schema]\nn = \"int64\"\n[feed.meta]\nheaders = { trace = \"trace-id\" }\n\
         key = \"k\"\ntopic = \"topic\"\npartition = \"part\"\noffset = \"offset\"\ntimestamp = \"at\"\n",
    );
    assert_eq!(feed.keep(), Keep { keys: true, headers: true });
    let (mut decoder, columns) = decoder(&feed);
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["n", "trace", "k", "topic", "part", "offset", "at"]);
    let mut records = Records::keeping(feed.keep());
    for (offset, key) in [(7, Some(&b"a"[..])), (8, None), (9, Some(b"\xff")), (10, Some(b""))] {
        records.push(Record {
            partition: at(3),
            offset,
            timestamp: (offset < 10).then_some(1000 + offset),
            payload: Some(b"{\"n\":1}"),
            key,
            ..Record::default()
        });
        if offset == 7 {
            records.push_header("trace-id", Some(b"old"));
            records.push_header("trace-id", Some(b"new"));
        }
    }
    let results: Vec<_> = records.iter().map(|record| decoder.push(&record)).collect();
    let Err(Trouble::Bad(why)) = &results[2] else { panic!("{results:?}") };
    assert!(why.contains("key: expected UTF-8"), "{why}");
    assert_eq!(
        rows(&mut decoder, &columns),
        ["1,new,a,sales,3,7,1007", "1,-,-,sales,3,8,1008", "1,-,,sales,3,10,-"]
    );
}

#[test]
fn keys_have_a_format_of_their_own() {
    let schema = "[feed.schema]\nn = \"int64\"\n";
    let push = |lines: &str, key: &[u8]| {
        let (mut decoder, columns) = decoder(&feed(lines));
        let record = Record { payload: Some(b"{\"n\":1}"), key: Some(key), ..Record::default() };
        match decoder.push(&record) {
            Ok(_) => Ok(rows(&mut decoder, &columns).remove(0)),
            Err(Trouble::Bad(why) | Trouble::Later(why)) => Err(why),
        }
    };
    let int64 = format!("key_format = \"int64\"\n{schema}[feed.meta]\nkey = \"k\"\n");
    assert_eq!(push(&int64, &(-5i64).to_be_bytes()), Ok("1,-5".into()));
    assert!(push(&int64, b"1").unwrap_err().contains("expected 8 bytes, found 1"));
    let text = format!("{schema}[feed.meta]\nkey = {{ k = \"int64\" }}\n");
    assert_eq!(push(&text, b"17"), Ok("1,17".into()));
    assert!(push(&text, b"x").is_err());
    let json = format!(
        "key_format = \"json\"\n{schema}[feed.meta.key]\nid = \"int64\"\nregion = {{ type = \"string\", path = \"at.region\" }}\n"
    );
    let key = b"{\"at\":{\"region\":\"eu\"},\"id\":4}";
    assert_eq!(push(&json, key), Ok("1,4,eu".into()));
    assert!(push(&json, b"4").unwrap_err().starts_with("the record's key: "));
}

#[test]
fn fields_are_found_by_their_paths() {
    let lines = "[feed.schema]\n\"a.b\" = \"int64\"\nc = { type = \"string\", path = \"a.c.d\" }\n\
                 whole = { type = \"json\", path = \"a\" }\ndotted = { type = \"int64\", path = [\"x.y\", \"z\"] }\n";
    assert_eq!(
        read(
            lines,
            &[
                r#"{"a":{"b":1,"c":{"d":"deep"}},"x.y":{"z":9}}"#,
                r#"{"a.b":2}"#,
                r#"{"a":null}"#,
                r#"{"a":{"c":null,"other":[1]},"x":{"y":{"z":1}}}"#,
            ]
        ),
        [
            r#"1,deep,{"b":1,"c":{"d":"deep"}},9"#,
            "2,-,-,-",
            "-,-,-,-",
            r#"-,-,{"c":null,"other":[1]},-"#,
        ]
    );
    let why = refused(lines, br#"{"a":[1]}"#);
    assert!(why.contains("expected a JSON object"), "{why}");
    let why = refused(lines, br#"{"a":{"b":"x"}}"#);
    assert!(
        why.contains("column \"a.b\": expected a number that fits int64, found \"x\""),
        "{why}"
    );
}

#[test]
fn a_list_becomes_rows() {
    let lines = "format = { type = \"json\", explode = \"order.items\" }\n[feed.schema]\nid = \"int64\"\n\
                 \"order.items.sku\" = \"string\"\nqty = { type = \"int64\", path = \"order.items.qty\", default = 1 }\nnote = \"string\"\n";
    assert_eq!(
        read(
            lines,
            &[
                r#"{"id":1,"order":{"items":[{"sku":"a","qty":2},{"sku":"b"},{}]},"note":"n"}"#,
                r#"{"id":2,"order":{"items":[]}}"#,
                r#"{"id":3}"#,
                r#"{"order":{"items":null},"id":4}"#,
                r#"{"order":{"items":[{"sku":"x"},{"sku":"y"}],"items":[{"sku":"z"}]}}"#,
            ]
        ),
        ["1,a,2,n", "1,b,1,n", "1,-,1,n", "-,z,1,-"]
    );
    // One bad element refuses the record as a whole.
    let why = refused(lines, br#"{"id":1,"order":{"items":[{"sku":"a"},{"sku":2}]}}"#);
    assert!(why.contains("order.items.sku"), "{why}");
    assert!(refused(lines, br#"{"order":{"items":{"sku":"a"}}}"#).contains("expected a list"));
    let plain = "format = { type = \"json\", explode = \"v\" }\n[feed.schema]\nv = \"float64\"\nt = \"string\"\n";
    assert_eq!(read(plain, &[r#"{"v":[1,null,2.5],"t":"x"}"#]), ["1,x", "-,x", "2.5,x"]);
}

#[test]
fn rules_say_how_values_are_read() {
    let one = |rule: &str, value: &str| {
        let lines = format!("[feed.schema]\nv = {{ {rule} }}\n");
        read(&lines, &[&format!("{{\"v\":{value}}}")]).remove(0)
    };
    let epoch = |unit: &str, value: &str| {
        one(&format!("type = \"timestamp(ms)\", epoch = \"{unit}\""), value)
    };
    assert_eq!(epoch("s", "1706695872"), "1706695872000");
    assert_eq!(epoch("s", "1706695872.1234"), "1706695872123");
    assert_eq!(epoch("us", "-1"), "-1");
    assert_eq!(epoch("ns", "1706695872123999999"), "1706695872123");
    assert_eq!(epoch("s", "\"1706695872\""), "1706695872000");
    assert_eq!(epoch("s", "\"1970-01-01T00:00:01Z\""), "1000");
    let zone = "type = \"timestamp(ms, UTC)\", zone = \"Europe/Berlin\"";
    assert_eq!(one(zone, "\"1970-01-01T01:00:00\""), "0");
    assert_eq!(one(zone, "\"1970-01-01T01:00:00Z\""), "3600000");
    assert_eq!(one("type = \"string\", cast = true", "1.50"), "1.50");
    assert_eq!(one("type = \"string\", cast = true", "\"a\""), "a");
    assert_eq!(one("type = \"bool\", cast = true", "1"), "true");
    assert_eq!(one("type = \"bool\", cast = true", "\"False\""), "false");
    assert_eq!(one("type = \"int8\", cast = true", "-1.5"), "-2");
    assert_eq!(one("type = \"int64\", cast = true", "true"), "1");
    let lines = "[feed.schema]\nv = { type = \"decimal(5, 2)\", default = \"1.5\" }\n";
    assert_eq!(read(lines, &["{}", "{\"v\":null}", "{\"v\":2}"]), ["150", "-", "200"]);
    for (rule, value) in [
        ("type = \"timestamp(ns)\", epoch = \"s\"", "9223372037"),
        ("type = \"bool\", cast = true", "2"),
        ("type = \"int8\", cast = true", "127.5"),
        ("type = \"timestamp(ms)\", epoch = \"s\"", "1e300"),
        ("type = \"timestamp(ms)\", epoch = \"s\"", "true"),
    ] {
        let lines = format!("[feed.schema]\nv = {{ {rule} }}\n");
        refused(&lines, format!("{{\"v\":{value}}}").as_bytes());
    }
}

#[test]
fn values_without_fields_are_one_column() {
    assert_eq!(read("format = \"text\"\n", &["ü", ""]), ["ü", ""]);
    assert!(refused("format = \"text\"\n", b"\xff").contains("UTF-8"));
    let number = "format = \"text\"\n[feed.schema]\nx = \"float64\"\n";
    assert_eq!(read(number, &["1.5"]), ["1.5"]);
    let why = refused(number, b"1,5");
    assert!(why.contains("column \"x\""), "{why}");
    assert_eq!(read("format = \"int32\"\n", &["\0\0\x01\0"]), ["256"]);
    assert!(refused("format = \"float64\"\n", b"1").contains("expected 8 bytes"));
    let bytes = |encoding: &str| {
        let lines = format!("format = {{ type = \"bytes\", encoding = \"{encoding}\" }}\n");
        let (mut decoder, columns) = decoder(&feed(&lines));
        decoder.push_value(b"\x00\xffa").unwrap();
        rows(&mut decoder, &columns).remove(0)
    };
    assert_eq!(
        (bytes("base64"), bytes("hex"), bytes("utf8")),
        ("AP9h".into(), "00ff61".into(), "\0\u{fffd}a".into())
    );
}

#[test]
fn lines_of_fields_are_rows() {
    let lines = "format = { type = \"csv\", fields = [\"a\", \"b\", \"c\"], delimiter = \";\", null = \"NA\" }\n\
                 [feed.schema]\nc = \"bool\"\na = \"int64\"\nt = { type = \"string\", path = \"b\" }\n";
    assert_eq!(
        read(lines, &["1;x;true", "2;\"y;\"\"\nz\";0\r\n3;;\n", "NA;ü;TRUE\n"]),
        ["true,1,x", "false,2,y;\"\nz", "-,3,-", "true,-,ü"]
    );
    for bad in ["", "\n\n", "1;x", "1;x;true;4", "x;x;true", "1;x;true\n1;x;maybe"] {
        refused(lines, bad.as_bytes());
    }
    assert!(refused(lines, b"1;\xff;true").contains("UTF-8"));
    let plain = "format = \"csv\"\n[feed.schema]\na = \"int64\"\nb = \"date\"\n";
    assert_eq!(read(plain, &["1,2024-01-31"]), ["1,2024-01-31"]);
    let long = format!("1,{}", "x,".repeat(500));
    assert!(refused(plain, long.as_bytes()).contains("expected 2 fields, found 502"));
}

fn ipc(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    writer.write(batch).expect("a batch");
    writer.finish().expect("an end");
    writer.into_inner().expect("bytes")
}

fn batch() -> RecordBatch {
    let columns = [("n", "int64"), ("s", "string"), ("t", "timestamp(ns)"), ("d", "decimal(5, 1)")];
    let columns: Vec<config::Column> = columns
        .iter()
        .map(|(name, kind)| config::Column {
            name: name.to_string(),
            kind: ColumnType::parse(kind).unwrap(),
        })
        .collect();
    let mut decoder = Decoder::json(&columns);
    decoder.push_value(br#"{"n":1,"s":"a","t":"1970-01-01T00:00:01Z","d":1.5}"#).unwrap();
    decoder.push_value(br#"{"n":300,"s":"b"}"#).unwrap();
    let fields: Vec<_> = columns.iter().map(config::Column::field).collect();
    decoder.finish(Arc::new(Schema::new(fields)))
}

#[test]
fn arrow_streams_are_rows() {
    let lines = "format = \"arrow\"\n[feed.schema]\ns = \"string\"\nm = { type = \"int64\", path = \"n\" }\n\
                 t = \"timestamp(ms)\"\nd = \"float64\"\nnone = { type = \"int64\", default = 7 }\n";
    let (mut decoder, columns) = decoder(&feed(lines));
    assert_eq!(decoder.push_value(&ipc(&batch())), Ok(2));
    assert_eq!(rows(&mut decoder, &columns), ["a,1,1000,1.5,7", "b,300,-,-,7"]);
    let narrow = "format = \"arrow\"\n[feed.schema]\nn = \"int8\"\n";
    let why = refused(narrow, &ipc(&batch()));
    assert!(why.contains("found 300"), "{why}");
    assert!(refused(narrow, b"garbage").contains("Arrow IPC"));
}

proptest! {
    /// Damaged bytes are rows or refused, in every format; nothing panics, nothing is left behind.
    #[test]
    fn damage_is_refused_or_read(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        shorten in any::<prop::sample::Index>(),
    ) {
        let explode = "format = { type = \"json\", explode = \"l\" }\n";
        let good: [(&str, Vec<u8>); 4] = [
            ("format = \"arrow\"\n", ipc(&batch())),
            ("", br#"{"n":1,"s":"a","t":"1970-01-01T00:00:01Z","d":1.5}"#.to_vec()),
            (explode, br#"{"n":1,"l":[{"s":"a"},{"s":"b"}],"d":1.5}"#.to_vec()),
            ("format = \"csv\"\n", b"1,\"a\",\"1970-01-01T00:00:01Z\",1.5\n2,b,,2".to_vec()),
        ];
        for (format, mut bytes) in good {
            let schema = "[feed.schema]\nn = \"int64\"\ns = \"string\"\nt = \"timestamp(ns)\"\nd = \"decimal(5, 1)\"\n";
            let (mut decoder, columns) = decoder(&feed(&format!("{format}{schema}")));
            for (at, byte) in &cuts {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let end = shorten.index(bytes.len() + 1);
            let count: usize =
                [&bytes[..], &bytes[..end]].iter().map(|b| decoder.push_value(b).unwrap_or(0)).sum();
            prop_assert_eq!(decoder.rows(), count);
            prop_assert_eq!(rows(&mut decoder, &columns).len(), count);
        }
    }
}
