//! What an expression sees of the clock.
//!
//! `today() = "day"` has other values once a day, though the clock is looked at each second.
//! So the parts of an expression that hang on the clock and on no row are computed by
//! themselves: while these are what they were, so is all the rest.

use super::evaluate::constant;
use super::plan::{Node, Op};
use super::vector::Value;
use super::{Env, Expression};

/// The values at some time of the parts that hang on the clock alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockParts(Vec<Value>);

impl Expression {
    /// What it sees of the clock of `env`: where that is the same at two times, the values of
    /// all rows are.
    pub fn clock_parts(&self, env: &Env) -> ClockParts {
        let mut parts = Vec::new();
        let roots = self.plan.bindings.iter().chain([&self.plan.result]);
        roots.for_each(|root| collect(root, &mut parts));
        ClockParts(parts.into_iter().map(|node| constant(node, env)).collect())
    }
}

/// Finds the largest parts of `node` that look at the clock and at no row.
fn collect<'p>(node: &'p Node, parts: &mut Vec<&'p Node>) {
    if has(node, &|op| matches!(op, Op::Now)) {
        // What a binding sees is found where it is bound.
        let of_row =
            |op: &Op| matches!(op, Op::Column(_) | Op::Binding(_) | Op::Random(_) | Op::RowId);
        if has(node, &of_row) {
            node.args.iter().for_each(|arg| collect(arg, parts));
        } else {
            parts.push(node);
        }
    }
}

fn has(node: &Node, is: &impl Fn(&Op) -> bool) -> bool {
    is(&node.op) || node.args.iter().any(|arg| has(arg, is))
}
