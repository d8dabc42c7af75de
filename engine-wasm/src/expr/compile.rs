//! The expressions of a config, which may use one another by name as if columns.

use super::Expression;
use super::ast::Program;
use super::check::{Found, check};
use super::error::{ExprError, ExprResult, Fault};
use super::parser::parse;
use crate::error::{Error, Result};
use crate::schema::{DataType, Field, Schema};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Checks the expressions `(name, text)` of a config against the columns of its table.
///
/// They are returned in an order in which they can be evaluated: as they came, but each
/// behind those that it uses. The column of the first has the number behind the table's
/// last, and so on: see [`Expression::inputs`].
///
/// # Errors
/// For the first that is wrong, with its name, line and column as the place.
pub fn compile_all(expressions: &[(String, String)], schema: &Schema) -> Result<Vec<Expression>> {
    let compiled = Compiler::new(expressions, schema.fields()).run();
    compiled.all(expressions, |name| format!("expressions[{name:?}]"))
}

/// Says of each expression `(name, text)` which type its values have, or what is wrong with
/// it. One that uses an expression with an error has one too.
pub fn validate(
    expressions: &[(String, String)],
    schema: &Schema,
) -> Vec<(String, ExprResult<DataType>)> {
    let compiled = Compiler::new(expressions, schema.fields()).run();
    let types = compiled.results.into_iter().map(|result| result.map(|e| e.data_type));
    names(expressions).map(str::to_owned).zip(types).collect()
}

/// The names of the columns that an expression reads; none where its text is none.
pub fn columns_of(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    if let Ok(program) = parse(text) {
        let mut visit = |name: &str, _: usize| used.push(name.to_owned());
        let values = program.bindings.iter().map(|binding| &binding.value);
        values.chain([&program.result]).for_each(|expr| expr.columns(&mut visit));
    }
    used
}

fn names(expressions: &[(String, String)]) -> impl Iterator<Item = &str> {
    expressions.iter().map(|(name, _)| name.as_str())
}

/// Expressions that were checked together.
pub(super) struct Compiled {
    /// Of each expression, as they came.
    results: Vec<ExprResult<Expression>>,
    /// The numbers of the expressions without an error, each behind those that it uses.
    order: Vec<usize>,
}

impl Compiled {
    /// All of them in that order, or the first error, in the place that `place` makes of the
    /// expression's name.
    pub fn all(
        self,
        expressions: &[(String, String)],
        place: impl Fn(&str) -> String,
    ) -> Result<Vec<Expression>> {
        let mut out = Vec::with_capacity(expressions.len());
        for (name, result) in names(expressions).zip(self.results) {
            let located = |e: ExprError| Error::from(e).at(format!("{}:", place(name)));
            out.push(Some(result.map_err(located)?));
        }
        Ok(self.order.into_iter().filter_map(|i| out[i].take()).collect())
    }
}

/// What checks expressions that may use one another.
pub(super) struct Compiler<'a> {
    expressions: &'a [(String, String)],
    fields: &'a [Field],
    /// The names that could have been meant where one is not known.
    known: Vec<&'a str>,
    /// The expressions by name.
    numbers: FxHashMap<&'a str, usize>,
    columns: FxHashMap<&'a str, usize>,
}

impl<'a> Compiler<'a> {
    pub fn new(expressions: &'a [(String, String)], fields: &'a [Field]) -> Self {
        let mut numbers = FxHashMap::default();
        for (number, (name, _)) in expressions.iter().enumerate() {
            numbers.entry(name.as_str()).or_insert(number);
        }
        let columns = fields.iter().enumerate();
        let columns = columns.map(|(number, field)| (field.name.as_str(), number)).collect();
        let known = fields.iter().map(|field| field.name.as_str()).collect();
        Compiler { expressions, fields, known, numbers, columns }
    }

    /// The same with other names that could have been meant than those of the fields.
    pub fn suggesting(self, known: Vec<&'a str>) -> Self {
        Compiler { known, ..self }
    }

    fn run(self) -> Compiled {
        let parsed = (0..self.expressions.len()).map(|number| self.parse(number)).collect();
        self.run_parsed(parsed)
    }

    /// Checks what the expressions' texts were parsed to.
    pub fn run_parsed(self, parsed: Vec<ExprResult<Program>>) -> Compiled {
        let sequence = self.sequence(&parsed);
        let mut results: Vec<Option<ExprResult<Expression>>> =
            parsed.iter().map(|p| p.as_ref().err().map(|e| Err(e.clone()))).collect();
        let mut order: Vec<usize> = Vec::new();
        // The column number of each expression that has one.
        let mut numbers: FxHashMap<usize, (usize, DataType)> = FxHashMap::default();
        for number in sequence {
            let Ok(program) = &parsed[number] else { continue };
            let compiled = self.check(number, program, &numbers);
            if let Ok(expression) = &compiled {
                let column = self.fields.len() + order.len();
                numbers.insert(number, (column, expression.data_type.clone()));
                order.push(number);
            }
            results[number] = Some(compiled);
        }
        let waiting: Vec<bool> = results.iter().map(Option::is_none).collect();
        let in_cycle = |number: usize| match &parsed[number] {
            Ok(program) => Err(self.cycle(number, program, &parsed, &waiting)),
            Err(error) => Err(error.clone()),
        };
        let results = results.into_iter().enumerate();
        let results = results.map(|(i, result)| result.unwrap_or_else(|| in_cycle(i)));
        Compiled { results: results.collect(), order }
    }

    fn locate(&self, number: usize, fault: Fault) -> ExprError {
        ExprError::locate(fault.error, &self.expressions[number].1, fault.offset)
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

    /// The other expressions that `program` uses, with the place of the first use of each.
    fn uses(&self, program: &Program) -> Vec<(usize, usize)> {
        let mut uses: Vec<(usize, usize)> = Vec::new();
        let mut visit = |name: &str, at: usize| {
            if let Some(&number) = self.numbers.get(name)
                && !self.columns.contains_key(name)
                && !uses.iter().any(|(known, _)| *known == number)
            {
                uses.push((number, at));
            }
        };
        let values = program.bindings.iter().map(|binding| &binding.value);
        values.chain([&program.result]).for_each(|expr| expr.columns(&mut visit));
        uses
    }

    /// The expressions that are in no cycle, each behind those that it uses.
    fn sequence(&self, parsed: &[ExprResult<Program>]) -> Vec<usize> {
        let mut waiting = vec![0; parsed.len()];
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); parsed.len()];
        for (number, program) in parsed.iter().enumerate() {
            for (used, _) in program.iter().flat_map(|program| self.uses(program)) {
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
        program: &Program,
        parsed: &[ExprResult<Program>],
        waiting: &[bool],
    ) -> ExprError {
        const MOST: usize = 8;
        let mut path = vec![number];
        let mut place = 0;
        let mut program = program;
        // From one that waits to one that it waits for, until one is there twice.
        while let Some((next, at)) = self.uses(program).into_iter().find(|(used, _)| waiting[*used])
        {
            if path.len() == 1 {
                place = at;
            }
            let known = path.contains(&next);
            path.push(next);
            match &parsed[next] {
                Ok(next) if !known => program = next,
                _ => break,
            }
        }
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
        program: &Program,
        numbers: &FxHashMap<usize, (usize, DataType)>,
    ) -> ExprResult<Expression> {
        let find = |name: &str| match (self.columns.get(name), self.numbers.get(name)) {
            (Some(&column), _) => Found::Column(column, self.fields[column].data_type.clone()),
            (None, Some(other)) => match numbers.get(other) {
                Some((column, data_type)) => Found::Column(*column, data_type.clone()),
                None => Found::Broken,
            },
            (None, None) => Found::Nothing,
        };
        let others = names(self.expressions).filter(|name| *name != self.expressions[number].0);
        let known: Vec<&str> = self.known.iter().copied().chain(others).collect();
        let outcome = check(program, &find, &known).map_err(|fault| self.locate(number, fault))?;
        Ok(Expression {
            name: self.expressions[number].0.clone(),
            data_type: outcome.data_type,
            inputs: outcome.inputs,
            volatility: outcome.volatility,
            plan: outcome.plan,
        })
    }
}
