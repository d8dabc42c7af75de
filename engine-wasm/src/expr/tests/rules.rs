//! The rules that `docs/expressions.md` states.

use super::support::{Cell, ENV, column, derive, schema, shown, value, values};
use crate::error::Kind;
use crate::expr::{Env, ExprError, RowIds, Source, Volatility, compile_all, validate};
use crate::schema::DataType;
use crate::table::Values;

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

fn error(text: &str) -> ExprError {
    let fields = [("price", DataType::Float64), ("ticker", DataType::String)];
    let result =
        validate(&[("it".to_owned(), text.to_owned())], &schema(&fields), &[], &[]).remove(0).1;
    result.unwrap_err()
}

#[test]
fn an_error_says_where_and_what_else_it_could_be() {
    let e = error("1 +\n \"prize\" * 2");
    assert_eq!((e.kind, e.line, e.column), (Kind::UnknownColumn, 2, 2));
    assert_eq!(e.message, "unknown column \"prize\", did you mean \"price\"?");
    assert_eq!(e.excerpt, " \"prize\" * 2\n ^");
    let e = error("uper(\"ticker\")");
    assert_eq!(e.message, "unknown function \"uper\", did you mean \"upper\"?");
    let e = error("price * 2");
    assert!(e.message.ends_with("did you mean the column \"price\"?"), "{e}");
    let e = error("bucket(\"price\", 1, 'x')");
    assert_eq!((e.message.as_str(), e.column), ("numbers have no time zone", 20));
    assert!(error("hour(now(), 'Europe/Berln')").message.contains("\"Europe/Berlin\""));
}

#[test]
fn types_that_do_not_go_together_are_errors() {
    for (text, column) in [
        ("\"ticker\" + 1", 10),
        ("\"price\" = \"ticker\"", 9),
        ("case when \"price\" then 1 end", 11),
        ("coalesce(1, 'a')", 13),
        ("upper(1)", 7),
        ("left('a', 1.5)", 11),
        ("sqrt('4')", 6),
        ("now() + 1", 1),
        ("cast(now() as boolean)", 1),
        ("hour(date '2024-01-01')", 6),
        ("match('a', \"ticker\")", 12),
        ("now() > 'tomorrow'", 7),
        ("null", 1),
    ] {
        let e = error(text);
        assert_eq!((e.line, e.column), (1, column), "{text}: {e}");
    }
    for text in [
        "",
        "1 +",
        "1 2",
        "(1",
        "case 1 end",
        "if(1",
        "1 in ()",
        "round(1, 2, 3)",
        "match('a', '(')",
        "1x",
        "strftime(now(), '%Q')",
        "bucket(now(), '5x')",
        "date_trunc('eon', now())",
        "var x := 1; var x := 2; x",
        "cast(1 as intt)",
        "cast(1 as decimal(9, 4)) * cast(1 as decimal(38, 38))",
        "cast(now() as timestamp(ms, Nowhere))",
    ] {
        error(text);
    }
}

fn named(expressions: &[(&str, &str)]) -> Vec<(String, String)> {
    expressions.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

#[test]
fn expressions_use_one_another_in_any_order() {
    let fields = schema(&[("x", DataType::Float64)]);
    let all = named(&[("c", "\"b\" + \"a\""), ("a", "\"x\" + 1"), ("b", "\"a\" * \"a\"")]);
    let compiled = compile_all(&all, &fields).unwrap();
    let order: Vec<&str> = compiled.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);
    let mut columns = vec![column(DataType::Float64, &[Cell::Float(1.0), Cell::Null])];
    for expression in &compiled {
        let derived = derive(expression, &columns.iter().collect::<Vec<_>>(), 2);
        columns.push(derived);
    }
    assert_eq!(shown(&columns[3], 2), ["6", "null"]);
}

#[test]
fn names_that_are_taken_and_circles_are_errors() {
    let fields = schema(&[("x", DataType::Float64)]);
    let all = named(&[
        ("a", "\"b\""),
        ("b", "\"c\" + 1"),
        ("c", "\"a\""),
        ("d", "\"a\""),
        ("x", "1"),
        ("e", "\"e\""),
        ("f", "\"x\""),
        ("g", "oops"),
        ("h", "\"g\""),
    ]);
    let errors: Vec<String> = validate(&all, &fields, &[], &[])
        .into_iter()
        .map(|(name, result)| {
            format!("{name}: {}", result.map_or_else(|e| e.message, |t| t.to_string()))
        })
        .collect();
    assert_eq!(
        errors[0],
        "a: expressions that use one another in a circle: \"a\" → \"b\" → \"c\" → \"a\""
    );
    assert!(
        errors[3].starts_with("d: expressions that use one another in a circle: \"d\" → \"a\"")
    );
    assert_eq!(errors[4], "x: the table has a column \"x\" already");
    assert_eq!(errors[5], "e: expressions that use one another in a circle: \"e\" → \"e\"");
    assert_eq!(errors[6], "f: float64");
    assert!(errors[7].starts_with("g: unknown name"));
    assert_eq!(errors[8], "h: \"g\" has an error of its own");
    let error = compile_all(&named(&[("two words", "1 +\n+")]), &fields).unwrap_err();
    assert_eq!(error.place.as_deref(), Some("expressions[\"two words\"]:2:2"));
    assert_eq!(
        validate(&named(&[("a", "1"), ("a", "2")]), &fields, &[], &[])[1]
            .1
            .as_ref()
            .unwrap_err()
            .line,
        1
    );
}

#[test]
fn random_is_fixed_for_a_row_and_differs_between_calls() {
    let fields = schema(&[("x", DataType::Float64)]);
    let texts = named(&[
        ("r", "random()"),
        ("two", "random() = random()"),
        ("one", "var r := random(); r = r"),
    ]);
    let compiled = compile_all(&texts, &fields).unwrap();
    assert!(compiled.iter().all(|e| e.volatility == Volatility::PerRow));
    let cells = vec![Cell::Null; 1000];
    let x = column(DataType::Float64, &cells);
    let first = shown(&derive(&compiled[0], &[&x], 1000), 1000);
    assert_eq!(first, shown(&derive(&compiled[0], &[&x], 1000), 1000));
    let numbers: Vec<f64> = first.iter().map(|text| text.parse().unwrap()).collect();
    let mean = numbers.iter().sum::<f64>() / 1000.0;
    assert!(numbers.iter().all(|x| (0.0..1.0).contains(x)) && (0.45..0.55).contains(&mean));
    assert!(shown(&derive(&compiled[1], &[&x], 1000), 1000).iter().all(|x| x == "false"));
    assert!(shown(&derive(&compiled[2], &[&x], 1000), 1000).iter().all(|x| x == "true"));
}

#[test]
fn rows_elsewhere_have_their_own_numbers() {
    let fields = schema(&[("x", DataType::Int64)]);
    let compiled = compile_all(&named(&[("n", "index() + \"x\" * random()")]), &fields).unwrap();
    let x = column(DataType::Int64, &vec![Cell::Int(1); 40]);
    let all = shown(&derive(&compiled[0], &[&x], 40), 40);
    // The same rows as if they had been copied into a segment of their own.
    let ids = [3, 17, 39, 20];
    let sources = [Source { segment: x.segment(0), strings: None }];
    let values = compiled[0].evaluate_sources(&sources, 2..6, RowIds::Each(&ids), &ENV, None);
    let Values::F64(values) = values.values else { panic!("floats") };
    let found: Vec<String> = values.iter().map(f64::to_string).collect();
    assert_eq!(found, ids.map(|id| all[id as usize].clone()));
}

#[test]
fn now_is_the_second() {
    assert_eq!(value("now()"), "2024-02-29T12:34:56Z");
    assert_eq!(value("today('Pacific/Auckland')"), "2024-03-01");
    let fields = schema(&[("x", DataType::Int64)]);
    let compiled = compile_all(
        &named(&[("n", "date_diff('second', now(), now()) + random()"), ("c", "1 + 2")]),
        &fields,
    );
    let volatility: Vec<Volatility> = compiled.unwrap().iter().map(|e| e.volatility).collect();
    assert_eq!(volatility, [Volatility::PerSecond, Volatility::None]);
}

#[test]
fn an_expression_sees_of_the_clock_what_hangs_on_no_row() {
    let fields = schema(&[("x", DataType::Int64), ("t", DataType::parse("datetime").unwrap())]);
    let texts = [
        ("second", "second(now()) + \"x\""),
        ("day", "if(today() > date(\"t\"), 'old', 'new')"),
        ("minute", "var m := date_trunc('minute', now()); date_diff('second', m, \"t\")"),
        ("never", "now() >= now() and \"x\" > 1"),
        ("zone", "today('Asia/Tokyo') = date(\"t\") or random() > 0.5"),
    ];
    let compiled = compile_all(&named(&texts), &fields).unwrap();
    let differing = |from_ms: i64, to_ms: i64| -> Vec<&str> {
        let parts = |e: &crate::expr::Expression, now_ms| e.clock_parts(&Env { now_ms, seed: 1 });
        let differs = |e: &&crate::expr::Expression| parts(e, from_ms) != parts(e, to_ms);
        compiled.iter().filter(differs).map(|e| e.name.as_str()).collect()
    };
    assert!(differing(0, 999).is_empty());
    assert_eq!(differing(0, 1000), ["second"]);
    assert_eq!(differing(59_000, 60_000), ["second", "minute"]);
    assert_eq!(differing(86_399_000, 86_400_000), ["second", "day", "minute"]);
    assert_eq!(differing(15 * 3_600_000 - 1, 15 * 3_600_000), ["second", "minute", "zone"]);
}

#[test]
fn text_is_computed_once_for_each_distinct_one() {
    let words: Vec<Cell> =
        (0..40).map(|i| if i % 7 == 0 { Cell::Null } else { ["a", "b"][i % 2].into() }).collect();
    let compiled =
        compile_all(&named(&[("u", "upper(\"t\") || '!'")]), &schema(&[("t", DataType::String)]))
            .unwrap();
    let derived = derive(&compiled[0], &[&column(DataType::String, &words)], 40);
    let strings = derived.strings().unwrap();
    assert_eq!((strings.len(), strings.code_bound()), (2, 2));
    assert_eq!(shown(&derived, 3), ["null", "B!", "A!"]);
}

#[test]
fn a_narrow_column_keeps_its_type() {
    let columns = [
        ("x", DataType::Int8, vec![Cell::Int(5), Cell::Null]),
        ("u", DataType::UInt64, vec![Cell::Int(u64::MAX.into()); 2]),
    ];
    assert_eq!(values("coalesce(\"x\", 0)", &columns), ["5", "0"]);
    assert_eq!(values("\"u\"", &columns), ["18446744073709551615"; 2]);
    assert_eq!(
        values("\"u\" = 18446744073709551615 and \"u\" > \"x\"", &columns),
        ["true", "null"]
    );
    let type_of = |text: &str| {
        let fields =
            schema(&[("x", DataType::Int8), ("u", DataType::UInt64), ("f", DataType::Float32)]);
        validate(&named(&[("it", text)]), &fields, &[], &[])[0].1.clone().unwrap().to_string()
    };
    for (text, expected) in [
        ("coalesce(\"x\", 0)", "int8"),
        ("coalesce(\"x\", 1000)", "int64"),
        ("coalesce(\"u\", \"x\")", "decimal(38, 0)"),
        ("coalesce(\"f\", 0.5)", "float32"),
        ("\"x\" + 1", "float64"),
        ("cast(\"x\" as int16) + 1", "int64"),
        ("cast(\"x\" as decimal(5, 1)) * 1.25", "decimal(38, 3)"),
        ("cast(1 as int64) / 1", "float64"),
        ("abs(\"x\")", "int64"),
        ("bucket(now(), '1h', 'Asia/Tokyo')", "timestamp(ms, Asia/Tokyo)"),
        ("case when true then 1 else null end", "int64"),
    ] {
        assert_eq!(type_of(text), expected, "{text}");
    }
}
