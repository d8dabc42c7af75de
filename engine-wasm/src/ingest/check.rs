//! What must hold of an Arrow IPC message before its arrays are made.
//!
//! Arrow's decoder checks the arrays themselves (offsets, UTF-8, dictionary indices). It
//! takes a message's word for where its buffers are, how large they become, and that they
//! hold whole values. That is checked here: a few damaged bytes must not become a panic or
//! gigabytes of memory.

use super::ipc::invalid;
use crate::error::{Error, Kind, Result};
use arrow_ipc::{MetadataVersion, RecordBatch};
use arrow_schema::{DataType as ArrowType, Fields, UnionMode};

/// The most values of one array, so that no size in bytes overflows 32 bits.
const MOST_VALUES: u64 = 1 << 27;
/// The most bytes of a message, decompressed.
const MOST_BYTES: u64 = 1 << 30;
/// Values that a message may have without bytes to hold them: nulls, runs, empty lists.
const FREE_VALUES: u64 = 1 << 18;
/// Values that a byte may stand for, more than any nesting of booleans needs.
const VALUES_A_BYTE: u64 = 64;
/// The most that LZ4 makes of a byte.
const MOST_EXPANSION: u64 = 255;

/// What the types of a schema say about the sizes of its arrays.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypeBounds {
    /// The longest value or list of fixed size.
    widest: u64,
    /// Whether any of them is a union.
    pub has_unions: bool,
}

impl TypeBounds {
    /// Takes a column's type into account.
    ///
    /// # Errors
    /// Where it is no possible type.
    pub fn take(&mut self, data_type: &ArrowType) -> Result<()> {
        use ArrowType::*;
        let impossible = |expected: &str| {
            let message = format!("there is no type {data_type}");
            Err(Error::new(Kind::InvalidData, message).expected(expected))
        };
        let decimal = |precision: u8, scale: i8, most: u8| match precision {
            0 => false,
            _ => precision <= most && scale.unsigned_abs() <= most && scale <= precision as i8,
        };
        let mut fixed = |size: i32| {
            self.widest = self.widest.max(u64::from(size.unsigned_abs()));
            size >= 0
        };
        match data_type {
            Union(..) => self.has_unions = true,
            FixedSizeBinary(size) if !fixed(*size) => return impossible("a size from 0 on"),
            FixedSizeList(_, size) if !fixed(*size) => return impossible("a size from 0 on"),
            Decimal32(p, s) if !decimal(*p, *s, 9) => return impossible("1 to 9 digits"),
            Decimal64(p, s) if !decimal(*p, *s, 18) => return impossible("1 to 18 digits"),
            Decimal128(p, s) if !decimal(*p, *s, 38) => return impossible("1 to 38 digits"),
            Decimal256(p, s) if !decimal(*p, *s, 76) => return impossible("1 to 76 digits"),
            RunEndEncoded(ends, _) if !ends.data_type().is_run_ends_type() => {
                return impossible("run ends of int16, int32 or int64");
            }
            Map(entries, _) => match entries.data_type() {
                Struct(fields) if fields.len() == 2 => {}
                _ => return impossible("a map from keys to values"),
            },
            _ => {}
        }
        match data_type {
            List(child)
            | LargeList(child)
            | ListView(child)
            | LargeListView(child)
            | FixedSizeList(child, _)
            | Map(child, _) => self.take(child.data_type()),
            Struct(children) => children.iter().try_for_each(|c| self.take(c.data_type())),
            Union(children, _) => children.iter().try_for_each(|(_, c)| self.take(c.data_type())),
            RunEndEncoded(_, values) => self.take(values.data_type()),
            Dictionary(_, values) => self.take(values),
            _ => Ok(()),
        }
    }
}

/// Checks that the arrays of `batch` lie in `body` and are of a size that it can hold.
///
/// # Errors
/// Where they do not.
pub fn check_batch(
    batch: &RecordBatch<'_>,
    fields: &Fields,
    body: &[u8],
    bounds: TypeBounds,
    version: MetadataVersion,
) -> Result<()> {
    let sizes = buffer_sizes(batch, body)?;
    let bytes = sizes.iter().fold(0u64, |sum, size| sum.saturating_add(*size));
    if bytes > MOST_BYTES.max(body.len() as u64) {
        return Err(invalid("a message is larger than a gibibyte"));
    }
    let allowed = bytes.saturating_mul(VALUES_A_BYTE).saturating_add(FREE_VALUES);
    let mut values = check_length(batch.length(), bounds)?;
    for node in batch.nodes().into_iter().flatten() {
        let length = check_length(node.length(), bounds)?;
        if !(0..=node.length()).contains(&node.null_count()) {
            return Err(invalid("an array has more nulls than values"));
        }
        values = values.saturating_add(length);
    }
    if values > allowed {
        return Err(invalid("a batch has more values than its bytes can hold"));
    }
    let mut walk = Walk { batch, sizes, version, node: 0, buffer: 0, view: 0 };
    fields.iter().try_for_each(|field| walk.visit(field.data_type()))
}

fn check_length(length: i64, bounds: TypeBounds) -> Result<u64> {
    let length = u64::try_from(length).map_err(|_| invalid("an array has a negative length"))?;
    match length > MOST_VALUES || length.saturating_mul(bounds.widest) > MOST_BYTES {
        true => Err(invalid("an array is too long")),
        false => Ok(length),
    }
}

/// The bytes that each buffer has, decompressed.
fn buffer_sizes(batch: &RecordBatch<'_>, body: &[u8]) -> Result<Vec<u64>> {
    let outside = || invalid("an array lies outside its message");
    let each = batch.buffers().into_iter().flatten().map(|buffer| {
        let start = usize::try_from(buffer.offset()).map_err(|_| outside())?;
        let length = usize::try_from(buffer.length()).map_err(|_| outside())?;
        let end = start.checked_add(length).ok_or_else(outside)?;
        let bytes = body.get(start..end).ok_or_else(outside)?;
        match batch.compression() {
            Some(_) => decompressed_size(bytes),
            None => Ok(length as u64),
        }
    });
    each.collect()
}

/// The size that a compressed buffer claims to become.
fn decompressed_size(bytes: &[u8]) -> Result<u64> {
    const NOT_COMPRESSED: i64 = -1;
    if bytes.is_empty() {
        return Ok(0);
    }
    let wrong = || invalid("a compressed array is damaged");
    let (size, rest) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
    match i64::from_le_bytes(*size) {
        NOT_COMPRESSED => Ok(rest.len() as u64),
        size => {
            let size = u64::try_from(size).map_err(|_| wrong())?;
            let most = (rest.len() as u64).saturating_mul(MOST_EXPANSION);
            if size > most { Err(wrong()) } else { Ok(size) }
        }
    }
}

/// The way through a message's arrays that Arrow's decoder will take, to see of what width
/// the values of each buffer are.
struct Walk<'a> {
    batch: &'a RecordBatch<'a>,
    /// The size of each buffer.
    sizes: Vec<u64>,
    version: MetadataVersion,
    /// The next array.
    node: usize,
    /// The next buffer.
    buffer: usize,
    /// The next array of views.
    view: usize,
}

/// Of nulls, booleans and bytes.
const ANY_WIDTH: u64 = 1;

impl Walk<'_> {
    fn visit(&mut self, data_type: &ArrowType) -> Result<()> {
        use ArrowType::*;
        let missing = || invalid("an array is missing");
        let nodes = self.batch.nodes().filter(|nodes| self.node < nodes.len());
        let length = nodes.ok_or_else(missing)?.get(self.node).length().unsigned_abs();
        self.node += 1;
        match data_type {
            Null => Ok(()),
            Utf8 | Binary => self.buffers(&[ANY_WIDTH, 4, ANY_WIDTH]),
            LargeUtf8 | LargeBinary => self.buffers(&[ANY_WIDTH, 8, ANY_WIDTH]),
            Utf8View | BinaryView => {
                let counts = self.batch.variadicBufferCounts();
                let counts = counts.filter(|counts| self.view < counts.len());
                let count = usize::try_from(counts.ok_or_else(missing)?.get(self.view));
                self.view += 1;
                self.buffers(&[ANY_WIDTH, 16])?;
                self.buffer = self.buffer.saturating_add(count.map_err(|_| missing())?);
                Ok(())
            }
            List(child) | Map(child, _) => {
                self.buffers(&[ANY_WIDTH, 4])?;
                self.visit(child.data_type())
            }
            LargeList(child) => {
                self.buffers(&[ANY_WIDTH, 8])?;
                self.visit(child.data_type())
            }
            ListView(child) => {
                self.buffers(&[ANY_WIDTH, 4, 4])?;
                self.visit(child.data_type())
            }
            LargeListView(child) => {
                self.buffers(&[ANY_WIDTH, 8, 8])?;
                self.visit(child.data_type())
            }
            FixedSizeList(child, _) => {
                self.buffers(&[ANY_WIDTH])?;
                self.visit(child.data_type())
            }
            Struct(children) => {
                self.buffers(&[ANY_WIDTH])?;
                children.iter().try_for_each(|child| self.visit(child.data_type()))
            }
            RunEndEncoded(ends, values) => {
                self.visit(ends.data_type())?;
                self.visit(values.data_type())
            }
            Union(children, mode) => {
                if self.version < MetadataVersion::V5 {
                    // A union had nulls of its own.
                    self.buffers(&[ANY_WIDTH])?;
                }
                self.buffer_of(length, 1)?;
                if *mode == UnionMode::Dense {
                    self.buffer_of(length, 4)?;
                }
                children.iter().try_for_each(|(_, child)| self.visit(child.data_type()))
            }
            Dictionary(keys, _) => self.fixed(keys),
            other => self.fixed(other),
        }
    }

    /// The next buffers have whole values of these widths.
    fn buffers(&mut self, widths: &[u64]) -> Result<()> {
        for width in widths {
            let size = self.sizes.get(self.buffer).copied();
            if size.is_none_or(|size| size % width != 0) {
                return Err(invalid("an array is cut off"));
            }
            self.buffer += 1;
        }
        Ok(())
    }

    /// The next buffers are of an array of this type, whose values have a fixed width.
    fn fixed(&mut self, data_type: &ArrowType) -> Result<()> {
        let width = data_type.primitive_width().map_or(ANY_WIDTH, |width| width as u64);
        self.buffers(&[ANY_WIDTH, width])
    }

    /// The next buffer has `length` values of `width` bytes, and is aligned to them.
    fn buffer_of(&mut self, length: u64, width: u64) -> Result<()> {
        let at = self.buffer;
        self.buffers(&[width])?;
        let offset = self.batch.buffers().map(|buffers| buffers.get(at).offset().unsigned_abs());
        match offset.is_some_and(|o| o % width == 0) && self.sizes[at] >= length * width {
            true => Ok(()),
            false => Err(invalid("an array of a union is cut off")),
        }
    }
}
