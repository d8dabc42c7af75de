//! Column types: their names in the configuration and on the wire, and their Arrow types.

use std::fmt;
use std::sync::Arc;

use arrow_array::timezone::Tz;
use arrow_schema::{DataType, Field, TimeUnit};

/// One column of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name, as in the records.
    pub name: String,
    /// The type.
    pub kind: ColumnType,
}

/// The type of a column. Every column may hold nulls.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the variants are the types they name
pub enum ColumnType {
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    /// Precision (1 to 38) and scale (0 to the precision).
    Decimal(u8, i8),
    Date,
    /// Unit and time zone; no zone is a time without one.
    Timestamp(TimeUnit, Option<Arc<str>>),
    String,
    /// Any value, kept as its JSON text; a string as itself.
    Json,
}

const EXPECTED: &str = "expected bool, int8 to int64, uint8 to uint64, float32, float64, \
    decimal(precision, scale), date, timestamp(s|ms|us|ns[, zone]), string or json";

impl ColumnType {
    /// Reads a type's name.
    ///
    /// # Errors
    /// With the names that are known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, arguments) = match text.split_once('(') {
            Some((name, rest)) => {
                let inner = rest
                    .strip_suffix(')')
                    .ok_or_else(|| format!("\"{text}\" lacks its closing parenthesis"))?;
                (name.trim(), inner.split(',').map(str::trim).collect())
            }
            None => (text, Vec::new()),
        };
        let plain = |kind: ColumnType| {
            if arguments.is_empty() { Ok(kind) } else { Err(format!("{name} takes no arguments")) }
        };
        match name {
            "bool" | "boolean" => plain(Self::Boolean),
            "int8" => plain(Self::Int8),
            "int16" => plain(Self::Int16),
            "int32" => plain(Self::Int32),
            "int64" => plain(Self::Int64),
            "uint8" => plain(Self::UInt8),
            "uint16" => plain(Self::UInt16),
            "uint32" => plain(Self::UInt32),
            "uint64" => plain(Self::UInt64),
            "float32" => plain(Self::Float32),
            "float64" => plain(Self::Float64),
            "date" => plain(Self::Date),
            "string" => plain(Self::String),
            "json" => plain(Self::Json),
            "decimal" => {
                let [precision, scale] = arguments[..] else {
                    return Err("expected decimal(precision, scale)".into());
                };
                let precision: u8 = precision
                    .parse()
                    .ok()
                    .filter(|p| (1..=38).contains(p))
                    .ok_or("a decimal's precision is from 1 to 38")?;
                let scale: i8 = scale
                    .parse()
                    .ok()
                    .filter(|s| (0..=precision as i8).contains(s))
                    .ok_or("a decimal's scale is from 0 to its precision")?;
                Ok(Self::Decimal(precision, scale))
            }
            "timestamp" => {
                let unit = match arguments.first().copied() {
                    Some("s") => TimeUnit::Second,
                    Some("ms") => TimeUnit::Millisecond,
                    Some("us") => TimeUnit::Microsecond,
                    Some("ns") => TimeUnit::Nanosecond,
                    _ => return Err("expected timestamp(s|ms|us|ns[, zone])".into()),
                };
                let zone = match arguments[1..] {
                    [] => None,
                    [zone] => {
                        zone.parse::<Tz>().map_err(|_| {
                            format!("\"{zone}\" is no time zone: expected UTC, +02:00 or a name as Europe/Berlin")
                        })?;
                        Some(zone.into())
                    }
                    _ => return Err("expected timestamp(s|ms|us|ns[, zone])".into()),
                };
                Ok(Self::Timestamp(unit, zone))
            }
            _ => Err(format!("\"{text}\" is no column type: {EXPECTED}")),
        }
    }

    /// The Arrow type in a frame. Strings are dictionaries, which hold each value once.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Int8 => DataType::Int8,
            Self::Int16 => DataType::Int16,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::UInt8 => DataType::UInt8,
            Self::UInt16 => DataType::UInt16,
            Self::UInt32 => DataType::UInt32,
            Self::UInt64 => DataType::UInt64,
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Decimal(precision, scale) => DataType::Decimal128(*precision, *scale),
            Self::Date => DataType::Date32,
            Self::Timestamp(unit, zone) => DataType::Timestamp(*unit, zone.clone()),
            Self::String | Self::Json => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
        }
    }

    /// The name of the type in control messages, which says the Arrow type.
    pub fn wire_name(&self) -> String {
        match self {
            Self::Date => "date32".into(),
            Self::Decimal(precision, scale) => format!("decimal128({precision}, {scale})"),
            Self::String | Self::Json => "utf8".into(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Boolean => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::UInt8 => "uint8",
            Self::UInt16 => "uint16",
            Self::UInt32 => "uint32",
            Self::UInt64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Decimal(precision, scale) => return write!(f, "decimal({precision}, {scale})"),
            Self::Date => "date",
            Self::Timestamp(unit, zone) => {
                let unit = match unit {
                    TimeUnit::Second => "s",
                    TimeUnit::Millisecond => "ms",
                    TimeUnit::Microsecond => "us",
                    TimeUnit::Nanosecond => "ns",
                };
                return match zone {
                    Some(zone) => write!(f, "timestamp({unit}, {zone})"),
                    None => write!(f, "timestamp({unit})"),
                };
            }
            Self::String => "string",
            Self::Json => "json",
        };
        f.write_str(name)
    }
}

impl Column {
    /// The Arrow field in a frame.
    pub fn field(&self) -> Field {
        Field::new(&self.name, self.kind.data_type(), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for name in [
            "bool",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "float32",
            "float64",
            "decimal(10, 2)",
            "date",
            "timestamp(s)",
            "timestamp(ms, UTC)",
            "timestamp(us, +02:00)",
            "timestamp(ns, Europe/Berlin)",
            "string",
            "json",
        ] {
            assert_eq!(ColumnType::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn wrong_types_say_what_was_expected() {
        for (text, expected) in [
            ("text", "is no column type: expected bool"),
            ("decimal", "expected decimal(precision, scale)"),
            ("decimal(40, 2)", "from 1 to 38"),
            ("decimal(5, 6)", "scale"),
            ("timestamp", "expected timestamp(s|ms|us|ns[, zone])"),
            ("timestamp(ms, Mars)", "no time zone"),
            ("int64(3)", "takes no arguments"),
            ("decimal(5, 2", "closing parenthesis"),
        ] {
            let error = ColumnType::parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
