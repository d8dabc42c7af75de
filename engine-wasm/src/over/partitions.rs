//! The partitions of a window, kept up from what changes.
//!
//! Of what a tick changes the rows are brought in order; each partition that is concerned
//! gives up rows and takes others in, and its frame then computes anew what that changes.

use super::Function;
use super::frame::{Edit, Edits, Frame, Reading, Window};
use super::order::{Inputs, Order, Ordered, Place};
use super::sequence::Sequence;
use super::smoothed::Fading;
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Renumbering, RowId, complete};
use rustc_hash::FxHashMap;
use std::fmt::Debug;

/// So many new rows are taken in at once, which bounds what that takes.
const AT_ONCE: usize = 1 << 17;

/// The rows that a tick changes, each list ascending.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Whether all rows left before any of the others came.
    pub cleared: bool,
    /// Rows that left.
    pub removed: &'a [RowId],
    /// Rows of which an input has another value.
    pub changed: &'a [RowId],
    /// Rows that came, behind all others.
    pub added: &'a [RowId],
    /// The row behind all.
    pub end: RowId,
}

/// What a window reads, by places among its inputs, and computes.
#[derive(Debug)]
pub struct Reads {
    /// The input that is aggregated, if any.
    pub column: Option<usize>,
    /// Those by whose values rows are in one partition.
    pub partition_by: Vec<usize>,
    /// How rows are ordered in a partition.
    pub order: Order,
    /// What is computed.
    pub function: Function,
    /// How values lose weight, of functions in which they do.
    pub fading: Fading,
}

/// A window that is kept up.
pub trait Kept: Debug {
    /// Takes in what a tick changes. `out` is told the values of all new rows, and of all
    /// others whose values may have changed; of a row that it is told of twice the later one
    /// counts.
    fn apply(&mut self, rows: Rows<'_>, inputs: &dyn Inputs, out: &mut dyn FnMut(RowId, Scalar));
    /// Takes over the new ids of rows.
    fn renumber(&mut self, rows: &Renumbering);
    /// Bytes held.
    fn memory(&self) -> usize;
}

#[derive(Debug)]
struct Partition<F: Frame> {
    key: Box<[GroupKey]>,
    rows: Sequence<F::Before>,
    tail: Option<F::Tail>,
}

/// The partitions of a window of one kind of frame.
#[derive(Debug)]
pub struct Partitions<F: Frame> {
    frame: F,
    reads: Reads,
    partitions: Vec<Partition<F>>,
    /// The numbers of partitions without rows.
    free: Vec<u32>,
    numbers: FxHashMap<Box<[GroupKey]>, u32>,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Left,
    Came,
    /// It has another value, and its place.
    Changed,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    partition: u32,
    place: Place,
    what: What,
}

impl<F: Frame> Partitions<F> {
    /// No rows yet.
    pub fn new(frame: F, reads: Reads) -> Self {
        Partitions {
            frame,
            reads,
            partitions: Vec::new(),
            free: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }

    /// The partition of a row of which these are the values.
    fn held(&self, key: &[GroupKey]) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    /// The same, made where there is none yet.
    fn number(&mut self, key: &[GroupKey]) -> u32 {
        if let Some(number) = self.held(key) {
            return number;
        }
        let key: Box<[GroupKey]> = key.into();
        let partition = Partition { key: key.clone(), rows: Sequence::default(), tail: None };
        let number = match self.free.pop() {
            Some(number) => {
                self.partitions[number as usize] = partition;
                number
            }
            None => {
                self.partitions.push(partition);
                (self.partitions.len() - 1) as u32
            }
        };
        self.numbers.insert(key, number);
        number
    }

    /// The changes of a tick, each with its partition.
    fn changes(&mut self, rows: Rows<'_>, inputs: &dyn Inputs) -> Vec<Change> {
        let order = self.reads.order.clone();
        let order = Ordered::new(&order, inputs, rows.end);
        let count = rows.removed.len() + rows.changed.len() + rows.added.len();
        let mut changes: Vec<Change> = Vec::with_capacity(count);
        let mut key = Vec::new();
        let read = |key: &mut Vec<GroupKey>, value: &dyn Fn(usize) -> Scalar, by: &[usize]| {
            key.clear();
            key.extend(by.iter().map(|&input| GroupKey::of(value(input))));
        };
        for &row in rows.removed {
            read(&mut key, &|input| inputs.before(input, row), &self.reads.partition_by);
            let Some(partition) = self.held(&key) else { continue };
            changes.push(Change { partition, place: order.old_place(row), what: What::Left });
        }
        for &row in rows.changed {
            read(&mut key, &|input| inputs.before(input, row), &self.reads.partition_by);
            let Some(partition) = self.held(&key) else { continue };
            let left = Change { partition, place: order.old_place(row), what: What::Left };
            read(&mut key, &|input| inputs.after(input, row), &self.reads.partition_by);
            let partition = self.number(&key);
            let came = Change { partition, place: order.place(row), what: What::Came };
            if (left.partition, left.place) == (came.partition, came.place) {
                changes.push(Change { what: What::Changed, ..came });
            } else {
                changes.extend([left, came]);
            }
        }
        for &row in rows.added {
            read(&mut key, &|input| inputs.after(input, row), &self.reads.partition_by);
            let partition = self.number(&key);
            changes.push(Change { partition, place: order.place(row), what: What::Came });
        }
        changes.sort_by(|a, b| {
            a.partition.cmp(&b.partition).then_with(|| order.compare(a.place, b.place))
        });
        changes
    }

    fn apply_some(
        &mut self,
        rows: Rows<'_>,
        inputs: &dyn Inputs,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let changes = self.changes(rows, inputs);
        let Partitions { frame, reads, partitions, free, numbers } = self;
        let order = Ordered::new(&reads.order, inputs, rows.end);
        let reading = Reading {
            inputs,
            order,
            column: reads.column,
            data_type: reads.column.map_or(&DataType::Boolean, |input| inputs.data_type(input)),
            order_type: reads.order.by.map(|by| inputs.data_type(by)),
        };
        let window = Window { reading: &reading, function: reads.function, fading: reads.fading };
        for changes in changes.chunk_by(|a, b| a.partition == b.partition) {
            let number = changes[0].partition;
            let partition = &mut partitions[number as usize];
            let edits = partition.edit(changes, order);
            frame.renew(&mut partition.rows, &mut partition.tail, &edits, &window, out);
            if partition.rows.len() == 0 {
                numbers.remove(&partition.key);
                (partition.key, partition.rows) = Default::default();
                partition.tail = None;
                free.push(number);
            }
        }
    }
}

impl<F: Frame> Partition<F> {
    /// Gives up rows and takes others in; says where.
    fn edit(&mut self, changes: &[Change], order: Ordered<'_>) -> Edits {
        let of = |what: What| changes.iter().filter(move |change| change.what == what);
        for Change { place, .. } in of(What::Left) {
            let at = match self.rows.first() {
                Some(first) if first == place.row as u32 => self.rows.start(),
                _ => self.rows.lower_bound(|low| {
                    order.compare(order.old_place(order.row(low)), *place).is_lt()
                }),
            };
            debug_assert_eq!(self.rows.get(at), Some(place.row as u32));
            if self.rows.get(at) == Some(place.row as u32) {
                self.rows.remove(at);
            }
        }
        let last = self.rows.last().map(|low| order.place(order.row(low)));
        let is_behind = |place: Place| last.is_none_or(|last| order.compare(place, last).is_gt());
        if of(What::Left).any(|change| is_behind(change.place)) {
            self.tail = None;
        }
        let mut appended = 0;
        for Change { place, .. } in of(What::Came) {
            if is_behind(*place) {
                self.rows.push(place.row as u32);
                appended += 1;
            } else {
                let at = self.rows.lower_bound(|low| order.is_before(low, *place));
                self.rows.insert(at, place.row as u32);
            }
        }
        // Where rows left at the end there are new ones now, or none.
        let end = self.rows.back(self.rows.end(), appended).0;
        // Rows that leave in order leave before all others.
        let first = self.rows.first().map(|low| order.place(order.row(low)));
        let is_in_front =
            |place: Place| first.is_some_and(|first| order.compare(place, first).is_le());
        let is_appended = |change: &&Change| change.what == What::Came && is_behind(change.place);
        let middle = changes.iter().filter(|change| !is_appended(change)).map(|change| Edit {
            at: if is_behind(change.place) {
                end
            } else if is_in_front(change.place) {
                self.rows.start()
            } else {
                self.rows.lower_bound(|low| order.is_before(low, change.place))
            },
            key: change.place.key,
        });
        Edits { middle: middle.collect(), appended: (appended > 0).then_some(end) }
    }
}

impl<F: Frame> Kept for Partitions<F> {
    fn apply(&mut self, rows: Rows<'_>, inputs: &dyn Inputs, out: &mut dyn FnMut(RowId, Scalar)) {
        if rows.cleared {
            self.partitions.clear();
            self.free.clear();
            self.numbers.clear();
        }
        let (first, rest) = rows.added.split_at(rows.added.len().min(AT_ONCE));
        self.apply_some(Rows { added: first, ..rows }, inputs, out);
        for added in rest.chunks(AT_ONCE) {
            let rows = Rows { cleared: false, removed: &[], changed: &[], added, end: rows.end };
            self.apply_some(rows, inputs, out);
        }
    }

    fn renumber(&mut self, rows: &Renumbering) {
        let id = |low: u32| {
            let row = complete(low, rows.end());
            let id = rows.get(row);
            debug_assert!(id.is_some(), "row {row} left before it lost its id");
            id.unwrap_or(row) as u32
        };
        self.partitions.iter_mut().for_each(|partition| partition.rows.renumber(id));
    }

    fn memory(&self) -> usize {
        let within = |partition: &Partition<F>| {
            partition.rows.memory() + partition.key.len() * size_of::<GroupKey>() * 2
        };
        let entry = size_of::<Partition<F>>() + size_of::<(Box<[GroupKey]>, u32)>();
        self.partitions.iter().map(within).sum::<usize>()
            + self.partitions.capacity() * entry
            + self.free.capacity() * 4
    }
}
