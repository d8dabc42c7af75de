//! Bytes meant to harm, or damaged on the way: they are refused or read, and never do
//! they bring the engine down. (In WebAssembly a panic would.)

use super::*;
use crate::ingest::frame_header;
use crate::table::ListFlatten;
use arrow_array::types::*;
use arrow_array::*;
use arrow_buffer::i256;
use arrow_schema::DataType as ArrowType;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Data with every kind of array in it.
fn everything(rows: usize) -> RecordBatch {
    let odd = |i: &usize| i % 2 == 1;
    let words: Vec<Option<String>> =
        (0..rows).map(|i| odd(&i).then(|| format!("a word of some length, {i}"))).collect();
    let words = || words.iter().map(Option::as_deref);
    let numbers = || (0..rows as i64).map(|i| (i % 3 > 0).then_some(i - 2));
    let lists = (0..rows).map(|i| odd(&i).then(|| (0..i as i32 % 4).map(Some)));
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(lists);
    let ends = Int32Array::from(vec![rows as i32 / 2, rows as i32]);
    let runs = RunArray::try_new(&ends, &StringArray::from(vec![Some("run"), None])).unwrap();
    let pairs = StructArray::from(vec![
        (
            Arc::new(Field::new("n", ArrowType::Int64, true)),
            Arc::new(numbers().collect::<Int64Array>()) as ArrayRef,
        ),
        (
            Arc::new(Field::new("b", ArrowType::Boolean, true)),
            Arc::new((0..rows).map(|i| Some(odd(&i))).collect::<BooleanArray>()),
        ),
    ]);
    let fields = arrow_schema::UnionFields::from_fields([
        Field::new("n", ArrowType::Int64, true),
        Field::new("t", ArrowType::Utf8, true),
    ]);
    let union = UnionArray::try_new(
        fields,
        (0..rows).map(|i| (i % 2) as i8).collect(),
        Some((0..rows as i32).collect()),
        vec![
            Arc::new(numbers().collect::<Int64Array>()),
            Arc::new(words().collect::<StringArray>()),
        ],
    );
    let fixed = FixedSizeListArray::from_iter_primitive::<Int16Type, _, _>(
        (0..rows).map(|i| odd(&i).then_some([Some(1), None])),
        2,
    );
    let views = ListViewArray::new(
        Arc::new(Field::new("item", ArrowType::Int64, true)),
        (0..rows as i32).map(|i| i / 2).collect(),
        (0..rows as i32).map(|i| i % 3).collect(),
        Arc::new(numbers().chain([None, None, None]).collect::<Int64Array>()),
        None,
    );
    let mut maps =
        builder::MapBuilder::new(None, builder::StringBuilder::new(), builder::Int8Builder::new());
    for i in 0..rows {
        maps.keys().append_value(format!("k{i}"));
        maps.values().append_value(i as i8);
        maps.append(odd(&i)).unwrap();
    }
    let nested: DictionaryArray<Int8Type> = (0..rows).map(|i| odd(&i).then_some("n")).collect();
    let nested = ListArray::new(
        Arc::new(Field::new("item", nested.data_type().clone(), true)),
        arrow_buffer::OffsetBuffer::from_lengths(vec![1; rows]),
        Arc::new(nested),
        None,
    );
    let decimals =
        Decimal256Array::from_iter(numbers().map(|n| n.map(|n| i256::from_i128(n.into()))));
    batch(vec![
        ("int", Arc::new(numbers().collect::<Int64Array>())),
        ("text", Arc::new(words().collect::<StringArray>())),
        ("dictionary", Arc::new(words().collect::<DictionaryArray<Int16Type>>())),
        ("view", Arc::new(words().collect::<StringViewArray>())),
        ("runs", Arc::new(runs)),
        ("struct", Arc::new(pairs)),
        ("list", Arc::new(lists)),
        ("union", Arc::new(union.unwrap())),
        ("fixed", Arc::new(fixed)),
        ("list_view", Arc::new(views)),
        ("map", Arc::new(maps.finish())),
        ("nested", Arc::new(nested)),
        ("decimal", Arc::new(decimals.with_precision_and_scale(38, 2).unwrap())),
        (
            "binary",
            Arc::new(
                FixedSizeBinaryArray::try_from_iter(vec![[1u8, 2]; rows].into_iter()).unwrap(),
            ),
        ),
        ("null", Arc::new(NullArray::new(rows))),
    ])
}

/// The same data in all forms.
static FORMS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let batch = everything(6);
    let one = std::slice::from_ref(&batch);
    vec![stream(one), compressed_stream(one), file(one), stream(&[batch.project(&[0, 2]).unwrap()])]
});

/// What comes of bytes, by each way in. Whatever that is, a table that refuses them has
/// not changed.
fn swallow(bytes: &[u8]) {
    swallow_as(bytes, ListFlatten::Stringify);
}

fn swallow_as(bytes: &[u8], list_flatten: ListFlatten) {
    let _ = frame_header(bytes);
    let options = TableOptions { limit: Some(1000), list_flatten, ..TableOptions::default() };
    if let Ok(mut made) = table_from_ipc(bytes.to_vec(), options) {
        let size = made.size();
        match append_ipc(&mut made, bytes.to_vec()) {
            Ok(rows) => assert_eq!(made.size(), (size + rows as u64).min(1000)),
            Err(_) => assert_eq!(made.size(), size),
        }
        (0..made.columns().len()).for_each(|column| drop(texts(&made, column)));
    }
}

#[test]
fn bytes_that_end_anywhere() {
    for form in FORMS.iter() {
        for length in (0..form.len()).filter(|n| n % 3 == 0 || n + 200 > form.len()) {
            swallow(&form[..length]);
        }
    }
}

#[test]
fn every_byte_turned_over() {
    for form in FORMS.iter() {
        let mut bytes = form.clone();
        for place in 0..bytes.len() {
            let flip = if place % 2 == 0 { 0x01 } else { 0xff };
            bytes[place] ^= flip;
            swallow(&bytes);
            bytes[place] ^= flip;
        }
    }
}

#[test]
fn absurd_numbers_at_every_word() {
    let words = [i64::MAX, i64::MIN, -1, (1 << 32) - 1, 1 << 31, 1 << 27, 255 << 8];
    for form in FORMS.iter() {
        let mut bytes = form.clone();
        for place in (0..bytes.len() - 8).step_by(4) {
            let held: [u8; 8] = bytes[place..place + 8].try_into().unwrap();
            for word in [words[place / 4 % words.len()], words[place / 4 % 5]] {
                bytes[place..place + 8].copy_from_slice(&word.to_le_bytes());
                swallow(&bytes);
            }
            bytes[place..place + 8].copy_from_slice(&held);
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(1000))]

    #[test]
    fn damage_of_any_kind(
        form in 0usize..4,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0u8..4), 1..8),
    ) {
        let mut bytes = FORMS[form].clone();
        for (place, byte, kind) in damage {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes[place] = 0,
                2 => { bytes.remove(place); }
                _ => bytes.insert(place, byte),
            }
        }
        swallow(&bytes);
        swallow_as(&bytes, ListFlatten::Cartesian);
    }

    #[test]
    fn noise(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        swallow(&bytes);
        swallow(&[&b"ARROW1\0\0"[..], &bytes, &b"ARROW1"[..]].concat());
        swallow(&[&[0xff, 0xff, 0xff, 0xff, 64, 0, 0, 0][..], &bytes].concat());
    }
}

/// `needle` in `bytes`, which is there once, becomes `with`.
fn replaced(mut bytes: Vec<u8>, needle: &[u8], with: &[u8]) -> Vec<u8> {
    let mut places = bytes.windows(needle.len()).enumerate().filter(|(_, w)| *w == needle);
    let place = places.next().unwrap().0;
    assert!(places.next().is_none(), "{needle:?} is there twice");
    bytes[place..place + with.len()].copy_from_slice(with);
    bytes
}

#[track_caller]
fn refused(bytes: Vec<u8>, why: &str) {
    let error = table_from_ipc(bytes, TableOptions::default()).unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
}

#[test]
fn text_that_is_not_utf8() {
    let bytes = stream(&[batch(vec![("x", Arc::new(StringArray::from(vec!["needle"])))])]);
    refused(replaced(bytes, b"needle", b"n\xc3\x28dle"), "Invalid UTF8");
}

#[test]
fn a_key_outside_its_dictionary() {
    let keys = UInt32Array::from(vec![0, 1, 0, 0, 1, 1, 1, 0]);
    let array = DictionaryArray::new(keys.clone(), Arc::new(StringArray::from(vec!["a", "b"])));
    let bytes = stream(&[batch(vec![("x", Arc::new(array))])]);
    let keys: Vec<u8> = keys.values().iter().flat_map(|key| key.to_le_bytes()).collect();
    let mut wrong = keys.clone();
    wrong[0] = 2;
    refused(replaced(bytes, &keys, &wrong), "should be in [0, 1]");
}

#[test]
fn a_compressed_array_that_claims_to_become_huge() {
    let zeros: ArrayRef = Arc::new(Int64Array::from(vec![7; 5000]));
    let bytes = compressed_stream(&[batch(vec![("x", zeros)])]);
    let size = 40_000i64.to_le_bytes();
    refused(replaced(bytes.clone(), &size, &(1i64 << 40).to_le_bytes()), "compressed");
    refused(replaced(bytes.clone(), &size, &i64::MIN.to_le_bytes()), "compressed");
    refused(replaced(bytes, &size, &41_000i64.to_le_bytes()), "41000");
}

#[test]
fn rows_that_nothing_holds() {
    let bytes = stream(&[batch(vec![("x", Arc::new(NullArray::new(0x0101_0101)))])]);
    refused(bytes, "more values than its bytes");
    let options = RecordBatchOptions::new().with_row_count(Some(1 << 40));
    let none =
        RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options).unwrap();
    let mut held = table(FORMS[3].clone());
    assert!(append_ipc(&mut held, stream(&[none])).unwrap_err().message.contains("too long"));
}

#[test]
fn lists_that_overlap_without_end() {
    // Each level lists the one below it a hundred times: 100⁸ numbers, in 20 kB.
    let mut values: ArrayRef = Arc::new(Int64Array::from(vec![1; 100]));
    for _ in 0..8 {
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        let lists =
            ListViewArray::new(item, vec![0; 100].into(), vec![100; 100].into(), values, None);
        values = Arc::new(lists);
    }
    refused(stream(&[batch(vec![("x", values)])]), "16 MiB");
}
