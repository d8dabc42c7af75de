//! Protocol Buffers by `prost-reflect`: messages whose types are known from descriptors.
//!
//! Fields are found by their names. One that a message lacks has its default value, unless the type
//! tells its absence (`optional`, messages, `oneof`), which is what a column's default is for.

mod types;

use std::sync::Arc;

use arrow_schema::TimeUnit;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, FileDescriptor, Kind, MapKey, MessageDescriptor,
    ReflectMessage, SerializeOptions, Value as Field,
};

use super::avro::framed;
use super::builder::Builder;
use super::columns::Value;
use super::paths::{Fields, Layout, Target};
use super::registry::Registry;
use super::{Places, Trouble};
use crate::config::{ColumnType, ProtobufSchema};
pub(super) use types::registered_columns;
pub(crate) use types::{columns, find};
use types::{file_of, indexes, nested, well_known};

/// Reads messages into columns.
#[derive(Debug)]
pub(super) struct ProtobufReader {
    fields: Fields,
    layout: Layout,
    types: Types,
    /// The types that messages were of so far; the last one first.
    plans: Vec<(Type, Plan)>,
}

/// Where the types of messages are from.
#[derive(Debug)]
enum Types {
    /// All are of one type.
    One(Result<MessageDescriptor, String>),
    /// Framed, and of the types in the file that has this one.
    InFile(Result<FileDescriptor, String>),
    /// Framed, and of the types of registered files.
    Registered(Arc<Registry>),
}

/// What a frame says of the type: the schema's id, and which of its messages.
type Type = (u32, Vec<i64>);

/// What becomes of the fields of one type of messages.
#[derive(Debug)]
struct Plan {
    message: MessageDescriptor,
    steps: Vec<(FieldDescriptor, Step)>,
}

#[derive(Debug)]
enum Step {
    Column(usize),
    Message(Vec<(FieldDescriptor, Step)>),
    /// Keys of a map.
    Keys(Vec<(String, Step)>),
    Elements(Box<Step>),
    Several(Vec<Step>),
    Nothing,
    Refuse(String),
}

impl ProtobufReader {
    pub(super) fn new(
        schema: &ProtobufSchema,
        registry: Option<&Arc<Registry>>,
        columns: &Places<'_>,
        explode: Option<&[String]>,
    ) -> Self {
        let types = match schema {
            ProtobufSchema::Registry(_) => Types::Registered(registry.cloned().unwrap_or_default()),
            ProtobufSchema::Descriptors { set, message, framed: false } => {
                Types::One(find(set, message))
            }
            ProtobufSchema::Descriptors { set, message, framed: true } => {
                Types::InFile(find(set, message).map(|message| message.parent_file()))
            }
        };
        Self {
            fields: Fields::new(columns.iter().copied(), explode),
            layout: Layout::new(columns, explode),
            types,
            plans: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Builder) -> Result<usize, Trouble> {
        let (kind, body) = match &self.types {
            Types::One(_) => ((0, Vec::new()), bytes),
            Types::InFile(_) | Types::Registered(_) => {
                let (id, body) = framed(bytes)?;
                let (indexes, body) = indexes(body)?;
                ((id, indexes), body)
            }
        };
        let place = match self.plans.iter().position(|(known, _)| *known == kind) {
            Some(place) => place,
            None => {
                let message = self.message(&kind)?;
                let steps = steps(&message, &self.fields);
                self.plans.push((kind, Plan { message, steps }));
                self.plans.len() - 1
            }
        };
        let plan = &self.plans[place].1;
        let message = DynamicMessage::decode(plan.message.clone(), body).map_err(|error| {
            Trouble::Bad(format!("not a message {}: {error}", plan.message.full_name()))
        })?;
        let row = out.rows();
        let mut sink = Sink { out, elements: self.layout.elements(), row, count: 0 };
        sink.message(&message, &plan.steps, row)?;
        let count = sink.count;
        Ok(self.layout.finish(out, count))
    }

    fn message(&self, (id, indexes): &Type) -> Result<MessageDescriptor, Trouble> {
        match &self.types {
            Types::One(message) => message.clone().map_err(Trouble::Bad),
            Types::InFile(file) => Ok(nested(file.as_ref().map_err(String::clone)?, indexes)?),
            Types::Registered(registry) => {
                let file = file_of(&*registry.schema(*id)?)
                    .map_err(|why| format!("schema {id} cannot be used: {why}"))?;
                Ok(nested(&file, indexes)?)
            }
        }
    }
}

/// What becomes of the fields of a type.
fn steps(message: &MessageDescriptor, fields: &Fields) -> Vec<(FieldDescriptor, Step)> {
    let wanted = message.fields().filter_map(|field| {
        let target = fields.by_name(field.name())?;
        let step = step(&field, target, false);
        Some((field, step))
    });
    wanted.collect()
}

/// `item` says that it is one item of the field's list or map.
fn step(field: &FieldDescriptor, target: &Target, item: bool) -> Step {
    let refuse = |what: &str| Step::Refuse(format!("field \"{}\" is no {what}", field.name()));
    match target {
        Target::Nothing => Step::Nothing,
        Target::Column(column) => Step::Column(*column),
        Target::Several(targets) => {
            Step::Several(targets.iter().map(|target| step(field, target, item)).collect())
        }
        Target::Elements(target) if field.is_list() && !item => {
            Step::Elements(Box::new(step(field, target, true)))
        }
        Target::Elements(_) => refuse("list, whose elements become rows"),
        Target::Object(fields) => match field.kind() {
            Kind::Message(entry) if field.is_map() && !item => {
                let value = entry.map_entry_value_field();
                let keys =
                    fields.iter().map(|(key, target)| (key.into(), step(&value, target, true)));
                Step::Keys(keys.collect())
            }
            Kind::Message(inner) if item || !field.is_list() => {
                Step::Message(steps(&inner, fields))
            }
            _ => refuse("message, whose fields columns read"),
        },
    }
}

/// Where the rows of a message go.
struct Sink<'o> {
    out: &'o mut Builder,
    elements: &'o [usize],
    row: usize,
    count: usize,
}

impl Sink<'_> {
    fn message(
        &mut self,
        message: &DynamicMessage,
        steps: &[(FieldDescriptor, Step)],
        row: usize,
    ) -> Result<(), String> {
        for (field, step) in steps {
            if field.supports_presence() && !message.has_field(field) {
                continue;
            }
            self.step(&message.get_field(field), field, step, row)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        value: &Field,
        field: &FieldDescriptor,
        step: &Step,
        row: usize,
    ) -> Result<(), String> {
        match (step, value) {
            (Step::Column(column), _) => self.put(*column, value, field, row),
            (Step::Message(steps), Field::Message(message)) => self.message(message, steps, row),
            (Step::Keys(keys), Field::Map(map)) => {
                let Kind::Message(entry) = field.kind() else { return Ok(()) };
                let field = entry.map_entry_value_field();
                for (name, step) in keys {
                    let found = map.iter().find(|(key, _)| key_text(key) == *name);
                    if let Some((_, value)) = found {
                        self.step(value, &field, step, row)?;
                    }
                }
                Ok(())
            }
            (Step::Elements(step), Field::List(items)) => {
                let mut row = self.row;
                for item in items {
                    self.step(item, field, step, row)?;
                    row += 1;
                    self.out.fill(self.elements, row);
                }
                self.count = items.len();
                Ok(())
            }
            (Step::Several(steps), value) => {
                steps.iter().try_for_each(|step| self.step(value, field, step, row))
            }
            (Step::Refuse(why), _) => Err(why.clone()),
            (Step::Nothing | Step::Message(_) | Step::Keys(_) | Step::Elements(_), _) => Ok(()),
        }
    }

    fn put(
        &mut self,
        column: usize,
        value: &Field,
        field: &FieldDescriptor,
        row: usize,
    ) -> Result<(), String> {
        let value = match value {
            Field::Bool(b) => Value::Boolean(*b),
            Field::I32(n) => Value::whole(i64::from(*n)),
            Field::I64(n) => Value::whole(*n),
            Field::U32(n) => Value::Natural(u64::from(*n)),
            Field::U64(n) => Value::Natural(*n),
            Field::F32(x) => Value::Float(f64::from(*x)),
            Field::F64(x) => Value::Float(*x),
            Field::String(text) => Value::Text(text.into()),
            Field::Bytes(bytes) => Value::Bytes(bytes),
            Field::EnumNumber(number) => match field.kind() {
                Kind::Enum(kind) => match kind.get_value(*number) {
                    Some(value) => Value::Text(value.name().to_string().into()),
                    // A newer writer's.
                    None => Value::Text(number.to_string().into()),
                },
                _ => Value::whole(i64::from(*number)),
            },
            Field::Message(message) => match message.descriptor().full_name() {
                "google.protobuf.Timestamp" => timestamp(message)?,
                name if name.ends_with("Value") && wrapped(message).is_some() => {
                    let Some((inner, value)) = wrapped(message) else { return Ok(()) };
                    return self.put(column, &value, &inner, row);
                }
                _ => return self.json(column, value, row),
            },
            Field::List(_) | Field::Map(_) => return self.json(column, value, row),
        };
        self.out.put(column, row, &value)
    }

    fn json(&mut self, column: usize, value: &Field, row: usize) -> Result<(), String> {
        if !self.out.column(column).takes_nested() {
            return self.out.put(column, row, &Value::Nested);
        }
        let json = json(value)?.to_string();
        self.out.put(column, row, &Value::Raw(&json))
    }
}

/// The one field of a wrapper such as `google.protobuf.Int64Value`.
fn wrapped(message: &DynamicMessage) -> Option<(FieldDescriptor, Field)> {
    let descriptor = message.descriptor();
    let kind = well_known(&descriptor)?;
    let field = descriptor.get_field_by_name("value")?;
    (kind != ColumnType::Json).then(|| (field.clone(), message.get_field(&field).into_owned()))
}

fn timestamp(message: &DynamicMessage) -> Result<Value<'static>, String> {
    let part = |name: &str| match message.get_field_by_name(name).as_deref() {
        Some(Field::I64(n)) => *n,
        Some(Field::I32(n)) => i64::from(*n),
        _ => 0,
    };
    let (seconds, nanos) = (part("seconds"), part("nanos"));
    let ticks = |per: i64| seconds.checked_mul(per)?.checked_add(nanos / (1_000_000_000 / per));
    ticks(1_000_000_000)
        .map(|n| Value::Time(n, TimeUnit::Nanosecond))
        // Years before 1678 and after 2261.
        .or_else(|| ticks(1_000_000).map(|n| Value::Time(n, TimeUnit::Microsecond)))
        .ok_or_else(|| format!("a time of {seconds} seconds"))
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(b) => b.to_string(),
        MapKey::I32(n) => n.to_string(),
        MapKey::I64(n) => n.to_string(),
        MapKey::U32(n) => n.to_string(),
        MapKey::U64(n) => n.to_string(),
        MapKey::String(text) => text.clone(),
    }
}

/// A value as JSON: of messages Google's own mapping, but for integers, which are numbers.
fn json(value: &Field) -> Result<serde_json::Value, String> {
    Ok(match value {
        Field::Bool(b) => (*b).into(),
        Field::I32(n) | Field::EnumNumber(n) => (*n).into(),
        Field::I64(n) => (*n).into(),
        Field::U32(n) => (*n).into(),
        Field::U64(n) => (*n).into(),
        Field::F32(x) => (*x).into(),
        Field::F64(x) => (*x).into(),
        Field::String(text) => text.as_str().into(),
        Field::Bytes(bytes) => BASE64.encode(bytes).into(),
        Field::Message(message) => {
            let options =
                SerializeOptions::new().stringify_64_bit_integers(false).use_proto_field_name(true);
            message
                .serialize_with_options(serde_json::value::Serializer, &options)
                .map_err(|error| format!("a message cannot be JSON: {error}"))?
        }
        Field::List(items) => {
            serde_json::Value::Array(items.iter().map(json).collect::<Result<_, _>>()?)
        }
        Field::Map(map) => {
            let entries = map.iter().map(|(key, value)| Ok((key_text(key), json(value)?)));
            serde_json::Value::Object(entries.collect::<Result<_, String>>()?)
        }
    })
}

#[cfg(test)]
mod tests;
