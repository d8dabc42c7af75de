//! Secrets: texts that are compared and handed on, and never shown.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

/// A text that neither `Debug` nor an error prints.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever needs it: not to be logged.
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
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
    let secrets: Vec<Secret> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new).collect();
    if secrets.is_empty() {
        return Err(format!("{} is empty: expected a secret", path.display()));
    }
    Ok(secrets)
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
