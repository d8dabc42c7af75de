//! The headers of a record, one behind the other in the bytes of its batch.
//!
//! Of each: the length of its name, the name, the length of its value or −1 where it has none,
//! the value. Lengths are 32 bits, in the order of this machine: the bytes never leave it.

/// The headers of one record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) unreadable: bool,
}

impl<'a> Headers<'a> {
    /// Names and values in the order of the record.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Option<&'a [u8]>)> + use<'a> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let (header, behind) = read(rest)?;
            rest = behind;
            Some(header)
        })
    }

    /// The value of the last header of a name: `None` where there is none, or none with a value.
    ///
    /// # Errors
    /// When the record's headers cannot be read.
    pub fn last(&self, name: &str) -> Result<Option<&'a [u8]>, String> {
        if self.unreadable {
            return Err("the record's headers cannot be read: a name is not UTF-8".into());
        }
        let same = self.iter().filter(|(found, _)| *found == name);
        Ok(same.last().and_then(|(_, value)| value))
    }
}

/// Writes a header behind others. Kafka's own lengths have 32 bits too.
pub(super) fn write(bytes: &mut Vec<u8>, name: &str, value: Option<&[u8]>) {
    bytes.extend_from_slice(&(name.len() as i32).to_ne_bytes());
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(&value.map_or(-1, |v| v.len() as i32).to_ne_bytes());
    bytes.extend_from_slice(value.unwrap_or_default());
}

/// A header: its name and its value.
type Header<'a> = (&'a str, Option<&'a [u8]>);

/// The first header, and what is behind it.
fn read(bytes: &[u8]) -> Option<(Header<'_>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (name, rest) = rest.split_at_checked(usize::try_from(i32::from_ne_bytes(*length)).ok()?)?;
    let (length, rest) = rest.split_first_chunk()?;
    let (value, rest) = match usize::try_from(i32::from_ne_bytes(*length)) {
        Ok(length) => {
            let (value, rest) = rest.split_at_checked(length)?;
            (Some(value), rest)
        }
        Err(_) => (None, rest),
    };
    Some(((std::str::from_utf8(name).ok()?, value), rest))
}
