//! The one error type of the engine: what is wrong, where, and what was expected.
//!
//! Every error is a value. It carries a [`Kind`] for programs, a message for people and,
//! where they are known, the place in the input and the accepted alternatives.

use std::fmt;

/// What sort of thing went wrong; its name crosses to JavaScript as `error.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A configuration or an option that does not have the stated form.
    InvalidConfig,
    /// A name that the table does not have.
    UnknownColumn,
    /// A value or column whose type does not fit.
    TypeMismatch,
    /// Bytes that are not what they claim to be.
    InvalidData,
    /// A handle to a table or view that is not there (any more).
    NotFound,
    /// Something that would break what depends on it.
    InUse,
    /// A form of input that the engine does not take.
    Unsupported,
    /// A table that is not written to from outside.
    ReadOnly,
    /// The text of an expression that is none.
    InvalidExpression,
}

impl Kind {
    /// The stable name by which programs know the kind.
    pub fn name(self) -> &'static str {
        match self {
            Kind::InvalidConfig => "invalid_config",
            Kind::UnknownColumn => "unknown_column",
            Kind::TypeMismatch => "type_mismatch",
            Kind::InvalidData => "invalid_data",
            Kind::NotFound => "not_found",
            Kind::InUse => "in_use",
            Kind::Unsupported => "unsupported",
            Kind::ReadOnly => "read_only",
            Kind::InvalidExpression => "invalid_expression",
        }
    }
}

/// An error with its place and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The sort of error.
    pub kind: Kind,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where in the input, such as `filter[0][1]` or `column "price"`.
    pub place: Option<String>,
    /// What would have been accepted.
    pub expected: Option<String>,
}

/// The result of everything in the engine that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), place: None, expected: None }
    }

    /// Says where, unless a deeper place is known already; then prefixes it.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        let place = place.into();
        self.place = Some(match self.place {
            Some(inner) => format!("{place}{inner}"),
            None => place,
        });
        self
    }

    /// Says what would have been accepted.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// A handle to nothing.
    pub fn not_found(what: &str, id: u32) -> Self {
        Error::new(Kind::NotFound, format!("there is no {what} {id}; it may have been deleted"))
    }

    /// `name` is none of `known`: suggests the nearest one, and lists them.
    pub fn unknown<'a>(
        kind: Kind,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        // Compiled once, whatever the names come from.
        Self::none_of(kind, what, name, &known.into_iter().collect::<Vec<_>>())
    }

    fn none_of(kind: Kind, what: &str, name: &str, known: &[&str]) -> Self {
        const MOST: usize = 20;
        /// What is longer is no slip of the pen, and costly to compare.
        const LONGEST: usize = LONGEST_NAME;
        let name = &shortened(name, LONGEST);
        let nearest = known
            .iter()
            .filter(|k| k.len() <= LONGEST)
            .map(|k| (strsim::damerau_levenshtein(&name.to_lowercase(), &k.to_lowercase()), *k))
            .min()
            .filter(|(distance, k)| *distance <= 1 + k.chars().count() / 4);
        let message = match nearest {
            Some((_, k)) => format!("unknown {what} \"{name}\", did you mean \"{k}\"?"),
            None => format!("unknown {what} \"{name}\""),
        };
        let rest = if known.len() > MOST { ", …" } else { "" };
        let names = known[..known.len().min(MOST)].iter().map(|k| shortened(k, LONGEST));
        let names = names.collect::<Vec<_>>().join(", ");
        Error::new(kind, message).expected(format!("one of: {names}{rest}"))
    }
}

/// The longest name, in letters, that a message repeats whole.
pub(crate) const LONGEST_NAME: usize = 64;

/// The beginning of a text that is too long for a message.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, " (expected {expected})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_nearest_known_name() {
        let e = Error::unknown(Kind::UnknownColumn, "column", "tikcer", ["price", "ticker"]);
        assert_eq!(e.message, "unknown column \"tikcer\", did you mean \"ticker\"?");
        let e = Error::unknown(Kind::UnknownColumn, "column", "zzz", ["price", "ticker"]);
        assert_eq!(e.message, "unknown column \"zzz\"");
        assert_eq!(e.expected.as_deref(), Some("one of: price, ticker"));
    }

    #[test]
    fn a_name_of_any_length_makes_a_short_message() {
        let long = "x".repeat(1 << 20);
        let e = Error::unknown(Kind::UnknownColumn, "column", &long, ["price", &long]);
        assert!(e.to_string().len() < 400, "{} bytes", e.to_string().len());
    }

    #[test]
    fn says_place_message_and_expectation() {
        let e = Error::new(Kind::InvalidConfig, "a number").at("[1]").at("filter[0]");
        assert_eq!(
            e.expected("a string").to_string(),
            "filter[0][1]: a number (expected a string)"
        );
    }
}
