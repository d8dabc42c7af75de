//! The vectorised evaluator against a plain one: random well-typed expressions over random
//! columns, each row computed by itself from the tree, in the simplest code that does it.

mod interpreter;
mod strategies;
mod tree;

use super::support::{Cell, values};
use crate::schema::DataType;
use crate::testing::cases;
use interpreter::{eval, shown};
use proptest::prelude::*;
use strategies::{any_expression, row};
use tree::V::{self, Bool, Dec, Float, Int, Null, Text, Time};
use tree::{COLUMNS, print, types};

fn cell(v: &V) -> Cell {
    match v {
        Null => Cell::Null,
        Bool(x) => Cell::Bool(*x),
        Int(x) | Dec(x) => Cell::Int(*x),
        Float(x) => Cell::Float(*x),
        Text(x) => Cell::Text(x.clone()),
        Time(x) => Cell::Int((*x).into()),
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn vectors_are_what_rows_are(e in any_expression(), rows in proptest::collection::vec(row(), 1..40)) {
        let columns: Vec<(&str, DataType, Vec<Cell>)> = (0..COLUMNS.len())
            .map(|i| (COLUMNS[i], types()[i].clone(), rows.iter().map(|row| cell(&row[i])).collect()))
            .collect();
        let text = print(&e);
        let found = values(&text, &columns);
        for (i, row) in rows.iter().enumerate() {
            prop_assert_eq!(&found[i], &shown(&eval(&e, row)), "{} in {:?}", text, row);
        }
    }
}
