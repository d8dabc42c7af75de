//! The rules that `docs/expressions.md` states.

use super::support::{Cell, value, values};
use crate::schema::DataType;

fn floats(cells: &[Option<f64>]) -> Vec<Cell> {
    cells.iter().map(|x| x.map_or(Cell::Null, Cell::Float)).collect()
}

#[test]
fn arithmetic_over_columns() {
    let columns = [
        ("price", DataType::Float64, floats(&[Some(1.5), None, Some(2.0), Some(4.0)])),
        ("qty", DataType::Int32, [2, 3, 0, -1].map(Cell::Int).to_vec()),
    ];
    assert_eq!(values("\"price\" * \"qty\" + 1", &columns), ["4", "null", "1", "-3"]);
    assert_eq!(values("\"price\" / \"qty\"", &columns), ["0.75", "null", "null", "-4"]);
    assert_eq!(values("upper('x') || \"qty\"", &columns), ["X2", "X3", "X0", "X-1"]);
}

#[test]
fn precedence() {
    assert_eq!(value("1 + 2 * 3 ^ 2"), "19");
    assert_eq!(value("-2 ^ 2"), "-4");
    assert_eq!(value("2 ^ 3 ^ 2"), "512");
    assert_eq!(value("not 1 = 2 and 'a' || 'b' = 'ab'"), "true");
    assert_eq!(value("1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'"), "b");
}
