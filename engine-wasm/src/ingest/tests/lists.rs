//! Lists in rows become rows, from Arrow and from JSON.

use super::{batch, stream, texts};
use crate::ingest::{Format, append_ipc, table_from_ipc, table_from_text};
use crate::table::{ListFlatten, Table, TableOptions};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, FixedSizeListArray, Int64Array, ListArray, ListViewArray};
use arrow_schema::{DataType as ArrowType, Field};
use std::sync::Arc;

fn options(list_flatten: ListFlatten) -> TableOptions {
    TableOptions { list_flatten, ..TableOptions::default() }
}

const ROWS: &str = r#"[
    {"n": 1, "a": [1, 2], "b": ["x", "y", "z"]},
    {"n": 2, "a": [], "b": "w"},
    {"n": 3, "a": [null, 5]}
]"#;

fn all(table: &Table) -> Vec<String> {
    let columns: Vec<_> = (0..table.columns().len()).map(|i| texts(table, i)).collect();
    let row = |i: usize| columns.iter().map(|c| c[i].clone()).collect::<Vec<_>>().join(" ");
    (0..table.size() as usize).map(row).collect()
}

#[test]
fn lists_are_zipped() {
    let table = table_from_text(ROWS.as_bytes(), Format::Json, options(ListFlatten::Zip)).unwrap();
    let rows = ["1 1 x", "1 2 y", "1 null z", "2 null w", "3 null null", "3 5 null"];
    assert_eq!(all(&table), rows);
    assert_eq!(super::columns(&table)[1].1, "int64");
}

#[test]
fn lists_are_multiplied() {
    let options = options(ListFlatten::Cartesian);
    let table = table_from_text(ROWS.as_bytes(), Format::Json, options).unwrap();
    let rows = [
        "1 1 x",
        "1 1 y",
        "1 1 z",
        "1 2 x",
        "1 2 y",
        "1 2 z",
        "2 null w",
        "3 null null",
        "3 5 null",
    ];
    assert_eq!(all(&table), rows);
}

#[test]
fn lists_are_text() {
    let options = options(ListFlatten::Stringify);
    let table = table_from_text(ROWS.as_bytes(), Format::Json, options).unwrap();
    assert_eq!(all(&table), [r#"1 [1,2] ["x","y","z"]"#, "2 [] w", "3 [null,5] null"]);
}

#[test]
fn lists_in_columns_and_lists_in_lists() {
    let text = br#"{"a": [[[1], [2]], [{"b": 3}]], "n": [1, 2]}"#;
    let table = table_from_text(text, Format::Columns, options(ListFlatten::Zip)).unwrap();
    assert_eq!(all(&table), ["[1] 1", "[2] 1", r#"{"b":3} 2"#]);
}

#[test]
fn lists_of_arrow_of_each_kind() {
    let rows = || [Some(vec![Some(1), None]), None, Some(vec![]), Some(vec![Some(4), Some(5)])];
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(rows()));
    let large: ArrayRef =
        Arc::new(arrow_array::LargeListArray::from_iter_primitive::<Int32Type, _, _>(rows()));
    let item = Arc::new(Field::new("item", ArrowType::Int64, true));
    let values: ArrayRef = Arc::new(Int64Array::from(vec![Some(4), Some(5), Some(1), None]));
    let offsets = vec![2, 0, 0, 0].into();
    let nulls = Some(vec![true, false, true, true].into());
    let view = ListViewArray::new(item, offsets, vec![2, 1, 0, 2].into(), values, nulls);
    let n: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3, 4]));
    for array in [list, large, Arc::new(view)] {
        let bytes = stream(&[batch(vec![("a", array), ("n", n.clone())])]);
        let mut table = table_from_ipc(bytes.clone(), options(ListFlatten::Zip)).unwrap();
        let rows = ["1 1", "null 1", "null 2", "null 3", "4 4", "5 4"];
        assert_eq!(all(&table), rows);
        assert_eq!(append_ipc(&mut table, bytes).unwrap(), 6);
        assert_eq!(all(&table), [rows, rows].concat());
    }
    let pairs = [Some(vec![Some(1), Some(2)]), None];
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>(pairs, 2);
    let bytes = stream(&[batch(vec![("a", Arc::new(fixed))])]);
    let table = table_from_ipc(bytes, options(ListFlatten::Cartesian)).unwrap();
    assert_eq!(all(&table), ["1", "2", "null"]);
}

#[test]
fn a_way_has_a_name() {
    assert_eq!(ListFlatten::parse(Some("zip")).unwrap(), ListFlatten::Zip);
    let error = ListFlatten::parse(Some("zipp")).unwrap_err();
    assert!(
        error.to_string().starts_with("list_flatten: unknown way \"zipp\", did you mean \"zip\"")
    );
    assert!(ListFlatten::parse(None).is_err());
}
