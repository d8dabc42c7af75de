//! The expressions of a config, which may use one another by name as if columns.

use super::ast::{Program, Read};
use super::check::{Found, check};
use super::error::{ExprError, ExprResult, Fault};
use super::lookup::{Body, Lookup, Parts, ROW_NUMBER};
use super::parser::parse;
use super::{Expression, Formula};
use crate::error::{Error, Kind, Result};
use crate::schema::{DataType, Field, Schema};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Checks the expressions `(name, text)` of a config against the columns of its table, whose
/// rows are told apart by the columns `keys`, and where there are none by their numbers.
///
/// The columns that they make are returned in an order in which they can be computed: as they
/// came, but each behind those that it uses. The first has the number behind the table's last
/// column, and so on: see [`Expression::inputs`]. What is only a part of another one has no
/// name.
///
/// # Errors
/// For the first that is wrong, with its name, line and column as the place.
pub fn compile(
    expressions: &[(String, String)],
    schema: &Schema,
    keys: &[usize],
) -> Result<Vec<(Option<String>, Formula)>> {
    let compiled = Compiler::new(expressions, schema.fields(), keys).run();
    compiled.all(expressions, |name| format!("expressions[{name:?}]"))
}

/// The same of expressions that look into no other row.
///
/// # Errors
/// As [`compile`].
pub fn compile_all(expressions: &[(String, String)], schema: &Schema) -> Result<Vec<Expression>> {
    let formulas = compile(expressions, schema, &[])?.into_iter();
    let of_rows = |(_, formula)| match formula {
        Formula::Rows(expression) => Some(*expression),
        Formula::Lookup(_) => None,
    };
    Ok(formulas.filter_map(of_rows).collect())
}

/// Says of each expression `(name, text)` which type its values have, or what is wrong with
/// it. One that uses an expression with an error has one too, or one of the columns that are
/// `broken`.
pub fn validate(
    expressions: &[(String, String)],
    schema: &Schema,
    keys: &[usize],
    broken: &[&str],
) -> Vec<(String, ExprResult<DataType>)> {
    let compiler = Compiler::new(expressions, schema.fields(), keys);
    let compiled = Compiler { broken, ..compiler }.run();
    let types = compiled.results.into_iter().map(|result| result.map(|f| f.data_type().clone()));
    names(expressions).map(str::to_owned).zip(types).collect()
}

/// The names of the columns that an expression reads; none where its text is none.
pub fn columns_of(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    if let Ok(program) = parse(text) {
        program.reads(&mut |read, _| {
            if let Read::Named(name) = read {
                used.push(name.to_owned());
            }
        });
    }
    used
}

fn names(expressions: &[(String, String)]) -> impl Iterator<Item = &str> {
    expressions.iter().map(|(name, _)| name.as_str())
}

/// Expressions that were checked together.
pub(super) struct Compiled {
    /// Of each expression, as they came, and behind them of each of their parts.
    results: Vec<ExprResult<Formula>>,
    /// The numbers of those that are columns, each behind those that it uses.
    order: Vec<usize>,
}

impl Compiled {
    /// All columns in that order, or the first error, in the place that `place` makes of the
    /// expression's name.
    pub fn all(
        self,
        expressions: &[(String, String)],
        place: impl Fn(&str) -> String,
    ) -> Result<Vec<(Option<String>, Formula)>> {
        let mut out = Vec::with_capacity(self.results.len());
        let mut names = names(expressions);
        for result in self.results {
            let name = names.next();
            let located =
                |e: ExprError| Error::from(e).at(format!("{}:", place(name.unwrap_or_default())));
            out.push(Some((name.map(str::to_owned), result.map_err(located)?)));
        }
        Ok(self.order.into_iter().filter_map(|i| out[i].take()).collect())
    }
}

/// What checks expressions that may use one another.
pub(super) struct Compiler<'a> {
    expressions: &'a [(String, String)],
    fields: &'a [Field],
    /// The columns that the table's rows are told apart by.
    keys: &'a [usize],
    /// The names that could have been meant where one is not known.
    known: Vec<&'a str>,
    /// The names of columns that have errors of their own.
    broken: &'a [&'a str],
    /// The expressions by name.
    numbers: FxHashMap<&'a str, usize>,
    columns: FxHashMap<&'a str, usize>,
    /// The expressions that the parts are of, which have the numbers behind these.
    owners: Vec<usize>,
}

impl<'a> Compiler<'a> {
    pub fn new(
        expressions: &'a [(String, String)],
        fields: &'a [Field],
        keys: &'a [usize],
    ) -> Self {
        let mut numbers = FxHashMap::default();
        for (number, (name, _)) in expressions.iter().enumerate() {
            numbers.entry(name.as_str()).or_insert(number);
        }
        let columns = fields.iter().enumerate();
        let columns = columns.map(|(number, field)| (field.name.as_str(), number)).collect();
        let known = fields.iter().map(|field| field.name.as_str()).collect();
        Compiler {
            expressions,
            fields,
            keys,
            known,
            broken: &[],
            numbers,
            columns,
            owners: Vec::new(),
        }
    }

    /// The same with other names that could have been meant than those of the fields.
    pub fn suggesting(self, known: Vec<&'a str>) -> Self {
        Compiler { known, ..self }
    }

    fn run(mut self) -> Compiled {
        let first = self.expressions.len();
        let mut parts = Parts { keys: self.keys.len().max(1), first, parts: Vec::new() };
        let mut take = |number: usize| {
            let program = self.parse(number)?;
            let taken = parts.take(number, program);
            taken.map(Body::Whole).map_err(|fault| self.locate(number, fault))
        };
        let mut parsed: Vec<ExprResult<Body>> = (0..first).map(&mut take).collect();
        for (owner, body) in parts.parts {
            self.owners.push(owner);
            parsed.push(Ok(body));
        }
        self.run_parsed(parsed)
    }

    /// Checks what the expressions' texts were parsed to.
    pub fn run_parsed(self, parsed: Vec<ExprResult<Body>>) -> Compiled {
        let sequence = self.sequence(&parsed);
        let mut results: Vec<Option<ExprResult<Formula>>> =
            parsed.iter().map(|p| p.as_ref().err().map(|e| Err(e.clone()))).collect();
        let mut order: Vec<usize> = Vec::new();
        // The column number of each expression that has one.
        let mut numbers: FxHashMap<usize, (usize, DataType)> = FxHashMap::default();
        for number in sequence {
            let Ok(body) = &parsed[number] else { continue };
            let mut of_parts = self.uses(body).into_iter().filter(|(used, _)| self.is_part(*used));
            let broken = of_parts.find_map(|(used, _)| match &results[used] {
                Some(Err(error)) => Some(error.clone()),
                _ => None,
            });
            let compiled = broken.map_or_else(|| self.check(number, body, &numbers), Err);
            if let Ok(formula) = &compiled {
                let column = match self.own_column(body, formula) {
                    Some(column) => column,
                    None => {
                        order.push(number);
                        self.fields.len() + order.len() - 1
                    }
                };
                numbers.insert(number, (column, formula.data_type().clone()));
            }
            results[number] = Some(compiled);
        }
        let waiting: Vec<bool> = results.iter().map(Option::is_none).collect();
        let in_cycle = |number: usize| match &parsed[number] {
            Ok(body) => Err(self.cycle(number, body, &parsed, &waiting)),
            Err(error) => Err(error.clone()),
        };
        let results = results.into_iter().enumerate();
        let results = results.map(|(i, result)| result.unwrap_or_else(|| in_cycle(i)));
        Compiled { results: results.collect(), order }
    }

    fn is_part(&self, number: usize) -> bool {
        number >= self.expressions.len()
    }

    /// The expression that a body is, or is a part of.
    fn owner(&self, number: usize) -> usize {
        match number.checked_sub(self.expressions.len()) {
            None => number,
            Some(part) => self.owners[part],
        }
    }

    /// The column that a key is as it stands, so that it needs none of its own.
    fn own_column(&self, body: &Body, formula: &Formula) -> Option<usize> {
        match (body, formula) {
            (Body::Key(..), Formula::Rows(expression)) => expression.as_column(),
            _ => None,
        }
    }

    fn locate(&self, number: usize, fault: Fault) -> ExprError {
        let (_, text) = &self.expressions[self.owner(number)];
        ExprError::locate(fault.error, text, fault.offset)
    }

    fn parse(&self, number: usize) -> ExprResult<Program> {
        let (name, text) = &self.expressions[number];
        let taken = if self.columns.contains_key(name.as_str()) {
            Some(format!("the table has a column \"{name}\" already"))
        } else if self.numbers[name.as_str()] != number {
            Some(format!("there are two expressions \"{name}\""))
        } else {
            None
        };
        match taken {
            Some(message) => {
                let fault = Fault::new(0, message).expected("another name for the expression");
                Err(self.locate(number, fault))
            }
            None => parse(text).map_err(|fault| self.locate(number, fault)),
        }
    }

    /// The other expressions that one uses, and its parts, with the place of the first use of
    /// each.
    fn uses(&self, body: &Body) -> Vec<(usize, usize)> {
        let mut uses: Vec<(usize, usize)> = Vec::new();
        let mut visit = |read: Read<'_>, at: usize| {
            let number = match read {
                Read::Named(name) if self.columns.contains_key(name) => None,
                Read::Named(name) => self.numbers.get(name).copied(),
                Read::Part(number) => Some(number),
            };
            if let Some(number) = number
                && !uses.iter().any(|(known, _)| *known == number)
            {
                uses.push((number, at));
            }
        };
        match body {
            Body::Whole(program) | Body::Key(program, _) => program.reads(&mut visit),
            Body::Lookup { column: (name, place), keys, at } => {
                keys.iter().for_each(|&key| visit(Read::Part(key), *at));
                visit(Read::Named(name), *place);
            }
        }
        uses
    }

    /// The expressions that are in no cycle, each behind those that it uses.
    fn sequence(&self, parsed: &[ExprResult<Body>]) -> Vec<usize> {
        let mut waiting = vec![0; parsed.len()];
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); parsed.len()];
        for (number, body) in parsed.iter().enumerate() {
            for (used, _) in body.iter().flat_map(|body| self.uses(body)) {
                users[used].push(number);
                waiting[number] += 1;
            }
        }
        let mut ready: BTreeSet<usize> = (0..parsed.len()).filter(|i| waiting[*i] == 0).collect();
        let mut sequence = Vec::with_capacity(parsed.len());
        while let Some(number) = ready.pop_first() {
            sequence.push(number);
            for &user in &users[number] {
                waiting[user] -= 1;
                if waiting[user] == 0 {
                    ready.insert(user);
                }
            }
        }
        sequence
    }

    /// The error of an expression that is in a cycle, or uses one that is: one of those
    /// that are `waiting` for one another.
    fn cycle(
        &self,
        number: usize,
        body: &Body,
        parsed: &[ExprResult<Body>],
        waiting: &[bool],
    ) -> ExprError {
        const MOST: usize = 8;
        let mut path = vec![number];
        let mut place = 0;
        let mut body = body;
        // From one that waits to one that it waits for, until one is there twice.
        while let Some((next, at)) = self.uses(body).into_iter().find(|(used, _)| waiting[*used]) {
            if path[1..].iter().all(|&other| self.is_part(other)) {
                place = at;
            }
            let known = path.contains(&next);
            path.push(next);
            match &parsed[next] {
                Ok(next) if !known => body = next,
                _ => break,
            }
        }
        path.retain(|&number| !self.is_part(number));
        let shown = path.iter().take(MOST).map(|i| format!("\"{}\"", self.expressions[*i].0));
        let mut shown = shown.collect::<Vec<_>>().join(" → ");
        if path.len() > MOST {
            shown.push_str(" → …");
        }
        let message = format!("expressions that use one another in a circle: {shown}");
        self.locate(number, Fault::new(place, message))
    }

    fn check(
        &self,
        number: usize,
        body: &Body,
        numbers: &FxHashMap<usize, (usize, DataType)>,
    ) -> ExprResult<Formula> {
        let find = |read: Read<'_>| {
            let other = match read {
                Read::Part(number) => Some(number),
                Read::Named(name) => {
                    if let Some(&column) = self.columns.get(name) {
                        return Found::Column(column, self.fields[column].data_type.clone());
                    }
                    if self.broken.contains(&name) {
                        return Found::Broken;
                    }
                    self.numbers.get(name).copied()
                }
            };
            match other.map(|other| numbers.get(&other)) {
                Some(Some((column, data_type))) => Found::Column(*column, data_type.clone()),
                Some(None) => Found::Broken,
                None => Found::Nothing,
            }
        };
        let own = &self.expressions[self.owner(number)].0;
        let others = names(self.expressions).filter(|name| name != own);
        let known: Vec<&str> = self.known.iter().copied().chain(others).collect();
        let key = |key: usize| match self.keys.get(key) {
            Some(&key) => &self.fields[key].data_type,
            None => &ROW_NUMBER,
        };
        let (program, key) = match body {
            Body::Whole(program) => (program, None),
            Body::Key(program, number) => (program, Some(key(*number))),
            Body::Lookup { column: (name, at), keys, .. } => {
                let lookup = look_up(name, *at, keys, &find, &known);
                return lookup.map(Formula::Lookup).map_err(|fault| self.locate(number, fault));
            }
        };
        let outcome = check(program, key, &find, &known);
        let outcome = outcome.map_err(|fault| self.locate(number, fault))?;
        Ok(Formula::Rows(Box::new(Expression {
            name: if self.is_part(number) { String::new() } else { own.clone() },
            data_type: outcome.data_type,
            inputs: outcome.inputs,
            volatility: outcome.volatility,
            plan: outcome.plan,
        })))
    }
}

/// The values of the column called `name` by keys that are parts.
fn look_up(
    name: &str,
    at: usize,
    keys: &[usize],
    find: &dyn Fn(Read<'_>) -> Found,
    known: &[&str],
) -> std::result::Result<Lookup, Fault> {
    let (column, data_type) = match find(Read::Named(name)) {
        Found::Column(column, data_type) => (column, data_type),
        Found::Broken => return Err(Fault::broken(at, name)),
        Found::Nothing => {
            let error = Error::unknown(Kind::UnknownColumn, "column", name, known.iter().copied());
            return Err(Fault { error, offset: at });
        }
    };
    let key = |&key: &usize| match find(Read::Part(key)) {
        Found::Column(column, _) => Some(column),
        _ => None,
    };
    Ok(Lookup {
        data_type,
        inputs: [column].into_iter().chain(keys.iter().filter_map(key)).collect(),
    })
}
