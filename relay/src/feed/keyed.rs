//! Keyed feeds: the last row of each key.
//!
//! A frame of a keyed feed has one row a key, the last of its batch, and says by a column of its
//! own which keys are gone. The rows that are there now are the feed's [`Snapshot`], which a new
//! client gets before the frames that follow; a [`View`] is the snapshot of a moment, encoded
//! once for all who come meanwhile.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt32Array};
use arrow_row::{RowConverter, Rows as KeyRows, SortField};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use arrow_select::concat::concat_batches;
use arrow_select::dictionary::garbage_collect_dictionary;
use arrow_select::filter::filter_record_batch;
use arrow_select::take::take_record_batch;
use bytes::Bytes;

use super::frame::{Costs, Epoch, Rows, Variant, encode};
use super::position::{Offsets, Ranges};

/// The column of a keyed frame that says whether the row of a key is gone.
pub const DELETED: &str = "__deleted";

/// Rows that a part of a snapshot has when the snapshot is tidied up.
const PART_ROWS: usize = 8192;

/// Compares the keys of rows, of any types.
#[derive(Debug)]
pub struct Keys {
    converter: RowConverter,
    columns: Vec<usize>,
}

impl Keys {
    /// The keys that these columns of a schema are.
    ///
    /// # Errors
    /// When values of a column's type cannot be compared.
    pub fn new(schema: &SchemaRef, columns: Vec<usize>) -> Result<Self, ArrowError> {
        let field = |column: &usize| SortField::new(schema.field(*column).data_type().clone());
        Ok(Self { converter: RowConverter::new(columns.iter().map(field).collect())?, columns })
    }

    /// The keys of a batch, row by row.
    ///
    /// # Errors
    /// When Arrow cannot read the columns.
    pub fn of(&self, batch: &RecordBatch) -> Result<KeyRows, ArrowError> {
        let columns: Vec<ArrayRef> =
            self.columns.iter().map(|column| batch.column(*column).clone()).collect();
        self.converter.convert_columns(&columns)
    }
}

/// The rows of a batch that no later row of it replaces, in their order.
pub fn last_of_each(keys: &KeyRows) -> Vec<u32> {
    let mut last: HashMap<&[u8], u32> = HashMap::with_capacity(keys.num_rows());
    for (row, key) in keys.iter().enumerate() {
        last.insert(key.data(), row as u32);
    }
    let mut rows: Vec<u32> = last.into_values().collect();
    rows.sort_unstable();
    rows
}

/// The rows with these numbers.
///
/// # Errors
/// When Arrow cannot copy them.
pub fn select(batch: &RecordBatch, rows: &[u32]) -> Result<RecordBatch, ArrowError> {
    if rows.len() == batch.num_rows() && rows.is_sorted() {
        return Ok(batch.clone());
    }
    tidied(take_record_batch(batch, &UInt32Array::from(rows.to_vec()))?)
}

/// The batch with dictionaries that hold only what its rows use.
fn tidied(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns: Result<Vec<ArrayRef>, ArrowError> = batch
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::Dictionary(..) => {
                let dictionary = garbage_collect_dictionary(column.as_dictionary::<Int32Type>())?;
                Ok(Arc::new(dictionary) as ArrayRef)
            }
            _ => Ok(column.clone()),
        })
        .collect();
    RecordBatch::try_new(batch.schema(), columns?)
}

/// A batch of rows as a frame has it: with the column that says which are gone.
///
/// # Errors
/// When the batch is not of the feed's columns.
pub fn with_deleted(
    schema: &SchemaRef,
    batch: &RecordBatch,
    deleted: BooleanArray,
) -> Result<RecordBatch, ArrowError> {
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(deleted));
    RecordBatch::try_new(schema.clone(), columns)
}

/// The latest row of each key.
#[derive(Debug, Default)]
pub struct Snapshot {
    parts: Vec<Part>,
    /// Where the row of each key is.
    places: HashMap<Box<[u8]>, Place>,
    /// Rows in the parts that are replaced or gone.
    dead: usize,
}

#[derive(Debug)]
struct Part {
    batch: RecordBatch,
    alive: Vec<bool>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    part: u32,
    row: u32,
}

impl Part {
    fn live(&self) -> Result<RecordBatch, ArrowError> {
        filter_record_batch(&self.batch, &BooleanArray::from(self.alive.clone()))
    }
}

impl Snapshot {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Takes over a batch of one row a key, of which those `deleted` are gone.
    ///
    /// # Errors
    /// When Arrow cannot copy rows; the snapshot is as it was.
    pub fn apply(
        &mut self,
        keys: &Keys,
        batch: RecordBatch,
        deleted: &[bool],
    ) -> Result<(), ArrowError> {
        let of_rows = keys.of(&batch)?;
        // Before the batch is taken over, so that an error changes nothing.
        let scattered = self.parts.len() > 256 + self.len() / 64;
        if scattered || self.dead > self.len() + PART_ROWS {
            self.tidy(keys)?;
        }
        let part = self.parts.len() as u32;
        let mut alive = Vec::with_capacity(deleted.len());
        for (row, (key, deleted)) in of_rows.iter().zip(deleted).enumerate() {
            alive.push(!deleted);
            let before = if *deleted {
                self.dead += 1;
                self.places.remove(key.data())
            } else {
                self.places.insert(key.data().into(), Place { part, row: row as u32 })
            };
            if let Some(Place { part, row }) = before {
                self.parts[part as usize].alive[row as usize] = false;
                self.dead += 1;
            }
        }
        self.parts.push(Part { batch, alive });
        Ok(())
    }

    /// Lets go of the rows that were changed longest ago, until there are at most so many.
    ///
    /// # Errors
    /// When Arrow cannot copy them; the snapshot is as it was.
    pub fn evict(&mut self, keys: &Keys, most: usize) -> Result<Option<RecordBatch>, ArrowError> {
        let mut surplus = self.len().saturating_sub(most);
        if surplus == 0 {
            return Ok(None);
        }
        let mut gone = Vec::new();
        let mut rows_gone = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            let rows: Vec<u32> =
                (0..).zip(&part.alive).filter(|(_, alive)| **alive).map(|(row, _)| row).collect();
            let rows = &rows[..rows.len().min(surplus)];
            surplus -= rows.len();
            if !rows.is_empty() {
                gone.push(take_record_batch(&part.batch, &UInt32Array::from(rows.to_vec()))?);
                rows_gone.push((at, rows.to_vec()));
            }
            if surplus == 0 {
                break;
            }
        }
        let gone = concat_batches(&gone[0].schema(), &gone)?;
        for key in &keys.of(&gone)? {
            self.places.remove(key.data());
        }
        for (part, rows) in rows_gone {
            self.dead += rows.len();
            for row in rows {
                self.parts[part].alive[row as usize] = false;
            }
        }
        tidied(gone).map(Some)
    }

    /// Copies the rows that are there into parts without any others.
    fn tidy(&mut self, keys: &Keys) -> Result<(), ArrowError> {
        let mut parts = Vec::new();
        let mut places = HashMap::with_capacity(self.len());
        let mut open: Vec<RecordBatch> = Vec::new();
        let mut rows = 0;
        let mut close = |open: &mut Vec<RecordBatch>| -> Result<(), ArrowError> {
            let Some(first) = open.first() else { return Ok(()) };
            let batch = tidied(concat_batches(&first.schema(), open.iter())?)?;
            open.clear();
            let part = parts.len() as u32;
            for (row, key) in keys.of(&batch)?.iter().enumerate() {
                places.insert(key.data().into(), Place { part, row: row as u32 });
            }
            let alive = vec![true; batch.num_rows()];
            parts.push(Part { batch, alive });
            Ok(())
        };
        for part in &self.parts {
            let live = part.live()?;
            rows += live.num_rows();
            if live.num_rows() > 0 {
                open.push(live);
            }
            if rows >= PART_ROWS {
                rows = 0;
                close(&mut open)?;
            }
        }
        close(&mut open)?;
        *self = Self { parts, places, dead: 0 };
        Ok(())
    }

    /// The snapshot of this moment.
    pub fn view(&self, seq: u64, begin: &Offsets, end: &Offsets, costs: Arc<Costs>) -> View {
        let parts: Vec<ViewPart> = self
            .parts
            .iter()
            .filter(|part| part.alive.contains(&true))
            .map(|part| ViewPart {
                batch: part.batch.clone(),
                alive: BooleanArray::from(part.alive.clone()),
                encoded: Default::default(),
            })
            .collect();
        View {
            seq,
            rows: self.len(),
            ranges: end
                .iter()
                .map(|(partition, end)| {
                    let begin = begin.get(partition).copied().unwrap_or(*end);
                    (*partition, begin..*end)
                })
                .collect(),
            parts,
            costs,
        }
    }
}

/// A snapshot of a moment.
#[derive(Debug)]
pub struct View {
    /// The frame that follows it.
    pub seq: u64,
    /// Its rows.
    pub rows: usize,
    /// What was read for it.
    ranges: Ranges,
    parts: Vec<ViewPart>,
    costs: Arc<Costs>,
}

#[derive(Debug)]
struct ViewPart {
    batch: RecordBatch,
    alive: BooleanArray,
    /// The part as a frame, plain and compressed.
    encoded: [OnceLock<Bytes>; 2],
}

impl ViewPart {
    fn live(&self) -> Result<RecordBatch, ArrowError> {
        tidied(filter_record_batch(&self.batch, &self.alive)?)
    }
}

impl View {
    /// How many frames it is.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The rows of a part, without the column of what is gone.
    ///
    /// # Errors
    /// When Arrow cannot copy them.
    pub fn batch(&self, part: usize) -> Result<RecordBatch, ArrowError> {
        self.parts[part].live()
    }

    /// A part as a frame without a number, encoded when first asked for. The last one has the
    /// position of all: before it came, a client has nothing that could be continued.
    ///
    /// # Errors
    /// When Arrow cannot encode it.
    pub fn frame(&self, part: usize, epoch: &Epoch, variant: Variant) -> Result<Bytes, ArrowError> {
        let place = &self.parts[part].encoded[usize::from(variant == Variant::Lz4)];
        if let Some(bytes) = place.get() {
            return Ok(bytes.clone());
        }
        let live = self.parts[part].live()?;
        let deleted = BooleanArray::from(vec![false; live.num_rows()]);
        let batch = with_deleted(&epoch.schema.arrow, &live, deleted)?;
        let is_last = part + 1 == self.parts.len();
        let ranges = if is_last { self.ranges.clone() } else { Ranges::new() };
        let rows = Rows { ranges, ..Rows::default() };
        let bytes = encode(epoch, None, &rows, &batch, variant)?;
        if place.set(bytes.clone()).is_ok() {
            self.costs.memory.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        Ok(bytes)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let encoded = self.parts.iter().flat_map(|part| &part.encoded);
        let bytes: usize = encoded.filter_map(OnceLock::get).map(Bytes::len).sum();
        self.costs.memory.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use arrow_array::types::Int64Type;
    use arrow_array::{DictionaryArray, Int64Array};
    use arrow_schema::{Field, Schema};
    use proptest::prelude::*;

    use super::*;

    fn schema() -> SchemaRef {
        let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Arc::new(Schema::new(vec![
            Field::new("value", DataType::Int64, true),
            Field::new("name", text, true),
        ]))
    }

    /// Rows of a value and a name, which is the key.
    fn batch(rows: &[(i64, u8)]) -> RecordBatch {
        let values = Int64Array::from_iter_values(rows.iter().map(|(value, _)| *value));
        let names: DictionaryArray<Int32Type> = rows
            .iter()
            .map(|(_, name)| Some(format!("name {name}")))
            .collect::<Vec<_>>()
            .iter()
            .map(|name| name.as_deref())
            .collect();
        RecordBatch::try_new(schema(), vec![Arc::new(values), Arc::new(names)]).unwrap()
    }

    fn rows(batch: &RecordBatch) -> Vec<(i64, u8)> {
        let values = batch.column(0).as_primitive::<Int64Type>().values();
        let names = batch.column(1).as_dictionary::<Int32Type>();
        let texts = names.values().as_string::<i32>();
        let name = |key: &i32| texts.value(*key as usize)["name ".len()..].parse().unwrap();
        values.iter().copied().zip(names.keys().values().iter().map(name)).collect()
    }

    fn keys() -> Keys {
        Keys::new(&schema(), vec![1]).unwrap()
    }

    /// The rows of a snapshot, by their keys.
    fn held(snapshot: &Snapshot) -> BTreeMap<u8, i64> {
        let view = snapshot.view(0, &Offsets::new(), &Offsets::new(), Arc::default());
        let all: Vec<_> =
            (0..view.len()).flat_map(|part| rows(&view.batch(part).unwrap())).collect();
        assert_eq!(all.len(), view.rows, "no key is there twice");
        all.into_iter().map(|(value, name)| (name, value)).collect()
    }

    #[test]
    fn a_batch_has_the_last_row_of_each_key() {
        let keys = keys();
        let all = batch(&[(1, 7), (2, 8), (3, 7), (4, 9), (5, 8)]);
        let last = last_of_each(&keys.of(&all).unwrap());
        assert_eq!(last, [2, 3, 4]);
        let selected = select(&all, &last).unwrap();
        assert_eq!(rows(&selected), [(3, 7), (4, 9), (5, 8)]);
    }

    #[test]
    fn what_is_copied_keeps_only_the_texts_it_uses() {
        let selected = select(&batch(&[(1, 7), (2, 8), (3, 9)]), &[1]).unwrap();
        assert_eq!(selected.column(1).as_dictionary::<Int32Type>().values().len(), 1);
    }

    proptest! {
        /// Whatever comes and goes, the snapshot is the last row of each key, and what is let go
        /// of is what was changed longest ago.
        #[test]
        fn a_snapshot_is_the_last_row_of_each_key(
            batches in prop::collection::vec(
                prop::collection::vec((any::<i64>(), 0..12u8, prop::bool::weighted(0.3)), 1..20),
                1..20,
            ),
            most in 4..14usize,
            tidy in any::<bool>(),
        ) {
            let keys = keys();
            let mut snapshot = Snapshot::default();
            // By age: the row that was changed longest ago comes first.
            let mut expected: Vec<(u8, i64)> = Vec::new();
            for rows_in in batches {
                let all = batch(&rows_in.iter().map(|(v, n, _)| (*v, *n)).collect::<Vec<_>>());
                let last = last_of_each(&keys.of(&all).unwrap());
                let gone: Vec<bool> = last.iter().map(|row| rows_in[*row as usize].2).collect();
                let one_each = select(&all, &last).unwrap();
                snapshot.apply(&keys, one_each, &gone).unwrap();
                for row in last {
                    let (value, name, is_gone) = rows_in[row as usize];
                    expected.retain(|(other, _)| *other != name);
                    if !is_gone {
                        expected.push((name, value));
                    }
                }
                if tidy {
                    snapshot.tidy(&keys).unwrap();
                    prop_assert_eq!(snapshot.dead, 0);
                }
                let surplus = expected.len().saturating_sub(most);
                let mut let_go: Vec<_> = expected.drain(..surplus).map(|(n, v)| (v, n)).collect();
                let evicted = snapshot.evict(&keys, most).unwrap();
                let mut evicted = evicted.map(|batch| rows(&batch)).unwrap_or_default();
                evicted.sort_unstable();
                let_go.sort_unstable();
                prop_assert_eq!(evicted, let_go);
                prop_assert_eq!(held(&snapshot), expected.iter().copied().collect());
                let alive: usize = snapshot
                    .parts.iter().map(|part| part.alive.iter().filter(|alive| **alive).count()).sum();
                let total: usize = snapshot.parts.iter().map(|part| part.alive.len()).sum();
                prop_assert_eq!((alive, total - alive), (snapshot.len(), snapshot.dead));
            }
        }
    }

    #[test]
    fn memory_is_bounded_by_the_keys() {
        let keys = keys();
        let mut snapshot = Snapshot::default();
        for value in 0..20_000 {
            snapshot.apply(&keys, batch(&[(value, (value % 5) as u8)]), &[false]).unwrap();
        }
        let rows: usize = snapshot.parts.iter().map(|part| part.alive.len()).sum();
        assert!(rows <= 2 * PART_ROWS, "{rows} rows for {} keys", snapshot.len());
        assert_eq!(held(&snapshot), (0..5).map(|n| (n, 19_995 + i64::from(n))).collect());
    }
}
