//! Functions of text.
//!
//! A function is computed once for each distinct combination of its arguments in the chunk
//! at hand: of a column with a hundred tickers `upper` is computed a hundred times at most.

use super::like::like;
use super::plan::Conversion;
use super::plan::{Node, Op};
use super::types::{convert, folded};
use super::vector::{Class, Data, Mask, Texts, Vector};
use crate::schema::DataType;
use regex_lite::Regex;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

/// The most bytes of a text that is put together; a longer one is null.
pub(super) const LONGEST_TEXT: usize = 16 * 1024;

/// A function, with what of its arguments was known when it was checked.
#[derive(Debug)]
pub(super) enum TextFunction {
    Length,
    Lower,
    Upper,
    /// Of which sides; the second argument, if there, are the characters to cut off.
    Trim {
        left: bool,
        right: bool,
    },
    /// On which side; a text, a length and perhaps what to fill up with.
    Pad {
        left: bool,
    },
    Left,
    Right,
    /// A text, a start and perhaps a length.
    Substring,
    /// A text, what to look for, and what to put there.
    Replace,
    /// A text, and what to put where the pattern matches: everywhere or once.
    ReplaceMatches {
        pattern: Regex,
        all: bool,
    },
    /// A text, a separator and the number of the part.
    SplitPart,
    Contains,
    StartsWith,
    EndsWith,
    Match(Regex),
    Search(Regex),
    IndexOf,
    Reverse,
    Repeat,
    /// A text, and those among which its place is wanted.
    Order,
    /// Texts; nulls are passed over.
    Concat,
    /// Texts; null where any is.
    Join,
    Like {
        ignore_case: bool,
    },
}

/// `concat` of values of any type, or `||` (`strict`), which is null where any of them is.
pub(super) fn concat(nodes: Vec<Node>, strict: bool) -> Node {
    let texts = nodes.into_iter().map(|node| convert(node, DataType::String, Conversion::Nearest));
    let function = if strict { TextFunction::Join } else { TextFunction::Concat };
    node(function, texts.collect())
}

pub(super) fn like_node(of: Node, pattern: Node, ignore_case: bool) -> Node {
    node(TextFunction::Like { ignore_case }, vec![of, pattern])
}

/// A call of `function`, computed at once where its arguments are constant.
pub(super) fn node(function: TextFunction, args: Vec<Node>) -> Node {
    let data_type = match function.class() {
        Class::Bool => DataType::Boolean,
        Class::Int => DataType::Int64,
        _ => DataType::String,
    };
    folded(Node::new(Op::Text(Rc::new(function)), args, data_type))
}

/// One argument of one call.
#[derive(Debug, Clone, Copy)]
enum Arg<'t> {
    Null,
    Int(i64),
    Text(&'t str),
}

impl<'t> Arg<'t> {
    fn text(self) -> &'t str {
        if let Arg::Text(text) = self { text } else { "" }
    }

    fn int(self) -> i64 {
        if let Arg::Int(x) = self { x } else { 0 }
    }
}

/// The result of one call.
#[derive(Debug)]
enum Out {
    Null,
    Bool(bool),
    Int(i64),
    /// These bytes of the first argument.
    Part(Range<usize>),
    Text(String),
}

impl TextFunction {
    /// The function of each row.
    pub fn apply<'a>(&self, args: &[Vector<'a>]) -> Vector<'a> {
        let varying: Vec<&Vector> = args.iter().filter(|v| !v.constant).collect();
        let strict = !matches!(self, TextFunction::Concat);
        if strict && args.iter().any(Vector::is_null) {
            return Vector::null(self.class());
        }
        match varying[..] {
            [] => self.each(args, vec![0], 1, |_, _| 0, Mask::default(), true),
            [Vector { data: Data::Text(texts), nulls, .. }] if strict => {
                // A call for each distinct text, in the place of a row.
                let (codes, calls) = (texts.codes.to_vec(), texts.pool.len());
                let place = |v: &Vector, call: usize| if v.constant { 0 } else { call };
                self.each_text(args, codes, calls, place, nulls.clone())
            }
            _ => {
                let (codes, firsts) = combinations(&varying);
                let place = |v: &Vector, call: usize| if v.constant { 0 } else { firsts[call] };
                self.each(args, codes, firsts.len(), place, Mask::default(), false)
            }
        }
    }

    /// Calls where the text of an argument that varies is at the place in its pool.
    fn each_text<'a>(
        &self,
        args: &[Vector<'a>],
        codes: Vec<u32>,
        calls: usize,
        place: impl Fn(&Vector, usize) -> usize,
        nulls: Mask,
    ) -> Vector<'a> {
        let by_pool: Vec<Vector<'a>> = args
            .iter()
            .map(|v| match &v.data {
                Data::Text(texts) if !v.constant => {
                    let codes = Rc::new((0..texts.pool.len() as u32).collect());
                    let texts = Texts { codes, pool: Rc::clone(&texts.pool) };
                    Vector::new(Data::Text(texts), Mask::default(), false)
                }
                _ => v.clone(),
            })
            .collect();
        self.each(&by_pool, codes, calls, place, nulls, false)
    }

    /// `calls` calls, whose arguments are at `place` of their vectors; a row has the result
    /// of the call that its code names.
    fn each<'a>(
        &self,
        args: &[Vector<'a>],
        codes: Vec<u32>,
        calls: usize,
        place: impl Fn(&Vector, usize) -> usize,
        nulls: Mask,
        constant: bool,
    ) -> Vector<'a> {
        let strict = !matches!(self, TextFunction::Concat);
        let mut values: Vec<Arg> = Vec::with_capacity(args.len());
        let results: Vec<Out> = (0..calls)
            .map(|call| {
                values.clear();
                values.extend(args.iter().map(|v| arg(v, place(v, call))));
                match strict && values.iter().any(|v| matches!(v, Arg::Null)) {
                    true => Out::Null,
                    false => self.call(&values),
                }
            })
            .collect();
        let null = |row: usize| matches!(results[codes[row] as usize], Out::Null);
        let missing = match results.iter().any(|out| matches!(out, Out::Null)) {
            true => Mask::from_fn(codes.len(), null),
            false => Mask::default(),
        };
        let by_call = |code: &u32| &results[*code as usize];
        let data = match self.class() {
            Class::Bool => {
                let value = |code| matches!(by_call(code), Out::Bool(true));
                Data::Bool(codes.iter().map(value).collect::<Vec<_>>().into())
            }
            Class::Int => {
                let value = |code| if let Out::Int(x) = by_call(code) { *x } else { 0 };
                Data::Int(codes.iter().map(value).collect::<Vec<_>>().into())
            }
            _ => {
                let text = |(call, out): (usize, Out)| match out {
                    Out::Text(text) => Cow::Owned(text),
                    Out::Part(range) => part(&args[0], place(&args[0], call), range),
                    _ => Cow::Borrowed(""),
                };
                let pool = results.into_iter().enumerate().map(text).collect();
                Data::Text(Texts { codes: Rc::new(codes), pool: Rc::new(pool) })
            }
        };
        Vector::new(data, missing.union(&nulls), constant)
    }

    /// Of what kind the results are.
    fn class(&self) -> Class {
        use TextFunction::*;
        match self {
            Length | IndexOf | Order => Class::Int,
            Contains | StartsWith | EndsWith | Match(_) | Like { .. } => Class::Bool,
            _ => Class::Text,
        }
    }

    fn call(&self, args: &[Arg<'_>]) -> Out {
        use TextFunction::*;
        let text = args[0].text();
        let second = || args[1].text();
        match self {
            Length => Out::Int(text.chars().count() as i64),
            Lower => Out::Text(text.to_lowercase()),
            Upper => Out::Text(text.to_uppercase()),
            Trim { left, right } => {
                let set = args.get(1).map(|arg| arg.text());
                let cut = |c: char| set.map_or(c.is_whitespace(), |set| set.contains(c));
                let start = if *left { text.len() - text.trim_start_matches(cut).len() } else { 0 };
                let end = if *right { text.trim_end_matches(cut).len() } else { text.len() };
                Out::Part(start.min(end)..end)
            }
            Pad { left } => pad(text, args[1].int(), args.get(2).map_or(" ", |f| f.text()), *left),
            Left => Out::Part(0..byte_at(text, taken(text, args[1].int()))),
            Right => {
                let count = text.chars().count();
                Out::Part(byte_at(text, count - taken(text, args[1].int()))..text.len())
            }
            Substring => substring(text, args[1].int(), args.get(2).map(|n| n.int())),
            Replace => replace(text, second(), args[2].text()),
            ReplaceMatches { pattern, all } => replace_matches(text, pattern, second(), *all),
            SplitPart => split_part(text, second(), args[2].int()),
            Contains => Out::Bool(text.contains(second())),
            StartsWith => Out::Bool(text.starts_with(second())),
            EndsWith => Out::Bool(text.ends_with(second())),
            Match(pattern) => Out::Bool(pattern.is_match(text)),
            Search(pattern) => {
                let found = pattern.captures(text).and_then(|c| c.get(1).or(c.get(0)));
                found.map_or(Out::Null, |found| Out::Part(found.range()))
            }
            IndexOf => {
                let found = text.find(second());
                Out::Int(found.map_or(0, |at| text[..at].chars().count() as i64 + 1))
            }
            Reverse => Out::Text(text.chars().rev().collect()),
            Repeat => {
                let count = usize::try_from(args[1].int()).unwrap_or(0);
                bounded(text.len().checked_mul(count), || text.repeat(count))
            }
            Order => {
                let place = args[1..].iter().position(|arg| arg.text() == text);
                Out::Int(place.unwrap_or(args.len() - 1) as i64)
            }
            Concat | Join => {
                let length = args.iter().map(|arg| arg.text().len()).sum();
                bounded(Some(length), || args.iter().map(|arg| arg.text()).collect())
            }
            Like { ignore_case } => Out::Bool(like(text, second(), *ignore_case)),
        }
    }
}

/// The value of a row.
fn arg<'t>(v: &'t Vector<'_>, row: usize) -> Arg<'t> {
    if v.nulls.contains(row) {
        return Arg::Null;
    }
    match &v.data {
        Data::Text(texts) => Arg::Text(texts.get(row)),
        Data::Int(values) => Arg::Int(values[row]),
        _ => unreachable!("functions of text take texts and integers"),
    }
}

/// Bytes of a text, which are copied only where the text itself is one of the batch.
fn part<'a>(v: &Vector<'a>, row: usize, range: Range<usize>) -> Cow<'a, str> {
    let texts = v.texts();
    match &texts.pool[texts.codes[row] as usize] {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

/// The distinct combinations of values of a row: of each row the number of its combination,
/// and of each combination the first row that has it.
fn combinations(vectors: &[&Vector<'_>]) -> (Vec<u32>, Vec<usize>) {
    let rows = vectors[0].len();
    let mut codes = vec![0u32; rows];
    let mut firsts = Vec::new();
    for vector in vectors {
        let mut known: FxHashMap<(u32, Option<i64>), u32> = FxHashMap::default();
        firsts.clear();
        for (row, code) in codes.iter_mut().enumerate() {
            let value = match &vector.data {
                _ if vector.nulls.contains(row) => None,
                Data::Text(texts) => Some(texts.codes[row].into()),
                Data::Int(values) => Some(values[row]),
                _ => unreachable!("functions of text take texts and integers"),
            };
            *code = *known.entry((*code, value)).or_insert_with(|| {
                firsts.push(row);
                (firsts.len() - 1) as u32
            });
        }
    }
    (codes, firsts)
}

/// A text of `length` bytes, if that is not too long.
fn bounded(length: Option<usize>, text: impl FnOnce() -> String) -> Out {
    match length {
        Some(length) if length <= LONGEST_TEXT => Out::Text(text()),
        _ => Out::Null,
    }
}

/// The byte at which character number `index` begins, or the end.
fn byte_at(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
}

/// How many characters `left` and `right` take: of a negative number all but so many.
fn taken(text: &str, count: i64) -> usize {
    let all = text.chars().count();
    match usize::try_from(count) {
        Ok(count) => count.min(all),
        Err(_) => all.saturating_sub(usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX)),
    }
}

/// `length` characters from number `start` on, counted from 1; a negative start counts from
/// the end, and 0 is the beginning too.
fn substring(text: &str, start: i64, length: Option<i64>) -> Out {
    let first = match start {
        1.. => usize::try_from(start - 1).unwrap_or(usize::MAX),
        0 => 0,
        _ => {
            let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            text.chars().count().saturating_sub(back)
        }
    };
    let from = byte_at(text, first);
    let to = match length {
        None => text.len(),
        Some(length) => from + byte_at(&text[from..], usize::try_from(length).unwrap_or(0)),
    };
    Out::Part(from..to)
}

/// `text` brought to `length` characters: cut off behind, or filled up.
fn pad(text: &str, length: i64, fill: &str, left: bool) -> Out {
    let length = usize::try_from(length).unwrap_or(0);
    let count = text.chars().count();
    if length <= count || fill.is_empty() {
        return Out::Part(0..byte_at(text, length));
    }
    if length > LONGEST_TEXT {
        return Out::Null;
    }
    let filling: String = fill.chars().cycle().take(length - count).collect();
    bounded(Some(text.len() + filling.len()), || match left {
        true => filling + text,
        false => text.to_owned() + &filling,
    })
}

fn replace(text: &str, find: &str, with: &str) -> Out {
    if find.is_empty() {
        return Out::Part(0..text.len());
    }
    let count = text.matches(find).count();
    let more = with.len().checked_mul(count).and_then(|m| m.checked_add(text.len()));
    match count {
        0 => Out::Part(0..text.len()),
        _ => bounded(more.map(|m| m - find.len() * count), || text.replace(find, with)),
    }
}

/// `with` may name groups of the match: `$1`, `${name}`; `$$` is a dollar.
fn replace_matches(text: &str, pattern: &Regex, with: &str, all: bool) -> Out {
    let mut out = String::new();
    let mut end = 0;
    for found in pattern.captures_iter(text).take(if all { usize::MAX } else { 1 }) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(&text[end..whole.start()]);
        found.expand(with, &mut out);
        end = whole.end();
        if out.len() > LONGEST_TEXT {
            return Out::Null;
        }
    }
    bounded(Some(out.len() + text.len() - end), || out + &text[end..])
}

/// Part number `n` between separators, from 1, or from the end where negative; empty where
/// there is none.
fn split_part(text: &str, separator: &str, n: i64) -> Out {
    let part = |found: Option<&str>| {
        let found = found.unwrap_or_default();
        let start = (found.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        if found.is_empty() { Out::Part(0..0) } else { Out::Part(start..start + found.len()) }
    };
    let index = usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX);
    match (separator.is_empty(), n) {
        (_, 0) => Out::Null,
        (true, 1 | -1) => Out::Part(0..text.len()),
        (true, _) => Out::Part(0..0),
        (false, 1..) => part(text.split(separator).nth(index - 1)),
        // Counted from the end, but split from the beginning: separators may overlap.
        (false, _) => {
            let count = text.split(separator).count();
            part(count.checked_sub(index).and_then(|place| text.split(separator).nth(place)))
        }
    }
}
