//! Frames whose first rows leave as others come: a number of rows, or those within a range.

use super::frame::{Edits, Frame, Rolling, Window};
use super::range::Range;
use super::sequence::{Cursor, Sequence};
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::table::RowId;
use std::fmt::Debug;
use std::marker::PhantomData;

/// The current row and a number of rows before it.
#[derive(Debug)]
pub struct Preceding<S> {
    /// How many rows before the current one.
    pub rows: u64,
    state: PhantomData<S>,
}

/// The current row and those before it whose values in the order are within a range of its.
#[derive(Debug)]
pub struct Within<S> {
    range: Range,
    state: PhantomData<S>,
}

impl<S> Preceding<S> {
    /// Of so many rows before the current one.
    pub fn new(rows: u64) -> Self {
        Preceding { rows, state: PhantomData }
    }
}

impl<S> Within<S> {
    /// Of the rows within `range`.
    pub fn new(range: Range) -> Self {
        Within { range, state: PhantomData }
    }
}

/// The rows of a frame, added up.
#[derive(Debug, Default)]
pub struct Kept<S> {
    state: S,
    /// How many rows are in it.
    rows: u64,
    /// How many rows left it since it was made.
    left: u64,
}

/// A frame that moves through a partition.
struct Moving<S> {
    kept: Kept<S>,
    /// The frame's first row, or the place behind it where it is empty.
    first: Cursor,
    /// The row that will be taken in next.
    next: Cursor,
}

impl<S: Rolling> Moving<S> {
    /// The frame of the row before `next`, which is kept.
    fn of_tail<C>(kept: Kept<S>, next: Cursor, rows: &Sequence<C>) -> Self {
        let (first, _) = rows.back(next, kept.rows);
        Moving { kept, first, next }
    }

    /// The frame of the rows from `first` on before `next`.
    fn of_rows<C>(first: Cursor, next: Cursor, rows: &Sequence<C>, window: &Window<'_>) -> Self {
        let mut moving = Moving { kept: Kept::default(), first, next: first };
        while moving.next < next && moving.take_in(rows, window).is_some() {}
        moving
    }

    fn take_in<C>(&mut self, rows: &Sequence<C>, window: &Window<'_>) -> Option<RowId> {
        let row = window.reading.order.row(rows.get(self.next)?);
        self.kept.state.push(S::term(window.reading, row), window);
        self.kept.rows += 1;
        self.next = rows.next(self.next);
        Some(row)
    }

    /// The first row of the frame.
    fn first<C>(&self, rows: &Sequence<C>, window: &Window<'_>) -> Option<RowId> {
        (self.kept.rows > 0)
            .then(|| rows.get(self.first).map(|low| window.reading.order.row(low)))?
    }

    fn leave<C>(&mut self, row: RowId, rows: &Sequence<C>, window: &Window<'_>) {
        self.kept.state.pop(S::term(window.reading, row));
        self.kept.rows -= 1;
        self.kept.left += 1;
        self.first = rows.next(self.first);
        // What rounding leaves behind does not pile up: from time to time all is added anew,
        // which costs each row that left a row.
        if self.kept.left > self.kept.rows.max(32) * 4 {
            *self = Moving::of_rows(self.first, self.next, rows, window);
        }
    }
}

impl<S: Rolling> Frame for Preceding<S> {
    type Before = ();
    type Tail = Kept<S>;

    fn renew(
        &self,
        rows: &mut Sequence<()>,
        tail: &mut Option<Kept<S>>,
        edits: &Edits,
        window: &Window<'_>,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let rows = &*rows;
        let mut middle = edits.middle.iter().map(|edit| edit.at).peekable();
        let mut appended = edits.appended;
        while let Some(start) = middle.peek().copied().or(appended) {
            let from_tail = Some(start) == appended && middle.peek().is_none();
            let held = if from_tail { tail.take() } else { None };
            let mut frame = match held {
                Some(kept) => Moving::of_tail(kept, start, rows),
                None => {
                    let (first, _) = rows.back(start, self.rows);
                    Moving::of_rows(first, start, rows, window)
                }
            };
            let mut changed = 0;
            loop {
                let at = frame.next;
                while middle.next_if_eq(&at).is_some() {
                    changed = self.rows.saturating_add(1);
                }
                if appended.is_some_and(|first| first <= at) {
                    (appended, changed) = (None, u64::MAX);
                }
                if changed == 0 {
                    // What changed reached just to the last row: its frame is another one.
                    if rows.get(at).is_none() {
                        *tail = Some(frame.kept);
                    }
                    break;
                }
                let Some(row) = frame.take_in(rows, window) else {
                    *tail = Some(frame.kept);
                    break;
                };
                while frame.kept.rows > self.rows.saturating_add(1)
                    && let Some(first) = frame.first(rows, window)
                {
                    frame.leave(first, rows, window);
                }
                let first = frame.first(rows, window).unwrap_or(row);
                out(row, frame.kept.state.value(window, first, row));
                changed = changed.saturating_sub(u64::from(changed < u64::MAX));
            }
        }
    }
}

impl<S: Rolling> Frame for Within<S> {
    type Before = ();
    type Tail = Kept<S>;

    fn renew(
        &self,
        rows: &mut Sequence<()>,
        tail: &mut Option<Kept<S>>,
        edits: &Edits,
        window: &Window<'_>,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let (rows, order) = (&*rows, &window.reading.order);
        let bound = |key: GroupKey| match window.reading.order_type {
            Some(data_type) => self.range.bound(key, data_type),
            None => key,
        };
        let mut middle = edits.middle.iter().peekable();
        let mut appended = edits.appended;
        while let Some(start) = middle.peek().map(|edit| edit.at).or(appended) {
            let from_tail = Some(start) == appended && middle.peek().is_none();
            let held = if from_tail { tail.take() } else { None };
            let mut frame = match (held, rows.get(start)) {
                (Some(kept), _) => Moving::of_tail(kept, start, rows),
                (None, Some(low)) => {
                    let from = bound(order.key(order.row(low)));
                    let is_before =
                        |low| order.compare_keys(order.key(order.row(low)), from).is_lt();
                    Moving::of_rows(rows.lower_bound(is_before), start, rows, window)
                }
                (None, None) => Moving::of_rows(start, start, rows, window),
            };
            // What the last edit was ordered by: it concerns the rows that it is in range of.
            let mut edited = None;
            loop {
                let at = frame.next;
                while let Some(edit) = middle.next_if(|edit| edit.at == at) {
                    edited = Some(edit.key);
                }
                let is_new = edits.appended.is_some_and(|first| first <= at);
                if is_new {
                    appended = None;
                }
                let Some(low) = rows.get(at) else {
                    // The frame of the last row is known if it was gone through.
                    *tail = (frame.kept.rows > 0).then_some(frame.kept);
                    break;
                };
                let row = order.row(low);
                let from = bound(order.key(row));
                let concerned = edited.is_some_and(|key| order.compare_keys(key, from).is_ge());
                if !is_new && !concerned {
                    break;
                }
                frame.take_in(rows, window);
                while let Some(first) = frame.first(rows, window)
                    && order.compare_keys(order.key(first), from).is_lt()
                {
                    frame.leave(first, rows, window);
                }
                let first = frame.first(rows, window).unwrap_or(row);
                out(row, frame.kept.state.value(window, first, row));
            }
        }
    }
}
