//! The value of an expression in a row, by the rules of `docs/expressions.md`.

use super::tree::V::{self, Bool, Dec, Float, Int, Null, Text, Time};
use super::tree::{COLUMNS, E, Row};
use chrono::{
    DateTime, Datelike, Duration, LocalResult, Months, NaiveDateTime, TimeZone, Timelike,
};
use chrono_tz::Tz;
use std::cmp::Ordering;

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

pub fn eval(e: &E, row: &Row) -> V {
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
pub fn shown(v: &V) -> String {
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
