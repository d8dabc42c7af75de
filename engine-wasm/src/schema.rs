//! The types of columns, and the schema of a table.
//!
//! A column has an exact [`DataType`], the one its values are stored in, and by it a
//! [`Kind`](TypeKind): one of the six names by which the API speaks of types.

use crate::error::{Error, Kind, Result};
use arrow_schema::{DataType as ArrowType, TimeUnit};
use rustc_hash::FxHashSet;
use std::fmt;
use std::sync::Arc;

/// The exact type of a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataType {
    /// True or false.
    Boolean,
    /// Signed, 8 bits.
    Int8,
    /// Signed, 16 bits.
    Int16,
    /// Signed, 32 bits.
    Int32,
    /// Signed, 64 bits.
    Int64,
    /// Unsigned, 8 bits.
    UInt8,
    /// Unsigned, 16 bits.
    UInt16,
    /// Unsigned, 32 bits.
    UInt32,
    /// Unsigned, 64 bits.
    UInt64,
    /// IEEE 754, 32 bits.
    Float32,
    /// IEEE 754, 64 bits.
    Float64,
    /// A decimal of up to 38 digits, `scale` of them behind the point.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits behind the point; may be negative.
        scale: i8,
    },
    /// Days since the Unix epoch.
    Date,
    /// Ticks of `unit` since the Unix epoch, shown in `zone`.
    Timestamp {
        /// The length of a tick.
        unit: TimeUnit,
        /// An IANA name or an offset; `None` is UTC without a word of it.
        zone: Option<Arc<str>>,
    },
    /// Text in UTF-8.
    String,
}

/// The six type names of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `float`, decimals too
    Float,
    /// `date`
    Date,
    /// `datetime`
    Datetime,
    /// `string`
    String,
}

impl TypeKind {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            TypeKind::Boolean => "boolean",
            TypeKind::Integer => "integer",
            TypeKind::Float => "float",
            TypeKind::Date => "date",
            TypeKind::Datetime => "datetime",
            TypeKind::String => "string",
        }
    }
}

impl DataType {
    /// The name of the API that covers this type.
    pub fn kind(&self) -> TypeKind {
        use DataType::*;
        match self {
            Boolean => TypeKind::Boolean,
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 => TypeKind::Integer,
            Float32 | Float64 | Decimal { .. } => TypeKind::Float,
            Date => TypeKind::Date,
            Timestamp { .. } => TypeKind::Datetime,
            String => TypeKind::String,
        }
    }

    /// Whether `sum` and `mean` apply.
    pub fn is_numeric(&self) -> bool {
        matches!(self.kind(), TypeKind::Integer | TypeKind::Float)
    }

    /// Whether the type is an integer without sign.
    pub fn is_unsigned(&self) -> bool {
        use DataType::*;
        matches!(self, UInt8 | UInt16 | UInt32 | UInt64)
    }

    /// The Arrow type under which columns of this type leave the engine.
    pub fn to_arrow(&self) -> ArrowType {
        use DataType::*;
        match self {
            Boolean => ArrowType::Boolean,
            Int8 => ArrowType::Int8,
            Int16 => ArrowType::Int16,
            Int32 => ArrowType::Int32,
            Int64 => ArrowType::Int64,
            UInt8 => ArrowType::UInt8,
            UInt16 => ArrowType::UInt16,
            UInt32 => ArrowType::UInt32,
            UInt64 => ArrowType::UInt64,
            Float32 => ArrowType::Float32,
            Float64 => ArrowType::Float64,
            Decimal { precision, scale } => ArrowType::Decimal128(*precision, *scale),
            Date => ArrowType::Date32,
            Timestamp { unit, zone } => ArrowType::Timestamp(*unit, zone.clone()),
            String => ArrowType::Dictionary(Box::new(ArrowType::Int32), Box::new(ArrowType::Utf8)),
        }
    }

    /// The type named by `text`: a name of the API (`integer` is 64 bits wide, `datetime`
    /// counts milliseconds) or an exact one, as [`Display`](fmt::Display) writes it.
    ///
    /// # Errors
    /// Where the name is neither, with the nearest that is.
    pub fn parse(text: &str) -> Result<Self> {
        const NAMES: [(&str, DataType); 18] = [
            ("boolean", DataType::Boolean),
            ("integer", DataType::Int64),
            ("float", DataType::Float64),
            ("date", DataType::Date),
            ("datetime", DataType::Timestamp { unit: TimeUnit::Millisecond, zone: None }),
            ("string", DataType::String),
            ("int8", DataType::Int8),
            ("int16", DataType::Int16),
            ("int32", DataType::Int32),
            ("int64", DataType::Int64),
            ("uint8", DataType::UInt8),
            ("uint16", DataType::UInt16),
            ("uint32", DataType::UInt32),
            ("uint64", DataType::UInt64),
            ("float32", DataType::Float32),
            ("float64", DataType::Float64),
            ("date32", DataType::Date),
            ("timestamp(ms)", DataType::Timestamp { unit: TimeUnit::Millisecond, zone: None }),
        ];
        if let Some((_, found)) = NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(found.clone());
        }
        let arguments = |name: &str| -> Option<Vec<&str>> {
            let inner = text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
            Some(inner.split(',').map(str::trim).collect())
        };
        if let Some([precision, scale]) = arguments("decimal").as_deref()
            && let (Ok(precision @ 1..=38u8), Ok(scale)) = (precision.parse(), scale.parse())
            && (-38..=precision as i8).contains(&scale)
        {
            return Ok(DataType::Decimal { precision, scale });
        }
        if let Some(args) = arguments("timestamp") {
            let unit = match args[0] {
                "s" => Some(TimeUnit::Second),
                "ms" => Some(TimeUnit::Millisecond),
                "us" => Some(TimeUnit::Microsecond),
                "ns" => Some(TimeUnit::Nanosecond),
                _ => None,
            };
            if let (Some(unit), true) = (unit, args.len() <= 2) {
                return Ok(DataType::Timestamp { unit, zone: args.get(1).map(|z| (*z).into()) });
            }
        }
        let names = NAMES.iter().map(|(name, _)| *name);
        Err(Error::unknown(
            Kind::InvalidConfig,
            "type",
            text,
            names.chain(["decimal(p, s)", "timestamp(unit, zone)"]),
        ))
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use DataType::*;
        match self {
            Boolean => f.write_str("boolean"),
            Int8 => f.write_str("int8"),
            Int16 => f.write_str("int16"),
            Int32 => f.write_str("int32"),
            Int64 => f.write_str("int64"),
            UInt8 => f.write_str("uint8"),
            UInt16 => f.write_str("uint16"),
            UInt32 => f.write_str("uint32"),
            UInt64 => f.write_str("uint64"),
            Float32 => f.write_str("float32"),
            Float64 => f.write_str("float64"),
            Decimal { precision, scale } => write!(f, "decimal({precision}, {scale})"),
            Date => f.write_str("date32"),
            Timestamp { unit, zone } => {
                let unit = match unit {
                    TimeUnit::Second => "s",
                    TimeUnit::Millisecond => "ms",
                    TimeUnit::Microsecond => "us",
                    TimeUnit::Nanosecond => "ns",
                };
                match zone {
                    Some(zone) => write!(f, "timestamp({unit}, {zone})"),
                    None => write!(f, "timestamp({unit})"),
                }
            }
            String => f.write_str("string"),
        }
    }
}

/// A column's name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, unique in its table.
    pub name: String,
    /// The exact type.
    pub data_type: DataType,
}

/// The columns of a table, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    fields: Vec<Field>,
}

impl Schema {
    /// A schema of `fields`.
    ///
    /// # Errors
    /// Where two fields have one name, or there is none.
    pub fn new(fields: Vec<Field>) -> Result<Self> {
        if fields.is_empty() {
            return Err(Error::new(Kind::InvalidConfig, "a table needs at least one column"));
        }
        let mut names = FxHashSet::default();
        for field in &fields {
            if !names.insert(field.name.as_str()) {
                let message = format!("column \"{}\" is there twice", field.name);
                return Err(Error::new(Kind::InvalidConfig, message));
            }
        }
        Ok(Schema { fields })
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The number of the column called `name`.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// The number of the column called `name`.
    ///
    /// # Errors
    /// Where there is none, with the nearest name that is there.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.index_of(name).ok_or_else(|| {
            let names = self.fields.iter().map(|f| f.name.as_str());
            Error::unknown(Kind::UnknownColumn, "column", name, names)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_round_trip_through_their_names() {
        for text in ["boolean", "int8", "uint64", "float32", "decimal(38, -2)", "date32"] {
            assert_eq!(DataType::parse(text).unwrap().to_string(), text);
        }
        for text in ["timestamp(ns)", "timestamp(us, Europe/Berlin)", "string"] {
            assert_eq!(DataType::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_name_is_there_once() {
        let field = |name: &str| Field { name: name.to_owned(), data_type: DataType::Int8 };
        assert!(Schema::new(vec![field("a"), field("b")]).is_ok());
        let e = Schema::new(vec![field("a"), field("b"), field("a")]).unwrap_err();
        assert_eq!(e.message, "column \"a\" is there twice");
    }

    #[test]
    fn an_unknown_type_names_the_nearest() {
        let e = DataType::parse("interger").unwrap_err();
        assert!(e.message.ends_with("did you mean \"integer\"?"), "{e}");
        assert!(DataType::parse("decimal(39, 2)").is_err());
        assert!(DataType::parse("decimal(2, 5)").is_err());
        assert!(DataType::parse("decimal(2, -39)").is_err());
        assert!(DataType::parse("timestamp(min)").is_err());
    }
}
