//! Writing an Arrow IPC stream: schema, dictionaries, one record batch, end.
//!
//! Columns of a window have a dozen types, none of them nested, so this is a page of code;
//! Arrow's own writer takes all types and would double the size of what a browser loads.
//! Buffers are aligned to 64 bytes, as the format recommends.

use crate::schema::DataType;
use arrow_ipc::*;
use arrow_schema::TimeUnit as ArrowUnit;
use flatbuffers::{FlatBufferBuilder, UnionWIPOffset, WIPOffset};
use lz4_flex::frame::FrameEncoder;
use std::io::Write;

const ALIGNMENT: usize = 64;
const CONTINUATION: [u8; 4] = [0xff; 4];

/// How the bodies of messages are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// Each buffer as a frame of LZ4, unless that is no shorter.
    Lz4,
}

/// A column to be written: its nulls are where `valid` has no bit.
#[derive(Debug)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type.
    pub data_type: DataType,
    /// How many values are null.
    pub null_count: usize,
    /// A bit a value, from the lowest on, where there are nulls; else empty.
    pub valid: Vec<u8>,
    /// The values as the format lays them out; of strings, places in the dictionary, 32 bits
    /// each.
    pub values: Vec<u8>,
    /// The strings, of a string column.
    pub dictionary: Option<Dictionary>,
}

/// Strings, one behind the other.
#[derive(Debug)]
pub struct Dictionary {
    /// Where each string begins and where the last ends, 32 bits each.
    pub offsets: Vec<u8>,
    /// The text of all.
    pub text: Vec<u8>,
    /// The number of strings.
    pub length: usize,
}

/// Columns of `rows` values each as one stream.
pub fn write_stream(columns: &[Column], rows: usize, compression: Compression) -> Vec<u8> {
    let mut out = Vec::new();
    write_message(&mut out, MessageHeader::Schema, &[], |builder| {
        let fields: Vec<_> = (0..).zip(columns).map(|(id, c)| field(builder, c, id)).collect();
        let fields = builder.create_vector(&fields);
        let mut schema = SchemaBuilder::new(builder);
        schema.add_fields(fields);
        schema.finish().as_union_value()
    });
    for (id, column) in (0..).zip(columns) {
        if let Some(dictionary) = &column.dictionary {
            let mut body = Body::new(compression);
            body.array(dictionary.length, 0, &[&[], &dictionary.offsets, &dictionary.text]);
            write_message(&mut out, MessageHeader::DictionaryBatch, &body.bytes, |builder| {
                let data = body.batch(builder, dictionary.length);
                let mut batch = DictionaryBatchBuilder::new(builder);
                batch.add_id(id);
                batch.add_data(data);
                batch.finish().as_union_value()
            });
        }
    }
    let mut body = Body::new(compression);
    for column in columns {
        body.array(rows, column.null_count, &[&column.valid, &column.values]);
    }
    write_message(&mut out, MessageHeader::RecordBatch, &body.bytes, |builder| {
        body.batch(builder, rows).as_union_value()
    });
    out.extend_from_slice(&CONTINUATION);
    out.extend_from_slice(&[0; 4]);
    out
}

/// The arrays of a message, and where they lie in its bytes.
struct Body {
    compression: Compression,
    bytes: Vec<u8>,
    nodes: Vec<FieldNode>,
    buffers: Vec<Buffer>,
}

impl Body {
    fn new(compression: Compression) -> Self {
        Body { compression, bytes: Vec::new(), nodes: Vec::new(), buffers: Vec::new() }
    }

    fn array(&mut self, length: usize, null_count: usize, buffers: &[&[u8]]) {
        self.nodes.push(FieldNode::new(length as i64, null_count as i64));
        for buffer in buffers {
            let start = self.bytes.len();
            match self.compression {
                Compression::Lz4 if !buffer.is_empty() => compress(buffer, &mut self.bytes),
                _ => self.bytes.extend_from_slice(buffer),
            }
            let length = self.bytes.len() - start;
            self.buffers.push(Buffer::new(start as i64, length as i64));
            pad(&mut self.bytes);
        }
    }

    fn batch<'b>(
        &self,
        builder: &mut FlatBufferBuilder<'b>,
        rows: usize,
    ) -> WIPOffset<RecordBatch<'b>> {
        let nodes = builder.create_vector(&self.nodes);
        let buffers = builder.create_vector(&self.buffers);
        let compression = match self.compression {
            Compression::None => None,
            Compression::Lz4 => {
                let mut compression = BodyCompressionBuilder::new(builder);
                compression.add_codec(CompressionType::LZ4_FRAME);
                compression.add_method(BodyCompressionMethod::BUFFER);
                Some(compression.finish())
            }
        };
        let mut batch = RecordBatchBuilder::new(builder);
        if let Some(compression) = compression {
            batch.add_compression(compression);
        }
        batch.add_length(rows as i64);
        batch.add_nodes(nodes);
        batch.add_buffers(buffers);
        batch.finish()
    }
}

/// Appends `buffer` as the format has compressed ones: its length, then a frame; or −1, then
/// the buffer as it is, where that is shorter.
fn compress(buffer: &[u8], out: &mut Vec<u8>) {
    const NOT_COMPRESSED: i64 = -1;
    let start = out.len();
    out.extend_from_slice(&(buffer.len() as i64).to_le_bytes());
    let frame = out.len();
    let mut encoder = FrameEncoder::new(&mut *out);
    let written = encoder.write_all(buffer).is_ok() && encoder.finish().is_ok();
    if !written || out.len() - frame >= buffer.len() {
        out.truncate(start);
        out.extend_from_slice(&NOT_COMPRESSED.to_le_bytes());
        out.extend_from_slice(buffer);
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

fn write_message(
    out: &mut Vec<u8>,
    header_type: MessageHeader,
    body: &[u8],
    header: impl FnOnce(&mut FlatBufferBuilder<'_>) -> WIPOffset<UnionWIPOffset>,
) {
    let mut builder = FlatBufferBuilder::new();
    let header = header(&mut builder);
    let mut message = MessageBuilder::new(&mut builder);
    message.add_version(MetadataVersion::V5);
    message.add_header_type(header_type);
    message.add_header(header);
    message.add_bodyLength(body.len() as i64);
    let message = message.finish();
    builder.finish(message, None);
    let message = builder.finished_data();
    out.extend_from_slice(&CONTINUATION);
    // The length counts the padding that aligns the body.
    let start = out.len() + 4;
    let end = (start + message.len()).next_multiple_of(ALIGNMENT);
    out.extend_from_slice(&((end - start) as u32).to_le_bytes());
    out.extend_from_slice(message);
    pad(out);
    out.extend_from_slice(body);
}

/// A field of the schema; a string column has the dictionary `id`.
fn field<'b>(
    builder: &mut FlatBufferBuilder<'b>,
    column: &Column,
    id: i64,
) -> WIPOffset<Field<'b>> {
    let name = builder.create_string(&column.name);
    let children = builder.create_vector::<WIPOffset<Field<'_>>>(&[]);
    let (type_type, r#type) = field_type(builder, &column.data_type);
    let dictionary = column.dictionary.as_ref().map(|_| {
        let places = int(builder, 32, true);
        let mut dictionary = DictionaryEncodingBuilder::new(builder);
        dictionary.add_id(id);
        dictionary.add_indexType(places);
        dictionary.finish()
    });
    let mut field = FieldBuilder::new(builder);
    field.add_name(name);
    field.add_nullable(true);
    field.add_type_type(type_type);
    field.add_type_(r#type);
    field.add_children(children);
    if let Some(dictionary) = dictionary {
        field.add_dictionary(dictionary);
    }
    field.finish()
}

fn int<'b>(builder: &mut FlatBufferBuilder<'b>, bits: i32, signed: bool) -> WIPOffset<Int<'b>> {
    let mut int = IntBuilder::new(builder);
    int.add_bitWidth(bits);
    int.add_is_signed(signed);
    int.finish()
}

fn field_type(
    builder: &mut FlatBufferBuilder<'_>,
    data_type: &DataType,
) -> (Type, WIPOffset<UnionWIPOffset>) {
    let mut integer = |bits, signed| (Type::Int, int(builder, bits, signed).as_union_value());
    match data_type {
        DataType::Int8 => integer(8, true),
        DataType::Int16 => integer(16, true),
        DataType::Int32 => integer(32, true),
        DataType::Int64 => integer(64, true),
        DataType::UInt8 => integer(8, false),
        DataType::UInt16 => integer(16, false),
        DataType::UInt32 => integer(32, false),
        DataType::UInt64 => integer(64, false),
        DataType::Boolean => (Type::Bool, BoolBuilder::new(builder).finish().as_union_value()),
        DataType::String => (Type::Utf8, Utf8Builder::new(builder).finish().as_union_value()),
        DataType::Float32 | DataType::Float64 => {
            let mut float = FloatingPointBuilder::new(builder);
            float.add_precision(match data_type {
                DataType::Float32 => Precision::SINGLE,
                _ => Precision::DOUBLE,
            });
            (Type::FloatingPoint, float.finish().as_union_value())
        }
        DataType::Decimal { precision, scale } => {
            let mut decimal = DecimalBuilder::new(builder);
            decimal.add_precision((*precision).into());
            decimal.add_scale((*scale).into());
            decimal.add_bitWidth(128);
            (Type::Decimal, decimal.finish().as_union_value())
        }
        DataType::Date => {
            let mut date = DateBuilder::new(builder);
            date.add_unit(DateUnit::DAY);
            (Type::Date, date.finish().as_union_value())
        }
        DataType::Timestamp { unit, zone } => {
            let zone = zone.as_ref().map(|zone| builder.create_string(zone));
            let mut timestamp = TimestampBuilder::new(builder);
            timestamp.add_unit(match unit {
                ArrowUnit::Second => TimeUnit::SECOND,
                ArrowUnit::Millisecond => TimeUnit::MILLISECOND,
                ArrowUnit::Microsecond => TimeUnit::MICROSECOND,
                ArrowUnit::Nanosecond => TimeUnit::NANOSECOND,
            });
            if let Some(zone) = zone {
                timestamp.add_timezone(zone);
            }
            (Type::Timestamp, timestamp.finish().as_union_value())
        }
    }
}
