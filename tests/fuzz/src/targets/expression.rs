//! Expressions: the text is checked, and what is one computed over the small table.

use crate::mutate::{self, Random};
use crate::{looks, small_table};
use millrace_engine::view::ViewConfig;
use serde_json::json;

/// The longest expression that is tried.
const LONGEST: usize = 2048;

/// Checks a text as an expression and computes it, and another one that uses it.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > LONGEST {
        return;
    }
    let (mut graph, table) = small_table::filled(small_table::Sort::Bounded);
    let named = [("it".to_owned(), text.to_owned()), ("of it".to_owned(), "\"it\"".to_owned())];
    let checked = graph.table(table).expect("the table is there").validate(&named, &[]).expressions;
    let errors = checked.iter().filter_map(|(_, result)| result.as_ref().err());
    for error in errors {
        assert!(error.to_string().len() < 4096, "a short error: {error}");
    }
    let config = json!({ "expressions": { "it": text, "of it": "\"it\"" } });
    let config = ViewConfig::parse(&config.to_string()).expect("the config is well formed");
    let made = graph.add_view(table, config);
    let valid = checked.iter().all(|(_, result)| result.is_ok());
    match made {
        Ok(view) => {
            looks::write(&looks::window(&mut graph, view));
            small_table::go_on(&mut graph, table);
            looks::write(&looks::window(&mut graph, view));
        }
        Err(error) => assert!(!valid, "a valid expression makes a view: {error}"),
    }
}

/// What expressions are made of, beside the functions.
const WORDS: &str = "( ) , ; + - * / % ^ = == != <> < <= > >= || && ! ? : := . [ ] { } \
    and or not in is like between null true false case when then else end if as from cast( \
    extract( var x return 0 1 -1 2.5 0.5 1e308 9223372036854775807 18446744073709551615 \
    99999999999999999999999999999999999999 'x' '' '5m' '1D' 'day' 'month' 'Asia/Tokyo' \
    '2024-01-31' '%Y-%m' '(a|b)*' int8 int64 uint64 float32 date boolean string \
    timestamp(ns) decimal(38,30) // /* */ pi nan inf";

/// Puts words of the language in, or in the place of others, or takes some out.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, random: &mut Random) -> Option<usize> {
    if random.below(4) == 0 {
        return None;
    }
    let text = std::str::from_utf8(&data[..size]).ok()?.to_owned();
    let names: Vec<String> = WORDS
        .split_whitespace()
        .map(str::to_owned)
        .chain(small_table::COLUMNS.map(|(name, _)| format!("\"{name}\"")))
        .chain(FUNCTIONS.split_whitespace().map(|name| format!("{name}(")))
        .collect();
    let mut words = mutate::words_of(&text);
    for _ in 0..=random.below(3) {
        let at = random.below(words.len() + 1);
        match (random.below(4), at < words.len()) {
            (0, true) => drop(words.remove(at)),
            (1, true) => words[at] = random.pick(&names).clone(),
            (2, true) => {
                // A part of it becomes an argument.
                let end = at + 1 + random.below(words.len() - at);
                words.insert(end, [")", ", 1)", ", 'day')"][random.below(3)].to_owned());
                let function = FUNCTIONS.split_whitespace().collect::<Vec<_>>();
                words.insert(at, format!("{}(", random.pick(&function)));
            }
            _ => words.insert(at, random.pick(&names).clone()),
        }
    }
    mutate::put(&words.join(" "), data, max_size)
}

const FUNCTIONS: &str = "abs acos asin atan atan2 boolean bucket cbrt ceil clamp coalesce col \
    concat contains cos cosh date date_add date_diff date_part date_trunc datetime day \
    day_of_week day_of_year deg2rad e ends_with exp expm1 float floor greatest hour hour_of_day \
    hypot if index indexof inrange integer intern is_not_null is_null least left length ln log \
    log10 log1p log2 lower lpad ltrim match match_all max min minute mod month month_of_year now \
    nullif order percent_of pi pow quarter rad2deg random regexp_replace repeat replace \
    replace_all reverse right round rpad rtrim search second sign sin sinh split_part sqrt \
    starts_with strftime string substring tan tanh to_timezone today trim trunc upper week year";
