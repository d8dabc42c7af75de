//! What is written by a plain writer is read as it was, in every format and type; and
//! whatever a text holds, it is read or refused.

use super::{columns, texts};
use crate::ingest::{Format, append_text, table_from_text};
use crate::schema::{DataType, Field, Schema};
use crate::table::{ListFlatten, Table, TableOptions};
use arrow_schema::TimeUnit;
use chrono::{DateTime, Days, NaiveDate};
use proptest::prelude::*;
use proptest::sample::select;

/// A value, by the text of it in CSV, the same in JSON, and the text that the engine has for
/// it. All three come from the standard library, `chrono` and `serde_json`.
#[derive(Debug, Clone)]
struct Written {
    csv: String,
    json: String,
    held: String,
}

fn plain(text: String) -> Written {
    Written { csv: text.clone(), json: text.clone(), held: text }
}

fn float(value: f64, held: String) -> Written {
    match value.is_finite() {
        true => Written { csv: format!("{value:e}"), json: format!("{value:e}"), held },
        false => Written { csv: format!("{value}"), json: format!("\"{value}\""), held },
    }
}

fn time(seconds: i64, nanoseconds: u32, digits: usize, as_number: bool) -> Written {
    let time = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
    let text = match digits {
        0 => time.format("%Y-%m-%dT%H:%M:%SZ"),
        3 => time.format("%Y-%m-%d %H:%M:%S%.3f"),
        6 => time.format("%Y-%m-%dT%H:%M:%S%.6f"),
        _ => time.format("%Y-%m-%dT%H:%M:%S%.9fZ"),
    };
    let text = text.to_string();
    let held = time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string();
    let number = i128::from(seconds) * 1000 + i128::from(nanoseconds / 1_000_000);
    match as_number && nanoseconds.is_multiple_of(1_000_000) {
        true => Written { csv: number.to_string(), json: number.to_string(), held },
        false => Written { csv: text.clone(), json: format!("\"{text}\""), held },
    }
}

fn decimal(unscaled: i64, scale: usize) -> Written {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    plain(format!("{sign}{whole}.{fraction}"))
}

/// A value of a type.
fn value(data_type: &DataType) -> BoxedStrategy<Written> {
    let seconds = prop_oneof![-5_000_000_000i64..5_000_000_000, Just(0)];
    match data_type {
        DataType::Boolean => any::<bool>().prop_map(|x| plain(x.to_string())).boxed(),
        DataType::Int8 => any::<i8>().prop_map(|x| plain(x.to_string())).boxed(),
        DataType::UInt32 => any::<u32>().prop_map(|x| plain(x.to_string())).boxed(),
        DataType::Int64 => prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -9i64..9]
            .prop_map(|x| plain(x.to_string()))
            .boxed(),
        DataType::UInt64 => prop_oneof![any::<u64>(), Just(u64::MAX)]
            .prop_map(|x| plain(x.to_string()))
            .boxed(),
        DataType::Float32 => {
            any::<f32>().prop_map(|x| float(x.into(), x.to_string())).boxed()
        }
        DataType::Float64 => prop_oneof![
            proptest::num::f64::ANY,
            select(vec![0.0, -0.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN]),
        ]
        .prop_map(|x| float(x, x.to_string()))
        .boxed(),
        DataType::Decimal { .. } => any::<i64>().prop_map(|x| decimal(x, 9)).boxed(),
        DataType::Date => (0u64..3_000_000)
            .prop_map(|days| {
                let day = NaiveDate::from_ymd_opt(0, 1, 1).unwrap() + Days::new(days);
                let text = day.format("%Y-%m-%d").to_string();
                Written { csv: text.clone(), json: format!("\"{text}\""), held: text }
            })
            .boxed(),
        DataType::Timestamp { unit, .. } => {
            let (step, digits) = match unit {
                TimeUnit::Second => (1_000_000_000, 0),
                TimeUnit::Millisecond => (1_000_000, 3),
                TimeUnit::Microsecond => (1_000, 6),
                TimeUnit::Nanosecond => (1, 9),
            };
            (seconds, 0u32..1_000_000_000, any::<bool>())
                .prop_map(move |(s, n, as_number)| time(s, n / step * step, digits, as_number))
                .boxed()
        }
        _ => prop_oneof![
            3 => select(vec!["", "a", "null", "true", "1", ",", "\"", "\n", "\r\n", " ", "2026-01-31", "zürich", "\u{feff}", "\u{0}\u{1f}"]).prop_map(str::to_owned),
            2 => any::<String>(),
        ]
        .prop_map(|text| Written {
            csv: format!("\"{}\"", text.replace('"', "\"\"")),
            json: serde_json::to_string(&text).unwrap(),
            held: text,
        })
        .boxed(),
    }
}

fn data_type() -> impl Strategy<Value = DataType> {
    let timestamp = |unit| DataType::Timestamp { unit, zone: None };
    select(vec![
        DataType::Boolean,
        DataType::Int8,
        DataType::UInt32,
        DataType::Int64,
        DataType::UInt64,
        DataType::Float32,
        DataType::Float64,
        DataType::Decimal { precision: 19, scale: 9 },
        DataType::Date,
        timestamp(TimeUnit::Second),
        timestamp(TimeUnit::Millisecond),
        timestamp(TimeUnit::Microsecond),
        timestamp(TimeUnit::Nanosecond),
        DataType::String,
        DataType::String,
    ])
}

/// Columns of one length: their types, and their values where they have them.
type Columns = Vec<(DataType, Vec<Option<Written>>)>;

fn table() -> impl Strategy<Value = Columns> {
    (proptest::collection::vec(data_type(), 1..5), 0usize..40).prop_flat_map(|(types, rows)| {
        let column = |data_type: DataType| {
            let value = proptest::option::weighted(0.8, value(&data_type));
            (Just(data_type), proptest::collection::vec(value, rows))
        };
        types.into_iter().map(column).collect::<Vec<_>>()
    })
}

/// The name of a column, with what is special to the formats.
fn name(number: usize) -> String {
    let tails = ["", ",", "\"", "\n", " é", ".b", "\\"];
    format!("{number}{}", tails[number % tails.len()])
}

fn write(columns: &Columns, format: Format, line: &str, omit: bool) -> String {
    let rows = columns[0].1.len();
    let key = |number: usize| serde_json::to_string(&name(number)).unwrap();
    let json =
        |value: &Option<Written>| value.as_ref().map_or("null".to_owned(), |v| v.json.clone());
    let object = |row: usize| {
        let fields = columns.iter().enumerate().filter(|(_, c)| !omit || c.1[row].is_some());
        let fields = fields.map(|(i, c)| format!("{} :{line}{}", key(i), json(&c.1[row])));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
    };
    match format {
        Format::Csv => {
            let quoted = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
            let header = (0..columns.len()).map(|i| quoted(name(i))).collect::<Vec<_>>();
            let row = |row: usize| {
                let fields = columns.iter().map(|c| c.1[row].as_ref().map_or("", |v| &v.csv));
                fields.collect::<Vec<_>>().join(",") + line
            };
            header.join(",") + line + &(0..rows).map(row).collect::<String>()
        }
        Format::Json => format!("[{}]", (0..rows).map(object).collect::<Vec<_>>().join(",")),
        Format::Ndjson => {
            (0..rows).map(|row| object(row).replace(['\n', '\r'], " ") + line).collect()
        }
        Format::Columns => {
            let column = |(i, c): (usize, &(DataType, Vec<Option<Written>>))| {
                format!("{}:[{}]", key(i), c.1.iter().map(json).collect::<Vec<_>>().join(" , "))
            };
            format!("{{{}}}", columns.iter().enumerate().map(column).collect::<Vec<_>>().join(","))
        }
    }
}

const FORMATS: [Format; 4] = [Format::Csv, Format::Json, Format::Columns, Format::Ndjson];

fn empty(columns: &Columns) -> Table {
    let fields = columns.iter().enumerate();
    let fields = fields.map(|(i, c)| Field { name: name(i), data_type: c.0.clone() });
    Table::new(Schema::new(fields.collect()).unwrap(), TableOptions::default()).unwrap()
}

/// What is made of a text by each way in. Whatever that is, a table that refuses it has not
/// changed.
fn swallow(bytes: &[u8], held: &Columns) {
    for format in FORMATS {
        for list_flatten in [ListFlatten::Stringify, ListFlatten::Cartesian] {
            let options = TableOptions { limit: Some(1000), list_flatten, ..Default::default() };
            if let Ok(mut made) = table_from_text(bytes, format, options) {
                let size = made.size();
                let rows = append_text(&mut made, bytes, format).unwrap() as u64;
                assert_eq!(made.size(), (size + rows).min(1000));
                (0..made.columns().len()).for_each(|column| drop(texts(&made, column)));
            }
        }
        let mut table = empty(held);
        append_text(&mut table, write(held, format, "\n", false).as_bytes(), format).unwrap();
        let (size, before) = (table.size(), texts(&table, 0));
        if append_text(&mut table, bytes, format).is_err() {
            assert_eq!((table.size(), texts(&table, 0)), (size, before));
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(300))]

    #[test]
    fn what_is_written_is_read(
        columns in table(),
        line in select(vec!["\n", "\r\n", "\r"]),
        omit in any::<bool>(),
    ) {
        for format in FORMATS {
            let line = if format == Format::Ndjson { "\n" } else { line };
            let text = write(&columns, format, line, omit);
            let mut table = empty(&columns);
            let rows = append_text(&mut table, text.as_bytes(), format);
            prop_assert_eq!(rows, Ok(columns[0].1.len()), "{:?}: {}", format, text);
            for (number, (_, values)) in columns.iter().enumerate() {
                let values = values.iter().map(|v| v.as_ref().map_or("null", |v| &v.held));
                let values: Vec<_> = values.map(str::to_owned).collect();
                prop_assert_eq!(texts(&table, number), values, "{:?}: {}", format, text);
            }
        }
    }

    /// Whatever stands in well-formed CSV, the columns found for it hold it, and a column
    /// of text holds it as it stood there.
    #[test]
    fn what_is_inferred_holds_all(fields in proptest::collection::vec(
        prop_oneof![
            "[-+]?[0-9]{0,3}[.]?[0-9]{0,3}([eE][-+]?[0-9]{1,3})?",
            "-?[0-9]{17,41}",
            "[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9]([.][0-9]{0,9})?)?(Z|[+-]0[0-9]:00)?)?",
            "(true|false|TRUE|NaN|nan|inf|-inf|Infinity|null|)",
            "[ -~]{0,6}",
        ], 1..4,
    )) {
        let quoted = |text: &String| format!("\"{}\"\n", text.replace('"', "\"\""));
        let csv = format!("x\n{}", fields.iter().map(quoted).collect::<String>());
        let table = table_from_text(csv.as_bytes(), Format::Csv, TableOptions::default());
        let table = table.map_err(|e| TestCaseError::fail(format!("{e}: {csv}")))?;
        prop_assert_eq!(table.size(), fields.len() as u64);
        if columns(&table)[0].1 == "string" {
            prop_assert_eq!(texts(&table, 0), fields);
        } else if columns(&table)[0].1 == "int64" {
            let trimmed = fields.iter().map(|f| match f.trim() {
                "" => "null",
                "-0" => "0",
                digits => digits,
            });
            prop_assert_eq!(texts(&table, 0), trimmed.collect::<Vec<_>>());
        }
    }

    #[test]
    fn damage_of_any_kind(
        columns in table(),
        format in select(FORMATS.to_vec()),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0u8..5), 1..6),
    ) {
        let mut bytes = write(&columns, format, "\n", false).into_bytes();
        for (place, byte, kind) in damage {
            if bytes.is_empty() { break }
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes[place] = b"{}[]\",:\\\n0"[usize::from(byte) % 10],
                2 => { bytes.remove(place); }
                3 => bytes.truncate(place),
                _ => bytes.insert(place, byte),
            }
        }
        swallow(&bytes, &columns);
    }

    #[test]
    fn noise(bytes in proptest::collection::vec(any::<u8>(), 0..100), columns in table()) {
        swallow(&bytes, &columns);
    }

    #[test]
    fn noise_of_marks(text in "[\\[\\]{}\",:\\\\n0-9a-c\r\n .eE+-]{0,60}", columns in table()) {
        swallow(text.as_bytes(), &columns);
    }
}
