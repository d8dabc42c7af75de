//! Columns to evaluate expressions over, and their values as text.

use crate::error::Result;
use crate::expr::{Env, Expression, Formula, Lookup, compile};
use crate::scalar::Scalar;
use crate::schema::{DataType, Field, Schema};
use crate::table::{Column, Incoming, Nulls, Values, by_segment};

/// The value of a cell, before it is in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

/// A column of these cells.
pub fn column(data_type: DataType, cells: &[Cell]) -> Column {
    let mut column = Column::new(data_type.clone());
    let mut nulls = Nulls::default();
    let present = cells.iter().enumerate();
    present.filter(|(_, cell)| **cell == Cell::Null).for_each(|(row, _)| nulls.set(row));
    let int = |cell: &Cell| if let Cell::Int(x) = cell { *x } else { 0 };
    let float = |cell: &Cell| if let Cell::Float(x) = cell { *x } else { 0.0 };
    macro_rules! numbers {
        ($variant:ident, $type:ty) => {
            Values::$variant(cells.iter().map(|cell| int(cell) as $type).collect())
        };
    }
    let values = match Values::new(&data_type) {
        Values::Bool(_) => {
            Values::Bool(cells.iter().map(|cell| *cell == Cell::Bool(true)).collect())
        }
        Values::I8(_) => numbers!(I8, i8),
        Values::I16(_) => numbers!(I16, i16),
        Values::I32(_) => numbers!(I32, i32),
        Values::I64(_) => numbers!(I64, i64),
        Values::U8(_) => numbers!(U8, u8),
        Values::U16(_) => numbers!(U16, u16),
        Values::U32(_) => numbers!(U32, u32),
        Values::U64(_) => numbers!(U64, u64),
        Values::I128(_) => numbers!(I128, i128),
        Values::F32(_) => Values::F32(cells.iter().map(|cell| float(cell) as f32).collect()),
        Values::F64(_) => Values::F64(cells.iter().map(float).collect()),
        _ => {
            let strings = column.strings_mut().unwrap();
            let code = |cell: &Cell| match cell {
                Cell::Text(text) => strings.intern(text),
                _ => 0,
            };
            Values::C32(cells.iter().map(code).collect())
        }
    };
    column.append(0, &Incoming::new(values, nulls));
    column
}

pub fn schema(fields: &[(&str, DataType)]) -> Schema {
    let field = |(name, data_type): &(&str, DataType)| Field {
        name: (*name).to_owned(),
        data_type: data_type.clone(),
    };
    Schema::new(fields.iter().map(field).collect()).unwrap()
}

pub const ENV: Env = Env { now_ms: 1_709_210_096_789, seed: 7 };

/// A column of the values of `expression` in `rows` rows.
pub fn derive(expression: &Expression, columns: &[&Column], rows: usize) -> Column {
    let mut target = Column::new(expression.data_type.clone());
    for (segment, places) in by_segment(0..rows as u64) {
        let first = crate::table::first_row_of(segment) + places.start as u64;
        let values = expression.evaluate(columns, segment, places, &ENV, &mut target);
        target.append(first, &values);
    }
    target
}

/// Each value of a column as text.
pub fn shown(column: &Column, rows: usize) -> Vec<String> {
    let text = |row| column.scalar(row).display(column.data_type(), column.strings());
    (0..rows as u64).map(text).collect()
}

/// The values of the expression `text` over columns, as text.
pub fn values(text: &str, columns: &[(&str, DataType, Vec<Cell>)]) -> Vec<String> {
    try_values(text, columns).unwrap()
}

/// The same, or the error of the expression, in a table whose rows are told apart by the first
/// column.
pub fn try_values(text: &str, columns: &[(&str, DataType, Vec<Cell>)]) -> Result<Vec<String>> {
    let fields: Vec<_> = columns.iter().map(|(name, t, _)| (*name, t.clone())).collect();
    let compiled = compile(&[("it".to_owned(), text.to_owned())], &schema(&fields), &[0])?;
    let mut made: Vec<Column> =
        columns.iter().map(|(_, t, cells)| column(t.clone(), cells)).collect();
    let rows = columns[0].2.len();
    for (_, formula) in compiled {
        let next = match &formula {
            Formula::Rows(expression) => derive(expression, &made.iter().collect::<Vec<_>>(), rows),
            Formula::Lookup(lookup) => look_up(lookup, &made, rows),
        };
        made.push(next);
    }
    Ok(shown(&made[made.len() - 1], rows))
}

/// The values of a lookup by the first column, found by looking at all rows.
fn look_up(lookup: &Lookup, columns: &[Column], rows: usize) -> Column {
    let [of, key] = lookup.inputs[..] else { panic!("one key, and what is looked up") };
    let (keys, sought) = (shown(&columns[0], rows), shown(&columns[key], rows));
    let found = sought.iter().enumerate().map(|(row, sought)| {
        if columns[key].scalar(row as u64).is_null() {
            return None;
        }
        let row = keys.iter().position(|other| other == sought)?;
        Some(columns[of].scalar(row as u64))
    });
    let mut target = Column::new(lookup.data_type.clone());
    let mut values = Incoming::empty(&lookup.data_type);
    for value in found.collect::<Vec<_>>() {
        values.push(match value {
            Some(Scalar::Code(code)) => {
                let text = columns[of].strings().unwrap().get(code);
                Scalar::Code(target.strings_mut().unwrap().intern(text))
            }
            other => other.unwrap_or(Scalar::Null),
        });
    }
    target.append(0, &values);
    target
}

/// The value of the expression `text` over one row without columns of interest.
pub fn value(text: &str) -> String {
    values(text, &[("unused", DataType::Boolean, vec![Cell::Null])]).remove(0)
}
