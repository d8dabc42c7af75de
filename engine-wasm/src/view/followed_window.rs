//! Which rows of a view with `offset` or `limit` the tables have that follow it.
//!
//! A row that comes or goes before a window moves others over its edges. So these are not
//! told of by what changed, but found by comparing what is in the window now with what was.

use rustc_hash::FxHashSet;
use std::hash::Hash;
use std::ops::Range;

/// The window of a view that tables follow; its rows are rows of the view's table, or groups.
#[derive(Debug)]
pub(super) struct FollowedWindow<T> {
    /// The places of its rows among all of the view's, were there so many.
    pub places: Range<u64>,
    /// What was in it when tables were told last.
    pub held: FxHashSet<T>,
}

impl<T: Copy + Eq + Hash> FollowedWindow<T> {
    /// The window of these places, of which nobody has been told.
    pub fn new(places: Range<u64>) -> Self {
        FollowedWindow { places, held: FxHashSet::default() }
    }

    /// Its places in a view of so many rows.
    pub fn among(&self, rows: u64) -> Range<u64> {
        self.places.start.min(rows)..self.places.end.min(rows)
    }

    /// Takes over what is in it now; returns what was and is not any more, and what was not.
    pub fn replace(&mut self, now: &[T]) -> (Vec<T>, Vec<T>) {
        let came = now.iter().copied().filter(|row| !self.held.contains(row)).collect();
        let before = std::mem::replace(&mut self.held, now.iter().copied().collect());
        let gone = before.into_iter().filter(|row| !self.held.contains(row)).collect();
        (gone, came)
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.held.capacity() * (size_of::<T>() + 1)
    }
}
