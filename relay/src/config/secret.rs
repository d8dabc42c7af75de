//! Secrets: named in a configuration by where they are, and never shown.

use std::fmt;

use toml::de::{DeTable, DeValue};

use super::reader::Reader;

/// What a secret is written as.
pub(super) const EXPECTED: &str = "{ env = \"NAME\" } or { file = \"PATH\" }";

/// A text that neither `Debug` nor an error prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for who must send it or compare with it: not to be logged.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A field that is `{ env = "NAME" }` or `{ file = "PATH" }`.
pub(super) fn read_secret(reader: &Reader<'_>, field: &'static str) -> Option<Secret> {
    reader.parsed(field, |value| match value {
        DeValue::Table(table) => {
            read(reader, table).unwrap_or_else(|| Err(format!("expected {EXPECTED}")))
        }
        _ => Err(format!("expected {EXPECTED}: a configuration may be shown, a secret may not")),
    })
}

/// Reads `{ env = "NAME" }` or `{ file = "PATH" }`; `None` where the table is neither. What a
/// file ends with of line breaks does not belong to the secret.
///
/// The error names the place and never what is there.
pub(super) fn read(reader: &Reader<'_>, table: &DeTable<'_>) -> Option<Result<Secret, String>> {
    let mut fields = table.iter();
    let (Some((key, value)), None) = (fields.next(), fields.next()) else { return None };
    let DeValue::String(place) = value.get_ref() else { return None };
    match key.get_ref().as_ref() {
        "env" => Some(std::env::var(place.as_ref()).map(Secret).map_err(|error| match error {
            std::env::VarError::NotPresent => {
                format!("the environment variable {place} is not set")
            }
            std::env::VarError::NotUnicode(_) => {
                format!("the environment variable {place} is no UTF-8 text")
            }
        })),
        "file" => Some(reader.read_file(place).and_then(|bytes| {
            let text = String::from_utf8(bytes).map_err(|_| format!("{place} is no UTF-8 text"))?;
            Ok(Secret(text.trim_end_matches(['\r', '\n']).to_string()))
        })),
        _ => None,
    }
}
