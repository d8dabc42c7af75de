//! Making inputs out of others by what they are made of, where bytes alone seldom get through.

use serde_json::Value;

/// Random choices that follow from libFuzzer's seed.
pub struct Random(u64);

impl Random {
    /// The choices of a seed.
    pub fn new(seed: u32) -> Self {
        Random(u64::from(seed) ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// Any number (splitmix64).
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One of `items`.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Writes a text as the new input, where it fits.
pub fn put(text: &str, data: &mut [u8], max_size: usize) -> Option<usize> {
    let most = max_size.min(data.len());
    (text.len() <= most).then(|| {
        data[..text.len()].copy_from_slice(text.as_bytes());
        text.len()
    })
}

/// Half the time a number of 2, 4 or 8 bytes, aligned as those of Arrow's headers and buffers
/// are, becomes one that breaks bounds, or one near it.
pub fn words(data: &mut [u8], size: usize, _: usize, random: &mut Random) -> Option<usize> {
    let width = [2, 4, 4, 8, 8][random.below(5)];
    if size < width || random.below(2) == 0 {
        return None;
    }
    let at = random.below(size / width) * width;
    let place = &mut data[at..at + width];
    let mut bytes = [0; 8];
    bytes[..width].copy_from_slice(place);
    let old = u64::from_le_bytes(bytes);
    let new = match random.below(10) {
        0 => 0,
        1 => u64::MAX,
        2 => u64::MAX >> 1,
        3 => 1 << 31,
        4 => size as u64,
        5 => old.wrapping_add(1),
        6 => old.wrapping_sub(1),
        7 => old.wrapping_mul(2),
        8 => old ^ (1 << random.below(width * 8)),
        _ => random.below(256) as u64,
    };
    place.copy_from_slice(&new.to_le_bytes()[..width]);
    Some(size)
}

/// What values of texts may be, as JSON.
const VALUES: [&str; 40] = [
    "0",
    "-0",
    "1",
    "-1",
    "1.5",
    "-0.0",
    "1e308",
    "1e309",
    "5e-324",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "0.1234567890123456789",
    "1e-400",
    "2.50e1",
    "\"\"",
    "\"a\"",
    "\"007\"",
    "\"+1\"",
    "\"NaN\"",
    "\"Infinity\"",
    "\"-Infinity\"",
    "\"true\"",
    "\"2024-02-29\"",
    "\"2024-02-29T23:59:60Z\"",
    "\"0000-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59.999999999+23:59\"",
    "\"2024-02-29 01:02:03.4567\"",
    "\"日本\"",
    "\"\\u0000\"",
    "true",
    "false",
    "null",
    "[]",
    "[1, \"x\", null]",
    "{}",
    "{\"a\": {\"b\": [1]}}",
];

/// JSON as a tree: a value becomes another, comes twice or goes.
pub fn json(data: &mut [u8], size: usize, max_size: usize, random: &mut Random) -> Option<usize> {
    if random.below(2) == 0 {
        return None;
    }
    let mut root: Value = serde_json::from_slice(&data[..size]).ok()?;
    value(&mut root, random, &mut |random| {
        serde_json::from_str(random.pick::<&str>(&VALUES)).unwrap_or(Value::Null)
    });
    put(&root.to_string(), data, max_size)
}

/// Lines: a line comes twice or goes, or one of its fields becomes another value.
pub fn lines(data: &mut [u8], size: usize, max_size: usize, random: &mut Random) -> Option<usize> {
    if random.below(2) == 0 {
        return None;
    }
    let text = std::str::from_utf8(&data[..size]).ok()?.to_owned();
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let at = random.below(lines.len());
    match random.below(4) {
        0 => lines.insert(at, lines[random.below(lines.len())].clone()),
        1 => drop(lines.remove(at)),
        _ => {
            let mut fields: Vec<String> = lines[at].split(',').map(str::to_owned).collect();
            let field = random.below(fields.len());
            let new: &str = random.pick::<&str>(&VALUES);
            fields[field] = match fields[field].split_once(':') {
                Some((key, _)) => format!("{key}:{new}"),
                None if random.below(2) == 0 => new.trim_matches('"').to_owned(),
                None => new.to_owned(),
            };
            lines[at] = fields.join(",");
        }
    }
    put(&lines.join("\n"), data, max_size)
}

/// Changes a value somewhere in a tree: by one that `any` gives, by coming twice, or by going.
pub fn value(root: &mut Value, random: &mut Random, any: &mut dyn FnMut(&mut Random) -> Value) {
    match root {
        Value::Array(items) if !items.is_empty() && random.below(8) != 0 => {
            let at = random.below(items.len());
            match random.below(8) {
                0 => drop(items.remove(at)),
                1 => items.insert(at, items[at].clone()),
                2 => items.insert(at, any(random)),
                _ => value(&mut items[at], random, any),
            }
        }
        Value::Object(fields) if !fields.is_empty() && random.below(8) != 0 => {
            let at = random.below(fields.len());
            let key = fields.keys().nth(at).cloned().unwrap_or_default();
            match random.below(8) {
                0 => drop(fields.shift_remove(&key)),
                1 => {
                    if let Value::Object(more) = any(random) {
                        fields.extend(more);
                    }
                }
                2 => {
                    if let (Value::String(name), Some(moved)) =
                        (any(random), fields.get(&key).cloned())
                    {
                        fields.insert(name, moved);
                    }
                }
                _ => {
                    if let Some(inner) = fields.get_mut(&key) {
                        value(inner, random, any);
                    }
                }
            }
        }
        _ => *root = any(random),
    }
}

/// The words of an expression: names and texts in quotes whole, names, numbers, and signs.
pub fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut joins = false;
    for c in text.chars() {
        let is_word = c.is_alphanumeric() || c == '_' || c == '.';
        let goes_on = quote.is_some() || joins && is_word;
        match words.last_mut() {
            Some(last) if goes_on => last.push(c),
            _ if c.is_whitespace() => {}
            _ => words.push(c.into()),
        }
        match quote {
            Some(mark) if mark == c => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
        joins = quote.is_some() || is_word;
    }
    words
}
