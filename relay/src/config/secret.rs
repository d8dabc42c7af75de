//! Secrets: named in a configuration by where they are, and never shown.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::reader::Reader;

/// What a secret is written as.
pub(super) const EXPECTED: &str = "{ env = \"NAME\" } or { file = \"PATH\" }";

/// A text that neither `Debug` nor an error prints.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for who must send it or compare with it: not to be logged.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secret in a variable of the environment.
///
/// # Errors
/// When there is no such variable, or it is not text.
pub fn from_env(name: &str) -> Result<Secret, String> {
    match std::env::var(name) {
        Ok(value) => Ok(Secret(value)),
        Err(std::env::VarError::NotPresent) => Err(format!("the environment has no {name}")),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(format!("{name} in the environment is not UTF-8 text"))
        }
    }
}

/// The secrets in a file, one a line. Spaces around them and empty lines do not count.
///
/// # Errors
/// When the file cannot be read, or has no line.
pub fn from_file(path: &Path) -> Result<Vec<Secret>, String> {
    let secrets: Vec<Secret> =
        text_of(path)?.lines().map(str::trim).filter(|l| !l.is_empty()).map(Secret::new).collect();
    if secrets.is_empty() {
        return Err(format!("{} is empty: expected a secret", path.display()));
    }
    Ok(secrets)
}

fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{} cannot be read: {e}", path.display()))
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
        "env" => Some(from_env(place)),
        "file" => Some(
            text_of(&reader.beside(place))
                .map(|text| Secret(text.trim_end_matches(['\r', '\n']).to_string())),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        assert!(!format!("{:?}", Some(Secret::new("hunter2"))).contains("hunter2"));
    }

    #[test]
    fn a_file_has_one_a_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "first\n\n  second\r\n").unwrap();
        let secrets = from_file(file.path()).unwrap();
        assert_eq!(secrets, [Secret::new("first"), Secret::new("second")]);
        std::fs::write(file.path(), "\n").unwrap();
        assert!(from_file(file.path()).unwrap_err().contains("is empty"));
        assert!(from_file(Path::new("/nowhere/x")).unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn a_missing_variable_is_told() {
        assert_eq!(
            from_env("MILLRACE_NO_SUCH_VARIABLE").unwrap_err(),
            "the environment has no MILLRACE_NO_SUCH_VARIABLE"
        );
        assert!(from_env("CARGO_MANIFEST_DIR").is_ok());
    }
}
