//! Which format records seem to have.

use std::collections::BTreeSet;

/// What the bytes of values, or of keys, seem to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// There are none.
    Nothing,
    /// JSON objects.
    Json,
    /// A schema's id and what is written by it, as serializers for Confluent's registry do. The ids.
    Registered(BTreeSet<u32>),
    /// Streams of Arrow IPC.
    Arrow,
    /// Lines of so many fields with this between them.
    Csv {
        /// What is between fields.
        delimiter: u8,
        /// How many there are.
        fields: usize,
    },
    /// Text.
    Text,
    /// Something else.
    Bytes,
}

impl Guess {
    /// Looks at values. What three quarters of them are, all seem to be: some may be bad.
    pub fn of(values: &[&[u8]]) -> Self {
        let most = |is: fn(&[u8]) -> bool| {
            4 * values.iter().filter(|value| is(value)).count() >= 3 * values.len()
        };
        if values.is_empty() {
            return Self::Nothing;
        }
        if most(|value| serde_json::from_slice::<serde_json::Map<_, _>>(value).is_ok()) {
            return Self::Json;
        }
        // In a stream the marker of a continuation comes first; a file begins with its name.
        if most(|value| value.starts_with(&[0xff; 4]) || value.starts_with(b"ARROW1")) {
            return Self::Arrow;
        }
        // A zero, then the id, big-endian: real registries give out small numbers.
        if most(|value| id_of(value).is_some_and(|id| id < 1 << 24)) {
            return Self::Registered(values.iter().filter_map(|value| id_of(value)).collect());
        }
        let texts: Vec<&str> =
            values.iter().filter_map(|value| std::str::from_utf8(value).ok()).collect();
        if 4 * texts.len() < 3 * values.len() || most(|value| value.contains(&0)) {
            return Self::Bytes;
        }
        csv(&texts).unwrap_or(Self::Text)
    }

    /// For a person.
    pub fn describe(&self) -> String {
        match self {
            Self::Nothing => "none".into(),
            Self::Json => "JSON objects".into(),
            Self::Registered(ids) => {
                let ids: Vec<String> = ids.iter().take(5).map(u32::to_string).collect();
                format!("of a schema registry, by the ids {}", ids.join(", "))
            }
            Self::Arrow => "Arrow IPC".into(),
            Self::Csv { fields, .. } => format!("lines of {fields} fields"),
            Self::Text => "text".into(),
            Self::Bytes => "bytes of an unknown kind".into(),
        }
    }
}

fn id_of(value: &[u8]) -> Option<u32> {
    match value {
        [0, a, b, c, d, _, ..] => Some(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => None,
    }
}

/// Texts that all have as many fields by one delimiter, more than one.
fn csv(texts: &[&str]) -> Option<Guess> {
    b",;\t|".iter().find_map(|&delimiter| {
        let fields = |text: &&str| 1 + text.bytes().filter(|byte| *byte == delimiter).count();
        let first = texts.first().map(fields).filter(|fields| *fields > 1)?;
        let equal = texts.iter().filter(|text| fields(text) == first).count();
        (4 * equal >= 3 * texts.len()).then_some(Guess::Csv { delimiter, fields: first })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(values: &[&[u8]]) -> Guess {
        Guess::of(values)
    }

    #[test]
    fn formats_are_known_by_what_most_records_are() {
        assert_eq!(guess(&[]), Guess::Nothing);
        assert_eq!(guess(&[b"{\"a\":1}", b"{}", b"{\"b\":[1]}", b"oops"]), Guess::Json);
        assert_eq!(guess(&[b"{\"a\":1}", b"{}", b"oops", b"oops"]), Guess::Text);
        assert_eq!(guess(&[b"[1]", b"1", b"\"x\""]), Guess::Text);
        assert_eq!(
            guess(&[b"\0\0\0\0\x07abc", b"\0\0\0\0\x09x", b"\0\0\0\0\x07abc", b"junk"]),
            Guess::Registered([7, 9].into())
        );
        assert_eq!(guess(&[b"\xff\xff\xff\xff\x10\0\0\0"]), Guess::Arrow);
        assert_eq!(
            guess(&[b"a;1,5;x", b"b;2;y", b"c;3,0;z"]),
            Guess::Csv { delimiter: b';', fields: 3 }
        );
        assert_eq!(guess(&[b"hello", b"a, b", b"so, what, then"]), Guess::Text);
        assert_eq!(guess(&[b"\0\0\0\0\0\0\0\x01\x02"]), Guess::Registered([0].into()));
        assert_eq!(guess(&[b"\0\x7f\0\0\0\0\0\x01"]), Guess::Bytes);
        assert_eq!(guess(&[b"\xfe\xff", b"\x80"]), Guess::Bytes);
    }
}
