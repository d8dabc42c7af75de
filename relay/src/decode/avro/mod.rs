//! Avro: binary values, behind the id of a registered schema or of one schema for all.
//!
//! The binary encoding is read here, straight into columns, and not by `arrow-avro`: that appends
//! field by field to the columns of a batch and cannot take half a record back, so that one bad
//! record costs its batch, and rows of other schemas begin new ones.

mod compile;
pub(super) mod cursor;
mod program;
mod schema;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::builder::Builder;
use super::paths::{Fields, Layout};
use super::registry::{Kind, Registry};
use super::{Places, Trouble};
use program::{Program, Sink};
pub use schema::Schema;

/// Reads Avro into columns.
#[derive(Debug)]
pub(super) struct AvroReader {
    fields: Fields,
    layout: Layout,
    /// The column of values that are no records.
    whole: Option<usize>,
    writers: Writers,
}

/// By which schemas values are written.
#[derive(Debug)]
enum Writers {
    /// All by one.
    One(Result<Program, String>),
    /// Each by one of the registry, by its id.
    Registered(Arc<Registry>, HashMap<u32, Result<Program, String>>),
}

impl AvroReader {
    /// A reader of values that are all written by the schema of this text.
    pub(super) fn of_schema(text: &str, columns: &Places<'_>, explode: Option<&[String]>) -> Self {
        let fields = Fields::new(columns.iter().copied(), explode);
        let program = Schema::parse(text, &[])
            .map(|schema| Program::new(schema, &fields, whole(columns)))
            .map_err(|why| format!("the schema cannot be used: {why}"));
        Self {
            fields,
            layout: Layout::new(columns, explode),
            whole: None,
            writers: Writers::One(program),
        }
    }

    /// A reader of values behind the ids of registered schemas.
    pub(super) fn registered(
        registry: Arc<Registry>,
        columns: &Places<'_>,
        explode: Option<&[String]>,
    ) -> Self {
        Self {
            fields: Fields::new(columns.iter().copied(), explode),
            layout: Layout::new(columns, explode),
            whole: whole(columns),
            writers: Writers::Registered(registry, HashMap::new()),
        }
    }

    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Builder) -> Result<usize, Trouble> {
        let (program, body) = match &mut self.writers {
            Writers::One(program) => (&*program, bytes),
            Writers::Registered(registry, programs) => {
                let (id, body) = framed(bytes)?;
                let program = match programs.entry(id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => {
                        let registered = registry.schema(id)?;
                        let schema = match registered.kind {
                            Kind::Avro => Schema::parse(&registered.text, &registered.references()),
                            _ => Err("is not of Avro".to_string()),
                        };
                        place.insert(
                            schema
                                .map(|schema| Program::new(schema, &self.fields, self.whole))
                                .map_err(|why| format!("schema {id} cannot be used: {why}")),
                        )
                    }
                };
                (&*program, body)
            }
        };
        let program = program.as_ref().map_err(|why| Trouble::Bad(why.clone()))?;
        let row = out.rows();
        let mut sink = Sink { out, elements: self.layout.elements(), row, count: 0 };
        program.run(body, &mut sink)?;
        let count = sink.count;
        Ok(self.layout.finish(out, count))
    }
}

/// The column of values that are no records: there is but one.
fn whole(columns: &Places<'_>) -> Option<usize> {
    if let [(index, ..)] = columns { Some(*index) } else { None }
}

/// The schema's id and what is behind it: a zero, and the id in four bytes, big-endian
/// (Confluent's "wire format").
pub(super) fn framed(bytes: &[u8]) -> Result<(u32, &[u8]), String> {
    match bytes.split_first_chunk::<5>() {
        Some(([0, id @ ..], body)) => Ok((u32::from_be_bytes(*id), body)),
        _ => Err("does not begin with the id of a registered schema (0 and four bytes)".into()),
    }
}

#[cfg(test)]
mod tests;
