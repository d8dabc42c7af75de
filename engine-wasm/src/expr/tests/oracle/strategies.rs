//! Random rows, and random expressions of each type.

use super::tree::V::{Bool, Dec, Float, Int, Null, Text, Time};
use super::tree::{E, Row, V};
use proptest::prelude::*;
use proptest::sample::select;

pub fn row() -> impl Strategy<Value = Row> {
    fn maybe(of: impl Strategy<Value = V>) -> impl Strategy<Value = V> {
        prop_oneof![1 => Just(Null), 6 => of]
    }
    let f = prop_oneof![
        3 => (-100.0..100.0f64).prop_map(Float),
        3 => select(vec![0.0, -0.0, 0.5, 1.0, -1.5, 2.5, 1e300, -1e300, 5e-324]).prop_map(Float),
        1 => select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]).prop_map(Float),
    ];
    let i = prop_oneof![
        4 => (-9i64..9).prop_map(|x| Int(x.into())),
        1 => select(vec![i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1]).prop_map(|x| Int(x.into())),
    ];
    let u = prop_oneof![
        4 => (0u64..9).prop_map(|x| Int(x.into())),
        1 => select(vec![u64::MAX, i64::MAX as u64 + 1]).prop_map(|x| Int(x.into())),
    ];
    let d = prop_oneof![
        4 => (-500i128..500).prop_map(Dec),
        1 => select(vec![10i128.pow(20) - 1, 1 - 10i128.pow(20)]).prop_map(Dec),
    ];
    let words = ["", "a", "B", "ab", " b ", "zürich", "日本", "İß", "12.5", "-3", "a,b,,c", "NaN"];
    let t = select(words.to_vec()).prop_map(|x| Text(x.to_owned()));
    let x = "[a-c,]{0,3}".prop_map(Text);
    // From 1960 to 2060, with the nights on which clocks are set.
    let ts = prop_oneof![
        3 => (-315_000_000_000i64..2_840_000_000_000).prop_map(Time),
        1 => (1_711_843_200_000i64..1_711_850_000_000).prop_map(Time),
        1 => (1_729_980_000_000i64..1_729_998_000_000).prop_map(Time),
    ];
    let s = any::<i8>().prop_map(|x| Int(x.into()));
    let first = (maybe(f), maybe(i), maybe(s), maybe(u), maybe(d));
    let second = (maybe(any::<bool>().prop_map(Bool)), maybe(t), maybe(x), maybe(ts));
    (first, second).prop_map(|((f, i, s, u, d), (b, t, x, ts))| [f, i, s, u, d, b, t, x, ts])
}

/// Strategies of expressions of each type, of which the deeper build upon the flatter.
#[derive(Clone)]
struct Types {
    num: BoxedStrategy<E>,
    int: BoxedStrategy<E>,
    dec: BoxedStrategy<E>,
    truth: BoxedStrategy<E>,
    text: BoxedStrategy<E>,
    time: BoxedStrategy<E>,
}

fn lit(text: &'static str, value: V) -> E {
    E::Lit(text, value)
}

fn word(text: &'static str) -> E {
    let inner = text.trim_matches('\'').to_owned();
    E::Lit(text, Text(inner))
}

fn call1(name: &'static str, a: E) -> E {
    E::Call(name, vec![a])
}

fn leaves() -> Types {
    let num = prop_oneof![
        4 => Just(E::Col("f")),
        1 => select(vec![
            lit("0.5", Float(0.5)), lit("-2.5", Float(-2.5)), lit("1e3", Float(1000.0)),
            lit("cast(null as float)", Null), lit("nan", Float(f64::NAN)), lit("infinity", Float(f64::INFINITY)),
        ]),
        1 => select(vec!["i", "s", "u", "d"]).prop_map(|name| call1("float", E::Col(name))),
    ];
    let int = prop_oneof![
        3 => Just(E::Col("i")),
        1 => select(vec![
            lit("cast(0 as int64)", Int(0)), lit("cast(3 as int64)", Int(3)), lit("cast(-2 as int64)", Int(-2)),
        ]),
    ];
    let dec = prop_oneof![
        3 => Just(E::Col("d")),
        1 => Just(lit("cast(1.25 as decimal(20, 2))", Dec(125))),
    ];
    let truth = prop_oneof![
        3 => Just(E::Col("b")),
        1 => select(vec![lit("true", Bool(true)), lit("false", Bool(false)), lit("cast(null as boolean)", Null)]),
    ];
    let text = prop_oneof![
        4 => select(vec![E::Col("t"), E::Col("x")]),
        1 => select(vec![word("''"), word("'a'"), word("','"), word("'日'"), word("'%b_'"), word("'ab'")]),
    ];
    let time = Just(E::Col("ts"));
    Types {
        num: num.boxed(),
        int: int.boxed(),
        dec: dec.boxed(),
        truth: truth.boxed(),
        text: text.boxed(),
        time: time.boxed(),
    }
}

/// One of a type chosen by conditions and by what is null.
fn choice(of: &BoxedStrategy<E>, truth: &BoxedStrategy<E>) -> BoxedStrategy<E> {
    let case =
        (truth.clone(), of.clone(), truth.clone(), of.clone(), proptest::option::of(of.clone()));
    let case = case
        .prop_map(|(c, a, d, b, otherwise)| E::Case(vec![(c, a), (d, b)], otherwise.map(Box::new)));
    let names = select(vec!["coalesce", "least", "greatest"]);
    let several = (names, proptest::collection::vec(of.clone(), 1..4));
    let several = several.prop_map(|(name, args)| E::Call(name, args));
    let null_if = (of.clone(), of.clone()).prop_map(|(a, b)| E::Call("nullif", vec![a, b]));
    prop_oneof![case, several, null_if].boxed()
}

fn deeper(below: Types) -> Types {
    let Types { num, int, dec, truth, text, time } = below;
    // Exact numbers would make arithmetic exact, which is a matter of its own below.
    let as_number = |a: E| if matches!(a, E::Col(_)) { a } else { call1("float", a) };
    let exact_numbers = prop_oneof![int.clone(), dec.clone()].prop_map(as_number);
    let number = prop_oneof![3 => num.clone(), 2 => exact_numbers].boxed();
    let two = |of: &BoxedStrategy<E>| (of.clone(), of.clone());
    let boxed = |a: E| Box::new(a);

    let arithmetic = (select(vec!["+", "-", "*", "/", "%", "^"]), number.clone(), num.clone());
    let arithmetic = arithmetic.prop_map(move |(op, a, b)| E::Op(op, boxed(a), boxed(b)));
    let functions =
        ["neg", "abs", "sign", "floor", "ceil", "round", "trunc", "sqrt", "exp", "tanh", "ln"];
    let functions = (select(functions.to_vec()), num.clone()).prop_map(|(name, a)| call1(name, a));
    let math =
        (select(vec!["sqrt", "exp", "ln"]), number.clone()).prop_map(|(name, a)| call1(name, a));
    let pairs = (select(vec!["hypot", "percent_of", "bucket"]), two(&num));
    // A width that is the reciprocal of a whole number is meant as that fraction.
    let pairs = pairs.prop_map(|(name, (a, b))| match name {
        "bucket" => E::Call(
            name,
            vec![a, E::Op("+", Box::new(call1("abs", b)), Box::new(lit("1.25", Float(1.25))))],
        ),
        _ => E::Call(name, vec![a, b]),
    });
    let clamp = (num.clone(), num.clone(), num.clone())
        .prop_map(|(a, b, c)| E::Call("clamp", vec![a, b, c]));
    let from_text = text.clone().prop_map(|a| call1("float", a));
    let new_num = prop_oneof![
        3 => num.clone(), 4 => arithmetic, 2 => functions, 1 => math, 1 => pairs, 1 => clamp,
        1 => from_text, 2 => choice(&num, &truth),
    ];

    let exact = (select(vec!["+", "-", "*", "%"]), two(&int));
    let exact = exact.prop_map(|(op, (a, b))| E::Exact(op, Box::new(a), Box::new(b)));
    let of_int = (select(vec!["abs", "sign"]), int.clone()).prop_map(|(name, a)| call1(name, a));
    let buckets = two(&int).prop_map(|(a, b)| E::Call("bucket", vec![a, b]));
    let cut = prop_oneof![num.clone(), dec.clone()].prop_map(|a| call1("integer", a));
    let length = text.clone().prop_map(|a| call1("length", a));
    let index = two(&text).prop_map(|(a, b)| E::Call("indexof", vec![a, b]));
    let parts =
        (select(vec!["hour", "month", "week"]), time.clone()).prop_map(|(name, a)| call1(name, a));
    let units = || select(vec![word("'hour'"), word("'day'"), word("'month'")]);
    let difference =
        (units(), two(&time)).prop_map(|(unit, (a, b))| E::Call("date_diff", vec![unit, a, b]));
    let new_int = prop_oneof![
        3 => int.clone(), 3 => exact, 1 => of_int, 1 => buckets, 1 => cut, 1 => length, 1 => index,
        1 => parts, 1 => difference, 2 => choice(&int, &truth),
    ];

    let sums = (select(vec!["+", "-", "%"]), two(&dec));
    let sums = sums.prop_map(|(op, (a, b))| E::Exact(op, Box::new(a), Box::new(b)));
    let products = (dec.clone(), int.clone());
    let products = products.prop_map(|(a, b)| E::Exact("*", Box::new(a), Box::new(b)));
    let rounded = (select(vec!["abs", "floor", "ceil", "round"]), dec.clone())
        .prop_map(|(name, a)| call1(name, a));
    let new_dec = prop_oneof![3 => dec.clone(), 2 => sums, 1 => products, 1 => rounded, 1 => choice(&dec, &truth)];

    let any_pair = prop_oneof![
        2 => two(&num), 2 => two(&int), 1 => (num.clone(), int.clone()), 1 => (num.clone(), dec.clone()),
        2 => two(&dec), 1 => (int.clone(), dec.clone()), 1 => (int.clone(), Just(E::Col("u"))),
        1 => (Just(E::Col("u")), dec.clone()), 1 => (Just(E::Col("s")), int.clone()),
        3 => two(&text), 1 => two(&truth), 1 => two(&time),
    ];
    let comparison = (select(vec!["=", "<>", "<", "<=", ">", ">="]), any_pair);
    let comparison = comparison.prop_map(|(op, (a, b))| E::Compare(op, Box::new(a), Box::new(b)));
    let logic = (select(vec!["and", "or"]), proptest::collection::vec(truth.clone(), 2..4));
    let logic = logic.prop_map(|(op, parts)| E::Logic(op, parts));
    let anything = prop_oneof![num.clone(), int.clone(), text.clone(), truth.clone(), time.clone()];
    let tests =
        (select(vec!["is null", "is not null"]), anything).prop_map(|(name, a)| call1(name, a));
    let within = prop_oneof![
        (text.clone(), proptest::collection::vec(text.clone(), 1..4)),
        (int.clone(), proptest::collection::vec(num.clone(), 1..4)),
    ];
    let within = within.prop_map(|(a, items)| E::In(Box::new(a), items));
    let between = (num.clone(), num.clone(), int.clone());
    let between = between.prop_map(|(a, b, c)| E::Between(Box::new(a), Box::new(b), Box::new(c)));
    let text_tests = (select(vec!["like", "contains", "starts_with"]), two(&text));
    let text_tests = text_tests.prop_map(|(name, (a, b))| E::Call(name, vec![a, b]));
    let as_truth = num.clone().prop_map(|a| call1("boolean", a));
    let new_truth = prop_oneof![
        2 => truth.clone(), 4 => comparison, 2 => logic, 1 => truth.clone().prop_map(|a| E::Not(Box::new(a))),
        1 => tests, 1 => within, 1 => between, 1 => text_tests, 1 => as_truth, 1 => choice(&truth, &truth),
    ];

    let of_text = (select(vec!["upper", "lower", "trim", "reverse"]), text.clone())
        .prop_map(|(name, a)| call1(name, a));
    // Few characters, so that texts stay short.
    let count = || {
        prop_oneof![
            Just(E::Col("s")),
            select(vec![lit("0", Int(0)), lit("2", Int(2)), lit("-1", Int(-1))])
        ]
    };
    let sides = (select(vec!["left", "right"]), text.clone(), count())
        .prop_map(|(name, a, n)| E::Call(name, vec![a, n]));
    let substring =
        (text.clone(), count(), count()).prop_map(|(a, n, m)| E::Call("substring", vec![a, n, m]));
    let replace = (text.clone(), text.clone(), text.clone())
        .prop_map(|(a, b, c)| E::Call("replace", vec![a, b, c]));
    let split = (text.clone(), text.clone(), count())
        .prop_map(|(a, b, n)| E::Call("split_part", vec![a, b, n]));
    let pad =
        (text.clone(), count(), text.clone()).prop_map(|(a, n, b)| E::Call("lpad", vec![a, n, b]));
    let put = (select(vec!["||", "concat"]), two(&text))
        .prop_map(|(name, (a, b))| E::Call(name, vec![a, b]));
    let string = prop_oneof![num.clone(), int.clone(), dec.clone(), truth.clone(), time.clone()]
        .prop_map(|a| call1("string", a));
    let names = time.clone().prop_map(|a| call1("day_of_week", a));
    let new_text = prop_oneof![
        4 => text.clone(), 2 => of_text, 1 => sides, 1 => substring, 1 => replace, 1 => split, 1 => pad,
        1 => put, 1 => string, 1 => names, 1 => choice(&text, &truth),
    ];

    let zones =
        select(vec![word("'Europe/Berlin'"), word("'America/Sao_Paulo'"), word("'Asia/Kolkata'")]);
    let units_of_truncation =
        || select(vec![word("'hour'"), word("'day'"), word("'week'"), word("'month'")]);
    // In the column's own zone the result keeps its type, which is what is shown here.
    let truncate = (units_of_truncation(), time.clone())
        .prop_map(|(unit, a)| E::Call("date_trunc", vec![unit, a]));
    let in_zone = (units_of_truncation(), time.clone(), zones);
    let in_zone = in_zone.prop_map(|(unit, a, zone)| E::Call("date_trunc", vec![unit, a, zone]));
    let add = (units(), Just(E::Col("s")), Just(E::Col("ts")))
        .prop_map(|(unit, n, a)| E::Call("date_add", vec![unit, n, a]));
    let new_time = prop_oneof![
        3 => time.clone(), 1 => truncate, 1 => in_zone.prop_map(in_utc), 1 => add, 1 => choice(&time, &truth),
    ];
    Types {
        num: new_num.boxed(),
        int: new_int.boxed(),
        dec: new_dec.boxed(),
        truth: new_truth.boxed(),
        text: new_text.boxed(),
        time: new_time.boxed(),
    }
}

/// The same instant without a zone of its own.
fn in_utc(e: E) -> E {
    call1("utc", e)
}

pub fn any_expression() -> BoxedStrategy<E> {
    let all = |t: Types| prop_oneof![3 => t.num, 2 => t.int, 1 => t.dec, 2 => t.truth, 2 => t.text, 1 => t.time];
    let first = deeper(leaves());
    let second = deeper(first.clone());
    let third = deeper(second.clone());
    prop_oneof![1 => all(first), 2 => all(second), 1 => all(third)].boxed()
}
