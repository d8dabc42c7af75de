//! The partitions of a window, kept up from what changes.
//!
//! Of what a tick changes the rows are brought in order; each partition that is concerned
//! gives up rows and takes others in, and its frame then computes anew what that changes.

use super::Function;
use super::directory::{Change, Directory, What};
use super::frame::{Edit, Edits, Frame, Reading, Window};
use super::order::{Inputs, Order, Ordered, Place};
use super::sequence::Sequence;
use super::smoothed::Fading;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Renumbering, RowId, complete};
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
    rows: Sequence<F::Before>,
    tail: Option<F::Tail>,
}

impl<F: Frame> Default for Partition<F> {
    fn default() -> Self {
        Partition { rows: Sequence::default(), tail: None }
    }
}

/// The partitions of a window of one kind of frame.
#[derive(Debug)]
pub struct Partitions<F: Frame> {
    frame: F,
    reads: Reads,
    directory: Directory,
    /// By their numbers.
    partitions: Vec<Partition<F>>,
}

impl<F: Frame> Partitions<F> {
    /// No rows yet.
    pub fn new(frame: F, reads: Reads) -> Self {
        Partitions { frame, reads, directory: Directory::default(), partitions: Vec::new() }
    }

    fn apply_some(
        &mut self,
        rows: Rows<'_>,
        inputs: &dyn Inputs,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let Partitions { frame, reads, directory, partitions } = self;
        let changes = directory.changes(reads, rows, inputs);
        partitions.resize_with(directory.end(), Partition::default);
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
            let (edits, last_left) = edit(&mut partition.rows, changes, order);
            if last_left {
                partition.tail = None;
            }
            frame.renew(&mut partition.rows, &mut partition.tail, &edits, &window, out);
            if partition.rows.len() == 0 {
                *partition = Partition::default();
                directory.give_up(number);
            }
        }
    }
}

/// Gives up rows and takes others in. Says where, and whether the last row left.
fn edit<B>(rows: &mut Sequence<B>, changes: &[Change], order: Ordered<'_>) -> (Edits, bool) {
    let of = |what: What| changes.iter().filter(move |change| change.what == what);
    for Change { place, .. } in of(What::Left) {
        let at = match rows.first() {
            Some(first) if first == place.row as u32 => rows.start(),
            _ => rows
                .lower_bound(|low| order.compare(order.old_place(order.row(low)), *place).is_lt()),
        };
        debug_assert_eq!(rows.get(at), Some(place.row as u32));
        if rows.get(at) == Some(place.row as u32) {
            rows.remove(at);
        }
    }
    let last = rows.last().map(|low| order.place(order.row(low)));
    let is_behind = |place: Place| last.is_none_or(|last| order.compare(place, last).is_gt());
    let last_left = of(What::Left).any(|change| is_behind(change.place));
    let mut appended = 0;
    for Change { place, .. } in of(What::Came) {
        if is_behind(*place) {
            rows.push(place.row as u32);
            appended += 1;
        } else {
            let at = rows.lower_bound(|low| order.is_before(low, *place));
            rows.insert(at, place.row as u32);
        }
    }
    // Where rows left at the end there are new ones now, or none.
    let end = rows.back(rows.end(), appended).0;
    // Rows that leave in order leave before all others.
    let first = rows.first().map(|low| order.place(order.row(low)));
    let is_in_front = |place: Place| first.is_some_and(|first| order.compare(place, first).is_le());
    let is_appended = |change: &&Change| change.what == What::Came && is_behind(change.place);
    let middle = changes.iter().filter(|change| !is_appended(change)).map(|change| Edit {
        at: if is_behind(change.place) {
            end
        } else if is_in_front(change.place) {
            rows.start()
        } else {
            rows.lower_bound(|low| order.is_before(low, change.place))
        },
        key: change.place.key,
    });
    let edits = Edits { middle: middle.collect(), appended: (appended > 0).then_some(end) };
    (edits, last_left)
}

impl<F: Frame> Kept for Partitions<F> {
    fn apply(&mut self, rows: Rows<'_>, inputs: &dyn Inputs, out: &mut dyn FnMut(RowId, Scalar)) {
        if rows.cleared {
            self.partitions.clear();
            self.directory.clear();
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
        self.partitions.iter().map(|partition| partition.rows.memory()).sum::<usize>()
            + self.partitions.capacity() * size_of::<Partition<F>>()
            + self.directory.memory()
    }
}
