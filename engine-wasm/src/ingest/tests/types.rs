//! Every Arrow type: what column it makes, what its values become, and that they leave the
//! engine as they came.

use super::*;
use crate::export;
use crate::graph::Graph;
use crate::view::{View, ViewConfig, WindowSpec};
use arrow_array::builder::*;
use arrow_array::types::*;
use arrow_array::*;
use arrow_buffer::{IntervalDayTime, IntervalMonthDayNano, NullBuffer, OffsetBuffer, i256};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType as ArrowType, Fields, UnionFields, UnionMode};
use std::io::Cursor;

/// The type and the values of the column that `array` becomes. Checks on the way that a
/// view of it, written as Arrow, is read by Arrow and by ourselves as the same column.
fn taken(array: impl Array + 'static) -> (String, Vec<String>) {
    let array: ArrayRef = Arc::new(array);
    let batch = batch(vec![("x", array.clone())]);
    let table = table(stream(std::slice::from_ref(&batch)));
    let found = (columns(&table)[0].1.clone(), texts(&table, 0));

    let arrow_type = table.schema().fields()[0].data_type.to_arrow();
    let mut graph = Graph::default();
    let table = graph.add_table(table);
    let view = graph.add_view(table, ViewConfig::default()).unwrap();
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    for compression in [export::Compression::None, export::Compression::Lz4] {
        let written = export::to_ipc(&window, compression).unwrap();
        let read = StreamReader::try_new(Cursor::new(written.clone()), None).unwrap();
        let read = read.collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(read[0].schema().field(0).data_type(), &arrow_type);
        if array.data_type() == &arrow_type {
            let (a, b) = (array.to_data(), read[0].column(0).to_data());
            let is_same = a == b || matches!(arrow_type, ArrowType::Dictionary(..));
            assert!(is_same, "{a:?} became {b:?}");
        }
        let again = super::table(written);
        assert_eq!((columns(&again)[0].1.clone(), texts(&again, 0)), found);
    }
    found
}

fn check(array: impl Array + 'static, data_type: &str, values: &[&str]) {
    let (found_type, found) = taken(array);
    assert_eq!(
        (found_type.as_str(), found),
        (data_type, values.iter().map(|v| (*v).to_owned()).collect())
    );
}

#[test]
fn integers_keep_their_width() {
    check(Int8Array::from(vec![Some(-128), None]), "int8", &["-128", "null"]);
    check(Int16Array::from(vec![-1, i16::MAX]), "int16", &["-1", "32767"]);
    check(Int32Array::from(vec![i32::MIN]), "int32", &["-2147483648"]);
    check(
        Int64Array::from(vec![i64::MIN, i64::MAX]),
        "int64",
        &[&i64::MIN.to_string(), &i64::MAX.to_string()],
    );
    check(UInt8Array::from(vec![255]), "uint8", &["255"]);
    check(UInt16Array::from(vec![65535]), "uint16", &["65535"]);
    check(UInt32Array::from(vec![u32::MAX]), "uint32", &["4294967295"]);
    check(
        UInt64Array::from(vec![None, Some(u64::MAX)]),
        "uint64",
        &["null", &u64::MAX.to_string()],
    );
    check(
        BooleanArray::from(vec![Some(true), None, Some(false)]),
        "boolean",
        &["true", "null", "false"],
    );
}

#[test]
fn floats_keep_their_width_but_the_half_ones() {
    type F16 = <Float16Type as ArrowPrimitiveType>::Native;
    let halves = Float16Array::from(vec![Some(F16::from_f32(0.1)), None, Some(F16::NAN)]);
    check(halves, "float32", &["0.099975586", "null", "NaN"]);
    check(Float32Array::from(vec![0.1, f32::INFINITY]), "float32", &["0.1", "inf"]);
    check(Float64Array::from(vec![Some(0.1), None, Some(-0.0)]), "float64", &["0.1", "null", "-0"]);
}

#[test]
fn decimals_of_up_to_38_digits_are_exact() {
    let array = Decimal32Array::from(vec![Some(-12345), None]);
    check(array.with_precision_and_scale(9, 2).unwrap(), "decimal(9, 2)", &["-123.45", "null"]);
    let array = Decimal64Array::from(vec![10i64.pow(17)]);
    check(
        array.with_precision_and_scale(18, 18).unwrap(),
        "decimal(18, 18)",
        &["0.100000000000000000"],
    );
    let array = Decimal128Array::from(vec![10i128.pow(37), -1]);
    check(
        array.with_precision_and_scale(38, 0).unwrap(),
        "decimal(38, 0)",
        &["10000000000000000000000000000000000000", "-1"],
    );
    let array = Decimal128Array::from(vec![7, 0]);
    check(array.with_precision_and_scale(5, -2).unwrap(), "decimal(5, -2)", &["700", "0"]);
    let array = Decimal256Array::from(vec![i256::from_i128(-25)]);
    check(array.with_precision_and_scale(38, 1).unwrap(), "decimal(38, 1)", &["-2.5"]);
}

#[test]
fn whatever_stands_in_the_place_of_a_null_decimal_it_is_null() {
    let nulls = NullBuffer::from(vec![false, true]);
    let array = Decimal128Array::new(vec![i128::MAX, 7].into(), Some(nulls));
    let array = Arc::new(array.with_precision_and_scale(38, 0).unwrap());
    let mut table = table(stream(&[batch(vec![("d", array)])]));
    assert_eq!(texts(&table, 0), ["null", "7"]);
    let grouped = ViewConfig::parse(r#"{"group_by": ["d"]}"#).unwrap();
    let view = View::new(grouped, &mut table).unwrap();
    assert_eq!(view.num_rows(&table), 3);
}

#[test]
fn dates_and_times() {
    check(Date32Array::from(vec![Some(-1), None]), "date32", &["1969-12-31", "null"]);
    check(
        Date64Array::from(vec![86_400_000, -86_400_000]),
        "date32",
        &["1970-01-02", "1969-12-31"],
    );
    let stamp = 1_700_000_000;
    check(TimestampSecondArray::from(vec![stamp]), "timestamp(s)", &["2023-11-14T22:13:20Z"]);
    let array = TimestampMillisecondArray::from(vec![stamp * 1000 + 7]).with_timezone("UTC");
    check(array, "timestamp(ms, UTC)", &["2023-11-14T22:13:20.007Z"]);
    let array =
        TimestampMicrosecondArray::from(vec![Some(-1), None]).with_timezone("Europe/Berlin");
    check(array, "timestamp(us, Europe/Berlin)", &["1969-12-31T23:59:59.999999Z", "null"]);
    let array = TimestampNanosecondArray::from(vec![1]).with_timezone("+02:00");
    check(array, "timestamp(ns, +02:00)", &["1970-01-01T00:00:00.000000001Z"]);
    check(DurationSecondArray::from(vec![Some(90), None]), "int64", &["90", "null"]);
    check(DurationMillisecondArray::from(vec![-5]), "int64", &["-5"]);
    check(DurationMicrosecondArray::from(vec![5]), "int64", &["5"]);
    check(DurationNanosecondArray::from(vec![5]), "int64", &["5"]);
    check(Time32SecondArray::from(vec![Some(3661), None]), "string", &["01:01:01", "null"]);
    check(Time32MillisecondArray::from(vec![1]), "string", &["00:00:00.001"]);
    check(Time64MicrosecondArray::from(vec![86_399_999_999]), "string", &["23:59:59.999999"]);
    check(Time64NanosecondArray::from(vec![1]), "string", &["00:00:00.000000001"]);
    check(IntervalYearMonthArray::from(vec![14]), "string", &["P14M"]);
    check(
        IntervalDayTimeArray::from(vec![IntervalDayTime::new(2, 1500)]),
        "string",
        &["P2DT1.500S"],
    );
    let interval = IntervalMonthDayNano::new(1, -2, 3);
    check(IntervalMonthDayNanoArray::from(vec![interval]), "string", &["P1M-2DT0.000000003S"]);
}

#[test]
fn texts_and_binaries() {
    let values = ["", "a\"b", "日本", "a text that does not fit into a view"];
    check(StringArray::from(values.to_vec()), "string", &values);
    check(LargeStringArray::from(values.to_vec()), "string", &values);
    check(StringViewArray::from(values.to_vec()), "string", &values);
    check(StringArray::from(vec![None, Some("null")]), "string", &["null", "null"]);
    let values: Vec<&[u8]> = vec![b"", b"\x00\xff"];
    check(BinaryArray::from(values.clone()), "string", &["", "00ff"]);
    check(LargeBinaryArray::from(values.clone()), "string", &["", "00ff"]);
    check(BinaryViewArray::from(values), "string", &["", "00ff"]);
    let array = FixedSizeBinaryArray::try_from_iter([[1u8, 2], [0, 254]].into_iter()).unwrap();
    check(array, "string", &["0102", "00fe"]);
}

#[test]
fn a_dictionary_is_its_values() {
    fn of<K: ArrowDictionaryKeyType>() -> DictionaryArray<K> {
        let mut builder = StringDictionaryBuilder::<K>::new();
        [Some("b"), None, Some("a"), Some("b")]
            .iter()
            .for_each(|value| builder.append_option(*value));
        builder.finish()
    }
    let values = ["b", "null", "a", "b"];
    check(of::<Int8Type>(), "string", &values);
    check(of::<Int16Type>(), "string", &values);
    check(of::<Int32Type>(), "string", &values);
    check(of::<Int64Type>(), "string", &values);
    check(of::<UInt8Type>(), "string", &values);
    check(of::<UInt16Type>(), "string", &values);
    check(of::<UInt32Type>(), "string", &values);
    check(of::<UInt64Type>(), "string", &values);
}

#[test]
fn a_dictionary_may_hold_nulls_and_values_that_no_row_uses() {
    let keys = Int8Array::from(vec![Some(1), Some(0), None, Some(2)]);
    let values = StringArray::from(vec![Some("used"), None, Some("again"), Some("unused")]);
    let array = DictionaryArray::new(keys, Arc::new(values));
    let (_, found) = taken(array.clone());
    assert_eq!(found, ["null", "used", "null", "again"]);
    let table = table(stream(&[batch(vec![("x", Arc::new(array))])]));
    assert_eq!(table.columns()[0].strings().unwrap().lookup("unused"), None);

    let keys = UInt16Array::from(vec![Some(1), None, Some(0)]);
    let array = DictionaryArray::new(keys.clone(), Arc::new(Int64Array::from(vec![Some(7), None])));
    check(array, "int64", &["null", "null", "7"]);
    let array = DictionaryArray::new(keys, Arc::new(Float64Array::from(vec![0.5, -1.0])));
    check(array, "float64", &["-1", "null", "0.5"]);
}

#[test]
fn an_empty_dictionary_may_have_rows_without_a_value() {
    let keys = Int32Array::from(vec![None, None]);
    let array = DictionaryArray::new(keys.clone(), Arc::new(StringArray::new_null(0)));
    check(array, "string", &["null", "null"]);
    let array = DictionaryArray::new(keys, Arc::new(Date32Array::new_null(0)));
    check(array, "date32", &["null", "null"]);
}

#[test]
fn runs_are_their_values() {
    let values = StringArray::from(vec![Some("a"), None, Some("b")]);
    let array = RunArray::<Int32Type>::try_new(&Int32Array::from(vec![2, 3, 5]), &values).unwrap();
    check(array.clone(), "string", &["a", "a", "null", "b", "b"]);
    check(array.slice(1, 3), "string", &["a", "null", "b"]);
    let values = Float64Array::from(vec![Some(1.0), None]);
    let array = RunArray::<Int16Type>::try_new(&Int16Array::from(vec![1, 3]), &values).unwrap();
    check(array.clone(), "float64", &["1", "null", "null"]);
    check(array.slice(2, 1), "float64", &["null"]);
    let values = BooleanArray::from(vec![true]);
    let array = RunArray::<Int64Type>::try_new(&Int64Array::from(vec![2]), &values).unwrap();
    check(array, "boolean", &["true", "true"]);
}

#[test]
fn structs_become_columns_and_their_nulls_reach_inside() {
    let inner = StructArray::new(
        Fields::from(vec![Field::new("c", ArrowType::Int8, true)]),
        vec![Arc::new(Int8Array::from(vec![Some(1), Some(2), None, Some(4)]))],
        Some(NullBuffer::from(vec![true, false, true, true])),
    );
    let outer = StructArray::new(
        Fields::from(vec![
            Field::new("b", inner.data_type().clone(), true),
            Field::new("text", ArrowType::Utf8, true),
        ]),
        vec![Arc::new(inner), Arc::new(StringArray::from(vec!["w", "x", "y", "z"]))],
        Some(NullBuffer::from(vec![true, true, true, false])),
    );
    let array: ArrayRef = Arc::new(outer.slice(0, 4));
    let table = table(stream(&[batch(vec![("a", array)])]));
    let expected =
        [("a.b.c", "int8"), ("a.text", "string")].map(|(n, t)| (n.to_owned(), t.to_owned()));
    assert_eq!(columns(&table), expected);
    assert_eq!(texts(&table, 0), ["1", "null", "null", "null"]);
    assert_eq!(texts(&table, 1), ["w", "x", "y", "null"]);
}

#[test]
fn lists_maps_and_unions_are_json() {
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>([
        Some(vec![Some(1), None]),
        None,
        Some(vec![]),
    ]);
    check(lists, "string", &["[1,null]", "null", "[]"]);
    let lists = LargeListArray::from_iter_primitive::<Float32Type, _, _>([Some(vec![Some(0.1)])]);
    check(lists, "string", &["[0.1]"]);
    let lists = FixedSizeListArray::from_iter_primitive::<UInt8Type, _, _>(
        [Some(vec![Some(1), Some(2)]), None],
        2,
    );
    check(lists, "string", &["[1,2]", "null"]);
    let item = Arc::new(Field::new("item", ArrowType::Int32, true));
    let values: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let views = ListViewArray::new(
        item.clone(),
        vec![1, 0].into(),
        vec![2, 1].into(),
        values.clone(),
        None,
    );
    check(views, "string", &["[2,3]", "[1]"]);
    let views = LargeListViewArray::new(item, vec![0].into(), vec![3].into(), values.clone(), None);
    check(views, "string", &["[1,2,3]"]);

    let words: DictionaryArray<Int8Type> = vec![Some("x"), None, Some("x")].into_iter().collect();
    let item = Arc::new(Field::new("item", words.data_type().clone(), true));
    let lists = ListArray::new(item, OffsetBuffer::from_lengths([1, 2]), Arc::new(words), None);
    check(lists, "string", &["[\"x\"]", "[null,\"x\"]"]);

    let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    maps.keys().append_value("k");
    maps.values().append_null();
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    check(maps.finish(), "string", &["{\"k\":null}", "null"]);

    let fields = UnionFields::from_fields([
        Field::new("number", ArrowType::Int32, true),
        Field::new("word", ArrowType::Utf8, true),
    ]);
    let words: ArrayRef = Arc::new(StringArray::from(vec![None, Some("w"), None]));
    let dense = UnionArray::try_new(
        fields.clone(),
        vec![1, 0, 1].into(),
        Some(vec![1, 2, 0].into()),
        vec![values.clone(), words.clone()],
    );
    check(dense.unwrap(), "string", &["w", "3", "null"]);
    let sparse =
        UnionArray::try_new(fields, vec![0, 1, 1].into(), None, vec![values, words]).unwrap();
    assert_eq!(sparse.fields().len(), 2);
    assert!(matches!(sparse.data_type(), ArrowType::Union(_, UnionMode::Sparse)));
    check(sparse, "string", &["1", "w", "null"]);
}

#[test]
fn a_column_without_a_type_is_one_of_nulls() {
    check(NullArray::new(2), "string", &["null", "null"]);
    let mut numbers = table(stream(&[batch(vec![("x", Arc::new(Int64Array::from(vec![1])))])]));
    let nulls: ArrayRef = Arc::new(NullArray::new(1));
    append_ipc(&mut numbers, stream(&[batch(vec![("x", nulls)])])).unwrap();
    assert_eq!(texts(&numbers, 0), ["1", "null"]);
}

#[test]
fn values_go_into_a_wider_column() {
    let mut wide = table(stream(&[batch(vec![
        ("int", Arc::new(Int64Array::from(vec![1]))),
        ("float", Arc::new(Float64Array::from(vec![1.0]))),
        ("time", Arc::new(TimestampNanosecondArray::from(vec![1]))),
        ("big", Arc::new(Decimal128Array::from(vec![1]).with_precision_and_scale(20, 2).unwrap())),
        ("text", Arc::new(StringArray::from(vec!["a"]))),
    ])]));
    let narrow = batch(vec![
        ("text", Arc::new(LargeStringArray::from(vec!["b"]))),
        ("int", Arc::new(UInt8Array::from(vec![2]))),
        ("float", Arc::new(Int32Array::from(vec![2]))),
        ("time", Arc::new(TimestampSecondArray::from(vec![2]))),
        ("big", Arc::new(Decimal64Array::from(vec![2]).with_precision_and_scale(18, 2).unwrap())),
    ]);
    assert_eq!(append_ipc(&mut wide, stream(&[narrow])).unwrap(), 1);
    let row: Vec<String> = (0..5).map(|column| texts(&wide, column)[1].clone()).collect();
    assert_eq!(row, ["2", "2", "1970-01-01T00:00:02Z", "0.02", "b"]);
}
