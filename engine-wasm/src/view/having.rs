//! Conditions on the aggregates of groups: `having`.
//!
//! A group is shown where it passes and is of the innermost level, and a group of a higher
//! one where any group in it is. What does not pass still counts in the totals around it.

use super::config::{FilterNode, FilterOp, FilterTerm};
use super::filter::{Test, compile_test};
use super::hierarchy::Groups;
use super::slots::Measure;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;

/// A condition on groups, whose measures are known by `M`: by what they measure in a plan,
/// by their numbers in a view.
#[derive(Debug)]
pub enum Having<M> {
    /// A measure's value passes.
    Term(M, Box<Test>),
    /// All hold.
    All(Vec<Having<M>>),
    /// One holds.
    Any(Vec<Having<M>>),
    /// The other does not hold.
    Not(Box<Having<M>>),
}

impl Having<Measure> {
    /// Compiles conditions that must all hold; none where no term is filled in. `measure`
    /// gives what a name stands for, and the type of its values.
    ///
    /// # Errors
    /// For unknown names, and operators and operands that do not fit, with their places.
    pub fn new(
        nodes: &[FilterNode],
        op: FilterOp,
        measure: &impl Fn(&str) -> Result<(Measure, DataType)>,
    ) -> Result<Option<Self>> {
        let mut compiled = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            compiled.extend(Self::node(node, measure).map_err(|e| e.at(format!("[{i}]")))?);
        }
        Ok(match (compiled.len(), op) {
            (0, _) => None,
            (_, FilterOp::And) => Some(Having::All(compiled)),
            (_, FilterOp::Or) => Some(Having::Any(compiled)),
        })
    }

    fn node(
        node: &FilterNode,
        measure: &impl Fn(&str) -> Result<(Measure, DataType)>,
    ) -> Result<Option<Self>> {
        match node {
            FilterNode::Joined(op, nodes) => {
                Self::new(nodes, *op, measure).map_err(|e| e.at(format!(".{}", op.name())))
            }
            FilterNode::Not(node) => {
                let node = Self::node(node, measure).map_err(|e| e.at(".not"))?;
                Ok(node.map(|node| Having::Not(Box::new(node))))
            }
            FilterNode::Term(term) => Self::term(term, measure),
        }
    }

    fn term(
        term: &FilterTerm,
        measure: &impl Fn(&str) -> Result<(Measure, DataType)>,
    ) -> Result<Option<Self>> {
        let (measure, data_type) = measure(&term.column).map_err(|e| e.at("[0]"))?;
        if measure.makes_text() || measure.is_share() {
            let what = measure.of().map_or("an expression that is a text".to_owned(), |of| {
                format!("\"{}\"", of.aggregate.name())
            });
            let message = format!("{what} does not make conditions");
            return Err(Error::new(Kind::InvalidConfig, message).at("[0]"));
        }
        if term.operand.is_object() {
            let error = Error::new(Kind::InvalidConfig, "aggregates compare with values only");
            return Err(error.at("[2]"));
        }
        let test = compile_test(term, &data_type)?;
        Ok(test.map(|test| Having::Term(measure, Box::new(test))))
    }

    /// The same condition with the number of each measure that `number` gives.
    pub fn numbered(self, number: &mut impl FnMut(Measure) -> usize) -> Having<usize> {
        let each = |nodes: Vec<Self>, number: &mut _| {
            nodes.into_iter().map(|node: Self| node.numbered(number)).collect()
        };
        match self {
            Having::Term(measure, test) => Having::Term(number(measure), test),
            Having::All(nodes) => Having::All(each(nodes, number)),
            Having::Any(nodes) => Having::Any(each(nodes, number)),
            Having::Not(node) => Having::Not(Box::new(node.numbered(number))),
        }
    }
}

impl<M> Having<M> {
    /// Calls `each` with all measures.
    pub fn for_each(&self, each: &mut impl FnMut(&M)) {
        match self {
            Having::Term(measure, _) => each(measure),
            Having::All(nodes) | Having::Any(nodes) => {
                nodes.iter().for_each(|node| node.for_each(each));
            }
            Having::Not(node) => node.for_each(each),
        }
    }
}

impl Having<usize> {
    /// Calls `visit` with the number of each measure that is tested.
    pub fn measures(&self, visit: &mut impl FnMut(usize)) {
        match self {
            Having::Term(measure, _) => visit(*measure),
            Having::All(nodes) | Having::Any(nodes) => {
                nodes.iter().for_each(|node| node.measures(visit));
            }
            Having::Not(node) => node.measures(visit),
        }
    }

    /// Whether a group of the innermost level passes.
    pub fn passes(&self, group: u32, groups: Groups<'_>) -> bool {
        match self {
            Having::Term(measure, test) => {
                let value = groups.totals.value(*measure, group, true, groups.table);
                let strings = groups.totals.measures()[*measure].strings(groups.table);
                test.passes(value, strings)
            }
            Having::All(nodes) => nodes.iter().all(|node| node.passes(group, groups)),
            Having::Any(nodes) => nodes.iter().any(|node| node.passes(group, groups)),
            Having::Not(node) => !node.passes(group, groups),
        }
    }
}
