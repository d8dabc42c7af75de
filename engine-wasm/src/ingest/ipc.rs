//! The Arrow IPC container: a stream or a file, taken apart into its messages.
//!
//! ```text
//!  stream:  ff ff ff ff │ length │ message │ body      … 00 00 00 00
//!  file:    ARROW1 00 00 │ the same messages │ footer │ length │ ARROW1
//! ```
//!
//! The footer of a file says where its messages are, whatever lies between them. Each
//! message is checked (`check`) before Arrow's decoder sees it: in WebAssembly a panic
//! would end the engine with all its tables.

use super::check::{TypeBounds, check_batch};
use super::dictionary::append_delta;
use crate::error::{Error, Kind, Result};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::RecordBatchDecoder;
use arrow_ipc::{Block, Endianness, Message, MessageHeader, MetadataVersion};
use arrow_schema::{ArrowError, DataType as ArrowType, Field, Schema, SchemaRef};
use std::collections::HashMap;
use std::sync::Arc;

/// The magic with which a file begins and ends, and a stream does not.
const MAGIC: &[u8] = b"ARROW1";
/// What stands before the length of a message, since format version 5.
const CONTINUATION: &[u8] = &[0xff; 4];

/// The schema of a stream or file, and all its record batches.
///
/// # Errors
/// Where `bytes` are neither, or are damaged.
pub fn read(bytes: Vec<u8>) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let is_file = bytes.starts_with(MAGIC);
    let bytes = Buffer::from_vec(bytes);
    let mut reader = Reader::default();
    if is_file {
        reader.read_file(&bytes)?;
    } else {
        reader.read_stream(&bytes)?;
    }
    match reader.schema {
        Some(schema) => Ok((schema, reader.batches)),
        None => Err(invalid("there is no schema")),
    }
}

/// The message at the beginning of `bytes`, and how many bytes it takes, without its body;
/// none where the stream ends there.
///
/// # Errors
/// Where there is no whole message.
pub fn message(bytes: &[u8]) -> Result<Option<(Message<'_>, usize)>> {
    let prefix = if bytes.starts_with(CONTINUATION) { 8 } else { 4 };
    let length = bytes.get(prefix - 4..prefix).and_then(|b| b.try_into().ok());
    let length = u32::from_le_bytes(length.ok_or_else(cut_off)?) as usize;
    if length == 0 {
        return Ok(None);
    }
    let rest = bytes.get(prefix..).unwrap_or_default();
    let message = rest.get(..length).ok_or_else(cut_off)?;
    let message = arrow_ipc::root_as_message(message)
        .map_err(|_| invalid("a message's header is damaged"))?;
    Ok(Some((message, prefix + length)))
}

/// An error for bytes that are not valid Arrow IPC.
pub fn invalid(what: impl std::fmt::Display) -> Error {
    Error::new(Kind::InvalidData, format!("not valid Arrow IPC: {what}"))
        .expected("an Arrow IPC stream or file")
}

fn cut_off() -> Error {
    invalid("the data ends in the middle of a message")
}

fn refused(error: ArrowError) -> Error {
    invalid(error)
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    schema: Option<SchemaRef>,
    bounds: TypeBounds,
    /// The type of the values of each dictionary, by its id.
    dictionary_types: HashMap<i64, ArrowType>,
    dictionaries: HashMap<i64, ArrayRef>,
    batches: Vec<RecordBatch>,
}

impl Reader {
    fn read_stream(&mut self, bytes: &Buffer) -> Result<()> {
        let mut at = 0;
        while at < bytes.len() {
            let Some((message, length)) = message(&bytes[at..])? else {
                return Ok(());
            };
            let body = at + length..;
            let body = usize::try_from(message.bodyLength())
                .ok()
                .filter(|length| *length <= bytes.len() - body.start)
                .map(|length| bytes.slice_with_length(body.start, length))
                .ok_or_else(cut_off)?;
            self.take(message, &body)?;
            at += length + body.len();
        }
        Ok(())
    }

    fn read_file(&mut self, bytes: &Buffer) -> Result<()> {
        let no_footer = || invalid("the file's footer is damaged or missing");
        let rest = bytes.strip_suffix(MAGIC).ok_or_else(no_footer)?;
        let (rest, length) = rest.split_last_chunk::<4>().ok_or_else(no_footer)?;
        let length = u32::from_le_bytes(*length) as usize;
        let start = rest.len().checked_sub(length).ok_or_else(no_footer)?;
        let footer = arrow_ipc::root_as_footer(&rest[start..]).map_err(|_| no_footer())?;
        self.take_schema(footer.schema().ok_or_else(no_footer)?)?;
        let dictionaries = footer.dictionaries().into_iter().flatten();
        for block in dictionaries.chain(footer.recordBatches().into_iter().flatten()) {
            self.read_block(bytes, block)?;
        }
        Ok(())
    }

    fn read_block(&mut self, bytes: &Buffer, block: &Block) -> Result<()> {
        let outside = || invalid("the file's footer points outside the file");
        let part = |start: i64, length: i64| {
            let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
            let end = start.checked_add(length)?;
            (end <= bytes.len()).then(|| bytes.slice_with_length(start, length))
        };
        let metadata_length = i64::from(block.metaDataLength());
        let metadata = part(block.offset(), metadata_length).ok_or_else(outside)?;
        let body_start = block.offset().checked_add(metadata_length).ok_or_else(outside)?;
        let body = part(body_start, block.bodyLength()).ok_or_else(outside)?;
        match message(&metadata)? {
            Some((message, _)) => self.take(message, &body),
            None => Err(outside()),
        }
    }

    /// Takes a message in.
    fn take(&mut self, message: Message<'_>, body: &Buffer) -> Result<()> {
        let version = message.version();
        match message.header_type() {
            MessageHeader::Schema => match message.header_as_schema() {
                Some(_) if self.schema.is_some() => Err(invalid("there is a second schema")),
                Some(schema) => self.take_schema(schema),
                None => Err(invalid("a schema message has no schema")),
            },
            MessageHeader::DictionaryBatch => {
                let batch = message.header_as_dictionary_batch();
                let batch = batch.ok_or_else(|| invalid("a dictionary message is empty"))?;
                self.take_dictionary(batch, body, version)
            }
            MessageHeader::RecordBatch => {
                let batch = message.header_as_record_batch();
                let batch = batch.ok_or_else(|| invalid("a record batch message is empty"))?;
                let schema = self.schema.clone();
                let schema = schema.ok_or_else(|| invalid("a batch comes before the schema"))?;
                let batch = self.decode(batch, schema, body, version)?;
                self.batches.push(batch);
                Ok(())
            }
            MessageHeader::NONE => Ok(()),
            other => Err(invalid(format_args!("a message of type {}", other.0))),
        }
    }

    fn take_schema(&mut self, schema: arrow_ipc::Schema<'_>) -> Result<()> {
        if schema.endianness() != Endianness::Little {
            let error = Error::new(Kind::Unsupported, "the data is big-endian");
            return Err(error.expected("little-endian Arrow IPC"));
        }
        let schema = arrow_ipc::convert::try_fb_to_schema(schema).map_err(refused)?;
        for field in schema.fields() {
            self.bounds
                .take(field.data_type())
                .map_err(|e| e.at(format!("column \"{}\"", field.name())))?;
            dictionary_types(field, &mut self.dictionary_types);
        }
        self.schema = Some(Arc::new(schema));
        Ok(())
    }

    fn take_dictionary(
        &mut self,
        batch: arrow_ipc::DictionaryBatch<'_>,
        body: &Buffer,
        version: MetadataVersion,
    ) -> Result<()> {
        let id = batch.id();
        let values = self.dictionary_types.get(&id).cloned();
        let values = values.ok_or_else(|| invalid("no column has a dictionary that is there"))?;
        let data = batch.data().ok_or_else(|| invalid("a dictionary message is empty"))?;
        let schema = Arc::new(Schema::new(vec![Field::new("", values, true)]));
        let batch_of_values = self.decode(data, schema, body, version)?;
        let mut values = batch_of_values.column(0).clone();
        if batch.isDelta() {
            let held = self.dictionaries.get(&id);
            let held = held.ok_or_else(|| invalid("a delta comes before its dictionary"))?;
            values = append_delta(held.as_ref(), values.as_ref())?;
        }
        self.dictionaries.insert(id, values);
        Ok(())
    }

    fn decode(
        &self,
        batch: arrow_ipc::RecordBatch<'_>,
        schema: SchemaRef,
        body: &Buffer,
        version: MetadataVersion,
    ) -> Result<RecordBatch> {
        check_batch(&batch, schema.fields(), body, self.bounds, version)?;
        // Arrow aligns all arrays but those of unions.
        let unaligned = self.bounds.has_unions && body.as_ptr().align_offset(8) != 0;
        let body = if unaligned { &Buffer::from_slice_ref(body.as_slice()) } else { body };
        RecordBatchDecoder::try_new(body, batch, schema, &self.dictionaries, &version)
            .and_then(RecordBatchDecoder::read_record_batch)
            .map_err(refused)
    }
}

/// Notes the types of the dictionaries' values in `field`.
fn dictionary_types(field: &Field, out: &mut HashMap<i64, ArrowType>) {
    use ArrowType::*;
    let data_type = match field.data_type() {
        Dictionary(_, values) => {
            #[expect(deprecated, reason = "the only way to the id that messages name")]
            let id = field.dict_id();
            if let Some(id) = id {
                out.entry(id).or_insert_with(|| values.as_ref().clone());
            }
            values
        }
        other => other,
    };
    match data_type {
        List(child)
        | LargeList(child)
        | ListView(child)
        | LargeListView(child)
        | FixedSizeList(child, _)
        | Map(child, _) => dictionary_types(child, out),
        Struct(children) => children.iter().for_each(|child| dictionary_types(child, out)),
        Union(children, _) => children.iter().for_each(|(_, c)| dictionary_types(c, out)),
        RunEndEncoded(_, values) => dictionary_types(values, out),
        _ => {}
    }
}
