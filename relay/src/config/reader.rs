//! Reads one TOML table field by field, and remembers every problem with its place.
//!
//! A field that nobody asked for is a problem too; it names the nearest field that was asked
//! for. So the set of known fields is what the parser reads, and cannot drift from it.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;

/// Collects the problems of one file.
pub(super) struct Problems<'a> {
    file: &'a str,
    text: &'a str,
    found: RefCell<Vec<(usize, Problem)>>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: RefCell::default() }
    }

    /// Notes a problem at a byte of the file.
    pub(super) fn add(&self, at: usize, path: impl Into<String>, message: impl Into<String>) {
        // Places come from the parser and are between characters.
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let problem = Problem {
            file: self.file.to_string(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            path: path.into(),
            message: message.into(),
        };
        self.found.borrow_mut().push((at, problem));
    }

    /// All problems in the order of the file.
    pub(super) fn into_vec(self) -> Vec<Problem> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// A table being read.
pub(super) struct Reader<'t> {
    problems: &'t Problems<'t>,
    table: &'t DeTable<'t>,
    path: String,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
    finished: Cell<bool>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(
        problems: &'t Problems<'t>,
        table: &'t DeTable<'t>,
        path: String,
        at: usize,
    ) -> Self {
        Self { problems, table, path, at, asked: RefCell::default(), finished: Cell::new(false) }
    }

    /// The path of a field below this table, or of the table itself.
    pub(super) fn path_of(&self, field: &str) -> String {
        match (self.path.as_str(), field) {
            ("", field) => field.into(),
            (path, "") => path.into(),
            (path, field) => format!("{path}.{field}"),
        }
    }

    /// Where the table begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn problem(&self, at: usize, field: &str, message: impl Into<String>) {
        self.problems.add(at, self.path_of(field), message);
    }

    /// The value of a field, where it is there.
    pub(super) fn get(&self, field: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().push(field);
        self.table.iter().find(|(key, _)| key.get_ref() == field).map(|(_, value)| value)
    }

    /// A field that is read by `read`, which says what is wrong with it.
    pub(super) fn parsed<T>(
        &self,
        field: &'static str,
        read: impl FnOnce(&'t DeValue<'t>) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.get(field)?;
        match read(value.get_ref()) {
            Ok(parsed) => Some(parsed),
            Err(message) => {
                self.problem(value.span().start, field, message);
                None
            }
        }
    }

    pub(super) fn string(&self, field: &'static str) -> Option<&'t str> {
        self.parsed(field, as_string)
    }

    /// A string that must be there.
    pub(super) fn required(&self, field: &'static str, what: &str) -> Option<&'t str> {
        if self.table.iter().all(|(key, _)| key.get_ref() != field) {
            self.asked.borrow_mut().push(field);
            self.problem(self.at, field, format!("is missing: {what}"));
            return None;
        }
        self.string(field)
    }

    /// What became of a field's value: a problem stands where the value does.
    pub(super) fn checked<T>(&self, field: &'static str, result: Result<T, String>) -> Option<T> {
        let at = self.get(field).map_or(self.at, |value| value.span().start);
        result.map_err(|message| self.problem(at, field, message)).ok()
    }

    pub(super) fn boolean(&self, field: &'static str) -> Option<bool> {
        self.parsed(field, |value| match value {
            DeValue::Boolean(b) => Ok(*b),
            other => Err(format!("expected true or false, found {}", describe(other))),
        })
    }

    /// A whole number of at least `least`.
    pub(super) fn count(&self, field: &'static str, least: u64) -> Option<u64> {
        self.parsed(field, |value| match value {
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
                .ok()
                .and_then(|n| u64::try_from(n).ok())
                .filter(|n| *n >= least)
                .ok_or_else(|| format!("expected a whole number of at least {least}")),
            other => Err(format!("expected a whole number, found {}", describe(other))),
        })
    }

    /// A list of strings.
    pub(super) fn strings(&self, field: &'static str) -> Option<Vec<String>> {
        self.parsed(field, |value| match value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| as_string(item.get_ref()).map(String::from))
                .collect::<Result<_, _>>(),
            other => Err(format!("expected a list of strings, found {}", describe(other))),
        })
    }

    /// A table inside this one.
    pub(super) fn table(&self, field: &'static str) -> Option<Reader<'t>> {
        let value = self.get(field)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                Some(Reader::new(self.problems, table, self.path_of(field), value.span().start))
            }
            other => {
                let message = format!("expected a table, found {}", describe(other));
                self.problem(value.span().start, field, message);
                None
            }
        }
    }

    /// A path that the file names: relative ones are beside the file itself.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        Path::new(self.problems.file).parent().unwrap_or(Path::new("")).join(path)
    }

    /// The bytes of a file that the configuration names.
    pub(super) fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.beside(path)).map_err(|e| format!("{path} cannot be read: {e}"))
    }

    /// A table that is an entry of this one, whose keys are free.
    pub(super) fn inner(&self, key: &str, table: &'t DeTable<'t>, at: usize) -> Reader<'t> {
        Reader::new(self.problems, table, self.path_of(key), at)
    }

    /// Lets unknown fields pass: of what a table is has been told that it is wrong.
    pub(super) fn skip(&self) {
        self.finished.set(true);
    }

    /// The tables in a list; `expected` is said of what is none.
    pub(super) fn tables(&self, field: &'static str, expected: &str) -> Vec<Reader<'t>> {
        let Some(value) = self.get(field) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            let found = describe(value.get_ref());
            let message = format!("expected a list of tables, found {found}");
            self.problem(value.span().start, field, message);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let path = format!("{}[{i}]", self.path_of(field));
            let at = item.span().start;
            match item.get_ref() {
                DeValue::Table(table) => {
                    tables.push(Reader::new(self.problems, table, path, at));
                }
                _ => self.problems.add(at, path, expected),
            }
        }
        tables
    }

    /// The entries of this table in the order of the file, for tables whose keys are free.
    pub(super) fn entries(&self) -> Vec<(&'t str, usize, &'t Spanned<DeValue<'t>>)> {
        self.finished.set(true);
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span().start, value))
            .collect();
        entries.sort_by_key(|(_, at, _)| *at);
        entries
    }

    /// Notes every field that was not asked for.
    pub(super) fn finish(&self) {
        self.finished.set(true);
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if !asked.contains(&name) {
                let message = format!("is no known field{}", nearest(name, &asked));
                self.problem(key.span().start, name, message);
            }
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // A table that is read but not finished would let unknown fields pass.
        debug_assert!(
            self.finished.get() || std::thread::panicking(),
            "{} not finished",
            self.path
        );
    }
}

/// `: did you mean X?`, or the list of what is known.
pub(crate) fn nearest(name: &str, known: &[&str]) -> String {
    let best = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= candidate.len().max(name.len()) / 2);
    match best {
        Some((_, candidate)) => format!(": did you mean \"{candidate}\"?"),
        None => format!(": expected one of {}", known.join(", ")),
    }
}

pub(super) fn as_string<'t>(value: &'t DeValue<'t>) -> Result<&'t str, String> {
    match value {
        DeValue::String(s) => Ok(s.as_ref()),
        other => Err(format!("expected a string, found {}", describe(other))),
    }
}

pub(super) fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
