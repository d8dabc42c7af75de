//! Columns of text under construction.

use std::sync::Arc;

use ahash::AHashMap;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};

/// A column of strings: each value once, and a code for each row.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) codes: Vec<i32>,
    known: AHashMap<Box<str>, i32>,
    bytes: Vec<u8>,
    offsets: Vec<i32>,
    /// Rows were taken back: there may be values that none has.
    cut: bool,
}

impl Texts {
    #[inline]
    pub(super) fn push(&mut self, text: &str) -> bool {
        if let Some(code) = self.known.get(text) {
            self.codes.push(*code);
            return true;
        }
        // 2 GiB of distinct text: a batch is closed long before, by its bytes.
        let Ok(end) = i32::try_from(self.bytes.len() + text.len()) else { return false };
        let code = self.offsets.len() as i32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.offsets.push(end);
        self.known.insert(text.into(), code);
        self.codes.push(code);
        true
    }

    /// The text of a code.
    pub(super) fn text(&self, code: usize) -> &str {
        let begin = code.checked_sub(1).map_or(0, |before| self.offsets[before]);
        // What was put in was text.
        std::str::from_utf8(&self.bytes[begin as usize..self.offsets[code] as usize])
            .unwrap_or_default()
    }

    pub(super) fn push_null(&mut self) {
        self.codes.push(0);
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.cut |= rows < self.codes.len();
        self.codes.truncate(rows);
    }

    /// Leaves of the rows from `row` on those that are to be kept.
    pub(super) fn retain(&mut self, row: usize, kept: &[bool]) {
        self.cut = true;
        super::columns::sift(&mut self.codes, row, kept);
    }

    /// The same rows with a dictionary of the values that they have.
    fn compacted(&self, nulls: Option<&NullBuffer>) -> Self {
        const NONE: i32 = -1;
        let mut compact = Self::default();
        let mut codes = vec![NONE; self.offsets.len()];
        for (row, code) in self.codes.iter().enumerate() {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                compact.codes.push(0);
                continue;
            }
            let new = &mut codes[*code as usize];
            if *new == NONE {
                *new = compact.offsets.len() as i32;
                compact.bytes.extend_from_slice(self.text(*code as usize).as_bytes());
                // No longer than before, where it did fit.
                compact.offsets.push(compact.bytes.len() as i32);
            }
            compact.codes.push(*new);
        }
        compact
    }

    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> ArrayRef {
        if self.cut {
            return self.compacted(nulls.as_ref()).finish(nulls);
        }
        let mut offsets = Vec::with_capacity(self.offsets.len() + 1);
        offsets.push(0);
        offsets.extend(self.offsets);
        let values = StringArray::new(
            OffsetBuffer::new(ScalarBuffer::from(offsets)),
            self.bytes.into(),
            None,
        );
        let codes = Int32Array::new(ScalarBuffer::from(self.codes), nulls);
        debug_assert!(codes.iter().flatten().all(|c| (c as usize) < values.len()));
        Arc::new(
            DictionaryArray::try_new(codes, Arc::new(values))
                .expect("every code was given out with its value"),
        )
    }
}
