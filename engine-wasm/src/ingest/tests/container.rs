//! Streams and files: compressed or not, ended or not, with dictionaries that grow.

use super::*;
use crate::ingest::{FrameHeader, frame_header};
use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Int32Array, Int64Array, StringArray};
use arrow_ipc::writer::DictionaryHandling;
use std::collections::HashMap;

const EOS: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

fn two_batches() -> [RecordBatch; 2] {
    let numbers = |from: i64| -> ArrayRef { Arc::new((from..from + 1000).collect::<Int64Array>()) };
    let words = |word: &str| -> ArrayRef {
        let words = (0..1000).map(|i| (i % 7 != 0).then(|| format!("{word}{}", i % 50)));
        Arc::new(
            words
                .collect::<Vec<_>>()
                .iter()
                .map(Option::as_deref)
                .collect::<DictionaryArray<Int32Type>>(),
        )
    };
    [("a", 0), ("b", 1000)]
        .map(|(word, from)| batch(vec![("number", numbers(from)), ("word", words(word))]))
}

#[test]
fn files_streams_and_compressed_streams_hold_the_same() {
    let batches = two_batches();
    // A file has one dictionary a column, so its batches have the words of the first.
    let [first, _] = &batches;
    let expected = table(stream(&[first.clone(), first.clone()]));
    let file = table(file(&[first.clone(), first.clone()]));
    let compressed_bytes = compressed_stream(&batches);
    assert!(compressed_bytes.len() < stream(&batches).len());
    let (plain, compressed) = (table(stream(&batches)), table(compressed_bytes));
    for column in 0..2 {
        assert_eq!(texts(&file, column), texts(&expected, column));
        assert_eq!(texts(&compressed, column), texts(&plain, column));
    }
    assert_eq!(plain.size(), 2000);
    assert_eq!(texts(&plain, 1)[1001], "b1");
}

#[test]
fn an_end_of_stream_may_be_missing() {
    let whole = stream(&two_batches());
    let bare = whole.strip_suffix(&EOS).unwrap().to_vec();
    assert_eq!(table(bare.clone()).size(), 2000);
    assert_eq!(table(bare).size(), table(whole).size());
}

#[test]
fn a_stream_of_a_schema_alone_is_an_empty_table() {
    let empty = batch(vec![("x", Arc::new(Int64Array::new_null(0)))]);
    let writer = StreamWriter::try_new(Vec::new(), &empty.schema()).unwrap();
    let whole = writer.into_inner().unwrap();
    let bare = whole.strip_suffix(&EOS).unwrap().to_vec();
    for bytes in [whole, bare] {
        let mut table = table(bytes.clone());
        assert_eq!((table.size(), columns(&table)[0].1.as_str()), (0, "int64"));
        assert_eq!(append_ipc(&mut table, bytes).unwrap(), 0);
    }
}

#[test]
fn the_oldest_form_of_a_message_has_no_continuation() {
    let bytes = stream(&two_batches()[..1]);
    let mut old = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((message, length)) = crate::ingest::ipc::message(rest).unwrap() {
        let body = message.bodyLength() as usize;
        old.extend_from_slice(&rest[4..length + body]);
        rest = &rest[length + body..];
    }
    old.extend_from_slice(&[0; 4]);
    assert_eq!(texts(&table(old), 0), texts(&table(bytes), 0));
}

/// A stream whose second batch brings only the values that the first did not have.
fn delta_stream(first: ArrayRef, both: ArrayRef) -> Vec<u8> {
    let keys = |keys: Vec<i32>, values: &ArrayRef| {
        let array = DictionaryArray::<Int32Type>::new(Int32Array::from(keys), values.clone());
        batch(vec![("x", Arc::new(array))])
    };
    let options = IpcWriteOptions::default().with_dictionary_handling(DictionaryHandling::Delta);
    let batches = [keys(vec![0, 1], &first), keys(vec![2, 0], &both)];
    let schema = batches[0].schema();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

#[test]
fn dictionaries_grow_by_deltas() {
    let both = StringArray::from(vec![Some("a"), None, Some("c")]);
    let first = both.slice(0, 2);
    let grown = table(delta_stream(Arc::new(first), Arc::new(both)));
    assert_eq!(texts(&grown, 0), ["a", "null", "c", "a"]);
    let both = Int64Array::from(vec![Some(1), None, Some(3)]);
    let grown = table(delta_stream(Arc::new(both.slice(0, 2)), Arc::new(both)));
    assert_eq!(texts(&grown, 0), ["1", "null", "3", "1"]);
}

#[test]
fn a_frame_says_what_it_is() {
    let [batch, _] = two_batches();
    let metadata = [("millrace.feed", "trades"), ("millrace.seq", "7"), ("other", "x")];
    let metadata: HashMap<_, _> =
        metadata.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let schema = Arc::new(batch.schema().as_ref().clone().with_metadata(metadata));
    let bytes = stream(&[batch.with_schema(schema).unwrap()]);
    let entries = [("feed", "trades"), ("seq", "7")];
    let entries = entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    assert_eq!(frame_header(&bytes).unwrap(), FrameHeader { entries });
    assert!(frame_header(b"").is_err());
    assert!(frame_header(b"{\"type\": \"hello\"}").is_err());
    assert!(frame_header(&EOS).is_err());
}
