//! Messages of a file of types that is made here, read by a configuration's text.

use proptest::prelude::*;
use prost_reflect::DescriptorPool;
use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type as Kind};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorSet, MessageOptions,
};

use super::*;
use crate::config::FeedConfig;
use crate::decode::registry::{self, Registered};
use crate::decode::tests::{decoder, feed, rows};

fn field(name: &str, number: i32, kind: Kind, of: Option<&str>) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        r#type: Some(kind.into()),
        type_name: of.map(String::from),
        label: Some(Label::Optional.into()),
        ..Default::default()
    }
}

fn repeated(field: FieldDescriptorProto) -> FieldDescriptorProto {
    FieldDescriptorProto { label: Some(Label::Repeated.into()), ..field }
}

fn message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
    DescriptorProto { name: Some(name.into()), field, ..Default::default() }
}

/// `shop.Other` and `shop.Sale`, with a message and an entry of a map in it.
fn file() -> FileDescriptorProto {
    let item = message(
        "Item",
        vec![field("sku", 1, Kind::String, None), field("qty", 2, Kind::Uint32, None)],
    );
    let mut entry = message(
        "MoreEntry",
        vec![field("key", 1, Kind::String, None), field("value", 2, Kind::Double, None)],
    );
    entry.options = Some(MessageOptions { map_entry: Some(true), ..Default::default() });
    let value = |name: &str, number| EnumValueDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        ..Default::default()
    };
    let kind = EnumDescriptorProto {
        name: Some("Kind".into()),
        value: vec![value("NONE", 0), value("CASH", 1)],
        ..Default::default()
    };
    let mut sale = message(
        "Sale",
        vec![
            field("id", 1, Kind::Int64, None),
            field("at", 2, Kind::Message, Some(".google.protobuf.Timestamp")),
            field("first", 3, Kind::Message, Some(".shop.Sale.Item")),
            repeated(field("items", 4, Kind::Message, Some(".shop.Sale.Item"))),
            repeated(field("more", 5, Kind::Message, Some(".shop.Sale.MoreEntry"))),
            field("kind", 6, Kind::Enum, Some(".shop.Kind")),
            field("note", 7, Kind::Message, Some(".google.protobuf.StringValue")),
            field("hash", 8, Kind::Bytes, None),
            field("before", 9, Kind::Message, Some(".shop.Sale")),
        ],
    );
    sale.nested_type = vec![item, entry];
    FileDescriptorProto {
        name: Some("shop.proto".into()),
        package: Some("shop".into()),
        dependency: ["timestamp", "wrappers"].map(|f| format!("google/protobuf/{f}.proto")).into(),
        message_type: vec![message("Other", vec![field("id", 1, Kind::Int32, None)]), sale],
        enum_type: vec![kind],
        syntax: Some("proto3".into()),
        ..Default::default()
    }
}

/// The set as `protoc --include_imports --descriptor_set_out` writes it.
fn set() -> Vec<u8> {
    let global = DescriptorPool::global();
    let mut files: Vec<_> = global.file_descriptor_protos().cloned().collect();
    files.push(file());
    FileDescriptorSet { file: files }.encode_to_vec()
}

fn encoded(name: &str, json: &str) -> Vec<u8> {
    let mut json = serde_json::Deserializer::from_str(json);
    let kind = find(&set(), name).expect("a message");
    DynamicMessage::deserialize(kind, &mut json).expect("it fits").encode_to_vec()
}

/// A feed of these messages, with these columns.
fn feed_of(lines: &str) -> FeedConfig {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("shop.desc");
    std::fs::write(&path, set()).expect("it is written");
    let file = format!(
        "type = \"protobuf\", descriptor_file = \"{}\", message = \"shop.Sale\"",
        path.display()
    );
    feed(&format!("{}\n", lines.replace("FILE", &file)))
}

fn read(lines: &str, bytes: &[u8]) -> Result<Vec<String>, String> {
    let (mut decoder, columns) = decoder(&feed_of(lines));
    decoder.push_value(bytes)?;
    Ok(rows(&mut decoder, &columns))
}

const SALE: &str = r#"{"id":"-7","at":"2024-01-31T10:00:00.5Z","first":{"sku":"a","qty":3},
    "items":[{"sku":"x","qty":1},{"sku":"y"}],"more":{"k":1.5},"kind":"CASH","note":"n","hash":"AP8="}"#;

#[test]
fn the_descriptor_gives_the_columns() {
    let found = columns(&find(&set(), "shop.Sale").unwrap());
    let found: Vec<_> = found.iter().map(|c| format!("{} {}", c.name, c.kind)).collect();
    let expected = [
        "id int64",
        "at timestamp(us, UTC)",
        "first.sku string",
        "first.qty uint32",
        "items json",
        "more json",
        "kind string",
        "note string",
        "hash string",
        "before json",
    ];
    assert_eq!(found, expected);
    let why = find(&set(), "shop.Sail").unwrap_err();
    assert!(why.contains("has no message \"shop.Sail\", only shop.Other, shop.Sale"), "{why}");
    assert!(find(b"garbage", "shop.Sale").is_err());
}

#[test]
fn columns_take_what_they_want() {
    let lines = "format = { FILE }\n[feed.schema]\nid = \"int64\"\nat = \"timestamp(ms)\"\n\"first.sku\" = \"string\"\n\
                 first = \"json\"\nq = { type = \"int8\", path = \"first.qty\", default = 9 }\nitems = \"json\"\n\
                 k = { type = \"float64\", path = \"more.k\" }\nkind = \"string\"\nnote = \"string\"\nhash = \"string\"";
    let expected = r#"-7,1706695200500,a,{"qty":3,"sku":"a"},3,[{"qty":1,"sku":"x"},{"sku":"y"}],1.5,CASH,n,AP8="#;
    let found = read(lines, &encoded("shop.Sale", SALE)).unwrap();
    assert_eq!(
        found[0]
            .replace(r#"{"sku":"a","qty":3}"#, r#"{"qty":3,"sku":"a"}"#)
            .replace(r#"{"sku":"x","qty":1}"#, r#"{"qty":1,"sku":"x"}"#),
        expected
    );
    // What has no presence has its default, what has one is missing.
    assert_eq!(read(lines, &[]).unwrap(), ["0,-,-,-,9,[],-,NONE,-,"]);
    let why = read(lines, b"\xff\xff").unwrap_err();
    assert!(why.starts_with("not a message shop.Sale: "), "{why}");
    let wrong = "format = { FILE }\n[feed.schema]\n\"id.x\" = \"int64\"";
    assert!(read(wrong, &[]).unwrap_err().contains("field \"id\" is no message"));
}

#[test]
fn lists_become_rows() {
    let lines = "format = { FILE, explode = \"items\" }\n[feed.schema]\nid = \"int64\"\n\"items.sku\" = \"string\"\n\"items.qty\" = \"int32\"";
    assert_eq!(read(lines, &encoded("shop.Sale", SALE)).unwrap(), ["-7,x,1", "-7,y,0"]);
    assert!(read(lines, &[]).unwrap().is_empty());
}

#[test]
fn frames_say_which_message_follows() {
    let lines = "format = { FILE, framing = \"registry\" }\n[feed.schema]\nid = \"int64\"\nsku = \"string\"";
    let framed = |indexes: &[u8], body: Vec<u8>| {
        let mut bytes = vec![0, 0, 0, 0, 5];
        bytes.extend_from_slice(indexes);
        bytes.extend(body);
        read(lines, &bytes)
    };
    let sale = || encoded("shop.Sale", SALE);
    // Numbers are zigzag: 2 is 1.
    assert_eq!(framed(&[2, 2], sale()).unwrap(), ["-7,-"]);
    assert_eq!(framed(&[4, 2, 0], encoded("shop.Sale.Item", r#"{"sku":"s"}"#)).unwrap(), ["-,s"]);
    for first in [&[0][..], &[2, 0]] {
        assert_eq!(framed(first, encoded("shop.Other", r#"{"id":3}"#)).unwrap(), ["3,-"]);
    }
    for bad in [&[2, 8][..], &[1], &[2, 1], &[0xff; 12], &[254, 1], &[]] {
        assert!(framed(bad, Vec::new()).is_err(), "{bad:?}");
    }
}

#[test]
fn registered_files_may_import_others() {
    let mut place = FileDescriptorProto {
        name: Some("default".into()),
        package: Some("shop".into()),
        message_type: vec![message("Place", vec![field("city", 1, Kind::String, None)])],
        syntax: Some("proto3".into()),
        ..Default::default()
    };
    let mut file = file();
    file.dependency.push("place.proto".into());
    file.message_type[0].field.push(field("place", 2, Kind::Message, Some(".shop.Place")));
    let text = |file: &FileDescriptorProto| BASE64.encode(file.encode_to_vec());
    let schema = |text: String, named| Registered { kind: registry::Kind::Protobuf, text, named };
    let named = vec![("place.proto".to_string(), text(&place))];
    let found = registered_columns(&schema(text(&file), named)).unwrap();
    let names: Vec<_> = found.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "place.city"]);
    assert!(registered_columns(&schema(text(&file), Vec::new())).is_err());
    assert!(registered_columns(&schema("syntax = \"proto3\";".into(), Vec::new())).is_err());
    place.message_type.clear();
    assert!(registered_columns(&schema(text(&place), Vec::new())).is_err());
}

proptest! {
    /// Damaged messages are read or refused, and leave nothing behind.
    #[test]
    fn damage_is_refused_or_read(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let lines = "format = { FILE, explode = \"items\" }\n[feed.schema]\nid = \"int64\"\n\"items.sku\" = \"string\"\nmore = \"json\"\nat = \"string\"";
        let (mut decoder, columns) = decoder(&feed_of(lines));
        let mut bytes = encoded("shop.Sale", SALE);
        for (at, byte) in &cuts {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let count = decoder.push_value(&bytes).unwrap_or(0);
        prop_assert_eq!(rows(&mut decoder, &columns).len(), count);
    }
}
