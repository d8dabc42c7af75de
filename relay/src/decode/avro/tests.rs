//! Records written by the rules of the specification, read by a configuration's text.

use proptest::prelude::*;

use super::*;
use crate::config::FeedConfig;
use crate::decode::Decoder;
use crate::decode::tests::{decoder, feed, rows};

const SALE: &str = r#"{"type":"record","name":"Sale","fields":[
    {"name":"id","type":"long"},
    {"name":"store","type":["null","string"]},
    {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"to","type":["null",{"type":"record","name":"Place","fields":[
        {"name":"city","type":"string"},{"name":"day","type":{"type":"int","logicalType":"date"}}]}]},
    {"name":"tags","type":{"type":"array","items":"string"}},
    {"name":"more","type":{"type":"map","values":["null","double"]}},
    {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]}},
    {"name":"hash","type":{"type":"fixed","name":"Hash","size":2}}]}"#;

/// Bytes as the specification encodes values.
#[derive(Default, Clone)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn long(mut self, n: i64) -> Self {
        let mut zigzag = ((n << 1) ^ (n >> 63)) as u64;
        while zigzag >= 0x80 {
            self.0.push(zigzag as u8 | 0x80);
            zigzag >>= 7;
        }
        self.0.push(zigzag as u8);
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        self.long(bytes.len() as i64).raw(bytes)
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

fn sale() -> Bytes {
    let start = Bytes::default().long(7).long(1).text("Köln").bytes(&(-12_345i32).to_be_bytes());
    let place = start.long(1_700_000_000_123).long(1).text("Bonn").long(-1);
    // A list in two blocks, the first with its size; a map in one.
    let tags = place.long(-2).long(4).text("a").text("b").long(1).text("c").long(0);
    let more = tags.long(2).text("x").long(1).raw(&1.5f64.to_le_bytes()).text("y").long(0).long(0);
    more.long(1).raw(&[0xab, 0xcd])
}

/// A feed of records of the schema, with these columns.
fn feed_of(schema: &str, lines: &str) -> FeedConfig {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("schema.avsc");
    std::fs::write(&file, schema).expect("it is written");
    let lines = lines.replace("FILE", &format!("schema_file = \"{}\"", file.display()));
    feed(&format!("{lines}\n"))
}

fn read(schema: &str, lines: &str, value: &[u8]) -> Result<Vec<String>, String> {
    let (mut decoder, columns) = decoder(&feed_of(schema, lines));
    decoder.push_value(value)?;
    Ok(rows(&mut decoder, &columns))
}

#[test]
fn the_schema_gives_the_columns() {
    let row = read(SALE, "format = { type = \"avro\", FILE }", &sale().0).unwrap();
    let tags = r#"["a","b","c"],{"x":1.5,"y":null}"#;
    assert_eq!(row, [format!("7,Köln,-12345,1700000000123,Bonn,1969-12-31,{tags},B,q80=")]);
}

#[test]
fn columns_take_what_they_want() {
    let lines = "format = { type = \"avro\", FILE }\n[feed.schema]\nid = { type = \"timestamp(ms)\", epoch = \"s\" }\n\
                 where = { type = \"string\", path = \"to.city\" }\nx = { type = \"float64\", path = \"more.x\" }\n\
                 new = { type = \"int64\", default = 5 }\nto = \"json\"\n\"to.day\" = \"string\"\nstore = \"string\"\nprice = \"float64\"";
    let expected = r#"7000,Bonn,1.5,5,{"city":"Bonn","day":"1969-12-31"},1969-12-31,Köln,-123.45"#;
    assert_eq!(read(SALE, lines, &sale().0).unwrap(), [expected]);
    let refused = |column: &str| {
        let lines = format!("format = {{ type = \"avro\", FILE }}\n[feed.schema]\n{column}");
        read(SALE, &lines, &sale().0).unwrap_err()
    };
    assert!(refused("tags = \"string\"").contains("found a list or an object"));
    assert!(refused("at = \"int32\"").contains("expected a number that fits int32"));
    assert!(refused("\"id.x\" = \"int32\"").contains("no record in its schema"));
    assert!(refused("price = \"decimal(4, 2)\"").contains("found -123.45"));
}

#[test]
fn lists_become_rows() {
    let lines = "format = { type = \"avro\", FILE, explode = \"tags\" }\n[feed.schema]\nkind = \"string\"\ntags = \"string\"";
    assert_eq!(read(SALE, lines, &sale().0).unwrap(), ["B,a", "B,b", "B,c"]);
    let lines =
        "format = { type = \"avro\", FILE, explode = \"id\" }\n[feed.schema]\nkind = \"string\"";
    assert!(read(SALE, lines, &sale().0).unwrap_err().contains("no list in its schema"));
}

#[test]
fn values_may_be_no_records() {
    let lines = "format = { type = \"avro\", FILE }";
    assert_eq!(read("\"long\"", lines, &Bytes::default().long(-3).0).unwrap(), ["-3"]);
    let union = Bytes::default().long(1).text("x");
    assert_eq!(read("[\"null\", \"string\"]", lines, &union.0).unwrap(), ["x"]);
}

#[test]
fn what_is_not_of_the_schema_is_refused() {
    let lines = "format = { type = \"avro\", FILE }\n[feed.schema]\nid = \"int64\"";
    let good = sale().0;
    for end in 0..good.len() {
        let why = read(SALE, lines, &good[..end]).unwrap_err();
        assert!(why.starts_with("not Avro of its schema: it "), "{end}: {why}");
    }
    let why = read(SALE, lines, &sale().raw(b"x").0).unwrap_err();
    assert!(why.contains("1 bytes are left"), "{why}");
    // A list of so many nulls would keep the feed busy for years.
    let nulls = r#"{"type":"record","name":"R","fields":[{"name":"id","type":{"type":"array","items":"null"}}]}"#;
    let why = read(nulls, lines, &Bytes::default().long(1 << 60).0).unwrap_err();
    assert!(why.contains("list or an object") || why.contains("items"), "{why}");
    let lines = lines.replace("int64", "json");
    let why = read(nulls, &lines, &Bytes::default().long(1 << 60).0).unwrap_err();
    assert!(why.contains("more than 16777216 items"), "{why}");
}

#[test]
fn frames_have_ids() {
    assert_eq!(framed(&[0, 0, 0, 1, 2, 9]), Ok((258, &[9][..])));
    for bad in [&[][..], &[0, 0, 0, 1], &[1, 0, 0, 0, 1, 5], b"{\"id\":1}"] {
        assert!(framed(bad).is_err(), "{bad:?}");
    }
}

proptest! {
    /// Damaged records are read or refused, and leave nothing behind.
    #[test]
    fn damage_is_refused_or_read(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        explode in any::<bool>(),
    ) {
        let explode = if explode { ", explode = \"tags\"" } else { "" };
        let lines = format!("format = {{ type = \"avro\", FILE{explode} }}\n[feed.schema]\n\
            id = \"int64\"\ntags = \"json\"\nto = \"json\"\n\"to.city\" = \"string\"\nmore = \"json\"\nprice = \"decimal(10, 2)\"");
        let (mut decoder, columns): (Decoder, _) = decoder(&feed_of(SALE, &lines));
        let mut bytes = sale().0;
        for (at, byte) in &cuts {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let count = decoder.push_value(&bytes).unwrap_or(0);
        prop_assert_eq!(rows(&mut decoder, &columns).len(), count);
    }

    /// A record is the same rows, whether it comes as Avro or as JSON.
    #[test]
    fn avro_says_what_json_says(
        id in prop::option::of(any::<i64>()),
        text in ".{0,8}",
        // Few digits: the nearest float is then found by any parser.
        price in (-1_000_000i32..1_000_000).prop_map(|n| f64::from(n) / 64.0),
        items in prop::collection::vec((prop::option::of(any::<i32>()), any::<bool>()), 0..5),
        blocks in any::<bool>(),
    ) {
        const SCHEMA: &str = r#"{"type":"record","name":"R","fields":[
            {"name":"id","type":["null","long"]},{"name":"skipped","type":{"type":"map","values":"string"}},
            {"name":"text","type":"string"},{"name":"price","type":"double"},
            {"name":"items","type":{"type":"array","items":{"type":"record","name":"I","fields":[
                {"name":"n","type":["int","null"]},{"name":"ok","type":"boolean"}]}}}]}"#;
        const COLUMNS: &str = "[feed.schema]\nprice = \"float64\"\n\"items.n\" = \"int64\"\nid = \"int64\"\n\
            \"items.ok\" = \"bool\"\ntext = \"string\"";
        let mut avro = match id {
            Some(id) => Bytes::default().long(1).long(id),
            None => Bytes::default().long(0),
        };
        avro = avro.long(1).text("k").text("v").long(0).text(&text).raw(&price.to_le_bytes());
        let item = |bytes: Bytes, (n, ok): &(Option<i32>, bool)| match n {
            Some(n) => bytes.long(0).long(i64::from(*n)).raw(&[u8::from(*ok)]),
            None => bytes.long(1).raw(&[u8::from(*ok)]),
        };
        // Blocks of one item with their sizes, or one of all.
        if blocks {
            for one in &items {
                let body = item(Bytes::default(), one).0;
                avro = avro.long(-1).bytes(&body);
            }
        } else if !items.is_empty() {
            avro = items.iter().fold(avro.long(items.len() as i64), item);
        }
        avro = avro.long(0);
        let list: Vec<_> =
            items.iter().map(|(n, ok)| serde_json::json!({"ok": ok, "n": n})).collect();
        let json = serde_json::json!({"items": list, "text": text, "id": id, "price": price});
        let as_avro =
            read(SCHEMA, &format!("format = {{ type = \"avro\", FILE, explode = \"items\" }}\n{COLUMNS}"), &avro.0);
        let lines = format!("format = {{ type = \"json\", explode = \"items\" }}\n{COLUMNS}");
        let as_json = read(SCHEMA, &lines, json.to_string().as_bytes());
        prop_assert_eq!(as_avro.as_ref().map(Vec::len), Ok(items.len()));
        prop_assert_eq!(as_avro, as_json);
    }
}
