//! What is refused, in what words, and that the table then is as it was.

use super::*;
use crate::error::{Error, Kind};
use crate::graph::Graph;
use crate::view::{ViewConfig, WindowSpec};
use arrow_array::*;
use arrow_buffer::i256;

fn base() -> RecordBatch {
    batch(vec![
        ("small", Arc::new(Int8Array::from(vec![1, 2]))),
        ("text", Arc::new(StringArray::from(vec!["a", "b"]))),
        ("time", Arc::new(TimestampMillisecondArray::from(vec![1, 2]))),
        (
            "money",
            Arc::new(Decimal128Array::from(vec![1, 2]).with_precision_and_scale(4, 2).unwrap()),
        ),
    ])
}

/// The error of appending `second` after `first`, having checked that nothing has changed.
fn refused(columns: Vec<(&str, ArrayRef)>) -> Error {
    let mut graph = Graph::default();
    let id = graph.add_table(table(stream(&[base()])));
    let config = ViewConfig::parse(r#"{"group_by": ["text"]}"#).unwrap();
    let view = graph.add_view(id, config).unwrap();
    let memory = graph.memory();
    // A good batch before the bad one: both or none.
    let good = base().project(&[1]).unwrap();
    let mut bytes = stream(&[good]);
    assert_eq!(append_ipc(&mut table(stream(&[base()])), bytes.clone()).unwrap(), 2);
    bytes = stream(&[batch(columns)]);

    let table = graph.table_mut(id).unwrap();
    let error = append_ipc(table, bytes).unwrap_err();
    assert_eq!(table.size(), 2);
    assert!(table.changes().is_empty());
    assert_eq!(table.columns()[1].strings().unwrap().len(), 2);
    assert!(graph.tick().is_empty());
    let (view, table) = graph.view(view).unwrap();
    assert_eq!(view.read(table, WindowSpec::default()).num_rows, 3);
    assert_eq!(graph.memory().1, memory.1);
    error
}

#[track_caller]
fn says(error: &Error, kind: Kind, place: Option<&str>, message: &str, expected: Option<&str>) {
    assert_eq!(error.kind, kind);
    assert_eq!(error.place.as_deref(), place);
    assert_eq!(error.message, message);
    assert_eq!(error.expected.as_deref(), expected);
}

#[test]
fn an_unknown_column() {
    let error = refused(vec![
        ("text", Arc::new(StringArray::from(vec!["new"]))),
        ("smal", Arc::new(Int8Array::from(vec![1]))),
    ]);
    let known = Some("one of: small, text, time, money");
    says(
        &error,
        Kind::UnknownColumn,
        None,
        "unknown column \"smal\", did you mean \"small\"?",
        known,
    );
}

#[test]
fn a_type_that_does_not_go_into_the_column() {
    let error = refused(vec![
        ("text", Arc::new(StringArray::from(vec!["new"]))),
        ("small", Arc::new(StringArray::from(vec!["1"]))),
    ]);
    let place = Some("column \"small\"");
    says(&error, Kind::TypeMismatch, place, "a column of type Utf8", Some("int8"));
    let error = refused(vec![("text", Arc::new(Int64Array::from(vec![1])))]);
    says(
        &error,
        Kind::TypeMismatch,
        Some("column \"text\""),
        "a column of type Int64",
        Some("string"),
    );
}

#[test]
fn a_value_that_does_not_fit() {
    let error = refused(vec![("small", Arc::new(Int64Array::from(vec![None, Some(128)])))]);
    let place = Some("column \"small\"");
    says(&error, Kind::TypeMismatch, place, "128 in row 1 does not fit", Some("int8"));
    let error =
        refused(vec![("time", Arc::new(TimestampMicrosecondArray::from(vec![1000, 1001])))]);
    assert_eq!(error.message, "tick 1001 in row 1 does not fit");
    let error = refused(vec![("time", Arc::new(TimestampSecondArray::from(vec![i64::MAX])))]);
    assert_eq!(error.message, format!("tick {} in row 0 does not fit", i64::MAX));
    let money = |unscaled: i256| -> ArrayRef {
        let array = Decimal256Array::from(vec![unscaled]);
        Arc::new(array.with_precision_and_scale(40, 2).unwrap())
    };
    let error = refused(vec![("money", money(i256::from_i128(10_000)))]);
    says(
        &error,
        Kind::TypeMismatch,
        Some("column \"money\""),
        "10000 in row 0 does not fit",
        Some("decimal(4, 2)"),
    );
    refused(vec![("money", money(i256::from_i128(i128::MAX) * i256::from_i128(10)))]);
}

#[test]
fn the_same_column_twice() {
    let error = refused(vec![
        ("text", Arc::new(StringArray::from(vec!["new"]))),
        ("text", Arc::new(StringArray::from(vec!["newer"]))),
    ]);
    assert_eq!(
        (error.kind, error.message.as_str()),
        (Kind::InvalidData, "column \"text\" is there twice")
    );
}

#[test]
fn a_bad_batch_takes_the_good_ones_before_it_along() {
    let mut bytes = Vec::new();
    let column = |value: i64| batch(vec![("small", Arc::new(Int64Array::from(vec![value])))]);
    let mut writer = StreamWriter::try_new(&mut bytes, &column(0).schema()).unwrap();
    [1, 2, 300].iter().for_each(|value| writer.write(&column(*value)).unwrap());
    writer.finish().unwrap();
    drop(writer);
    let mut table = table(stream(&[base()]));
    assert!(append_ipc(&mut table, bytes).is_err());
    assert_eq!(table.size(), 2);
}

#[test]
fn a_decimal_that_is_too_long_for_any_column() {
    let array = Decimal256Array::from(vec![i256::ONE]).with_precision_and_scale(76, 0).unwrap();
    let bytes = stream(&[batch(vec![("big", Arc::new(array))])]);
    let error = table_from_ipc(bytes, TableOptions::default()).unwrap_err();
    let place = Some("column \"big\"");
    says(
        &error,
        Kind::Unsupported,
        place,
        "type Decimal256(76, 0)",
        Some("a decimal of at most 38 digits"),
    );
}

#[test]
fn columns_that_are_absent_are_null() {
    let mut table = table(stream(&[base()]));
    let text = batch(vec![("text", Arc::new(StringArray::from(vec!["c"])))]);
    let small = batch(vec![("small", Arc::new(Int8Array::from(vec![3])))]);
    assert_eq!(append_ipc(&mut table, stream(&[text])).unwrap(), 1);
    assert_eq!(append_ipc(&mut table, stream(&[small])).unwrap(), 1);
    let row =
        |row: usize| (0..4).map(|column| texts(&table, column)[row].clone()).collect::<Vec<_>>();
    assert_eq!(row(2), ["null", "c", "null", "null"]);
    assert_eq!(row(3), ["3", "null", "null", "null"]);
}

#[test]
fn refused_data_leaves_no_memory_behind() {
    let mut table = table(stream(&[base()]));
    let mut after = 0;
    for round in 0..200 {
        let words = (0..100).map(|i| format!("word {round} {i}"));
        let words: ArrayRef = Arc::new(StringArray::from_iter_values(words));
        let bad: ArrayRef = Arc::new(Int64Array::from(vec![1000; 100]));
        let bytes = stream(&[batch(vec![("text", words), ("small", bad)])]);
        assert!(append_ipc(&mut table, bytes).is_err());
        if round == 50 {
            after = table.memory();
        }
    }
    assert!(table.memory() <= after, "{} > {after}", table.memory());
}
