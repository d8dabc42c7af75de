//! The functions by name: what they take, and the operation that they are.

use super::Volatility;
use super::ast::Expr;
use super::check::{Checked, Checker};
use super::error::Fault;
use super::names;
use super::plan::{Arithmetic, Compare, Conversion, Literal, Math, Math2, Node, Op, Rounding};
use super::text::{self, TextFunction};
use super::types::{coerce, common, convert, folded, is_exact, is_time, name_of, scale_of};
use super::unify::unified;
use super::vector::{Class, Value};
use crate::error::{Error, Kind};
use crate::schema::DataType;
use regex_lite::RegexBuilder;
use std::rc::Rc;

/// The call of the function `name`, which is in lower case.
pub(super) fn call(checker: &mut Checker<'_>, name: &str, args: &[Expr], at: usize) -> Checked {
    let Some((function, least, most)) = names::function(name) else {
        let error = Error::unknown(Kind::InvalidExpression, "function", name, names::functions());
        return Err(Fault { error, offset: at });
    };
    if args.len() < least || args.len() > most {
        let expected = match (least, most) {
            (_, names::MANY) => format!("{least} or more"),
            _ if least == most => least.to_string(),
            _ => format!("{least} to {most}"),
        };
        return Err(
            Fault::new(at, format!("{name} has {} arguments", args.len())).expected(expected)
        );
    }
    // All arguments before what is done with them: a call within a call within a call is
    // deep, and must not take much of the stack for each.
    let ats = args.iter().map(|arg| arg.at).collect();
    let nodes = checker.nodes(args)?;
    Call { checker, nodes, ats, at }.node(function)
}

/// A call that is being checked.
pub(super) struct Call<'c, 's> {
    pub checker: &'c mut Checker<'s>,
    /// The arguments, until they are taken.
    nodes: Vec<Node>,
    /// Where they stand.
    pub ats: Vec<usize>,
    pub at: usize,
}

impl Call<'_, '_> {
    fn node(&mut self, function: &str) -> Checked {
        if let Some(math) = math(function, self.ats.len()) {
            let args = vec![self.float(0)?];
            return Ok(folded(Node::new(Op::Math(math), args, DataType::Float64)));
        }
        if let Some(math) = math2(function) {
            let args = vec![self.float(0)?, self.float(1)?];
            return Ok(folded(Node::new(Op::Math2(math), args, DataType::Float64)));
        }
        if let Some((function, kinds)) = text_function(function) {
            return self.text(function, kinds);
        }
        if let Some(rounding) = rounding(function) {
            return self.round(rounding);
        }
        Ok(match function {
            "pi" | "e" => {
                let value = names::constant(function).unwrap_or_default();
                Node::constant(Value::Float(value), DataType::Float64)
            }
            "abs" => self.same_type(Op::Absolute)?,
            "sign" => self.same_type(Op::Sign)?,
            "mod" => {
                let (left, right) = (self.number(0)?, self.number(1)?);
                self.checker.arithmetic(Arithmetic::Remainder, left, right, self.at)?
            }
            "bucket" => self.bucket()?,
            "random" => {
                self.checker.randoms += 1;
                self.checker.volatility = self.checker.volatility.with(Volatility::PerRow);
                let op = Op::Random(self.checker.randoms);
                Node::new(op, Vec::new(), DataType::Float64)
            }
            "least" | "min" => self.choice(Op::Least)?,
            "greatest" | "max" => self.choice(Op::Greatest)?,
            "coalesce" => self.choice(Op::Coalesce)?,
            "nullif" => self.null_if()?,
            "clamp" => self.clamp()?,
            "inrange" => {
                let subject = self.any(1);
                let subject = self.checker.shared(subject);
                let low = (self.any(0), self.ats[0]);
                let high = (self.any(2), self.ats[2]);
                self.checker.between(subject, low, high)?
            }
            "is_null" | "is_not_null" => {
                let of = self.any(0);
                let test = folded(Node::new(Op::IsNull, vec![of], DataType::Boolean));
                match function {
                    "is_null" => test,
                    _ => folded(Node::new(Op::Not, vec![test], DataType::Boolean)),
                }
            }
            "col" => {
                let name = self.constant_text(0, "the name of a column")?;
                self.checker.column(&name, self.ats[0])?
            }
            "boolean" => self.convert(DataType::Boolean)?,
            "integer" => self.convert(DataType::Int64)?,
            "float" => self.convert(DataType::Float64)?,
            "string" => self.convert(DataType::String)?,
            "concat" => {
                let args = (0..self.ats.len()).map(|i| self.any(i)).collect();
                text::concat(args, false)
            }
            "intern" => self.text_at(0)?,
            "match" | "match_all" | "search" | "regexp_replace" | "replace_all" => {
                self.matches(function)?
            }
            _ => self.time_function(function)?,
        })
    }

    /// Argument `i`, which is taken once.
    pub fn any(&mut self, i: usize) -> Node {
        std::mem::replace(&mut self.nodes[i], Node::null())
    }

    /// Argument `i` as a text that is known before any row is.
    pub fn constant_text(&self, i: usize, what: &str) -> Checked<Rc<str>> {
        match self.nodes[i].as_constant() {
            Some(Value::Text(text)) => Ok(Rc::clone(text)),
            _ => {
                let error = Fault::mismatch(self.ats[i], "not a constant text");
                Err(error.expected(format!("{what} in single quotes")))
            }
        }
    }

    fn number(&mut self, i: usize) -> Checked {
        let node = self.any(i);
        self.checker.numeric(node, self.ats[i])
    }

    fn float(&mut self, i: usize) -> Checked {
        let node = self.any(i);
        self.checker.float(node, self.ats[i])
    }

    fn text_at(&mut self, i: usize) -> Checked {
        let node = self.any(i);
        self.checker.text(node, self.ats[i])
    }

    /// A whole number.
    pub fn integer(&mut self, i: usize) -> Checked {
        let node = self.number(i)?;
        let at = self.ats[i];
        let data_type = node.data_type.clone();
        match data_type {
            Some(known) if Class::of(&known) == Class::Int => Ok(Node { literal: None, ..node }),
            Some(DataType::UInt64) => Ok(convert(node, DataType::Int64, Conversion::Nearest)),
            _ if node.as_constant() == Some(&Value::Null) => coerce(node, &DataType::Int64, at),
            _ => {
                let message = format!("a value of type {}", name_of(&node));
                Err(Fault::mismatch(at, message).expected("an integer, for example by integer(…)"))
            }
        }
    }

    /// The type in which functions of one number give their result: the widest of its class.
    fn widest(node: &Node) -> DataType {
        match &node.data_type {
            Some(DataType::UInt64) => DataType::UInt64,
            Some(data_type) => match Class::of(data_type) {
                Class::Int => DataType::Int64,
                Class::Decimal => data_type.clone(),
                _ => DataType::Float64,
            },
            None => DataType::Float64,
        }
    }

    /// A function whose result is of the class of its argument.
    fn same_type(&mut self, op: Op) -> Checked {
        let node = self.number(0)?;
        let (data_type, exact) = (Self::widest(&node), node.exact);
        Ok(folded(Node::new(op, vec![node], data_type)).exact_if(exact))
    }

    fn round(&mut self, rounding: Rounding) -> Checked {
        let node = self.number(0)?;
        let (data_type, exact) = (Self::widest(&node), node.exact);
        let op = Op::Round(rounding, scale_of(&data_type));
        let mut args = vec![node];
        if self.ats.len() == 2 {
            args.push(self.integer(1)?);
        }
        Ok(folded(Node::new(op, args, data_type)).exact_if(exact))
    }

    fn bucket(&mut self) -> Checked {
        let of = self.any(0);
        if of.data_type.as_ref().is_some_and(is_time) {
            return self.bucket_time(of);
        }
        let of = self.checker.numeric(of, self.ats[0])?;
        let width = self.number(1)?;
        if let Some(third) = self.ats.get(2) {
            return Err(Fault::new(*third, "numbers have no time zone"));
        }
        // The width in the type of the value, where it is one of it.
        let to = match common(&of, &width) {
            Some(to) if is_exact(&to) => match Class::of(&to) {
                Class::Int => DataType::Int64,
                _ => to,
            },
            _ => DataType::Float64,
        };
        let exact = of.exact || width.exact;
        let at = self.at;
        let args = vec![coerce(of, &to, at)?, coerce(width, &to, at)?];
        Ok(folded(Node::new(Op::Bucket, args, to)).exact_if(exact))
    }

    /// One of the arguments, brought to one type.
    fn choice(&mut self, op: Op) -> Checked {
        let values = (0..self.ats.len()).map(|i| (self.any(i), self.ats[i])).collect();
        let (args, data_type, exact) = unified(values)?;
        Ok(match data_type {
            Some(data_type) => folded(Node::new(op, args, data_type)).exact_if(exact),
            None => Node::null(),
        })
    }

    fn null_if(&mut self) -> Checked {
        let (value, other) = (self.any(0), self.any(1));
        let Some(data_type) = value.data_type.clone() else { return Ok(value) };
        let literal: Option<Literal> = value.literal;
        let value = self.checker.shared(value);
        let exact = value.exact;
        let equal = self.checker.comparison(Compare::Equal, value.clone(), other, self.at)?;
        let value = Node { literal: None, ..value };
        let node = folded(Node::new(Op::NullWhere, vec![value, equal], data_type));
        let literal = literal.filter(|_| node.as_constant().is_some_and(|v| *v != Value::Null));
        Ok(Node { literal, ..node }.exact_if(exact))
    }

    /// `clamp(low, x, high)`.
    fn clamp(&mut self) -> Checked {
        let values = [0, 1, 2].into_iter().map(|i| (self.any(i), self.ats[i])).collect();
        let (nodes, data_type, exact) = unified(values)?;
        let Some(data_type) = data_type else { return Ok(Node::null()) };
        let mut nodes = nodes.into_iter().map(|node| self.checker.shared(node));
        let (Some(low), Some(x), Some(high)) = (nodes.next(), nodes.next(), nodes.next()) else {
            unreachable!("three arguments were counted")
        };
        let at = self.at;
        let clamped = Node::new(Op::Greatest, vec![x.clone(), low.clone()], data_type.clone());
        let clamped = Node::new(Op::Least, vec![folded(clamped), high.clone()], data_type.clone());
        let clamped = folded(clamped);
        // Of nothing, and between nothing, there is nothing.
        let mut missing = Vec::new();
        for node in [low, x, high] {
            missing.push(folded(Node::new(Op::IsNull, vec![node], DataType::Boolean)));
        }
        let missing = folded(Node::new(Op::Or, missing, DataType::Boolean));
        let node = folded(Node::new(Op::NullWhere, vec![clamped, missing], data_type.clone()));
        coerce(node.exact_if(exact), &data_type, at)
    }

    fn convert(&mut self, to: DataType) -> Checked {
        let node = self.any(0);
        self.checker.convertible(&node, &to, self.ats[0])?;
        Ok(Node { exact: false, ..convert(node, to, Conversion::Truncate) })
    }

    /// A function of text. `kinds` says of each argument whether it is a text or an integer;
    /// the last one says it of all that follow.
    fn text(&mut self, function: TextFunction, kinds: &str) -> Checked {
        let kinds = kinds.as_bytes();
        let mut args = Vec::with_capacity(self.ats.len());
        for i in 0..self.ats.len() {
            args.push(match kinds[i.min(kinds.len() - 1)] {
                b'i' => self.integer(i)?,
                _ => self.text_at(i)?,
            });
        }
        Ok(text::node(function, args))
    }

    /// A function of a regular expression, which is a constant.
    fn matches(&mut self, function: &str) -> Checked {
        /// The most bytes of a pattern, and of what it is compiled to.
        const LONGEST: usize = 1024;
        const LARGEST: usize = 256 * 1024;
        let of = self.text_at(0)?;
        let at = self.ats[1];
        let written = self.constant_text(1, "a regular expression")?;
        if written.len() > LONGEST {
            let message = format!("a regular expression of {} bytes", written.len());
            return Err(Fault::new(at, message).expected(format!("at most {LONGEST}")));
        }
        let whole = match function {
            "match_all" => format!("^(?:{written})$"),
            _ => written.to_string(),
        };
        // The pattern alone is checked first, so that no bracket in it closes ours.
        let compile = |pattern: &str| RegexBuilder::new(pattern).size_limit(LARGEST).build();
        let pattern = compile(&written).and_then(|_| compile(&whole));
        let pattern =
            pattern.map_err(|e| Fault::new(at, format!("not a regular expression: {e}")))?;
        Ok(match function {
            "search" => text::node(TextFunction::Search(pattern), vec![of]),
            "match" | "match_all" => text::node(TextFunction::Match(pattern), vec![of]),
            _ => {
                let all = function == "replace_all";
                let with = self.text_at(2)?;
                let function = TextFunction::ReplaceMatches { pattern, all };
                text::node(function, vec![of, with])
            }
        })
    }
}

/// A function of one number, with so many arguments.
fn math(name: &str, args: usize) -> Option<Math> {
    Some(match name {
        "log" if args == 1 => Math::Ln,
        "sqrt" => Math::Sqrt,
        "cbrt" => Math::Cbrt,
        "exp" => Math::Exp,
        "expm1" => Math::Expm1,
        "ln" => Math::Ln,
        "log10" => Math::Log10,
        "log2" => Math::Log2,
        "log1p" => Math::Log1p,
        "sin" => Math::Sin,
        "cos" => Math::Cos,
        "tan" => Math::Tan,
        "asin" => Math::Asin,
        "acos" => Math::Acos,
        "atan" => Math::Atan,
        "sinh" => Math::Sinh,
        "cosh" => Math::Cosh,
        "tanh" => Math::Tanh,
        "deg2rad" => Math::Radians,
        "rad2deg" => Math::Degrees,
        _ => return None,
    })
}

/// A function of two numbers.
fn math2(name: &str) -> Option<Math2> {
    Some(match name {
        "log" => Math2::Log,
        "atan2" => Math2::Atan2,
        "hypot" => Math2::Hypot,
        "pow" => Math2::Power,
        "percent_of" => Math2::PercentOf,
        _ => return None,
    })
}

fn rounding(name: &str) -> Option<Rounding> {
    Some(match name {
        "floor" => Rounding::Floor,
        "ceil" => Rounding::Ceil,
        "round" => Rounding::Nearest,
        "trunc" => Rounding::TowardsZero,
        _ => return None,
    })
}

/// A function of text, and of its arguments whether they are texts or integers.
fn text_function(name: &str) -> Option<(TextFunction, &'static str)> {
    use TextFunction as T;
    Some(match name {
        "length" => (T::Length, "t"),
        "lower" => (T::Lower, "t"),
        "upper" => (T::Upper, "t"),
        "trim" => (T::Trim { left: true, right: true }, "tt"),
        "ltrim" => (T::Trim { left: true, right: false }, "tt"),
        "rtrim" => (T::Trim { left: false, right: true }, "tt"),
        "lpad" => (T::Pad { left: true }, "tit"),
        "rpad" => (T::Pad { left: false }, "tit"),
        "left" => (T::Left, "ti"),
        "right" => (T::Right, "ti"),
        "substring" => (T::Substring, "tii"),
        "replace" => (T::Replace, "ttt"),
        "split_part" => (T::SplitPart, "tti"),
        "contains" => (T::Contains, "tt"),
        "starts_with" => (T::StartsWith, "tt"),
        "ends_with" => (T::EndsWith, "tt"),
        "indexof" => (T::IndexOf, "tt"),
        "reverse" => (T::Reverse, "t"),
        "repeat" => (T::Repeat, "ti"),
        "order" => (T::Order, "tt"),
        _ => return None,
    })
}
