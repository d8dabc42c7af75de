//! The open batch of a feed, and how it becomes a frame of the log.

use std::sync::Arc;
use std::time::Instant;

use arrow_schema::ArrowError;
use arrow_select::concat::concat_batches;

use super::Feed;
use super::frame::{Epoch, Frame, Rows};
use super::keyed::{self, Keys};
use super::position::Offsets;
use crate::decode::Decoder;

/// The batch that is open, and what all batches of the epoch have in common.
pub(super) struct Batch {
    pub(super) epoch: Arc<Epoch>,
    pub(super) decoder: Decoder,
    /// The next offset to read of each partition.
    pub(super) next: Offsets,
    pub(super) rows: Rows,
    /// Of a keyed feed, which rows say that their key is gone, and how keys are compared.
    pub(super) gone: Vec<bool>,
    pub(super) keys: Option<Keys>,
    pub(super) bytes: usize,
    pub(super) since: Option<Instant>,
}

impl Feed {
    /// Appends what the batch has gathered to the log, as a frame; says its rows and bytes.
    pub(super) fn append(&self, batch: &mut Batch) -> Result<Option<(u64, usize)>, ArrowError> {
        let mut rows = std::mem::take(&mut batch.rows);
        let gone = std::mem::take(&mut batch.gone);
        batch.bytes = 0;
        batch.since = None;
        let schema = &batch.epoch.schema;
        let mut columns = batch.decoder.finish(schema.rows.clone());
        let Some((seq, before)) = self.log().as_ref().map(|l| (l.next_seq(), l.written())) else {
            return Ok(None);
        };
        let mut count = rows.len();
        if let Some(keys) = &batch.keys {
            let mut last = keyed::last_of_each(&keys.of(&columns)?);
            // Those that are gone come last: so a table takes them out all at once.
            last.sort_by_key(|row| gone[*row as usize]);
            columns = keyed::select(&columns, &last)?;
            rows = rows.select(&last);
            count = rows.len();
            let mut gone: Vec<bool> = last.iter().map(|row| gone[*row as usize]).collect();
            let mut let_go = None;
            if let Some(log) = self.log_mut().as_mut() {
                let most = usize::try_from(self.config.retention.rows).unwrap_or(usize::MAX);
                let snapshot = log.snapshot_mut();
                snapshot.apply(keys, columns.clone(), &gone)?;
                let_go = snapshot.evict(keys, most)?;
            }
            if let Some(evicted) = let_go {
                // Clients let go of them with this frame: its last record stands for them.
                gone.resize(gone.len() + evicted.num_rows(), true);
                rows.repeat_last(evicted.num_rows());
                columns = concat_batches(&schema.rows, [&columns, &evicted])?;
            }
            columns = keyed::with_deleted(&schema.arrow, &columns, gone.into())?;
        }
        // Encoding takes time: clients may read the log meanwhile. Nobody else appends.
        let costs = self.costs.clone();
        let frame = Frame::new(batch.epoch.clone(), seq, before, rows, &columns, costs)?;
        let bytes = frame.len();
        if let Some(log) = self.log_mut().as_mut() {
            log.append(Arc::new(frame));
        }
        Ok(Some((count, bytes)))
    }
}
