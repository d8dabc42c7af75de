//! What is asked for of an export: a window, and how its values are written.

use super::ipc::Compression;
use crate::error::{Error, Kind, Result};
use crate::view::{ReadSpec, WindowSpec};
use serde_json::Value;

/// A window and how it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportOptions {
    /// The cells.
    pub read: ReadSpec,
    /// Dates and times as ISO 8601 text, where they would be milliseconds.
    pub formatted: bool,
    /// In JSON, integers beyond 2⁵³ and decimals as text.
    pub exact_as_text: bool,
    /// Gives each row its path, or its number in a list, as `__ID__`.
    pub id: bool,
    /// Gives each row of a flat view its number as `__INDEX__`.
    pub index: bool,
    /// How the bodies of Arrow are compressed.
    pub compression: Compression,
}

impl ExportOptions {
    /// Reads options from JSON text; what is absent or null is as by default.
    ///
    /// # Errors
    /// Where it is not an object, has an unknown field, or one of the wrong form.
    pub fn parse(text: &str) -> Result<Self> {
        let mut options = ExportOptions::default();
        for (name, value) in &WindowSpec::fields(text)? {
            let form = |expected: &str| {
                let error = Error::new(Kind::InvalidConfig, format!("found {value}"));
                error.at(name.as_str()).expected(expected)
            };
            let flag = || match value {
                Value::Null => Ok(false),
                Value::Bool(flag) => Ok(*flag),
                _ => Err(form("true or false")),
            };
            match name.as_str() {
                "formatted" => options.formatted = flag()?,
                "id" => options.id = flag()?,
                "index" => options.index = flag()?,
                "exact" => {
                    options.exact_as_text = match value {
                        Value::Null => false,
                        Value::String(way) if way == "number" => false,
                        Value::String(way) if way == "text" => true,
                        _ => return Err(form("\"number\" or \"text\"")),
                    };
                }
                "compression" => {
                    options.compression = match value {
                        Value::Null => Compression::None,
                        Value::String(codec) if codec == "lz4" => Compression::Lz4,
                        _ => return Err(form("\"lz4\" or null")),
                    };
                }
                _ => {
                    if !options.read.set(name, value)? {
                        let known = ReadSpec::FIELDS.into_iter();
                        let known =
                            known.chain(["formatted", "exact", "id", "index", "compression"]);
                        let error = Error::unknown(Kind::InvalidConfig, "field", name, known);
                        return Err(error.at(name.as_str()));
                    }
                }
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_bounds_stand_side_by_side() {
        let text = r#"{"start_row": 1, "formatted": true, "exact": "text", "compression": "lz4"}"#;
        let options = ExportOptions::parse(text).unwrap();
        assert_eq!(options.read.window.start_row, 1);
        assert!(options.formatted && options.exact_as_text && !options.id);
        assert_eq!(options.compression, Compression::Lz4);
        assert_eq!(ExportOptions::parse("").unwrap(), ExportOptions::default());
    }

    #[test]
    fn a_wrong_option_says_what_is_wrong() {
        let e = ExportOptions::parse(r#"{"format": true}"#).unwrap_err();
        assert!(e.message.contains("did you mean \"formatted\""), "{e}");
        let e = ExportOptions::parse(r#"{"compression": "zstd"}"#).unwrap_err();
        assert_eq!(e.to_string(), "compression: found \"zstd\" (expected \"lz4\" or null)");
        assert!(ExportOptions::parse(r#"{"id": 1}"#).is_err());
        assert!(ExportOptions::parse(r#"{"end_row": -1}"#).is_err());
        assert!(ExportOptions::parse("[]").is_err());
    }
}
