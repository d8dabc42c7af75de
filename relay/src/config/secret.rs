//! Secrets: read from the environment or a file, never shown.

use std::fmt;

use super::reader::Reader;

/// A secret. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for who must send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `{ env = "NAME" }` or `{ file = "PATH" }`. Of a file the line ends behind the text are left out.
pub(super) fn read_secret(reader: &Reader<'_>, field: &'static str) -> Option<Secret> {
    let table = reader.table(field)?;
    let secret = match (table.string("env"), table.string("file")) {
        (Some(name), None) => {
            let text = std::env::var(name)
                .map_err(|_| format!("the environment has no variable {name} that is text"));
            table.checked("env", text)
        }
        (None, Some(path)) => {
            let text = table
                .read_file(path)
                .and_then(|bytes| {
                    String::from_utf8(bytes).map_err(|_| format!("{path} is no text"))
                })
                .map(|text| text.trim_end_matches(['\r', '\n']).to_string());
            table.checked("file", text)
        }
        (Some(_), Some(_)) => table.checked("file", Err("expected env or file, not both".into())),
        (None, None) => {
            let message = "expected { env = \"NAME\" } or { file = \"PATH\" }";
            table.problem(table.at(), "", message);
            None
        }
    };
    table.finish();
    secret.map(Secret)
}
