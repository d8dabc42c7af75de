//! One JSON object a record, straight into columns.
//!
//! The parser is `serde_json`: strict, in one pass, and it says where a record is wrong. It
//! writes into the columns as it goes; a bad record is taken back and costs no more than a good
//! one. (`arrow-json` decodes a batch at a time, takes `1.5` for an integer as 1, and does not
//! mind missing commas or two documents in one record.)
//!
//! Names that are not columns are skipped. A column that a record lacks has its default, or null.

use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::Places;
use super::builder::Builder;
use super::columns::Value;
use super::paths::{Fields, Layout, Target};

/// Reads JSON objects into columns.
#[derive(Debug)]
pub(super) struct JsonReader {
    fields: Fields,
    layout: Layout,
}

impl JsonReader {
    /// A reader into these columns. The list at `explode`, where there is one, becomes rows.
    pub(super) fn new(columns: &Places<'_>, explode: Option<&[String]>) -> Self {
        Self {
            fields: Fields::new(columns.iter().copied(), explode),
            layout: Layout::new(columns, explode),
        }
    }

    /// Reads one record, and says how many rows it is.
    ///
    /// # Errors
    /// When it is not one JSON object whose values fit the columns.
    pub(super) fn read(&mut self, payload: &[u8], out: &mut Builder) -> Result<usize, String> {
        let row = out.rows();
        let mut sink = Sink { out, elements: self.layout.elements(), row, count: 0 };
        let mut json = serde_json::Deserializer::from_slice(payload);
        json.deserialize_map(Object { fields: &self.fields, sink: &mut sink, row })
            .and_then(|()| json.end())
            .map_err(|error| {
                if error.is_data() { error.to_string() } else { format!("not JSON: {error}") }
            })?;
        let count = sink.count;
        Ok(self.layout.finish(out, count))
    }
}

/// Where values go.
struct Sink<'o> {
    out: &'o mut Builder,
    /// The columns of elements.
    elements: &'o [usize],
    /// The first row of the record.
    row: usize,
    /// Elements of the exploded list.
    count: usize,
}

/// An object whose fields go where the tree of paths says.
struct Object<'p, 's, 'o> {
    fields: &'p Fields,
    sink: &'s mut Sink<'o>,
    row: usize,
}

impl<'de> Visitor<'de> for Object<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    /// An inner object that is null lacks all of its fields.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut guess = 0;
        while let Some(found) = map.next_key_seed(Name { fields: self.fields, guess })? {
            let Some(field) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            guess = field + 1;
            match self.fields.target(field) {
                // Nearly all of them; the same as below, without a step between.
                Target::Column(column) if !self.sink.out.column(*column).wants_raw() => {
                    let value = map.next_value_seed(Scalar)?;
                    self.sink.out.put(*column, self.row, &value).map_err(A::Error::custom)?;
                }
                target => {
                    map.next_value_seed(Place { target, sink: self.sink, row: self.row })?;
                }
            }
        }
        Ok(())
    }
}

/// The place of one value.
struct Place<'p, 's, 'o> {
    target: &'p Target,
    sink: &'s mut Sink<'o>,
    row: usize,
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let Place { target, sink, row } = self;
        match target {
            Target::Column(column) => {
                let put = if sink.out.column(*column).wants_raw() {
                    let raw = <&RawValue>::deserialize(json)?;
                    sink.out.put(*column, row, &Value::Raw(raw.get()))
                } else {
                    sink.out.put(*column, row, &Scalar.deserialize(json)?)
                };
                put.map_err(D::Error::custom)
            }
            Target::Object(fields) => json.deserialize_any(Object { fields, sink, row }),
            Target::Elements(target) => json.deserialize_any(Elements { target, sink }),
            Target::Several(targets) => {
                let raw = <&RawValue>::deserialize(json)?;
                for target in targets {
                    let mut json = serde_json::Deserializer::from_str(raw.get());
                    let place = Place { target, sink, row };
                    place.deserialize(&mut json).map_err(|error| {
                        // The place in the part means nothing to who reads the whole.
                        let error = error.to_string();
                        let what = error.rsplit_once(" at line ").map_or(&*error, |(what, _)| what);
                        D::Error::custom(what)
                    })?;
                }
                Ok(())
            }
            Target::Nothing => IgnoredAny::deserialize(json).map(|_| ()),
        }
    }
}

/// The list whose elements become rows. Null is a list of none.
struct Elements<'p, 's, 'o> {
    target: &'p Target,
    sink: &'s mut Sink<'o>,
}

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, whose elements become rows")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.sink.count = 0;
        self.sink.out.cut(self.sink.elements, self.sink.row);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Elements { target, sink } = self;
        // A name that comes twice in a record: the last one counts.
        sink.out.cut(sink.elements, sink.row);
        let mut row = sink.row;
        while seq.next_element_seed(Place { target, sink: &mut *sink, row })?.is_some() {
            row += 1;
            sink.out.fill(sink.elements, row);
        }
        sink.count = row - sink.row;
        Ok(())
    }
}

/// A name in the record, which becomes the number of a field.
struct Name<'p> {
    fields: &'p Fields,
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.fields.find(name, self.guess))
    }
}

/// A value that is not nested.
pub(super) struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(u64::try_from(value).map_or(Value::Negative(value), Value::Natural))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Natural(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(value.to_string().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Nested)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{
        Decimal128Type, Float32Type, Float64Type, Int8Type, Int32Type, Int64Type,
        TimestampMillisecondType, UInt64Type,
    };
    use arrow_schema::{Schema, SchemaRef};
    use proptest::prelude::*;

    use crate::config::{self, ColumnType};
    use crate::decode::Decoder;

    fn columns(spec: &[(&str, &str)]) -> Vec<config::Column> {
        spec.iter()
            .map(|(name, kind)| config::Column {
                name: name.to_string(),
                kind: ColumnType::parse(kind).unwrap(),
            })
            .collect()
    }

    fn schema(columns: &[config::Column]) -> SchemaRef {
        Arc::new(Schema::new(columns.iter().map(config::Column::field).collect::<Vec<_>>()))
    }

    /// One column `v` of a type, and whether a value lands in it.
    fn lands(kind: &str, value: &str) -> Result<usize, String> {
        let columns = columns(&[("v", kind)]);
        Decoder::json(&columns).push_value(format!("{{\"v\":{value}}}").as_bytes())
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        for (kind, bad) in [
            ("float64", "\"abc\""),
            ("float64", "true"),
            ("float64", "[1]"),
            ("float64", "\"\""),
            ("float32", "1e39"),
            ("float64", "1e999"),
            ("int8", "300"),
            ("int8", "-129"),
            ("int32", "1.5"),
            ("int64", "9223372036854775808"),
            ("int64", "1e300"),
            ("int64", "\"1.5\""),
            ("uint8", "256"),
            ("uint64", "-1"),
            ("uint64", "18446744073709551616"),
            ("bool", "1"),
            ("bool", "\"true\""),
            ("string", "1"),
            ("string", "{}"),
            ("date", "\"2024-13-01\""),
            ("date", "19000"),
            ("timestamp(ms)", "\"soon\""),
            ("timestamp(ms)", "1.5"),
            ("timestamp(ms)", "true"),
            ("decimal(5, 2)", "1.005"),
            ("decimal(5, 2)", "1000"),
            ("decimal(5, 2)", "\"x\""),
            ("decimal(5, 2)", "true"),
            ("decimal(5, 2)", "[1]"),
        ] {
            let error = lands(kind, bad).expect_err(&format!("{bad} landed in {kind}"));
            assert!(!error.is_empty());
        }
    }

    #[test]
    fn values_that_fit_land() {
        for (kind, good) in [
            ("float64", "1"),
            ("float64", "\"1.25\""),
            ("int8", "-128"),
            ("int64", "9223372036854775807"),
            ("int32", "1e3"),
            ("uint64", "18446744073709551615"),
            ("bool", "false"),
            ("string", "\"ü\\u00fc\\n\""),
            ("date", "\"2024-01-31\""),
            ("timestamp(ms)", "\"2024-01-31T10:11:12.123Z\""),
            ("timestamp(ms)", "\"2024-01-31T10:11:12.123456\""),
            ("timestamp(ms)", "1706695872123"),
            ("decimal(5, 2)", "999.99"),
            ("decimal(5, 2)", "\"-1.50\""),
            ("decimal(5, 2)", "1.5e1"),
            ("decimal(5, 2)", "0e-99"),
            ("json", "{\"a\":[1,2]}"),
            ("json", "1"),
            ("int64", "null"),
            ("json", "null"),
            ("decimal(5, 2)", "null"),
        ] {
            lands(kind, good).unwrap_or_else(|e| panic!("{good} in {kind}: {e}"));
        }
    }

    #[test]
    fn a_record_is_one_object() {
        let columns = columns(&[("a", "int64")]);
        let mut decoder = Decoder::json(&columns);
        for bad in [
            "",
            " ",
            "null",
            "1",
            "[]",
            "[{\"a\":1}]",
            "{\"a\":1}{\"a\":2}",
            "{\"a\":1} {\"a\":2}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{\"a\":1 \"b\":2}",
            "{'a':1}",
            "{\"a\":01}",
            "not json",
            "{\"a\":{}",
        ] {
            assert!(decoder.push_value(bad.as_bytes()).is_err(), "{bad} landed");
        }
        assert!(decoder.push_value(b"{\"a\":1,\"x\xff\":2}").is_err());
        assert!(decoder.push_value(&vec![b'['; 100_000]).is_err());
        assert_eq!(decoder.rows(), 0);
        decoder.push_value(b" \n{\"a\":7}\r\n ").unwrap();
        let batch = decoder.finish(schema(&columns));
        assert_eq!(batch.column(0).as_primitive::<Int64Type>().values(), &[7]);
    }

    #[test]
    fn a_bad_record_leaves_no_trace() {
        let columns = columns(&[("s", "string"), ("n", "int8"), ("d", "decimal(6, 2)")]);
        let mut decoder = Decoder::json(&columns);
        decoder.push_value(br#"{"s":"a","n":1,"d":1.25}"#).unwrap();
        decoder.push_value(br#"{"s":"lost","d":3,"n":300}"#).unwrap_err();
        decoder.push_value(br#"{"n":2,"other":{"deep":[1,2]}}"#).unwrap();
        decoder.push_value(br#"{"s":"b","n":3,"n":4,"s":"a"}"#).unwrap();
        let batch = decoder.finish(schema(&columns));
        assert_eq!(batch.num_rows(), 3);
        assert_eq!(batch.column(1).as_primitive::<Int8Type>().values(), &[1, 2, 4]);
        let strings = batch.column(0).as_dictionary::<Int32Type>();
        let values = strings.values().as_string::<i32>();
        let text = |row: usize| values.value(strings.keys().value(row) as usize);
        assert_eq!((text(0), strings.is_null(1), text(2)), ("a", true, "a"));
        let decimals = batch.column(2).as_primitive::<Decimal128Type>();
        assert_eq!((decimals.value(0), decimals.is_null(1)), (125, true));
        assert_eq!(decoder.rows(), 0);
        assert_eq!(decoder.finish(schema(&columns)).num_rows(), 0);
    }

    #[test]
    fn numbers_are_exact() {
        let columns =
            columns(&[("i", "int64"), ("u", "uint64"), ("f", "float32"), ("t", "timestamp(ms)")]);
        let mut decoder = Decoder::json(&columns);
        decoder
            .push_value(br#"{"i":9007199254740993,"u":18446744073709551615,"f":0.1,"t":"1970-01-01T01:00:00+01:00"}"#)
            .unwrap();
        let batch = decoder.finish(schema(&columns));
        assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 9007199254740993);
        assert_eq!(batch.column(1).as_primitive::<UInt64Type>().value(0), u64::MAX);
        assert_eq!(batch.column(2).as_primitive::<Float32Type>().value(0), 0.1);
        assert_eq!(batch.column(3).as_primitive::<TimestampMillisecondType>().value(0), 0);
    }

    proptest! {
        /// A float is the nearest to what was written, as every other reader has it.
        #[test]
        fn floats_are_what_was_written(bits in any::<u64>(), digits in "[0-9]{1,17}\\.[0-9]{1,17}") {
            let exact = f64::from_bits(bits);
            let mut texts = vec![digits];
            if exact.is_finite() {
                texts.push(format!("{exact:?}"));
            }
            let columns = columns(&[("f", "float64")]);
            for text in texts.iter().map(|text| text.trim_start_matches('0')).filter(|t| !t.starts_with('.')) {
                let mut decoder = Decoder::json(&columns);
                decoder.push_value(format!("{{\"f\":{text}}}").as_bytes()).unwrap();
                let batch = decoder.finish(schema(&columns));
                let read = batch.column(0).as_primitive::<Float64Type>().value(0);
                prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
            }
        }
    }

    #[test]
    fn the_reason_names_column_and_value() {
        let error = lands("int8", "300").unwrap_err();
        assert!(
            error.contains("column \"v\": expected a number that fits int8, found 300"),
            "{error}"
        );
        let error = lands("int8", "tru").unwrap_err();
        assert!(error.starts_with("not JSON: "), "{error}");
    }
}
