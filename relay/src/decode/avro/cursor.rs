//! Avro's binary encoding (Apache Avro 1.12, "Binary Encoding"), read from a slice.

/// Items of lists and maps in one record: empty items take no bytes, so that a few bytes could
/// claim any number of them.
const MOST_ITEMS: u64 = 1 << 24;

/// The bytes of a record that are not read yet.
#[derive(Debug, Clone, Copy)]
pub(in crate::decode) struct Cursor<'a> {
    bytes: &'a [u8],
    items: u64,
}

impl<'a> Cursor<'a> {
    pub(in crate::decode) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, items: 0 }
    }

    /// What is left.
    pub(in crate::decode) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes that are left.
    pub(in crate::decode) fn left(&self) -> usize {
        self.bytes.len()
    }

    /// The next `count` bytes.
    #[inline]
    pub(in crate::decode) fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or_else(|| {
            format!("ends early: {count} bytes are wanted, {} are left", self.left())
        })?;
        self.bytes = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    #[inline]
    pub(in crate::decode) fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self
            .bytes
            .split_first_chunk()
            .ok_or_else(|| format!("ends early: {N} bytes are wanted, {} are left", self.left()))?;
        self.bytes = rest;
        Ok(*taken)
    }

    /// An `int` or a `long`: zigzag, seven bits a byte, the lowest first.
    #[inline]
    pub(in crate::decode) fn long(&mut self) -> Result<i64, String> {
        let mut zigzag: u64 = 0;
        for (at, byte) in self.bytes.iter().take(10).enumerate() {
            zigzag |= u64::from(byte & 0x7F) << (7 * at);
            if byte & 0x80 == 0 {
                // Of the tenth byte one bit is left.
                if at == 9 && *byte > 1 {
                    break;
                }
                self.bytes = &self.bytes[at + 1..];
                return Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64));
            }
        }
        Err(if self.bytes.len() < 10 {
            "ends early, in a number".into()
        } else {
            "has a number of more than 64 bits".to_string()
        })
    }

    /// Bytes behind their length.
    #[inline]
    pub(in crate::decode) fn counted(&mut self) -> Result<&'a [u8], String> {
        let length = self.long()?;
        self.take(usize::try_from(length).map_err(|_| format!("has a length of {length}"))?)
    }

    /// A text.
    #[inline]
    pub(in crate::decode) fn text(&mut self) -> Result<&'a str, String> {
        std::str::from_utf8(self.counted()?)
            .map_err(|e| format!("has a text that is not UTF-8: {e}"))
    }

    /// A truth value.
    pub(in crate::decode) fn boolean(&mut self) -> Result<bool, String> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => Err(format!("has {other} for a truth value")),
        }
    }

    /// The number of items of the next block of a list or a map, 0 at its end.
    pub(in crate::decode) fn block(&mut self) -> Result<u64, String> {
        let mut count = self.long()?;
        if count < 0 {
            // Its bytes follow, for those who want to skip it.
            self.long()?;
            count = count.checked_neg().ok_or("has a block of too many items")?;
        }
        self.items += count.unsigned_abs();
        if self.items > MOST_ITEMS {
            return Err(format!("has lists of more than {MOST_ITEMS} items"));
        }
        Ok(count.unsigned_abs())
    }

    /// The branch of a union.
    #[inline]
    pub(in crate::decode) fn branch(&mut self, of: usize) -> Result<usize, String> {
        let branch = self.long()?;
        let index = usize::try_from(branch).ok().filter(|index| *index < of);
        index.ok_or_else(|| format!("has branch {branch} of a union of {of}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_those_of_the_specification() {
        for (bytes, number) in [
            (&[0x00][..], 0),
            (&[0x01], -1),
            (&[0x02], 1),
            (&[0x7F], -64),
            (&[0x80, 0x01], 64),
            (&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], i64::MIN),
            (&[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], i64::MAX),
        ] {
            assert_eq!(Cursor::new(bytes).long(), Ok(number), "{bytes:?}");
        }
        for bad in [&[][..], &[0x80], &[0xFF; 10], &[0xFF; 20], &[0x80; 9]] {
            assert!(Cursor::new(bad).long().is_err(), "{bad:?}");
        }
    }

    proptest! {
        /// Nothing is read beyond the end, and what fails panics not.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut cursor = Cursor::new(&bytes);
            let before = cursor.left();
            let _ = cursor.text();
            let _ = cursor.block();
            let _ = cursor.branch(3);
            prop_assert!(cursor.left() <= before);
        }
    }
}
