//! Nothing that anyone writes makes the engine panic, loop or take memory without end.

use super::support::{Cell, column, derive, schema};
use crate::expr::{compile_all, validate};
use crate::schema::{DataType, Schema};
use crate::table::Column;
use crate::testing::cases;
use proptest::prelude::*;
use proptest::sample::select;

fn fields() -> Vec<(&'static str, DataType)> {
    vec![
        ("f", DataType::Float64),
        ("i", DataType::Int64),
        ("u", DataType::UInt64),
        ("d", DataType::Decimal { precision: 38, scale: 10 }),
        ("b", DataType::Boolean),
        ("t", DataType::String),
        ("day", DataType::Date),
        ("ts", DataType::parse("timestamp(ns, America/New_York)").unwrap()),
        ("secs", DataType::parse("timestamp(s)").unwrap()),
    ]
}

/// Extreme values of each column, a row each.
fn columns() -> Vec<Column> {
    let ints = |of: [i128; 4]| of.map(Cell::Int).to_vec();
    let wide = i128::from(i64::MAX);
    let most = 10i128.pow(38) - 1;
    let cells = [
        [f64::NAN, f64::NEG_INFINITY, f64::MAX, -0.0].map(Cell::Float).to_vec(),
        ints([wide, -wide - 1, 0, -1]),
        ints([u64::MAX.into(), 0, wide + 1, 1]),
        ints([most, -most, 0, -1]),
        vec![Cell::Bool(true), Cell::Null, Cell::Bool(false), Cell::Null],
        vec!["".into(), "日本 İß".into(), Cell::Null, "-1.5e300".into()],
        ints([i32::MAX.into(), i32::MIN.into(), 0, -1]),
        ints([wide, -wide - 1, 0, -1]),
        ints([wide, -wide - 1, 0, 1 << 40]),
    ];
    fields().into_iter().zip(cells).map(|((_, t), cells)| column(t, &cells)).collect()
}

fn table() -> Schema {
    schema(&fields())
}

/// Evaluates `text` if it is an expression; whatever it is, without a panic.
fn survive(text: &str) {
    let named = [("it".to_owned(), text.to_owned()), ("other".to_owned(), "\"it\"".to_owned())];
    for (_, result) in validate(&named, &table(), &[], &[]) {
        if let Err(error) = result {
            assert!(error.excerpt.len() < 1000 && error.to_string().len() < 4000, "{error}");
        }
    }
    if let Ok(compiled) = compile_all(&named[..1], &table()) {
        let columns = columns();
        derive(&compiled[0], &columns.iter().collect::<Vec<_>>(), 4);
    }
}

/// Words of the language, to be put in a row.
fn words() -> impl Strategy<Value = Vec<&'static str>> {
    let mut words = vec![
        "\"f\"",
        "\"i\"",
        "\"u\"",
        "\"d\"",
        "\"b\"",
        "\"t\"",
        "\"day\"",
        "\"ts\"",
        "\"secs\"",
        "'x'",
        "'5m'",
        "'D'",
        "'day'",
        "'hour'",
        "'Asia/Tokyo'",
        "1",
        "0",
        "-1",
        "2.5",
        "9223372036854775807",
        "1e308",
        "null",
        "true",
        "(",
        ")",
        "(",
        ")",
        ",",
        ",",
        ";",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "=",
        "<",
        "||",
        "?",
        ":",
        ":=",
        "and",
        "or",
        "not",
        "in",
        "is",
        "like",
        "between",
        "case",
        "when",
        "then",
        "else",
        "end",
        "if",
        "cast(",
        "as",
        "int64",
        "int8",
        "decimal(38, 30)",
        "date",
        "timestamp(ns)",
        "var",
        "x",
        "extract(",
        "from",
    ];
    words.extend(crate::expr::names::functions());
    proptest::collection::vec(select(words), 1..25)
}

/// A call of any function with any arguments.
fn calls() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "\"f\"",
        "\"i\"",
        "\"u\"",
        "\"d\"",
        "\"b\"",
        "\"t\"",
        "\"day\"",
        "\"ts\"",
        "\"secs\"",
        "'5m'",
        "'D'",
        "'month'",
        "'%Y'",
        "'(a|b)*'",
        "'UTC'",
        "9223372036854775807",
        "-9223372036854775808",
        "0",
        "-1",
        "1e308",
        "0.5",
        "null",
        "18446744073709551615",
        "99999999999999999999999999999999999999",
        "now()",
        "random()",
        "'2024-01-31'",
        "cast(\"i\" as int64)",
        "cast(\"d\" as decimal(38, 10))",
        "cast(\"f\" as float32)",
        "datetime(\"i\")",
        "cast(\"u\" as date)",
        "true",
        "'-9999-01-01T00:00:00'",
        "date(250000, 1, 1)",
        "index()",
    ]);
    let names: Vec<&str> = crate::expr::names::functions().collect();
    leaf.prop_map(str::to_owned).prop_recursive(3, 12, 3, move |inner| {
        let call = (select(names.clone()), proptest::collection::vec(inner.clone(), 0..4));
        let operators = ["+", "-", "*", "/", "%", "^", "=", "<", "||", "and", "in", "like"];
        let operator = (inner.clone(), select(operators.to_vec()), inner.clone());
        let types = [
            "int8",
            "uint64",
            "float32",
            "decimal(38, -30)",
            "decimal(3, 3)",
            "date",
            "timestamp(s)",
            "timestamp(ns, Asia/Tokyo)",
            "string",
            "bool",
        ];
        let cast = (inner, select(types.to_vec()));
        prop_oneof![
            3 => call.prop_map(|(name, args)| format!("{name}({})", args.join(", "))),
            2 => operator.prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            1 => cast.prop_map(|(a, t)| format!("cast({a} as {t})")),
        ]
    })
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn any_text_is_survived(text in "\\PC{0,80}") {
        survive(&text);
    }

    #[test]
    fn any_words_are_survived(words in words()) {
        survive(&words.join(" "));
    }

    #[test]
    fn any_call_is_survived(call in calls()) {
        survive(&call);
    }

    #[test]
    fn a_damaged_expression_is_survived(call in calls(), at in any::<prop::sample::Index>(), put in "\\PC{0,2}") {
        let characters: Vec<char> = call.chars().collect();
        let at = at.index(characters.len());
        let text: String = characters[..at].iter().copied().chain(put.chars()).chain(characters[at + 1..].iter().copied()).collect();
        survive(&text);
    }
}

#[test]
fn depth_and_length_are_bounded() {
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("not ", ""),
        ("abs(", ")"),
        ("if(1=1,", ",1)"),
        ("case when true then ", " end"),
        ("1 ^ ", ""),
        ("[", ""),
        ("cast(", " as float)"),
    ] {
        for count in [10, 127, 128, 1000, 5000] {
            survive(&format!("{}1{}", open.repeat(count), close.repeat(count)));
        }
    }
    for chain in [
        " + 1",
        " or true",
        " || 'x'",
        " between 1 and 2",
        " is null",
        " in (1)",
        " ? 1 : 2",
        ", 1",
    ] {
        for count in [10, 120, 1000, 4000] {
            survive(&format!("1{}", chain.repeat(count)));
            survive(&format!("coalesce(1{})", chain.repeat(count)));
        }
    }
    survive(&"x".repeat(1 << 20));
    survive(&format!("'{}'", "ä".repeat(1 << 14)));
    let doubling: String = (0..500).map(|i| format!("var x{} := x{i} || x{i};", i + 1)).collect();
    survive(&format!("var x0 := \"t\" || 'text';{doubling} x500"));
    let shared: String =
        (0..500).map(|i| format!("var x{} := x{i} between x{i} and x{i};", i + 1)).collect();
    survive(&format!("var x0 := \"f\";{shared} x500"));
}

#[test]
fn texts_are_bounded() {
    for text in [
        "repeat('x', 1000000000000)",
        "repeat(\"t\", 9223372036854775807)",
        "lpad(\"t\", 1000000000, 'x')",
        "rpad('', 9223372036854775807)",
        "replace(repeat('a', 16000), 'a', repeat('b', 16000))",
        "replace_all(repeat('a', 16000), 'a', repeat('b', 16000))",
        "concat(repeat('a', 16000), repeat('a', 16000))",
    ] {
        let compiled = compile_all(&[("it".to_owned(), text.to_owned())], &table()).unwrap();
        let columns = columns();
        let values = derive(&compiled[0], &columns.iter().collect::<Vec<_>>(), 4);
        assert!(values.memory() < 1 << 20, "{text}: {}", values.memory());
    }
}
