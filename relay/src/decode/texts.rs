//! Columns of text under construction.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};

/// A column of strings: each value once, and a code for each row.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) codes: Vec<i32>,
    known: HashMap<Box<str>, i32>,
    bytes: Vec<u8>,
    offsets: Vec<i32>,
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

    pub(super) fn push_null(&mut self) {
        self.codes.push(0);
    }

    /// Values that only the cut rows used stay in the dictionary: taking back is rare.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.codes.truncate(rows);
    }

    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> ArrayRef {
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
