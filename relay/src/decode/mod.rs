//! Decoders: from the bytes of records to columns.
//!
//! A decoder takes records one by one, so that each record is one row or is refused with a
//! reason; a refused record leaves no trace in the columns. [`json`] decodes, [`infer`] finds
//! the columns where none are given; [`columns`] holds the values until a batch is closed.

pub mod columns;
pub mod infer;
pub mod json;
pub mod time;

/// The text of a record for a person to look at: its first 200 bytes, lossily as UTF-8.
pub fn sample(payload: &[u8]) -> String {
    const LONGEST: usize = 200;
    if payload.len() <= LONGEST {
        return String::from_utf8_lossy(payload).into_owned();
    }
    let mut end = LONGEST;
    // Not in the middle of a character: continuation bytes are 10xxxxxx.
    while end > LONGEST - 4 && payload[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    format!("{}…", String::from_utf8_lossy(&payload[..end]))
}
