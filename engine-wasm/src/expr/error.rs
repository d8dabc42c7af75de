//! What is wrong with an expression, and where in its text.

use crate::error::{Error, Kind};
use std::fmt;

/// An error in the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    /// The sort of error.
    pub kind: Kind,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What would have been accepted.
    pub expected: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The line, or what of it is near, and below it a caret at the place.
    pub excerpt: String,
}

/// The result of everything that reads expressions.
pub type ExprResult<T> = Result<T, ExprError>;

/// The most characters of a line that an excerpt shows.
const EXCERPT: usize = 72;

impl ExprError {
    /// `error` at the byte `offset` of `text`.
    pub(super) fn locate(error: Error, text: &str, offset: usize) -> Self {
        let offset = (0..=offset.min(text.len())).rev().find(|&o| text.is_char_boundary(o));
        let (before, _) = text.split_at(offset.unwrap_or(0));
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[start..].chars().count() + 1;
        let characters: Vec<char> =
            text[start..].chars().take_while(|c| *c != '\n' && *c != '\r').collect();
        let first = if characters.len() <= EXCERPT {
            0
        } else {
            (column - 1).saturating_sub(EXCERPT / 2).min(characters.len() - EXCERPT)
        };
        let shown = characters[first..].iter().take(EXCERPT);
        let shown: String = shown.map(|c| if c.is_control() { ' ' } else { *c }).collect();
        let excerpt = format!("{shown}\n{}^", " ".repeat(column - 1 - first));
        let Error { kind, message, expected, .. } = error;
        ExprError { kind, message, expected, line, column, excerpt }
    }
}

impl From<ExprError> for Error {
    /// The engine's error: `place` is `line:column`, and the excerpt follows the message.
    fn from(e: ExprError) -> Error {
        Error {
            kind: e.kind,
            message: format!("{}\n{}", e.message, e.excerpt),
            place: Some(format!("{}:{}", e.line, e.column)),
            expected: e.expected,
        }
    }
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, " (expected {expected})")?;
        }
        write!(f, "\n{}", self.excerpt)
    }
}

impl std::error::Error for ExprError {}

/// An error whose place in the text is known as a byte offset only.
#[derive(Debug)]
pub(super) struct Fault {
    pub error: Error,
    pub offset: usize,
}

impl Fault {
    pub fn new(offset: usize, message: impl Into<String>) -> Self {
        Fault { error: Error::new(Kind::InvalidExpression, message), offset }
    }

    /// What reads the expression or the window `name`, which is wrong.
    pub fn broken(offset: usize, name: &str) -> Self {
        Fault::new(offset, format!("\"{name}\" has an error of its own"))
    }

    pub fn mismatch(offset: usize, message: impl Into<String>) -> Self {
        Fault { error: Error::new(Kind::TypeMismatch, message), offset }
    }

    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.error = self.error.expected(expected);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(text: &str, offset: usize) -> ExprError {
        ExprError::locate(Error::new(Kind::InvalidExpression, "wrong"), text, offset)
    }

    #[test]
    fn the_caret_stands_below_the_place() {
        let e = located("1 +\n  \"ä\" + x\n", 13);
        assert_eq!((e.line, e.column), (2, 9));
        assert_eq!(e.excerpt, "  \"ä\" + x\n        ^");
        let e = located("ab", 2);
        assert_eq!((e.line, e.column, e.excerpt.as_str()), (1, 3, "ab\n  ^"));
    }

    #[test]
    fn an_excerpt_of_a_long_line_is_short() {
        let e = located(&"x".repeat(10_000), 5_000);
        assert_eq!(e.column, 5_001);
        let (line, caret) = e.excerpt.split_once('\n').unwrap();
        assert_eq!((line.len(), caret.len()), (EXCERPT, EXCERPT / 2 + 1));
    }

    #[test]
    fn an_offset_within_a_character_is_at_its_beginning() {
        assert_eq!(located("ä", 1).column, 1);
        assert_eq!(located("ä", 99).column, 2);
    }

    #[test]
    fn it_becomes_an_error_of_the_engine() {
        let error = Error::from(located("1 + x", 4));
        assert_eq!(error.to_string(), "1:5: wrong\n1 + x\n    ^");
    }
}
