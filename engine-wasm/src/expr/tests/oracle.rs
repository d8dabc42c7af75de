//! The vectorised evaluator against a plain one: random well-typed expressions over random
//! columns, each row computed by itself from the tree, in the simplest code that does it.

use super::support::{Cell, values};
use crate::schema::DataType;
use crate::testing::cases;
use chrono::{
    DateTime, Datelike, Duration, LocalResult, Months, NaiveDateTime, TimeZone, Timelike,
};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;
use std::cmp::Ordering;

/// An expression. Which types go where is up to the strategies below.
#[derive(Debug, Clone)]
enum E {
    Col(&'static str),
    Lit(&'static str, V),
    /// Of floats, or of numbers that become floats.
    Op(&'static str, Box<E>, Box<E>),
    /// Of integers or decimals, the first of which is cast and so exact.
    Exact(&'static str, Box<E>, Box<E>),
    Compare(&'static str, Box<E>, Box<E>),
    Logic(&'static str, Vec<E>),
    Not(Box<E>),
    Case(Vec<(E, E)>, Option<Box<E>>),
    In(Box<E>, Vec<E>),
    Between(Box<E>, Box<E>, Box<E>),
    Call(&'static str, Vec<E>),
}

#[derive(Debug, Clone, PartialEq)]
enum V {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// In hundredths.
    Dec(i128),
    Text(String),
    /// Milliseconds.
    Time(i64),
}

use V::{Bool, Dec, Float, Int, Null, Text, Time};

/// The text of an expression, with brackets around all.
fn print(e: &E) -> String {
    let list = |of: &[E]| of.iter().map(print).collect::<Vec<_>>().join(", ");
    match e {
        E::Col(name) => format!("\"{name}\""),
        // A sign binds less tightly than a power.
        E::Lit(text, _) => format!("({text})"),
        E::Op(op, a, b) | E::Compare(op, a, b) => format!("({} {op} {})", print(a), print(b)),
        E::Exact(op, a, b) => {
            let to = if is_decimal(a) { "decimal(38, 2)" } else { "int64" };
            format!("(cast({} as {to}) {op} {})", print(a), print(b))
        }
        E::Logic(op, parts) => {
            format!("({})", parts.iter().map(print).collect::<Vec<_>>().join(&format!(" {op} ")))
        }
        E::Not(a) => format!("(not {})", print(a)),
        E::Case(branches, otherwise) => {
            let branch =
                |(when, then): &(E, E)| format!("when {} then {} ", print(when), print(then));
            let otherwise = otherwise.iter().map(|e| format!("else {} ", print(e)));
            let parts: String = branches.iter().map(branch).chain(otherwise).collect();
            format!("case {parts}end")
        }
        E::In(a, items) => format!("({} in ({}))", print(a), list(items)),
        E::Between(a, low, high) => {
            format!("({} between {} and {})", print(a), print(low), print(high))
        }
        E::Call(name, args) => match *name {
            "is null" | "is not null" => format!("({} {name})", print(&args[0])),
            "like" | "||" => format!("({} {name} {})", print(&args[0]), print(&args[1])),
            "neg" => format!("(-{})", print(&args[0])),
            "utc" => format!("cast({} as timestamp(ms))", print(&args[0])),
            _ => format!("{name}({})", list(args)),
        },
    }
}

/// Whether the values are decimals, so that a cast to decimal is exact.
fn is_decimal(e: &E) -> bool {
    match e {
        E::Col(name) => *name == "d",
        E::Lit(_, value) => matches!(value, Dec(_)),
        E::Exact(_, a, _) => is_decimal(a),
        E::Case(branches, _) => is_decimal(&branches[0].1),
        E::Call("integer" | "float", _) => false,
        E::Call(_, args) => args.first().is_some_and(is_decimal),
        _ => false,
    }
}

/// One row: a value of each column.
type Row = [V; COLUMNS.len()];

const COLUMNS: [&str; 9] = ["f", "i", "s", "u", "d", "b", "t", "x", "ts"];

fn types() -> [DataType; COLUMNS.len()] {
    let decimal = DataType::Decimal { precision: 20, scale: 2 };
    [
        DataType::Float64,
        DataType::Int64,
        DataType::Int8,
        DataType::UInt64,
        decimal,
        DataType::Boolean,
        DataType::String,
        DataType::String,
        DataType::parse("timestamp(ms)").unwrap(),
    ]
}

fn float(v: &V) -> f64 {
    match v {
        Float(x) => *x,
        Int(x) => *x as f64,
        Dec(x) => *x as f64 / 100.0,
        other => panic!("{other:?} is no number"),
    }
}

/// A number that is one: what is not defined is null.
fn defined(x: f64, of: &[f64]) -> V {
    if x.is_nan() && of.iter().all(|x| !x.is_nan()) { Null } else { Float(x) }
}

fn order(a: &V, b: &V) -> Ordering {
    match (a, b) {
        (Int(a), Int(b)) | (Dec(a), Dec(b)) => a.cmp(b),
        (Int(a), Dec(b)) => (a * 100).cmp(b),
        (Dec(a), Int(b)) => a.cmp(&(b * 100)),
        (Bool(a), Bool(b)) => a.cmp(b),
        (Text(a), Text(b)) => a.chars().cmp(b.chars()),
        (Time(a), Time(b)) => a.cmp(b),
        (a, b) => {
            let (a, b) = (float(a), float(b));
            match (a.is_nan(), b.is_nan()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ if a < b => Ordering::Less,
                _ if a > b => Ordering::Greater,
                _ => Ordering::Equal,
            }
        }
    }
}

fn compare(op: &str, a: &V, b: &V) -> V {
    if *a == Null || *b == Null {
        return Null;
    }
    let order = order(a, b);
    Bool(match op {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => panic!("{op}"),
    })
}

fn and(parts: &[V]) -> V {
    if parts.contains(&Bool(false)) {
        Bool(false)
    } else if parts.contains(&Null) {
        Null
    } else {
        Bool(true)
    }
}

fn not(v: V) -> V {
    if let Bool(x) = v { Bool(!x) } else { Null }
}

fn eval(e: &E, row: &Row) -> V {
    let one = |e: &E| eval(e, row);
    match e {
        E::Col(name) => row[COLUMNS.iter().position(|n| n == name).unwrap()].clone(),
        E::Lit(_, value) => value.clone(),
        E::Op(op, a, b) => {
            let (a, b) = (one(a), one(b));
            if a == Null || b == Null {
                return Null;
            }
            let (a, b) = (float(&a), float(&b));
            match *op {
                "+" => Float(a + b),
                "-" => Float(a - b),
                "*" => Float(a * b),
                "/" | "%" if b == 0.0 => Null,
                "/" => Float(a / b),
                "%" => Float(a % b),
                "^" if a == 0.0 && b < 0.0 => Null,
                "^" => defined(a.powf(b), &[a, b]),
                _ => panic!("{op}"),
            }
        }
        E::Exact(op, a, b) => exact(op, one(a), one(b)),
        E::Compare(op, a, b) => compare(op, &one(a), &one(b)),
        E::Logic(op, parts) => {
            let parts: Vec<V> = parts.iter().map(one).collect();
            match *op {
                "and" => and(&parts),
                _ => not(and(&parts.into_iter().map(not).collect::<Vec<_>>())),
            }
        }
        E::Not(a) => not(one(a)),
        E::Case(branches, otherwise) => {
            let taken = branches.iter().find(|(when, _)| one(when) == Bool(true));
            taken.map(|(_, then)| one(then)).or(otherwise.as_ref().map(|e| one(e))).unwrap_or(Null)
        }
        E::In(a, items) => {
            let a = one(a);
            let unequal = |item| not(compare("=", &a, &one(item)));
            not(and(&items.iter().map(unequal).collect::<Vec<_>>()))
        }
        E::Between(a, low, high) => {
            let a = one(a);
            and(&[compare(">=", &a, &one(low)), compare("<=", &a, &one(high))])
        }
        E::Call(name, args) => call(name, args.iter().map(one).collect()),
    }
}

fn exact(op: &str, a: V, b: V) -> V {
    let (a, b, decimal) = match (a, b) {
        (Null, _) | (_, Null) => return Null,
        (Int(a), Int(b)) => (a, b, false),
        (Dec(a), Dec(b)) if op == "*" => panic!("{a} * {b} has four digits"),
        (Dec(a), Dec(b)) => (a, b, true),
        (Dec(a), Int(b)) if op == "*" => (a, b, true),
        (Dec(a), Int(b)) => (a, b * 100, true),
        other => panic!("{other:?}"),
    };
    let value = match op {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        _ => a.checked_rem(b),
    };
    match value {
        Some(x) if decimal && x.abs() < 10i128.pow(38) => Dec(x),
        Some(x) if !decimal && i64::try_from(x).is_ok() => Int(x),
        _ => Null,
    }
}

/// A function of values that none is null of, but for those that look at nulls.
fn call(name: &str, args: Vec<V>) -> V {
    match name {
        "is null" => return Bool(args[0] == Null),
        "is not null" => return Bool(args[0] != Null),
        "coalesce" => return args.into_iter().find(|v| *v != Null).unwrap_or(Null),
        "least" | "greatest" => {
            let mut best = Null;
            for v in args.into_iter().filter(|v| *v != Null) {
                let wanted = if name == "least" { Ordering::Less } else { Ordering::Greater };
                if best == Null || order(&v, &best) == wanted {
                    best = v;
                }
            }
            return best;
        }
        "nullif" => {
            return if compare("=", &args[0], &args[1]) == Bool(true) {
                Null
            } else {
                args[0].clone()
            };
        }
        "concat" => return Text(args.iter().filter(|v| **v != Null).map(shown).collect()),
        _ if args.contains(&Null) => return Null,
        _ => {}
    }
    let text = |i: usize| -> Vec<char> {
        if let Text(text) = &args[i] { text.chars().collect() } else { panic!("{:?}", args[i]) }
    };
    let int = |i: usize| if let Int(x) = args[i] { x } else { panic!("{:?}", args[i]) };
    let made = |chars: &[char]| Text(chars.iter().collect());
    let fits = |x: i128| if i64::try_from(x).is_ok() { Int(x) } else { Null };
    let one = |f: fn(f64) -> f64| {
        let x = float(&args[0]);
        defined(f(x), &[x])
    };
    match (name, &args[0]) {
        ("utc", _) => args[0].clone(),
        ("neg", Dec(x)) => Dec(-x),
        ("neg", _) => one(|x| -x),
        ("abs", Int(x)) => fits(x.abs()),
        ("abs", Dec(x)) => Dec(x.abs()),
        ("abs", _) => one(f64::abs),
        ("sign", Int(x)) => Int(x.signum()),
        ("sign", _) => one(|x| {
            if x > 0.0 {
                1.0
            } else if x < 0.0 {
                -1.0
            } else {
                x.abs()
            }
        }),
        ("floor", Dec(x)) => Dec(x.div_euclid(100) * 100),
        ("floor", _) => one(f64::floor),
        ("ceil", Dec(x)) => Dec(-(-x).div_euclid(100) * 100),
        ("ceil", _) => one(f64::ceil),
        ("round", Dec(x)) => Dec((x.abs() + 50) / 100 * 100 * x.signum()),
        ("round", _) => one(f64::round),
        ("trunc", _) => one(f64::trunc),
        ("sqrt", _) => one(f64::sqrt),
        ("exp", _) => one(f64::exp),
        ("tanh", _) => one(f64::tanh),
        ("ln", x) if float(x) == 0.0 => Null,
        ("ln", _) => one(f64::ln),
        ("hypot", _) => Float(float(&args[0]).hypot(float(&args[1]))),
        ("percent_of", _) => match float(&args[1]) {
            0.0 => Null,
            y => Float(float(&args[0]) / y * 100.0),
        },
        ("clamp", _) => {
            let low = if order(&args[1], &args[0]).is_lt() { &args[0] } else { &args[1] };
            if order(&args[2], low).is_lt() { args[2].clone() } else { low.clone() }
        }
        ("bucket", Int(x)) => match int(1) {
            ..=0 => Null,
            width => fits(x.div_euclid(width) * width),
        },
        ("bucket", Float(x)) => match float(&args[1]) {
            width if width.is_nan() => Float(f64::NAN),
            width if width <= 0.0 || width.is_infinite() => Null,
            _ if !x.is_finite() => Float(*x),
            width => {
                let floor = (x / width).floor() * width;
                Float(if floor.is_finite() { floor } else { *x })
            }
        },
        ("float", Text(text)) => text.trim().parse().map_or(Null, Float),
        ("float", x) => Float(float(x)),
        ("integer", Float(x)) => match x.trunc() {
            x if x.is_nan() || x.abs() >= 9.3e18 => Null,
            x => fits(x as i128),
        },
        ("integer", Dec(x)) => fits(x / 100),
        ("boolean", Float(x)) => {
            if x.is_nan() {
                Null
            } else {
                Bool(*x != 0.0)
            }
        }
        ("string", x) => Text(shown(x)),
        ("length", _) => Int(text(0).len() as i128),
        ("upper", Text(x)) => Text(x.to_uppercase()),
        ("lower", Text(x)) => Text(x.to_lowercase()),
        ("trim", Text(x)) => Text(x.trim().to_owned()),
        ("reverse", _) => made(&text(0).into_iter().rev().collect::<Vec<_>>()),
        ("left", _) => {
            let x = text(0);
            let n = int(1);
            let n = if n < 0 { (x.len() as i128 + n).max(0) } else { n.min(x.len() as i128) };
            made(&x[..n as usize])
        }
        ("right", _) => {
            let x = text(0);
            let n = int(1);
            let n = if n < 0 { (x.len() as i128 + n).max(0) } else { n.min(x.len() as i128) };
            made(&x[x.len() - n as usize..])
        }
        ("substring", _) => {
            let x = text(0);
            let count = x.len() as i128;
            let start = match int(1) {
                0 => 0,
                n if n < 0 => (count + n).max(0),
                n => (n - 1).min(count),
            };
            let end = (start + int(2).max(0)).min(count);
            made(&x[start as usize..end as usize])
        }
        ("replace", Text(x)) => {
            let (find, with) = (shown(&args[1]), shown(&args[2]));
            if find.is_empty() {
                args[0].clone()
            } else {
                Text(x.split(&find).collect::<Vec<_>>().join(&with))
            }
        }
        ("split_part", Text(x)) => {
            let separator = shown(&args[1]);
            let parts: Vec<&str> = match separator.is_empty() {
                true => vec![x],
                false => x.split(&separator).collect(),
            };
            let n = int(2);
            let place = if n < 0 { parts.len() as i128 + n } else { n - 1 };
            match n {
                0 => Null,
                _ => Text(
                    usize::try_from(place)
                        .ok()
                        .and_then(|i| parts.get(i))
                        .copied()
                        .unwrap_or("")
                        .to_owned(),
                ),
            }
        }
        ("lpad", _) => {
            let (x, fill, n) = (text(0), text(2), int(1).max(0) as usize);
            if n <= x.len() || fill.is_empty() {
                return made(&x[..n.min(x.len())]);
            }
            let filling = fill.iter().cycle().take(n - x.len());
            made(&filling.chain(&x).copied().collect::<Vec<_>>())
        }
        ("contains", Text(x)) => Bool(x.contains(&shown(&args[1]))),
        ("starts_with", Text(x)) => Bool(x.starts_with(&shown(&args[1]))),
        ("indexof", _) => {
            let (x, part) = (text(0), text(1));
            let found = (0..=x.len()).find(|i| x[*i..].starts_with(&part));
            Int(found.map_or(0, |i| i as i128 + 1))
        }
        ("||", _) => Text(args.iter().map(shown).collect()),
        ("like", _) => Bool(matches(&text(0), &text(1))),
        ("hour", Time(x)) => Int(i128::from(naive(*x).hour())),
        ("month", Time(x)) => Int(i128::from(naive(*x).month())),
        ("week", Time(x)) => Int(i128::from(naive(*x).iso_week().week())),
        ("day_of_week", Time(x)) => {
            let day = naive(*x).weekday();
            Text(format!("{} {}", day.number_from_sunday(), naive(*x).format("%A")))
        }
        ("date_add", Text(unit)) => {
            let Time(x) = args[2] else { panic!("a time") };
            let n = int(1) as i64;
            let day = Duration::days(n);
            let moved = match unit.as_str() {
                "hour" => naive(x) + Duration::hours(n),
                "day" => naive(x) + day,
                "month" if n < 0 => naive(x) - Months::new(n.unsigned_abs() as u32),
                _ => naive(x) + Months::new(n as u32),
            };
            Time(moved.and_utc().timestamp_millis())
        }
        ("date_diff", Text(unit)) => {
            let number = |v: &V| {
                let Time(x) = v else { panic!("a time") };
                let at = naive(*x);
                match unit.as_str() {
                    "hour" => i128::from(x.div_euclid(3_600_000)),
                    "day" => i128::from(x.div_euclid(86_400_000)),
                    _ => i128::from(at.year()) * 12 + i128::from(at.month()),
                }
            };
            Int(number(&args[2]) - number(&args[1]))
        }
        ("date_trunc", Text(unit)) => {
            let Time(x) = args[1] else { panic!("a time") };
            let zone: Tz = args.get(2).map_or("UTC".to_owned(), shown).parse().unwrap();
            Time(truncated(x, unit, zone))
        }
        _ => panic!("{name}"),
    }
}

fn matches(text: &[char], pattern: &[char]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some('%'), _) => {
            matches(text, &pattern[1..]) || !text.is_empty() && matches(&text[1..], pattern)
        }
        (Some('_'), Some(_)) => matches(&text[1..], &pattern[1..]),
        (Some(a), Some(b)) => a == b && matches(&text[1..], &pattern[1..]),
        _ => false,
    }
}

fn naive(ms: i64) -> NaiveDateTime {
    DateTime::from_timestamp_millis(ms).unwrap().naive_utc()
}

/// The beginning of the unit in which an instant lies, in a zone.
fn truncated(ms: i64, unit: &str, zone: Tz) -> i64 {
    let at = zone.from_utc_datetime(&naive(ms));
    let local = at.naive_local();
    let hour = local.date().and_hms_opt(local.hour(), 0, 0).unwrap();
    let day = local.date().and_hms_opt(0, 0, 0).unwrap();
    let start = match unit {
        "hour" => hour,
        "day" => day,
        "week" => day - Duration::days(local.weekday().num_days_from_monday().into()),
        _ => day - Duration::days((local.day() - 1).into()),
    };
    let found = match zone.from_local_datetime(&start) {
        LocalResult::Single(one) => one,
        LocalResult::Ambiguous(first, second) => {
            // Of two, the one that clocks are set like at the instant itself.
            if second.naive_local() - second.naive_utc() == local - at.naive_utc() {
                second
            } else {
                first
            }
        }
        // The day begins later than at midnight.
        LocalResult::None => {
            let later = (1..).map(|minutes| start + Duration::minutes(minutes));
            let mut later = later.filter_map(|local| zone.from_local_datetime(&local).earliest());
            later.next().unwrap()
        }
    };
    found.timestamp_millis()
}

/// The value as text, as a column shows it.
fn shown(v: &V) -> String {
    match v {
        Null => "null".to_owned(),
        Bool(x) => x.to_string(),
        Int(x) => x.to_string(),
        Float(x) => x.to_string(),
        Dec(x) => {
            let sign = if *x < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", x.abs() / 100, x.abs() % 100)
        }
        Text(x) => x.clone(),
        Time(x) => naive(*x).format("%Y-%m-%dT%H:%M:%S%.fZ").to_string(),
    }
}

fn row() -> impl Strategy<Value = Row> {
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

fn any_expression() -> BoxedStrategy<E> {
    let all = |t: Types| prop_oneof![3 => t.num, 2 => t.int, 1 => t.dec, 2 => t.truth, 2 => t.text, 1 => t.time];
    let first = deeper(leaves());
    let second = deeper(first.clone());
    let third = deeper(second.clone());
    prop_oneof![1 => all(first), 2 => all(second), 1 => all(third)].boxed()
}

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
