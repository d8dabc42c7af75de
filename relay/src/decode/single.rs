//! Formats of one value: text, numbers as Kafka's serializers write them, and bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Places;
use super::builder::Builder;
use super::columns::Value;
use crate::config::{BytesText, Number};

/// Reads a value without fields into one column.
#[derive(Debug)]
pub(super) struct SingleReader {
    columns: Vec<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Text,
    Number(Number),
    Bytes(BytesText),
}

impl SingleReader {
    /// UTF-8. A column of numbers reads the text as one, and so on.
    pub(super) fn text(columns: &Places<'_>, builder: &mut Builder) -> Self {
        columns.iter().for_each(|(index, ..)| builder.allow_casts(*index));
        Self::new(columns, Kind::Text)
    }

    /// A number, big-endian (`org.apache.kafka.common.serialization`: ShortSerializer,
    /// IntegerSerializer, LongSerializer, FloatSerializer, DoubleSerializer).
    pub(super) fn number(number: Number, columns: &Places<'_>) -> Self {
        Self::new(columns, Kind::Number(number))
    }

    /// Any bytes as text.
    pub(super) fn bytes(text: BytesText, columns: &Places<'_>) -> Self {
        Self::new(columns, Kind::Bytes(text))
    }

    fn new(columns: &Places<'_>, kind: Kind) -> Self {
        Self { columns: columns.iter().map(|(index, ..)| *index).collect(), kind }
    }

    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Builder) -> Result<usize, String> {
        let value = match self.kind {
            Kind::Text => Value::Text(
                std::str::from_utf8(bytes).map_err(|e| format!("expected UTF-8 text: {e}"))?.into(),
            ),
            Kind::Number(number) => self::number(number, bytes)?,
            Kind::Bytes(BytesText::Base64) => Value::Text(BASE64.encode(bytes).into()),
            Kind::Bytes(BytesText::Hex) => Value::Text(hex(bytes).into()),
            Kind::Bytes(BytesText::Utf8) => Value::Text(String::from_utf8_lossy(bytes)),
        };
        let row = out.rows();
        for &column in &self.columns {
            out.put(column, row, &value)?;
        }
        Ok(1)
    }
}

fn number(number: Number, bytes: &[u8]) -> Result<Value<'static>, String> {
    fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
        bytes.try_into().map_err(|_| format!("expected {N} bytes, found {}", bytes.len()))
    }
    Ok(match number {
        Number::Int16 => Value::whole(i16::from_be_bytes(exactly(bytes)?).into()),
        Number::Int32 => Value::whole(i32::from_be_bytes(exactly(bytes)?).into()),
        Number::Int64 => Value::whole(i64::from_be_bytes(exactly(bytes)?)),
        Number::Float32 => Value::Float(f32::from_be_bytes(exactly(bytes)?).into()),
        Number::Float64 => Value::Float(f64::from_be_bytes(exactly(bytes)?)),
    })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
