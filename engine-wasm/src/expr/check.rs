//! An expression gets its types: the tree of what it says becomes a plan of operations.

use super::Volatility;
use super::ast::{Binary, Expr, ExprKind, Program, Read};
use super::error::Fault;
use super::functions;
use super::names;
use super::plan::{Arithmetic, Compare, Conversion, Math2, Node, Op, Plan};
use super::text;
use super::types::{
    MOST_DIGITS, coerce, convert, folded, is_exact, is_time, name_of, negated, number, scale_of,
};
use super::unify::{comparable, unified};
use super::vector::{Class, Value};
use super::zone::Zone;
use crate::error::{Error, Kind};
use crate::schema::DataType;

pub(super) type Checked<T = Node> = Result<T, Fault>;

/// What a column's name stands for.
pub(super) enum Found {
    /// The column of that number and type.
    Column(usize, DataType),
    /// An expression that has an error of its own.
    Broken,
    Nothing,
}

/// An expression that has been checked.
pub(super) struct Outcome {
    pub plan: Plan,
    pub data_type: DataType,
    /// The numbers of the columns behind the plan's inputs.
    pub inputs: Vec<usize>,
    pub volatility: Volatility,
}

/// Checks one expression.
pub(super) struct Checker<'a> {
    find: &'a dyn Fn(Read<'_>) -> Found,
    /// The names that a column could have meant.
    known: &'a [&'a str],
    inputs: Vec<(usize, DataType)>,
    bindings: Vec<Node>,
    variables: Vec<(String, Node)>,
    /// How many times `random` has been called so far.
    pub randoms: u64,
    pub volatility: Volatility,
}

/// The plan of `program`; of what is looked up in a key, with values of `key`, its type.
pub(super) fn check(
    program: &Program,
    key: Option<&DataType>,
    find: &dyn Fn(Read<'_>) -> Found,
    known: &[&str],
) -> Checked<Outcome> {
    let mut checker = Checker {
        find,
        known,
        inputs: Vec::new(),
        bindings: Vec::new(),
        variables: Vec::new(),
        randoms: 0,
        volatility: Volatility::None,
    };
    for binding in &program.bindings {
        let name = binding.name.to_ascii_lowercase();
        if checker.variables.iter().any(|(known, _)| *known == name) {
            let message = format!("the variable {} is there twice", binding.name);
            return Err(Fault::new(binding.at, message));
        }
        let value = checker.node(&binding.value)?;
        let value = checker.shared(value);
        checker.variables.push((name, value));
    }
    let mut result = checker.node(&program.result)?;
    if let Some(key) = key {
        result = checker.key(result, key, program.result.at)?;
    }
    let Some(data_type) = result.data_type.clone() else {
        let message = "null alone has no type";
        return Err(Fault::mismatch(program.result.at, message)
            .expected("a type for it, such as cast(null as float)"));
    };
    Ok(Outcome {
        plan: Plan { bindings: checker.bindings, result },
        data_type,
        inputs: checker.inputs.into_iter().map(|(number, _)| number).collect(),
        volatility: checker.volatility,
    })
}

impl Checker<'_> {
    /// `node` in a form that may stand in several places: computed once.
    pub fn shared(&mut self, node: Node) -> Node {
        if matches!(node.op, Op::Constant(_) | Op::Column(_) | Op::Binding(_)) {
            return node;
        }
        let op = Op::Binding(self.bindings.len());
        let (data_type, exact) = (node.data_type.clone(), node.exact);
        self.bindings.push(node);
        Node { op, args: Vec::new(), data_type, exact, literal: None }
    }

    /// The plans of several, in their order.
    pub fn nodes(&mut self, exprs: &[Expr]) -> Checked<Vec<Node>> {
        exprs.iter().map(|expr| self.node(expr)).collect()
    }

    /// The plan of `expr`. Expressions are deep and the stack is not: each kind has a
    /// function of its own, so that a level takes the stack of one kind only.
    pub fn node(&mut self, expr: &Expr) -> Checked {
        let at = expr.at;
        match &expr.kind {
            ExprKind::Negate(of) => self.negate(of, at),
            ExprKind::Not(of) => self.not(of),
            ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right, at),
            ExprKind::All(parts) => self.logic(Op::And, parts),
            ExprKind::Any(parts) => self.logic(Op::Or, parts),
            ExprKind::Concat(parts) => Ok(text::concat(self.nodes(parts)?, true)),
            ExprKind::IsNull(of) => self.is_null(of),
            ExprKind::In(of, list) => self.is_in(of, list),
            ExprKind::Between(of, low, high) => self.is_between(of, low, high),
            ExprKind::Like { of, pattern, ignore_case } => self.like(of, pattern, *ignore_case),
            ExprKind::Case { subject, branches, otherwise } => {
                self.case(subject.as_deref(), branches, otherwise.as_deref())
            }
            ExprKind::Cast(of, data_type) => self.cast(of, data_type, at),
            ExprKind::Call(name, args) => functions::call(self, name, args, at),
            leaf => self.leaf(leaf, at),
        }
    }

    /// What has no parts.
    fn leaf(&mut self, kind: &ExprKind, at: usize) -> Checked {
        Ok(match kind {
            ExprKind::Bool(value) => Node::constant(Value::Bool(*value), DataType::Boolean),
            ExprKind::Number(digits) => number(digits),
            ExprKind::Text(text) => {
                Node::constant(Value::Text(text.as_str().into()), DataType::String)
            }
            ExprKind::Column(name) => self.column(name, at)?,
            ExprKind::Part(number) => self.read(Read::Part(*number), at)?,
            ExprKind::Name(name) => self.name(name, at)?,
            _ => Node::null(),
        })
    }

    fn negate(&mut self, of: &Expr, at: usize) -> Checked {
        let node = self.node(of)?;
        if let Some(literal) = negated(&node) {
            return Ok(literal);
        }
        let node = self.arithmetic_operand(node, at)?;
        let data_type = node.data_type.clone().unwrap_or(DataType::Float64);
        let exact = node.exact;
        Ok(folded(Node::new(Op::Negate, vec![node], data_type)).exact_if(exact))
    }

    fn not(&mut self, of: &Expr) -> Checked {
        let node = self.condition(of)?;
        Ok(folded(Node::new(Op::Not, vec![node], DataType::Boolean)))
    }

    fn is_null(&mut self, of: &Expr) -> Checked {
        let node = self.node(of)?;
        Ok(folded(Node::new(Op::IsNull, vec![node], DataType::Boolean)))
    }

    fn is_in(&mut self, of: &Expr, list: &[Expr]) -> Checked {
        let subject = self.node(of)?;
        let subject = self.shared(subject);
        let items = self.nodes(list)?;
        let tests = items
            .into_iter()
            .zip(list)
            .map(|(item, expr)| self.comparison(Compare::Equal, subject.clone(), item, expr.at));
        let tests = tests.collect::<Checked<Vec<_>>>()?;
        Ok(folded(Node::new(Op::Or, tests, DataType::Boolean)))
    }

    fn is_between(&mut self, of: &Expr, low: &Expr, high: &Expr) -> Checked {
        let subject = self.node(of)?;
        let subject = self.shared(subject);
        let (low, high) = ((self.node(low)?, low.at), (self.node(high)?, high.at));
        self.between(subject, low, high)
    }

    fn like(&mut self, of: &Expr, pattern: &Expr, ignore_case: bool) -> Checked {
        let node = self.node(of)?;
        let node = self.text(node, of.at)?;
        let matched = self.node(pattern)?;
        let matched = self.text(matched, pattern.at)?;
        Ok(text::like_node(node, matched, ignore_case))
    }

    fn cast(&mut self, of: &Expr, data_type: &DataType, at: usize) -> Checked {
        let node = self.node(of)?;
        known_zone(data_type, at)?;
        self.convertible(&node, data_type, at)?;
        let exact = is_exact(data_type);
        Ok(convert(node, data_type.clone(), Conversion::Nearest).exact_if(exact))
    }

    /// The column called `name`.
    pub fn column(&mut self, name: &str, at: usize) -> Checked {
        self.read(Read::Named(name), at)
    }

    fn read(&mut self, read: Read<'_>, at: usize) -> Checked {
        let name = match read {
            Read::Named(name) => name,
            Read::Part(_) => "",
        };
        match (self.find)(read) {
            Found::Column(number, data_type) => {
                known_zone(&data_type, at)?;
                let known = self.inputs.iter().position(|(input, _)| *input == number);
                let input = known.unwrap_or_else(|| {
                    self.inputs.push((number, data_type.clone()));
                    self.inputs.len() - 1
                });
                Ok(Node::new(Op::Column(input), Vec::new(), data_type))
            }
            Found::Broken => Err(Fault::broken(at, name)),
            Found::Nothing => {
                let known = self.known.iter().copied();
                let error = Error::unknown(Kind::UnknownColumn, "column", name, known);
                Err(Fault { error, offset: at })
            }
        }
    }

    /// A variable or a constant.
    fn name(&mut self, name: &str, at: usize) -> Checked {
        if let Some((_, value)) = self.variables.iter().find(|(known, _)| known == name) {
            return Ok(value.clone());
        }
        if let Some(value) = names::constant(name) {
            return Ok(Node::constant(Value::Float(value), DataType::Float64));
        }
        if self.known.contains(&name) {
            let message = format!("unknown name {name}, did you mean the column \"{name}\"?");
            return Err(Fault::new(at, message).expected("columns in double quotes"));
        }
        let variables = self.variables.iter().map(|(name, _)| name.as_str());
        let known = variables.chain(names::CONSTANTS).chain(["true", "false", "null"]);
        let error = Error::unknown(Kind::InvalidExpression, "name", name, known);
        Err(Fault { error, offset: at })
    }

    /// A boolean.
    pub fn condition(&mut self, expr: &Expr) -> Checked {
        let node = self.node(expr)?;
        match node.data_type {
            None | Some(DataType::Boolean) => coerce(node, &DataType::Boolean, expr.at),
            _ => {
                let message = format!("a condition of type {}", name_of(&node));
                let expected = "a boolean, such as \"x\" > 0, \"x\" is not null or boolean(\"x\")";
                Err(Fault::mismatch(expr.at, message).expected(expected))
            }
        }
    }

    /// A text.
    pub fn text(&self, node: Node, at: usize) -> Checked {
        match node.data_type {
            None | Some(DataType::String) => coerce(node, &DataType::String, at),
            _ => {
                let message = format!("a value of type {}", name_of(&node));
                Err(Fault::mismatch(at, message).expected("a string, for example by string(…)"))
            }
        }
    }

    /// A number of any type; a bare null is a float.
    pub fn numeric(&self, node: Node, at: usize) -> Checked {
        match &node.data_type {
            None => coerce(node, &DataType::Float64, at),
            Some(data_type) if data_type.is_numeric() => Ok(node),
            Some(data_type) => {
                let hint = match data_type {
                    DataType::String => "a number, for example by float(…)",
                    DataType::Boolean => "a number, for example by integer(…)",
                    _ => "a number; times have date_add and date_diff",
                };
                let message = format!("a value of type {data_type}");
                Err(Fault::mismatch(at, message).expected(hint))
            }
        }
    }

    /// A number as a 64-bit float.
    pub fn float(&self, node: Node, at: usize) -> Checked {
        coerce(self.numeric(node, at)?, &DataType::Float64, at)
    }

    /// A number as one operand of arithmetic: exact where a cast asked for that.
    fn arithmetic_operand(&self, node: Node, at: usize) -> Checked {
        let node = self.numeric(node, at)?;
        let Some(data_type) = node.data_type.clone() else { return Ok(node) };
        if !node.exact {
            return coerce(node, &DataType::Float64, at);
        }
        let to = match Class::of(&data_type) {
            Class::Int => DataType::Int64,
            _ => DataType::Decimal { precision: MOST_DIGITS, scale: scale_of(&data_type) },
        };
        coerce(node, &to, at)
    }

    fn logic(&mut self, op: Op, parts: &[Expr]) -> Checked {
        let nodes = parts.iter().map(|part| self.condition(part)).collect::<Checked<Vec<_>>>()?;
        Ok(folded(Node::new(op, nodes, DataType::Boolean)))
    }

    fn binary(&mut self, operator: Binary, left: &Expr, right: &Expr, at: usize) -> Checked {
        let ats = (left.at, right.at, at);
        let left = self.node(left)?;
        let right = self.node(right)?;
        self.operator(operator, left, right, ats)
    }

    /// An operator between two, with the places of both and its own.
    fn operator(
        &mut self,
        operator: Binary,
        left: Node,
        right: Node,
        (left_at, right_at, at): (usize, usize, usize),
    ) -> Checked {
        let arithmetic = match operator {
            Binary::Add => Arithmetic::Add,
            Binary::Subtract => Arithmetic::Subtract,
            Binary::Multiply => Arithmetic::Multiply,
            Binary::Divide => Arithmetic::Divide,
            Binary::Remainder => Arithmetic::Remainder,
            Binary::Power => {
                let args = vec![self.float(left, left_at)?, self.float(right, right_at)?];
                return Ok(folded(Node::new(Op::Math2(Math2::Power), args, DataType::Float64)));
            }
            Binary::Equal => return self.comparison(Compare::Equal, left, right, at),
            Binary::NotEqual => return self.comparison(Compare::NotEqual, left, right, at),
            Binary::Less => return self.comparison(Compare::Less, left, right, at),
            Binary::LessOrEqual => return self.comparison(Compare::LessOrEqual, left, right, at),
            Binary::Greater => return self.comparison(Compare::Greater, left, right, at),
            Binary::GreaterOrEqual => {
                return self.comparison(Compare::GreaterOrEqual, left, right, at);
            }
        };
        let is_text = |n: &Node| n.data_type == Some(DataType::String);
        if operator == Binary::Add && (is_text(&left) || is_text(&right)) {
            let error = Fault::mismatch(at, "texts cannot be added");
            return Err(error.expected("|| or concat(…) between texts"));
        }
        let left = self.numeric(left, left_at)?;
        let right = self.numeric(right, right_at)?;
        self.arithmetic(arithmetic, left, right, at)
    }

    /// Arithmetic of two numbers: of floats, unless a cast asked for exact numbers and
    /// neither is a float.
    pub fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: Node,
        right: Node,
        at: usize,
    ) -> Checked {
        let exact_digits = |n: &Node| {
            let written = n.literal.map(|literal| literal.scale);
            let by_type = n.data_type.as_ref().filter(|t| is_exact(t)).map(scale_of);
            written.or(by_type)
        };
        let scales = exact_digits(&left).zip(exact_digits(&right));
        let asked = (left.exact || right.exact) && operator != Arithmetic::Divide;
        let Some((a, b)) = scales.filter(|_| asked) else {
            let left = coerce(left, &DataType::Float64, at)?;
            let right = coerce(right, &DataType::Float64, at)?;
            let op = Op::Arithmetic(operator);
            return Ok(folded(Node::new(op, vec![left, right], DataType::Float64)));
        };
        let whole = |n: &Node, scale: i8| scale == 0 && n.class() == Class::Int;
        let decimal = |scale: i8| DataType::Decimal { precision: MOST_DIGITS, scale };
        let (to_left, to_right, result) = if whole(&left, a) && whole(&right, b) {
            (DataType::Int64, DataType::Int64, DataType::Int64)
        } else if operator == Arithmetic::Multiply {
            let scale = a.checked_add(b).filter(|scale| scale.unsigned_abs() <= MOST_DIGITS);
            let Some(scale) = scale else {
                let message = format!("a product of {a} and {b} digits behind the point");
                let expected = format!("at most {MOST_DIGITS} together; cast one to fewer");
                return Err(Fault::mismatch(at, message).expected(expected));
            };
            (decimal(a), decimal(b), decimal(scale))
        } else {
            let scale = a.max(b);
            (decimal(scale), decimal(scale), decimal(scale))
        };
        let args = vec![coerce(left, &to_left, at)?, coerce(right, &to_right, at)?];
        Ok(folded(Node::new(Op::Arithmetic(operator), args, result)).exact_if(true))
    }

    /// A comparison of two values of types that compare.
    pub fn comparison(
        &mut self,
        comparison: Compare,
        left: Node,
        right: Node,
        at: usize,
    ) -> Checked {
        let (left, right) = comparable(left, right, at)?;
        Ok(folded(Node::new(Op::Compare(comparison), vec![left, right], DataType::Boolean)))
    }

    /// Whether `subject`, which is shared, lies between two values, both included.
    pub fn between(
        &mut self,
        subject: Node,
        (low, low_at): (Node, usize),
        (high, high_at): (Node, usize),
    ) -> Checked {
        let above = self.comparison(Compare::GreaterOrEqual, subject.clone(), low, low_at)?;
        let below = self.comparison(Compare::LessOrEqual, subject, high, high_at)?;
        Ok(folded(Node::new(Op::And, vec![above, below], DataType::Boolean)))
    }

    fn case(
        &mut self,
        subject: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Checked {
        let subject = match subject {
            Some(subject) => {
                let node = self.node(subject)?;
                Some(self.shared(node))
            }
            None => None,
        };
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for (when, then) in branches {
            conditions.push(match &subject {
                Some(subject) => {
                    let node = self.node(when)?;
                    self.comparison(Compare::Equal, subject.clone(), node, when.at)?
                }
                None => self.condition(when)?,
            });
            values.push((self.node(then)?, then.at));
        }
        if let Some(otherwise) = otherwise {
            values.push((self.node(otherwise)?, otherwise.at));
        }
        let (values, data_type, exact) = unified(values)?;
        let mut args = Vec::with_capacity(2 * values.len());
        let mut values = values.into_iter();
        for (condition, value) in conditions.into_iter().zip(&mut values) {
            args.extend([condition, value]);
        }
        args.extend(values);
        Ok(folded(Node { exact, data_type, ..Node::new(Op::Case, args, DataType::Boolean) }))
    }

    /// An error where values of the node's type never become values of `to`.
    pub fn convertible(&self, node: &Node, to: &DataType, at: usize) -> Checked<()> {
        let Some(from) = &node.data_type else { return Ok(()) };
        let boolean = |t: &DataType| *t == DataType::Boolean;
        if is_time(from) && boolean(to) || boolean(from) && is_time(to) {
            let message = format!("a value of type {from} is no {}", to.kind().name());
            return Err(Fault::mismatch(at, message));
        }
        Ok(())
    }
}

/// An error where the zone of a type is not known.
pub(super) fn known_zone(data_type: &DataType, at: usize) -> Checked<()> {
    match data_type {
        DataType::Timestamp { zone: Some(zone), .. } if Zone::named(zone).is_none() => {
            Err(unknown_zone(zone, at))
        }
        _ => Ok(()),
    }
}

/// The error for a zone that is not known.
pub(super) fn unknown_zone(name: &str, at: usize) -> Fault {
    let expected = "an IANA name such as 'Europe/Berlin', 'UTC', or an offset such as '+05:30'";
    let mut error = Error::unknown(Kind::InvalidExpression, "time zone", name, Zone::names());
    error.expected = Some(expected.to_owned());
    Fault { error, offset: at }
}
