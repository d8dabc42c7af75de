//! Secrets in a configuration: named by where they are, so that the file may be shown.

use toml::de::{DeTable, DeValue};

/// Reads `{ env = "NAME" }` or `{ file = "PATH" }`; `None` where the table is neither. What a
/// file ends with of line breaks does not belong to the secret.
///
/// The error names the place and never what is there.
pub(super) fn read(table: &DeTable<'_>) -> Option<Result<String, String>> {
    let mut fields = table.iter();
    let (Some((key, value)), None) = (fields.next(), fields.next()) else { return None };
    let DeValue::String(place) = value.get_ref() else { return None };
    match key.get_ref().as_ref() {
        "env" => Some(std::env::var(place.as_ref()).map_err(|error| match error {
            std::env::VarError::NotPresent => {
                format!("the environment variable {place} is not set")
            }
            std::env::VarError::NotUnicode(_) => {
                format!("the environment variable {place} is no UTF-8 text")
            }
        })),
        "file" => Some(
            std::fs::read_to_string(place.as_ref())
                .map(|text| text.trim_end_matches(['\r', '\n']).to_string())
                .map_err(|error| format!("{place} cannot be read: {error}")),
        ),
        _ => None,
    }
}
