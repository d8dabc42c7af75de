//! Conditions on rows and on groups, as a config says them.

use super::{form, list, text};
use crate::error::{Error, Kind, Result};
use serde_json::{Value, json};

/// How filter terms are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilterOp {
    /// All must hold.
    #[default]
    And,
    /// One must hold.
    Or,
}

/// A condition on rows: a term, or others joined.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterNode {
    /// `[column, operator, operand]`
    Term(FilterTerm),
    /// `{"and": […]}` or `{"or": […]}`
    Joined(FilterOp, Vec<FilterNode>),
    /// `{"not": …}`
    Not(Box<FilterNode>),
}

/// `[column, operator, operand]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterTerm {
    /// The column's name.
    pub column: String,
    /// The operator's name.
    pub operator: String,
    /// What it compares to, a value or `{"column": name}`; null where it compares to nothing,
    /// or is not filled in yet.
    pub operand: Value,
}

impl FilterOp {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            FilterOp::And => "and",
            FilterOp::Or => "or",
        }
    }
}

impl FilterNode {
    pub(super) fn to_json(&self) -> Value {
        match self {
            FilterNode::Term(term) => json!([term.column, term.operator, term.operand]),
            FilterNode::Joined(op, nodes) => {
                let nodes = nodes.iter().map(FilterNode::to_json).collect::<Vec<_>>();
                json!({ op.name(): nodes })
            }
            FilterNode::Not(node) => json!({ "not": node.to_json() }),
        }
    }
}

/// How deep conditions may be nested.
const MOST_NESTED: usize = 32;

/// Reads the list of a filter's conditions, or of those of `having`.
pub(super) fn filter_nodes(value: &Value) -> Result<Vec<FilterNode>> {
    list(value, |node| filter_node(node, MOST_NESTED))
}

fn filter_node(value: &Value, depth: usize) -> Result<FilterNode> {
    const FORM: &str = "[column, operator, operand], {\"and\": […]}, {\"or\": […]} or {\"not\": …}";
    if let Some([column, operator, rest @ ..]) = value.as_array().map(Vec::as_slice)
        && rest.len() <= 1
    {
        let operand = rest.first().unwrap_or(&Value::Null);
        return Ok(FilterNode::Term(term(column, operator, operand)?));
    }
    let fields: Vec<_> = value.as_object().into_iter().flatten().collect();
    let [(name, inner)] = fields[..] else { return Err(form(FORM, value)) };
    let Some(depth) = depth.checked_sub(1) else {
        let message = format!("nested more than {MOST_NESTED} deep");
        return Err(Error::new(Kind::InvalidConfig, message));
    };
    let joined = |op| {
        let nodes = list(inner, |node| filter_node(node, depth));
        Ok(FilterNode::Joined(op, nodes.map_err(|e| e.at(format!(".{name}")))?))
    };
    match name.as_str() {
        "and" => joined(FilterOp::And),
        "or" => joined(FilterOp::Or),
        "not" => {
            let node = filter_node(inner, depth).map_err(|e| e.at(".not"))?;
            Ok(FilterNode::Not(Box::new(node)))
        }
        _ => Err(form(FORM, value)),
    }
}

fn term(column: &Value, operator: &Value, operand: &Value) -> Result<FilterTerm> {
    let column = text(column).map_err(|e| e.at("[0]"))?;
    let operator =
        operator.as_str().ok_or_else(|| form("an operator's name", operator).at("[1]"))?;
    Ok(FilterTerm { column, operator: operator.to_owned(), operand: operand.clone() })
}
