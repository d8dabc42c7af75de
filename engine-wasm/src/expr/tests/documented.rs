//! `docs/expressions.md` is true: every example gives the result that stands beside it.

use super::support::{Cell, try_values};
use crate::expr::names::functions;
use crate::schema::DataType;

const DOCUMENT: &str = include_str!("../../../../docs/expressions.md");

/// The examples and their results: of tables that have columns of these names.
fn examples() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut columns = None;
    for line in DOCUMENT.lines() {
        let Some(inner) = line.strip_prefix("| ") else {
            if !line.starts_with("|--") {
                columns = None;
            }
            continue;
        };
        let inner = inner.replace("\\|", "\u{0}");
        let cells: Vec<String> =
            inner.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect();
        let place = |name: &str| cells.iter().position(|cell| cell == name);
        match (columns, place("example").zip(place("result"))) {
            (None, places) => columns = Some(places),
            (Some(Some((example, result))), _) => {
                let code = |i: usize| cells[i].trim_matches('`').to_owned();
                out.push((code(example), code(result)));
            }
            _ => {}
        }
    }
    out
}

#[test]
fn documented_examples_give_their_results() {
    let decimal = DataType::Decimal { precision: 10, scale: 2 };
    let local = DataType::parse("timestamp(ms, Europe/Berlin)").unwrap();
    let columns = [
        ("ticker", DataType::String, vec!["AAPL".into()]),
        ("name", DataType::String, vec!["Zoë".into()]),
        ("price", DataType::Float64, vec![Cell::Float(2.5)]),
        ("qty", DataType::Int64, vec![Cell::Int(-7)]),
        ("cents", decimal, vec![Cell::Int(105)]),
        ("live", DataType::Boolean, vec![Cell::Bool(true)]),
        ("day", DataType::Date, vec![Cell::Int(19_782)]),
        ("ts", DataType::parse("datetime").unwrap(), vec![Cell::Int(1_709_210_096_789)]),
        ("local", local, vec![Cell::Int(1_719_786_600_000)]),
        ("nothing", DataType::Float64, vec![Cell::Null]),
    ];
    let examples = examples();
    assert!(examples.len() > 100, "{} examples", examples.len());
    let mut wrong = Vec::new();
    for (example, result) in &examples {
        match try_values(example, &columns) {
            Ok(found) if found[0] == *result => {}
            Ok(found) => wrong.push(format!("{example}: {} and not {result}", found[0])),
            Err(error) => wrong.push(format!("{example}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_is_documented() {
    let examples: Vec<String> = examples().into_iter().map(|(example, _)| example).collect();
    let shown = |name: &str| examples.iter().any(|e| e.contains(&format!("{name}(")));
    let missing: Vec<&str> = functions().filter(|name| !shown(name)).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}
