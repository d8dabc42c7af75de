//! Frames from a partition's first row on.

use super::frame::{Edits, Frame, Running, Window};
use super::sequence::{Cursor, Sequence};
use crate::scalar::Scalar;
use crate::table::RowId;
use std::fmt::Debug;
use std::marker::PhantomData;

/// All rows up to the current one. A change in the middle changes the rows behind it, until
/// what is remembered before a block of rows is what it would be without the change.
#[derive(Debug)]
pub struct Whole<S>(PhantomData<S>);

impl<S> Default for Whole<S> {
    fn default() -> Self {
        Whole(PhantomData)
    }
}

impl<S: Running> Frame for Whole<S> {
    type Before = S;
    type Tail = S;

    fn renew(
        &self,
        rows: &mut Sequence<S>,
        tail: &mut Option<S>,
        edits: &Edits,
        window: &Window<'_>,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let order = &window.reading.order;
        let mut middle = edits.middle.iter().map(|edit| edit.at).peekable();
        let mut appended = edits.appended;
        while let Some(start) = middle.peek().copied().or(appended) {
            let from_tail = Some(start) == appended && middle.peek().is_none();
            let mut state = match tail {
                Some(state) if from_tail => state.clone(),
                _ => up_to(rows, start, window),
            };
            let mut at = start;
            loop {
                let mut is_edited = false;
                while middle.next_if_eq(&at).is_some() {
                    is_edited = true;
                }
                if appended.is_some_and(|first| first <= at) {
                    appended = None;
                } else if !is_edited && rows.before(at).is_some_and(|held| held.agrees(&state)) {
                    // From here on all is as it was.
                    break;
                }
                rows.remember(at, || state.clone());
                let Some(low) = rows.get(at) else {
                    *tail = Some(state);
                    break;
                };
                let row = order.row(low);
                state.push(S::term(window.reading, row), window);
                out(row, state.value(window));
                at = rows.next(at);
            }
        }
    }
}

/// The state before the row at `at`.
fn up_to<S: Running>(rows: &mut Sequence<S>, at: Cursor, window: &Window<'_>) -> S {
    let (mut next, known) = rows.known_before(at);
    let mut state = known.cloned().unwrap_or_default();
    while next < at {
        rows.remember(next, || state.clone());
        let Some(low) = rows.get(next) else { break };
        let row = window.reading.order.row(low);
        state.push(S::term(window.reading, row), window);
        next = rows.next(next);
    }
    state
}
