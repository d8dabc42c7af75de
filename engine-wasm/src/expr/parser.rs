//! Tokens become an expression: a parser by precedence.
//!
//! From the loosest to the tightest: `? :`, `or`, `and`, `not`, comparisons (with `is`,
//! `in`, `like`, `between`), `||`, `+ -`, `* / %`, the sign, `^` (from the right). So
//! `-x ^ 2` is `-(x ^ 2)`.

use super::ast::{Binary, Binding, Expr, ExprKind, Program};
use super::error::Fault;
use super::lexer::{Token, tokens};
use crate::schema::DataType;

/// The most bytes of an expression.
pub(super) const LONGEST: usize = 32 * 1024;
/// The most parts within one another: all of what works on them recurses, on a stack that
/// in a browser is a megabyte.
pub(super) const DEEPEST: usize = 128;

const TERNARY: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARISON: u8 = 5;
const CONCAT: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;
const SIGN: u8 = 9;
const POWER: u8 = 10;

type Parsed<T> = Result<T, Fault>;

/// The expression that `text` is.
pub(super) fn parse(text: &str) -> Parsed<Program> {
    if text.len() > LONGEST {
        let message = format!("an expression of {} bytes", text.len());
        return Err(Fault::new(0, message).expected(format!("at most {LONGEST}")));
    }
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0, depth: 0 };
    let mut bindings = Vec::new();
    while parser.word_is("var") {
        parser.next += 1;
        bindings.push(parser.binding()?);
    }
    let result = parser.expression(0)?;
    while parser.take(";") {}
    match parser.peek() {
        Token::End => Ok(Program { bindings, result }),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token, usize)>,
    next: usize,
    depth: usize,
}

/// A part of the expression; an error where it is nested too deeply.
fn node(kind: ExprKind, at: usize, below: usize) -> Parsed<Expr> {
    match below < DEEPEST {
        true => Ok(Expr { kind, at, height: below + 1 }),
        false => Err(too_deep(at)),
    }
}

fn too_deep(at: usize) -> Fault {
    let message = format!("more than {DEEPEST} parts within one another");
    Fault::new(at, message).expected("a shorter expression, or several that use one another")
}

fn highest<'a>(of: impl IntoIterator<Item = &'a Expr>) -> usize {
    of.into_iter().map(|x| x.height).max().unwrap_or(0)
}

fn binary_operator(symbol: &str) -> Option<(Binary, u8)> {
    Some(match symbol {
        "=" | "==" => (Binary::Equal, COMPARISON),
        "!=" | "<>" => (Binary::NotEqual, COMPARISON),
        "<" => (Binary::Less, COMPARISON),
        "<=" => (Binary::LessOrEqual, COMPARISON),
        ">" => (Binary::Greater, COMPARISON),
        ">=" => (Binary::GreaterOrEqual, COMPARISON),
        "+" => (Binary::Add, SUM),
        "-" => (Binary::Subtract, SUM),
        "*" => (Binary::Multiply, PRODUCT),
        "/" => (Binary::Divide, PRODUCT),
        "%" => (Binary::Remainder, PRODUCT),
        "^" => (Binary::Power, POWER),
        _ => return None,
    })
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.next].0
    }

    fn at(&self) -> usize {
        self.tokens[self.next].1
    }

    /// Goes on behind the token; the end stays where it is.
    fn advance(&mut self) -> Token {
        let token = self.tokens[self.next].0.clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn symbol_is(&self, symbol: &str) -> bool {
        matches!(self.peek(), Token::Symbol(found) if *found == symbol)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.symbol_is(symbol);
        self.next += usize::from(found);
        found
    }

    fn word_is(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.word_is(word);
        self.next += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &str) -> Fault {
        Fault::new(self.at(), format!("unexpected {}", self.peek().describe())).expected(expected)
    }

    fn require(&mut self, symbol: &str) -> Parsed<()> {
        match self.take(symbol) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("\"{symbol}\""))),
        }
    }

    fn require_word(&mut self, word: &str) -> Parsed<()> {
        match self.take_word(word) {
            true => Ok(()),
            false => Err(self.unexpected(word)),
        }
    }

    /// What follows `var`.
    fn binding(&mut self) -> Parsed<Binding> {
        let at = self.at();
        let Token::Word(name) = self.peek().clone() else {
            return Err(self.unexpected("the name of a variable"));
        };
        self.next += 1;
        self.require(":=")?;
        let value = self.expression(0)?;
        self.require(";")?;
        while self.take(";") {}
        Ok(Binding { name, at, value })
    }

    /// An expression of operators that bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_deep(self.at()));
        }
        let mut left = self.prefix()?;
        while let Some(longer) = self.infix(&mut left, least)? {
            left = longer;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn boxed(&mut self, least: u8) -> Parsed<Box<Expr>> {
        self.expression(least).map(Box::new)
    }

    /// What stands at the front of an expression.
    fn prefix(&mut self) -> Parsed<Expr> {
        let at = self.at();
        if self.take("-") {
            let of = self.boxed(SIGN)?;
            let below = of.height;
            return node(ExprKind::Negate(of), at, below);
        }
        if self.take("+") {
            return self.expression(SIGN);
        }
        if self.take_word("not") || self.take("!") {
            let of = self.boxed(NOT)?;
            let below = of.height;
            return node(ExprKind::Not(of), at, below);
        }
        self.primary()
    }

    /// `left` with the operator that follows and its other operands; none where nothing
    /// follows that binds tightly enough.
    fn infix(&mut self, left: &mut Expr, least: u8) -> Parsed<Option<Expr>> {
        let at = self.at();
        let token = self.peek().clone();
        // The operand is moved out only once there is an operator to take it.
        let take = |left: &mut Expr| {
            std::mem::replace(left, Expr { kind: ExprKind::Null, at: 0, height: 1 })
        };
        match token {
            Token::Symbol("?") if least <= TERNARY => {
                self.next += 1;
                let then = self.expression(TERNARY)?;
                self.require(":")?;
                let otherwise = self.boxed(TERNARY)?;
                case(at, None, vec![(take(left), then)], Some(otherwise)).map(Some)
            }
            Token::Symbol("||") if least <= CONCAT => {
                let parts = self.chain(take(left), CONCAT, |p| p.take("||"))?;
                let below = highest(&parts);
                node(ExprKind::Concat(parts), at, below).map(Some)
            }
            Token::Symbol("&&") if least <= AND => self.all(take(left), at).map(Some),
            Token::Symbol(symbol) => match binary_operator(symbol) {
                Some((operator, power)) if least <= power => {
                    self.next += 1;
                    // Power goes from the right; all others from the left.
                    let right = self.boxed(if power == POWER { SIGN } else { power + 1 })?;
                    let left = Box::new(take(left));
                    let below = left.height.max(right.height);
                    node(ExprKind::Binary(operator, left, right), at, below).map(Some)
                }
                _ => Ok(None),
            },
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "and" if least <= AND => self.all(take(left), at).map(Some),
                "or" if least <= OR => {
                    let parts = self.chain(take(left), OR, |p| p.take_word("or"))?;
                    let below = highest(&parts);
                    node(ExprKind::Any(parts), at, below).map(Some)
                }
                "is" if least <= COMPARISON => {
                    self.next += 1;
                    let negated = self.take_word("not");
                    self.require_word("null")?;
                    let left = Box::new(take(left));
                    let below = left.height;
                    negate(node(ExprKind::IsNull(left), at, below)?, negated).map(Some)
                }
                "not" | "in" | "like" | "ilike" | "between" if least <= COMPARISON => {
                    let negated = self.take_word("not");
                    let test = self.test(take(left), at)?;
                    negate(test, negated).map(Some)
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn all(&mut self, left: Expr, at: usize) -> Parsed<Expr> {
        let parts = self.chain(left, AND, |p| p.take_word("and") || p.take("&&"))?;
        let below = highest(&parts);
        node(ExprKind::All(parts), at, below)
    }

    /// Operands with one operator between all.
    fn chain(
        &mut self,
        first: Expr,
        power: u8,
        more: impl Fn(&mut Self) -> bool,
    ) -> Parsed<Vec<Expr>> {
        let mut parts = vec![first];
        while more(self) {
            parts.push(self.expression(power + 1)?);
        }
        Ok(parts)
    }

    /// `in (…)`, `like …` or `between … and …` behind `left`.
    fn test(&mut self, left: Expr, at: usize) -> Parsed<Expr> {
        let left = Box::new(left);
        if self.take_word("in") {
            self.require("(")?;
            let list = self.arguments()?;
            if list.is_empty() {
                return Err(self.unexpected("a value in the list"));
            }
            let below = left.height.max(highest(&list));
            return node(ExprKind::In(left, list), at, below);
        }
        if self.take_word("between") {
            let low = self.boxed(CONCAT)?;
            self.require_word("and")?;
            let high = self.boxed(CONCAT)?;
            let below = left.height.max(low.height).max(high.height);
            return node(ExprKind::Between(left, low, high), at, below);
        }
        let ignore_case = self.take_word("ilike");
        if !ignore_case && !self.take_word("like") {
            return Err(self.unexpected("in, like, ilike or between"));
        }
        let pattern = self.boxed(CONCAT)?;
        let below = left.height.max(pattern.height);
        node(ExprKind::Like { of: left, pattern, ignore_case }, at, below)
    }

    /// Expressions with commas between them, and the closing bracket.
    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut list = Vec::new();
        if self.take(")") {
            return Ok(list);
        }
        loop {
            list.push(self.expression(0)?);
            if self.take(")") {
                return Ok(list);
            }
            if !self.take(",") {
                return Err(self.unexpected("\",\" or \")\""));
            }
        }
    }

    /// A value, a call, or something in brackets.
    fn primary(&mut self) -> Parsed<Expr> {
        let at = self.at();
        match self.advance() {
            Token::Number(digits) => {
                let glued = matches!(self.peek(), Token::Word(_)) && self.at() == at + digits.len();
                match glued {
                    true => Err(self.unexpected("an operator behind a number")),
                    false => node(ExprKind::Number(digits), at, 0),
                }
            }
            Token::Text(text) => node(ExprKind::Text(text), at, 0),
            Token::Column(name) => node(ExprKind::Column(name), at, 0),
            Token::Symbol("(") => {
                let inner = self.expression(0)?;
                self.require(")")?;
                Ok(inner)
            }
            Token::Word(word) => self.word(&word, at),
            _ => {
                // The end was not passed over, all else was.
                self.next = self.tokens.partition_point(|(_, offset)| *offset < at);
                Err(self.unexpected("a value, a column or a function"))
            }
        }
    }

    /// What begins with a word, which has been read. Each form has a function of its own, as
    /// forms within forms are deep and the stack is not.
    fn word(&mut self, word: &str, at: usize) -> Parsed<Expr> {
        let name = word.to_ascii_lowercase();
        match name.as_str() {
            "null" => node(ExprKind::Null, at, 0),
            "true" | "false" => node(ExprKind::Bool(name == "true"), at, 0),
            "case" => self.case(at),
            "if" if self.symbol_is("(") => self.condition(at),
            "cast" if self.take("(") => self.cast(at),
            "date" | "timestamp" if matches!(self.peek(), Token::Text(_)) => {
                self.typed_text(&name, at)
            }
            "extract" if self.take("(") => self.extract(at),
            "var" | "when" | "then" | "else" | "end" | "and" | "or" | "in" | "is" | "like"
            | "between" | "as" | "for" | "while" | "return" => {
                let message = format!("{word} is a word of the language");
                Err(Fault::new(at, message).expected("a value, a column or a function"))
            }
            _ if self.take("(") => self.call(name, at),
            _ => node(ExprKind::Name(name), at, 0),
        }
    }

    /// The arguments of a function.
    fn call(&mut self, name: String, at: usize) -> Parsed<Expr> {
        let arguments = match name.as_str() {
            "substring" | "substr" => self.substring()?,
            "position" => self.position()?,
            _ => self.arguments()?,
        };
        let below = highest(&arguments);
        node(ExprKind::Call(name, arguments), at, below)
    }

    /// What follows `cast(`.
    fn cast(&mut self, at: usize) -> Parsed<Expr> {
        let of = self.boxed(0)?;
        self.require_word("as")?;
        let data_type = self.data_type()?;
        self.require(")")?;
        let below = of.height;
        node(ExprKind::Cast(of, data_type), at, below)
    }

    /// The text that follows `date` or `timestamp`.
    fn typed_text(&mut self, name: &str, at: usize) -> Parsed<Expr> {
        let of = Box::new(self.primary()?);
        let data_type = DataType::parse(if name == "date" { "date" } else { "datetime" });
        let data_type = data_type.map_err(|error| Fault { error, offset: at })?;
        node(ExprKind::Cast(of, data_type), at, 1)
    }

    /// What follows `extract(`.
    fn extract(&mut self, at: usize) -> Parsed<Expr> {
        let part_at = self.at();
        let part = match self.advance() {
            Token::Word(part) | Token::Text(part) => part,
            _ => return Err(Fault::new(part_at, "a part of a time is missing")),
        };
        self.require_word("from")?;
        let mut arguments = vec![node(ExprKind::Text(part), part_at, 0)?];
        arguments.extend(self.arguments()?);
        let below = highest(&arguments);
        node(ExprKind::Call("date_part".to_owned(), arguments), at, below)
    }

    /// `x, start, length)` or `x from start for length)`.
    fn substring(&mut self) -> Parsed<Vec<Expr>> {
        let mut arguments = vec![self.expression(0)?];
        if self.take_word("from") {
            arguments.push(self.expression(0)?);
            if self.take_word("for") {
                arguments.push(self.expression(0)?);
            }
            self.require(")")?;
        } else if !self.take(")") {
            self.require(",")?;
            arguments.extend(self.arguments()?);
        }
        Ok(arguments)
    }

    /// `part in text)` or `text, part)`, as the latter.
    fn position(&mut self) -> Parsed<Vec<Expr>> {
        let first = self.expression(CONCAT)?;
        if self.take_word("in") {
            let text = self.expression(0)?;
            self.require(")")?;
            return Ok(vec![text, first]);
        }
        self.require(",")?;
        let mut arguments = vec![first];
        arguments.extend(self.arguments()?);
        Ok(arguments)
    }

    /// What follows `case`.
    fn case(&mut self, at: usize) -> Parsed<Expr> {
        let subject = if self.word_is("when") { None } else { Some(self.boxed(0)?) };
        let mut branches = Vec::new();
        while self.take_word("when") {
            let when = self.expression(0)?;
            self.require_word("then")?;
            branches.push((when, self.expression(0)?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("when"));
        }
        let otherwise = if self.take_word("else") { Some(self.boxed(0)?) } else { None };
        if !self.take_word("end") {
            return Err(self.unexpected("when, else or end"));
        }
        case(at, subject, branches, otherwise)
    }

    /// What follows `if`: `(c, a, b)`, `(c) a; else b` or `(c) { a } else { b }`.
    fn condition(&mut self, at: usize) -> Parsed<Expr> {
        self.require("(")?;
        let when = self.expression(0)?;
        if self.take(",") {
            let then = self.expression(0)?;
            let otherwise = if self.take(",") { Some(self.boxed(0)?) } else { None };
            self.require(")")?;
            return case(at, None, vec![(when, then)], otherwise);
        }
        self.require(")")?;
        let then = self.block()?;
        // A semicolon ends the whole where no `else` follows it.
        let before = self.next;
        while self.take(";") {}
        if !self.take_word("else") {
            self.next = before;
            return case(at, None, vec![(when, then)], None);
        }
        let otherwise = Box::new(self.block()?);
        case(at, None, vec![(when, then)], Some(otherwise))
    }

    /// An expression, also in braces.
    fn block(&mut self) -> Parsed<Expr> {
        if !self.take("{") {
            return self.expression(0);
        }
        let inner = self.expression(0)?;
        while self.take(";") {}
        self.require("}")?;
        Ok(inner)
    }

    /// The name of a type, up to a closing bracket that is not its own.
    fn data_type(&mut self) -> Parsed<DataType> {
        let at = self.at();
        let mut open = 0;
        loop {
            match self.peek() {
                Token::Symbol("(") => open += 1,
                Token::Symbol(")") if open == 0 => break,
                Token::Symbol(")") => open -= 1,
                Token::End => return Err(self.unexpected("\")\"")),
                _ => {}
            }
            self.next += 1;
        }
        let name = self.text[at..self.at()].trim();
        let known = match name.to_ascii_lowercase().as_str() {
            "bool" => "boolean",
            "tinyint" => "int8",
            "smallint" => "int16",
            "int" | "bigint" => "int64",
            "real" => "float32",
            "double" | "double precision" => "float64",
            "varchar" | "text" | "char" => "string",
            "timestamp" => "timestamp(us)",
            "numeric" | "decimal" => "decimal(18, 3)",
            _ => "",
        };
        let lower = name.to_ascii_lowercase();
        let name = match (known, lower.strip_prefix("numeric(")) {
            ("", Some(rest)) => format!("decimal({rest}"),
            // The name of a zone minds case.
            ("", None) if lower.starts_with("timestamp(") => format!("timestamp{}", &name[9..]),
            ("", None) => lower,
            (known, _) => known.to_owned(),
        };
        DataType::parse(&name).map_err(|error| Fault { error, offset: at })
    }
}

/// `test`, or `not test`.
fn negate(test: Expr, negated: bool) -> Parsed<Expr> {
    let (at, below) = (test.at, test.height);
    if negated { node(ExprKind::Not(Box::new(test)), at, below) } else { Ok(test) }
}

fn case(
    at: usize,
    subject: Option<Box<Expr>>,
    branches: Vec<(Expr, Expr)>,
    otherwise: Option<Box<Expr>>,
) -> Parsed<Expr> {
    let each = branches.iter().flat_map(|(when, then)| [when, then]);
    let below = highest(each.chain(subject.as_deref()).chain(otherwise.as_deref()));
    node(ExprKind::Case { subject, branches, otherwise }, at, below)
}
