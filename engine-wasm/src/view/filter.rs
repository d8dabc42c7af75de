//! Which rows take part in a view.
//!
//! A term is compiled against its column once. Numbers, dates and times become a range of
//! [`SortKey`]s, so that every comparison is two integer comparisons a row; text becomes
//! a verdict for each code, found once for each string and remembered.
//!
//! Terms may be joined and negated. What is negated lets in just the rows that it would not.
//!
//! Rules: a comparison with a null row does not hold, but `!=` and `not in` do. Tests of
//! text that look into it (`contains`, `begins with`, …) ignore case, `matches` does not.
//! A term whose operand is null is passed over, and what is joined of nothing but such.
//! `within` looks at the clock too: see [`within`].

mod columns;
mod compile;
mod operand;
mod operator;
mod within;

pub(super) use compile::compile_test;

use super::config::{FilterNode, FilterOp};
use super::scope::Scope;
use super::slots::Places;
use crate::error::Result;
use crate::keys::{SortKey, sort_keys};
use crate::scalar::Scalar;
use crate::table::{Interner, Renumbering, RowId, Table, Values};
use compile::compile;
use operator::Operator;
use regex_lite::Regex;
use std::ops::{Range, RangeInclusive};

/// The compiled filter of a view.
#[derive(Debug)]
pub struct Filter {
    /// None where every row takes part.
    root: Option<Node>,
    /// Which of the rows at hand take part, and what is computed for it.
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    keep: Vec<bool>,
    keys: Vec<SortKey>,
    /// Whether the rows come into the view.
    coming: bool,
}

#[derive(Debug)]
enum Node {
    Term(Box<Term>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
}

#[derive(Debug)]
struct Term {
    column: usize,
    test: Test,
}

/// What a value must be.
#[derive(Debug)]
pub(super) enum Test {
    IsNull,
    IsNotNull,
    /// The value's key lies in one of the ranges.
    Keys {
        ranges: Vec<RangeInclusive<u64>>,
        null_rows: bool,
    },
    /// The unscaled decimal lies in one of the ranges.
    Decimals {
        ranges: Vec<RangeInclusive<i128>>,
        null_rows: bool,
    },
    /// The string passes; verdicts by code.
    Text {
        test: TextTest,
        verdicts: Vec<Option<bool>>,
        null_rows: bool,
    },
    /// The value compares so to that of another column.
    Column(columns::Comparison),
    /// The time is later than so long before now.
    Within(within::Within),
}

#[derive(Debug)]
pub(super) enum TextTest {
    Less { than: String, or_equal: bool },
    Greater { than: String, or_equal: bool },
    Between(String, String),
    In { texts: Vec<String>, negated: bool },
    Contains { lower: String, negated: bool },
    BeginsWith { lower: String, negated: bool },
    EndsWith { lower: String, negated: bool },
    Matches { pattern: Regex, negated: bool },
}

impl Test {
    /// Whether a value by itself passes; a test that compares columns, or looks at the clock,
    /// knows none.
    pub(super) fn passes(&self, value: Scalar, strings: Option<&Interner>) -> bool {
        match self {
            Test::IsNull => value.is_null(),
            Test::IsNotNull => !value.is_null(),
            Test::Keys { null_rows, .. }
            | Test::Decimals { null_rows, .. }
            | Test::Text { null_rows, .. }
                if value.is_null() =>
            {
                *null_rows
            }
            Test::Keys { ranges, .. } => {
                let key = match value {
                    Scalar::Bool(x) => x.into(),
                    Scalar::Int(x) => SortKey::int(x).0,
                    Scalar::UInt(x) => x,
                    Scalar::Float(x) => SortKey::float(x).0,
                    _ => return false,
                };
                ranges.iter().any(|range| range.contains(&key))
            }
            Test::Decimals { ranges, .. } => match value {
                Scalar::Decimal(x) => ranges.iter().any(|range| range.contains(&x)),
                _ => false,
            },
            Test::Text { test, .. } => match (value, strings) {
                (Scalar::Code(code), Some(strings)) => test.passes(strings.get(code)),
                _ => false,
            },
            Test::Column(_) | Test::Within(_) => false,
        }
    }
}

impl TextTest {
    fn passes(&self, text: &str) -> bool {
        match self {
            TextTest::Less { than, or_equal } => {
                text < than.as_str() || (*or_equal && text == than)
            }
            TextTest::Greater { than, or_equal } => {
                text > than.as_str() || (*or_equal && text == than)
            }
            TextTest::Between(from, to) => text >= from.as_str() && text <= to.as_str(),
            TextTest::In { texts, negated } => texts.iter().any(|t| t == text) != *negated,
            TextTest::Contains { lower, negated } => {
                lower_case(text).contains(lower.as_str()) != *negated
            }
            TextTest::BeginsWith { lower, negated } => {
                lower_case(text).starts_with(lower.as_str()) != *negated
            }
            TextTest::EndsWith { lower, negated } => {
                lower_case(text).ends_with(lower.as_str()) != *negated
            }
            TextTest::Matches { pattern, negated } => pattern.is_match(text) != *negated,
        }
    }
}

/// A text in lower case, each letter by itself: what a letter becomes must not depend on
/// where it stands, or a part of a text would not be found in it.
fn lower_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Filter {
    /// Compiles `nodes` for the columns of `scope`.
    ///
    /// # Errors
    /// For a column that the table does not have, an operator that its type does not have,
    /// or an operand that does not fit, with the place of the term.
    pub fn new(nodes: &[FilterNode], op: FilterOp, scope: &Scope<'_>) -> Result<Self> {
        let root = Node::joined(nodes, op, scope).map_err(|e| e.at("filter"))?;
        Ok(Filter { root, scratch: Scratch::default() })
    }

    /// Whether every row takes part.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Puts the places of a segment whose rows come into the view and take part into `out`.
    pub fn select(&mut self, table: &Table, segment: u64, places: &Places<'_>, out: &mut Vec<u32>) {
        match places {
            Places::New(places) => table.places(segment, places.clone(), out),
            Places::Back(places) => {
                out.clear();
                out.extend_from_slice(places);
            }
        }
        self.scratch.coming = true;
        self.reduce(table, segment, out);
    }

    /// The same of rows at the places `among` that are in the view, or have been until now.
    pub fn select_of(&mut self, table: &Table, segment: u64, among: &[u32], out: &mut Vec<u32>) {
        out.clear();
        out.extend_from_slice(among);
        self.scratch.coming = false;
        self.reduce(table, segment, out);
    }

    /// Takes away the places whose rows do not pass.
    fn reduce(&mut self, table: &Table, segment: u64, out: &mut Vec<u32>) {
        if let Some(root) = &mut self.root {
            root.reduce(table, segment, out, &mut self.scratch);
        }
    }

    /// Whether rows come and go with the clock.
    pub fn follows_clock(&self) -> bool {
        let mut follows = false;
        if let Some(root) = &self.root {
            root.for_each(&mut |term| follows |= matches!(term.test, Test::Within(_)));
        }
        follows
    }

    fn each_within(&mut self, mut each: impl FnMut(usize, &mut within::Within)) {
        if let Some(root) = &mut self.root {
            root.for_each_mut(&mut |term| {
                if let Test::Within(within) = &mut term.test {
                    each(term.column, within);
                }
            });
        }
    }

    /// The rows of `there` that may take part by one of the clocks, the last one that was
    /// [handed in](Filter::set_clock) and the table's own, and not by the other; ascending.
    pub fn crossing(&mut self, table: &Table, there: Range<RowId>) -> Vec<RowId> {
        let mut rows = Vec::new();
        self.each_within(|column, within| {
            within.crossing(column, table, there.clone(), table.now_ms(), &mut rows);
        });
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// From now on rows take part by the table's clock.
    pub fn set_clock(&mut self, table: &Table) {
        self.each_within(|_, within| within.set_clock(table.now_ms()));
    }

    /// Ends a tick.
    pub fn settle(&mut self, table: &Table) {
        self.each_within(|column, within| within.settle(column, table));
    }

    /// Forgets all rows.
    pub fn forget_rows(&mut self) {
        self.each_within(|_, within| within.clear());
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.each_within(|_, within| within.renumber(rows));
    }

    /// The columns that are read.
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        if let Some(root) = &self.root {
            root.for_each(&mut |term| {
                columns.push(term.column);
                if let Test::Column(comparison) = &term.test {
                    columns.push(comparison.other());
                }
            });
        }
        columns
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let mut verdicts = 0;
        if let Some(root) = &self.root {
            root.for_each(&mut |term| match &term.test {
                Test::Text { verdicts: held, .. } => verdicts += held.capacity(),
                Test::Within(within) => verdicts += within.memory(),
                _ => {}
            });
        }
        verdicts + self.scratch.keep.capacity() + self.scratch.keys.capacity() * 8
    }

    /// Forgets verdicts on codes of `column` that now may mean other strings.
    pub fn forget_codes(&mut self, column: usize, codes: &[u32]) {
        let Some(root) = &mut self.root else { return };
        root.for_each_mut(&mut |term| {
            if let Test::Text { verdicts, .. } = &mut term.test
                && term.column == column
            {
                for &code in codes {
                    if let Some(verdict) = verdicts.get_mut(code as usize) {
                        *verdict = None;
                    }
                }
            }
        });
    }
}

impl Node {
    /// None where no term is filled in.
    fn new(node: &FilterNode, scope: &Scope<'_>) -> Result<Option<Node>> {
        Ok(match node {
            FilterNode::Term(term) => compile(term, scope)?.map(|term| Node::Term(Box::new(term))),
            FilterNode::Joined(op, nodes) => {
                Node::joined(nodes, *op, scope).map_err(|e| e.at(format!(".{}", op.name())))?
            }
            FilterNode::Not(node) => Node::new(node, scope)
                .map_err(|e| e.at(".not"))?
                .map(|node| Node::Not(Box::new(node))),
        })
    }

    fn joined(nodes: &[FilterNode], op: FilterOp, scope: &Scope<'_>) -> Result<Option<Node>> {
        let mut compiled = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            compiled.extend(Node::new(node, scope).map_err(|e| e.at(format!("[{i}]")))?);
        }
        Ok(match (compiled.len(), op) {
            (0, _) => None,
            (1, _) => compiled.pop(),
            (_, FilterOp::And) => Some(Node::All(compiled)),
            (_, FilterOp::Or) => Some(Node::Any(compiled)),
        })
    }

    /// Takes away of `places`, which are ascending, those whose rows do not pass.
    fn reduce(
        &mut self,
        table: &Table,
        segment: u64,
        places: &mut Vec<u32>,
        scratch: &mut Scratch,
    ) {
        match self {
            Node::Term(term) => {
                scratch.keep.clear();
                scratch.keep.resize(places.len(), true);
                term.evaluate(table, segment, places, scratch);
                keep_marked(places, &scratch.keep);
            }
            Node::All(nodes) => {
                for node in nodes {
                    node.reduce(table, segment, places, scratch);
                }
            }
            Node::Any(nodes) => {
                // What one node lets in, no other is asked about.
                let mut rest = std::mem::take(places);
                for node in nodes {
                    let mut passing = rest.clone();
                    node.reduce(table, segment, &mut passing, scratch);
                    subtract(&mut rest, &passing);
                    places.append(&mut passing);
                }
                places.sort_unstable();
            }
            Node::Not(node) => {
                let mut passing = places.clone();
                node.reduce(table, segment, &mut passing, scratch);
                subtract(places, &passing);
            }
        }
    }

    fn for_each(&self, each: &mut impl FnMut(&Term)) {
        match self {
            Node::Term(term) => each(term),
            Node::All(nodes) | Node::Any(nodes) => {
                nodes.iter().for_each(|node| node.for_each(each))
            }
            Node::Not(node) => node.for_each(each),
        }
    }

    fn for_each_mut(&mut self, each: &mut impl FnMut(&mut Term)) {
        match self {
            Node::Term(term) => each(term),
            Node::All(nodes) | Node::Any(nodes) => {
                nodes.iter_mut().for_each(|node| node.for_each_mut(each));
            }
            Node::Not(node) => node.for_each_mut(each),
        }
    }
}

/// Takes `part` away from `places`, of which it is a part; both are ascending.
fn subtract(places: &mut Vec<u32>, part: &[u32]) {
    let mut part = part.iter().copied().peekable();
    places.retain(|&place| part.next_if_eq(&place).is_none());
}

/// Keeps of `places` those that are marked.
fn keep_marked(places: &mut Vec<u32>, marks: &[bool]) {
    let mut kept = 0;
    for (place, &keep) in (0..places.len()).zip(marks) {
        places[kept] = places[place];
        kept += usize::from(keep);
    }
    places.truncate(kept);
}

impl Term {
    /// Unmarks those of `places` in `scratch` that do not pass.
    fn evaluate(&mut self, table: &Table, segment: u64, places: &[u32], scratch: &mut Scratch) {
        let Scratch { keep, keys, coming } = scratch;
        let column = &table.columns()[self.column];
        let values = column.segment(segment).values();
        let nulls = column.segment(segment).nulls();
        let is_null = |place: u32| nulls.contains(place as usize);
        let marks = keep.iter_mut().zip(places);
        let null_rows = match &mut self.test {
            Test::IsNull => {
                marks.for_each(|(keep, &place)| *keep = is_null(place));
                return;
            }
            Test::IsNotNull => {
                marks.for_each(|(keep, &place)| *keep = !is_null(place));
                return;
            }
            Test::Keys { ranges, null_rows } => {
                keys.clear();
                sort_keys(values, places, |key| key, keys);
                let pairs = marks.zip(keys.iter());
                match &ranges[..] {
                    [range] => {
                        let (start, length) = (*range.start(), range.end() - range.start());
                        pairs.for_each(|((keep, _), key)| {
                            *keep = key.0.wrapping_sub(start) <= length;
                        });
                    }
                    ranges => pairs.for_each(|((keep, _), key)| {
                        *keep = ranges.iter().any(|range| range.contains(&key.0));
                    }),
                }
                *null_rows
            }
            Test::Decimals { ranges, null_rows } => {
                let Values::I128(values) = values else {
                    unreachable!("decimal tests are of decimal columns")
                };
                for (keep, &place) in marks {
                    *keep = ranges.iter().any(|range| range.contains(&values[place as usize]));
                }
                *null_rows
            }
            Test::Column(comparison) => {
                comparison.evaluate(table, self.column, segment, places, keep);
                return;
            }
            Test::Within(within) => {
                within.evaluate(column.segment(segment), segment, places, keep, *coming);
                return;
            }
            Test::Text { test, verdicts, null_rows } => {
                let Some(strings) = column.strings() else {
                    unreachable!("text tests are of string columns")
                };
                // A null has no code to be judged by.
                let marks = marks.filter(|(_, place)| !is_null(**place));
                let mut verdict = |code: u32| judge(test, verdicts, strings, code);
                match values {
                    Values::C8(v) => marks.for_each(|(k, &p)| *k = verdict(v[p as usize].into())),
                    Values::C16(v) => marks.for_each(|(k, &p)| *k = verdict(v[p as usize].into())),
                    Values::C32(v) => marks.for_each(|(k, &p)| *k = verdict(v[p as usize])),
                    _ => unreachable!("string columns hold codes"),
                }
                *null_rows
            }
        };
        if !nulls.is_empty() {
            let marks = keep.iter_mut().zip(places).filter(|(_, place)| is_null(**place));
            marks.for_each(|(keep, _)| *keep = null_rows);
        }
    }
}

/// Whether the string of `code` passes, remembered.
fn judge(test: &TextTest, verdicts: &mut Vec<Option<bool>>, strings: &Interner, code: u32) -> bool {
    if verdicts.len() <= code as usize {
        verdicts.resize(strings.code_bound(), None);
    }
    *verdicts[code as usize].get_or_insert_with(|| test.passes(strings.get(code)))
}
