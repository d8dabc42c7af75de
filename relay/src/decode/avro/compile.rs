//! Which step reads each part of a value: the writer's schema and the paths of columns, together.

use super::program::Step;
use super::schema::{Named, Node, Schema};
use crate::decode::paths::{Fields, Target};

/// Makes steps for values of a schema.
pub(super) struct Compiler<'s> {
    pub(super) schema: &'s Schema,
}

impl Compiler<'_> {
    fn step(&self, target: Option<&Target>, node: &Node) -> Step {
        match target {
            None | Some(Target::Nothing) => self.skip(node),
            Some(Target::Column(column)) => self.put(*column, node),
            Some(Target::Object(fields)) => self.fields(fields, node),
            Some(Target::Elements(target)) => self.elements(target, node),
            Some(Target::Several(targets)) => {
                Step::Several(targets.iter().map(|t| self.step(Some(t), node)).collect())
            }
        }
    }

    fn skip(&self, node: &Node) -> Step {
        Step::Skip(node.clone())
    }

    pub(super) fn put(&self, column: usize, node: &Node) -> Step {
        match node {
            Node::Union(branches) => {
                Step::Union(branches.iter().map(|branch| self.put(column, branch)).collect())
            }
            node => Step::Put(column, node.clone()),
        }
    }

    pub(super) fn fields(&self, fields: &Fields, node: &Node) -> Step {
        match node {
            Node::Null => self.skip(node),
            Node::Union(branches) => {
                Step::Union(branches.iter().map(|branch| self.fields(fields, branch)).collect())
            }
            Node::Map(item) => {
                let named = fields
                    .iter()
                    .map(|(name, target)| (name.to_string(), self.step(Some(target), item)));
                Step::Map(named.collect(), Box::new(self.skip(item)))
            }
            Node::Named(index) if matches!(self.schema.named(*index), Named::Record(_)) => {
                let Named::Record(inner) = self.schema.named(*index) else {
                    return self.skip(node);
                };
                let steps = inner.iter().map(|(name, node)| self.step(fields.by_name(name), node));
                Step::Record(steps.collect())
            }
            _ => {
                let names: Vec<&str> = fields.iter().map(|(name, _)| name).collect();
                Step::Refuse(format!(
                    "columns read the fields {} of a value that is no record in its schema",
                    names.join(", ")
                ))
            }
        }
    }

    fn elements(&self, target: &Target, node: &Node) -> Step {
        match node {
            Node::Null => Step::NoElements,
            Node::Union(branches) => {
                Step::Union(branches.iter().map(|branch| self.elements(target, branch)).collect())
            }
            Node::Array(item) => Step::Elements(Box::new(self.step(Some(target), item))),
            _ => Step::Refuse("what becomes rows is no list in its schema".into()),
        }
    }
}
