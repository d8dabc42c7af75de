//! How rows are chosen, as a reader asks for it.

use crate::error::{Error, Kind, Result};
use crate::view::window::WindowSpec;
use serde_json::Value;

/// What is read of a view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadSpec {
    /// Between which bounds.
    pub window: WindowSpec,
    /// Which rows of these, where it is not all of them.
    pub downsample: Option<Downsample>,
}

/// The most points along an axis: more than any screen has.
const MOST_POINTS: usize = 1 << 16;

/// Which rows of a window are read where it has more than can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Downsample {
    /// How they are chosen.
    pub method: Method,
    /// The column along which they are drawn; where absent, the group level of a grouped view,
    /// and in others the numbers of their rows.
    pub x: Option<String>,
    /// The columns that are drawn; where absent, all that hold numbers.
    pub y: Option<Vec<String>>,
    /// How many points there are to be drawn at along the axis.
    pub points: usize,
    /// The least place on the axis, as JavaScript has it: of times in milliseconds.
    pub from: Option<f64>,
    /// The greatest.
    pub to: Option<f64>,
}

/// How rows are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Of each column of pixels the first, the last, the lowest and the highest row.
    M4,
    /// Of each bucket of rows the one that makes the largest triangle with its neighbours.
    Lttb,
}

impl ReadSpec {
    /// Reads a window, and perhaps how its rows are chosen, from JSON text.
    ///
    /// # Errors
    /// Where it is not an object, has an unknown field, or one with a wrong value.
    pub fn parse(text: &str) -> Result<Self> {
        let mut spec = ReadSpec::default();
        for (name, value) in &WindowSpec::fields(text)? {
            if !spec.set(name, value)? {
                let error = Error::unknown(Kind::InvalidConfig, "field", name, Self::FIELDS);
                return Err(error.at(name.as_str()));
            }
        }
        Ok(spec)
    }

    /// The names of its fields.
    pub const FIELDS: [&str; 5] = ["start_row", "end_row", "start_col", "end_col", "downsample"];

    /// Sets the field called `name`, unless `value` is null; false where there is none.
    ///
    /// # Errors
    /// Where the value is wrong.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<bool> {
        if name != "downsample" {
            return self.window.set(name, value);
        }
        self.downsample = match value {
            Value::Null => None,
            value => Some(Downsample::parse(value)?),
        };
        Ok(true)
    }
}

impl Downsample {
    const FIELDS: [&str; 6] = ["method", "x", "y", "points", "from", "to"];

    /// Reads what stands in a window under `downsample`.
    ///
    /// # Errors
    /// Where it is not an object, has an unknown field, lacks one, or one has a wrong value.
    pub fn parse(value: &Value) -> Result<Self> {
        let Value::Object(fields) = value else {
            let error = found("downsample", value);
            return Err(error.expected("{points, method?, x?, y?, from?, to?}"));
        };
        if let Some(name) = fields.keys().find(|name| !Self::FIELDS.contains(&name.as_str())) {
            let error = Error::unknown(Kind::InvalidConfig, "field", name, Self::FIELDS);
            return Err(error.at(format!("downsample.{name}")));
        }
        let field = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let downsample = Downsample {
            method: method(field("method"))?,
            x: match field("x") {
                Value::Null => None,
                Value::String(name) => Some(name.clone()),
                other => return Err(found("downsample.x", other).expected("a column's name")),
            },
            y: columns(field("y"))?,
            points: points(field("points"))?,
            from: end("downsample.from", field("from"))?,
            to: end("downsample.to", field("to"))?,
        };
        match (downsample.from, downsample.to) {
            (Some(from), Some(to)) if from > to => {
                Err(found("downsample.to", field("to")).expected(format!("at least from, {from}")))
            }
            _ => Ok(downsample),
        }
    }
}

fn found(place: &str, value: &Value) -> Error {
    let message = match value {
        Value::Null => "it is absent".to_owned(),
        value => format!("found {value}"),
    };
    Error::new(Kind::InvalidConfig, message).at(place)
}

fn method(value: &Value) -> Result<Method> {
    match value.as_str() {
        None if value.is_null() => Ok(Method::M4),
        Some("m4") => Ok(Method::M4),
        Some("lttb") => Ok(Method::Lttb),
        _ => Err(found("downsample.method", value).expected("\"m4\" or \"lttb\"")),
    }
}

fn columns(value: &Value) -> Result<Option<Vec<String>>> {
    let wrong = || found("downsample.y", value).expected("a list of columns' names");
    match value {
        Value::Null => Ok(None),
        Value::Array(names) if !names.is_empty() => {
            let names = names.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect::<Option<_>>().map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn points(value: &Value) -> Result<usize> {
    let points = value.as_f64().filter(|x| (1.0..=MOST_POINTS as f64).contains(x));
    points.map(|points| points as usize).ok_or_else(|| {
        let expected = format!("a number from 1 to {MOST_POINTS}");
        found("downsample.points", value).expected(expected)
    })
}

fn end(place: &str, value: &Value) -> Result<Option<f64>> {
    match value.as_f64() {
        None if !value.is_null() => {
            Err(found(place, value).expected("a number; of a time, milliseconds since 1970"))
        }
        end => Ok(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(value: Value) -> String {
        Downsample::parse(&value).unwrap_err().to_string()
    }

    #[test]
    fn it_stands_beside_the_bounds() {
        let read = ReadSpec::parse(r#"{"start_row": 3, "downsample": {"points": 5}}"#).unwrap();
        assert_eq!(read.window.start_row, 3);
        assert_eq!(read.downsample.map(|how| how.points), Some(5));
        assert_eq!(ReadSpec::parse(r#"{"downsample": null}"#).unwrap(), ReadSpec::default());
        let error = ReadSpec::parse(r#"{"downsampel": {}}"#).unwrap_err();
        assert!(error.message.contains("did you mean \"downsample\"?"), "{error}");
    }

    #[test]
    fn what_is_absent_is_as_by_default() {
        let read = Downsample::parse(&json!({ "points": 800.6, "x": null })).unwrap();
        let (method, points) = (Method::M4, 800);
        assert_eq!(read, Downsample { method, x: None, y: None, points, from: None, to: None });
    }

    #[test]
    fn wrong_options_say_where_and_what_was_expected() {
        let points = "downsample.points: it is absent (expected a number from 1 to 65536)";
        assert_eq!(error(json!({})), points);
        assert!(error(json!({ "points": 0 })).starts_with("downsample.points: found 0 (expected"));
        assert!(error(json!({ "points": 1e9 })).starts_with("downsample.points: found 1"));
        assert_eq!(
            error(json!({ "points": 1, "method": "lttp" })),
            "downsample.method: found \"lttp\" (expected \"m4\" or \"lttb\")"
        );
        let unknown = error(json!({ "points": 1, "form": 3 }));
        assert!(unknown.starts_with("downsample.form: unknown field \"form\""), "{unknown}");
        assert!(unknown.contains("did you mean \"from\"?"), "{unknown}");
        let list = "(expected a list of columns' names)";
        for y in [json!("a"), json!([]), json!([1])] {
            assert!(error(json!({ "points": 1, "y": y })).ends_with(list));
        }
        assert!(error(json!({ "points": 1, "x": 3 })).starts_with("downsample.x: found 3"));
        assert!(error(json!({ "points": 1, "to": "now" })).starts_with("downsample.to: found"));
        assert_eq!(
            error(json!({ "points": 1, "from": 5, "to": 3 })),
            "downsample.to: found 3 (expected at least from, 5)"
        );
        assert!(error(json!(7)).starts_with("downsample: found 7"));
    }
}
