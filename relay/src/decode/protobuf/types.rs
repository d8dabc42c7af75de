//! Types of messages: found in descriptors, and as columns.

use std::collections::HashSet;

use arrow_schema::TimeUnit;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use prost_reflect::prost::Message;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{DescriptorPool, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor};

use crate::config::{Column, ColumnType};
use crate::decode::avro::cursor::Cursor;
use crate::decode::registry::{self, Registered};

/// Messages in messages become columns so deep.
const FLATTEST: usize = 8;

/// The message of a name in a set of descriptors, as `protoc --descriptor_set_out` writes it.
///
/// # Errors
/// When the set cannot be read or has no such message.
pub(crate) fn find(set: &[u8], message: &str) -> Result<MessageDescriptor, String> {
    let pool = DescriptorPool::decode(set).map_err(|e| format!("no set of descriptors: {e}"))?;
    pool.get_message_by_name(message).ok_or_else(|| {
        let mut known: Vec<_> = pool.all_messages().map(|m| m.full_name().to_string()).collect();
        known.retain(|name| !name.starts_with("google.protobuf."));
        format!("has no message \"{message}\", only {}", known.join(", "))
    })
}

/// The file of a registered schema.
pub(super) fn file_of(schema: &Registered) -> Result<FileDescriptor, String> {
    const NAME: &str = "registered.proto";
    if schema.kind != registry::Kind::Protobuf {
        return Err("is not of Protocol Buffers".into());
    }
    let decoded = |name: &str, text: &str| {
        let bytes = BASE64.decode(text).map_err(|_| "is not serialized in Base64".to_string())?;
        let mut file = FileDescriptorProto::decode(&bytes[..])
            .map_err(|e| format!("is no descriptor of a file: {e}"))?;
        // Others import it by the name of their reference.
        file.name = Some(name.to_string());
        Ok::<_, String>(file)
    };
    // The global pool has the types that every compiler brings.
    let mut pool = DescriptorPool::global();
    for (name, text) in &schema.named {
        if pool.get_file_by_name(name).is_none() {
            pool.add_file_descriptor_proto(decoded(name, text)?).map_err(|e| e.to_string())?;
        }
    }
    pool.add_file_descriptor_proto(decoded(NAME, &schema.text)?).map_err(|e| e.to_string())?;
    pool.get_file_by_name(NAME).ok_or_else(|| "has no file".into())
}

/// The columns of a registered schema's first message.
pub(in crate::decode) fn registered_columns(schema: &Registered) -> Result<Vec<Column>, String> {
    Ok(columns(&nested(&file_of(schema)?, &[0])?))
}

/// Which message of the file follows: numbers from the outermost inwards, behind their count; none
/// is short for the first message (Confluent's "wire format").
pub(super) fn indexes(bytes: &[u8]) -> Result<(Vec<i64>, &[u8]), String> {
    let mut cursor = Cursor::new(bytes);
    let read = |cursor: &mut Cursor<'_>| cursor.long();
    let count = read(&mut cursor).map_err(|why| format!("the message's index {why}"))?;
    if count == 0 {
        return Ok((vec![0], cursor.rest()));
    }
    // Each takes at least a byte.
    if count < 0 || count > cursor.left() as i64 {
        return Err(format!("the message's index has {count} parts"));
    }
    let indexes = (0..count).map(|_| read(&mut cursor)).collect::<Result<_, _>>();
    Ok((indexes.map_err(|why| format!("the message's index {why}"))?, cursor.rest()))
}

pub(super) fn nested(file: &FileDescriptor, indexes: &[i64]) -> Result<MessageDescriptor, String> {
    let at = |index: i64| usize::try_from(index).unwrap_or(usize::MAX);
    let unknown = || format!("message {indexes:?} is not in {}", file.name());
    let [first, inner @ ..] = indexes else { return Err(unknown()) };
    let mut message = file.messages().nth(at(*first)).ok_or_else(unknown)?;
    for index in inner {
        let child = message.child_messages().nth(at(*index));
        message = child.ok_or_else(unknown)?;
    }
    Ok(message)
}

/// The columns of a message's fields. Messages in messages become columns with dots in their
/// names; lists and maps become JSON.
pub(crate) fn columns(message: &MessageDescriptor) -> Vec<Column> {
    fn flatten(
        prefix: &str,
        message: &MessageDescriptor,
        open: &mut HashSet<String>,
        to: &mut Vec<Column>,
    ) {
        for field in message.fields() {
            let name = format!("{prefix}{}", field.name());
            let inner = match field.kind() {
                Kind::Message(inner) if !field.is_list() && !field.is_map() => Some(inner),
                _ => None,
            };
            match inner.filter(|inner| well_known(inner).is_none()) {
                Some(inner)
                    if open.len() < FLATTEST && open.insert(inner.full_name().to_string()) =>
                {
                    flatten(&format!("{name}."), &inner, open, to);
                    open.remove(inner.full_name());
                }
                _ => to.push(Column { name, kind: column_type(&field) }),
            }
        }
    }
    let mut all = Vec::new();
    flatten("", message, &mut HashSet::from([message.full_name().to_string()]), &mut all);
    all
}

/// What a message of Google's is instead of one: the type of a column.
pub(super) fn well_known(message: &MessageDescriptor) -> Option<ColumnType> {
    Some(match message.full_name().strip_prefix("google.protobuf.")? {
        "Timestamp" => ColumnType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "BoolValue" => ColumnType::Boolean,
        "Int32Value" => ColumnType::Int32,
        "Int64Value" => ColumnType::Int64,
        "UInt32Value" => ColumnType::UInt32,
        "UInt64Value" => ColumnType::UInt64,
        "FloatValue" => ColumnType::Float32,
        "DoubleValue" => ColumnType::Float64,
        "StringValue" | "BytesValue" => ColumnType::String,
        "Duration" | "Struct" | "Value" | "ListValue" | "Any" | "FieldMask" => ColumnType::Json,
        _ => return None,
    })
}

fn column_type(field: &FieldDescriptor) -> ColumnType {
    if field.is_list() || field.is_map() {
        return ColumnType::Json;
    }
    match field.kind() {
        Kind::Double => ColumnType::Float64,
        Kind::Float => ColumnType::Float32,
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => ColumnType::Int32,
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => ColumnType::Int64,
        Kind::Uint32 | Kind::Fixed32 => ColumnType::UInt32,
        Kind::Uint64 | Kind::Fixed64 => ColumnType::UInt64,
        Kind::Bool => ColumnType::Boolean,
        Kind::String | Kind::Bytes | Kind::Enum(_) => ColumnType::String,
        Kind::Message(message) => well_known(&message).unwrap_or(ColumnType::Json),
    }
}
