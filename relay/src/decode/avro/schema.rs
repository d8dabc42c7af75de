//! Avro schemas (Apache Avro 1.12, "Schema Declaration"): parsed, with their names resolved.

use std::collections::HashMap;

use arrow_schema::TimeUnit;
use serde_json::{Map, Value};

use crate::config::{Column, ColumnType};

/// Schemas in schemas are read so deep.
const DEEPEST: usize = 64;
/// Fields in fields become columns so deep.
const FLATTEST: usize = 8;

/// A schema and the named types that it and its parts refer to.
#[derive(Debug, Clone)]
pub struct Schema {
    types: Vec<Named>,
    pub(super) root: Node,
}

/// The schema of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Boolean,
    /// Also `int`: both are written as variable-length integers.
    Long(Meaning),
    Float,
    Double,
    Bytes(Meaning),
    String,
    Array(Box<Node>),
    Map(Box<Node>),
    Union(Vec<Node>),
    /// A named type, by its number.
    Named(usize),
}

/// What a logical type says a number or bytes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Plain,
    /// An `int` without more.
    Narrow,
    Date,
    /// Since 1970, and whether it is an instant rather than a local time.
    Time(TimeUnit, bool),
    /// Precision and scale.
    Decimal(u8, i8),
    Uuid,
}

/// A type with a name.
#[derive(Debug, Clone)]
pub(super) enum Named {
    /// It is being read.
    Open,
    Record(Vec<(String, Node)>),
    Enum(Vec<String>),
    Fixed(usize, Meaning),
}

impl Schema {
    /// Reads a schema. `before` are the texts of schemas whose names it may use.
    ///
    /// # Errors
    /// With what is wrong and where.
    pub fn parse(text: &str, before: &[String]) -> Result<Self, String> {
        let mut names = Names::default();
        for text in before {
            names.parse(text)?;
        }
        let root = names.parse(text)?;
        Ok(Self { types: names.types, root })
    }

    pub(super) fn named(&self, index: usize) -> &Named {
        &self.types[index]
    }

    /// The columns of its fields. Records in records become columns with dots in their names;
    /// lists, maps and unions of several types become JSON.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        match self.record(&self.root) {
            Some(_) => self.flatten("", &self.root, &mut Vec::new(), &mut columns),
            None => {
                columns.push(Column { name: "value".into(), kind: self.column_type(&self.root) });
            }
        }
        columns
    }

    /// The fields of a record, which may be one or null.
    fn record(&self, node: &Node) -> Option<(usize, &[(String, Node)])> {
        match self.one_or_null(node) {
            Node::Named(index) => match self.named(*index) {
                Named::Record(fields) => Some((*index, fields)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The type beside null of a union of two, or the node itself.
    fn one_or_null<'s>(&'s self, node: &'s Node) -> &'s Node {
        match node {
            Node::Union(branches) => match &branches[..] {
                [Node::Null, one] | [one, Node::Null] | [one] => one,
                _ => node,
            },
            _ => node,
        }
    }

    /// `open` are the records that this one is in: one in itself is not unfolded for ever.
    fn flatten(&self, prefix: &str, node: &Node, open: &mut Vec<usize>, to: &mut Vec<Column>) {
        let Some((index, fields)) = self.record(node) else { return };
        open.push(index);
        for (name, node) in fields {
            let name = format!("{prefix}{name}");
            match self.record(node) {
                Some((inner, _)) if open.len() < FLATTEST && !open.contains(&inner) => {
                    self.flatten(&format!("{name}."), node, open, to);
                }
                _ => to.push(Column { name, kind: self.column_type(node) }),
            }
        }
        open.pop();
    }

    fn column_type(&self, node: &Node) -> ColumnType {
        let of_meaning = |meaning: &Meaning, plain: ColumnType| match meaning {
            Meaning::Plain => plain,
            Meaning::Narrow => ColumnType::Int32,
            Meaning::Date => ColumnType::Date,
            Meaning::Time(unit, instant) => {
                ColumnType::Timestamp(*unit, instant.then(|| "UTC".into()))
            }
            Meaning::Decimal(precision, scale) => ColumnType::Decimal(*precision, *scale),
            Meaning::Uuid => ColumnType::String,
        };
        match self.one_or_null(node) {
            Node::Boolean => ColumnType::Boolean,
            Node::Long(meaning) => of_meaning(meaning, ColumnType::Int64),
            Node::Float => ColumnType::Float32,
            Node::Double => ColumnType::Float64,
            Node::Bytes(meaning) => of_meaning(meaning, ColumnType::String),
            Node::Null | Node::String => ColumnType::String,
            Node::Array(_) | Node::Map(_) | Node::Union(_) => ColumnType::Json,
            Node::Named(index) => match self.named(*index) {
                Named::Enum(_) => ColumnType::String,
                Named::Fixed(_, meaning) => of_meaning(meaning, ColumnType::String),
                Named::Record(_) | Named::Open => ColumnType::Json,
            },
        }
    }
}

/// The named types read so far.
#[derive(Default)]
struct Names {
    types: Vec<Named>,
    places: HashMap<String, usize>,
}

impl Names {
    fn parse(&mut self, text: &str) -> Result<Node, String> {
        // A primitive type may stand without its quotation marks.
        let json = serde_json::from_str(text).or_else(|error| match primitive(text.trim()) {
            Some(_) => Ok(Value::String(text.trim().into())),
            None => Err(format!("not JSON: {error}")),
        })?;
        self.node(&json, "", 0)
    }

    fn node(&mut self, json: &Value, space: &str, depth: usize) -> Result<Node, String> {
        if depth > DEEPEST {
            return Err(format!("is deeper than {DEEPEST} types in types"));
        }
        match json {
            Value::String(name) => match primitive(name) {
                Some(node) => Ok(node),
                None => self
                    .places
                    .get(&full_name(name, space))
                    .or_else(|| self.places.get(name))
                    .map(|place| Node::Named(*place))
                    .ok_or_else(|| format!("\"{name}\" is no type")),
            },
            Value::Array(branches) => {
                let branches: Vec<Node> = branches
                    .iter()
                    .map(|branch| self.node(branch, space, depth + 1))
                    .collect::<Result<_, _>>()?;
                if branches.iter().any(|branch| matches!(branch, Node::Union(_))) {
                    return Err("a union has a union in it".into());
                }
                if branches.is_empty() {
                    Err("a union is empty".into())
                } else {
                    Ok(Node::Union(branches))
                }
            }
            Value::Object(object) => self.object(object, space, depth),
            other => Err(format!("expected a type, found {other}")),
        }
    }

    fn object(
        &mut self,
        object: &Map<String, Value>,
        space: &str,
        depth: usize,
    ) -> Result<Node, String> {
        let inner =
            |field: &str| object.get(field).ok_or_else(|| format!("a type lacks its \"{field}\""));
        let kind = match inner("type")? {
            Value::String(kind) => kind.as_str(),
            nested => return self.node(nested, space, depth + 1),
        };
        match kind {
            "array" => Ok(Node::Array(Box::new(self.node(inner("items")?, space, depth + 1)?))),
            "map" => Ok(Node::Map(Box::new(self.node(inner("values")?, space, depth + 1)?))),
            "record" | "error" | "enum" | "fixed" => {
                let name = text(inner("name")?, "name")?;
                let own = object.get("namespace").and_then(Value::as_str).unwrap_or(space);
                let name = full_name(name, own);
                let space = name.rsplit_once('.').map_or("", |(space, _)| space).to_string();
                let place = self.types.len();
                self.types.push(Named::Open);
                // A schema and those it refers to may each bring the same type.
                self.places.insert(name.clone(), place);
                let named = self.named(kind, object, &space, depth);
                self.types[place] = named.map_err(|why| format!("\"{name}\": {why}"))?;
                Ok(Node::Named(place))
            }
            other => {
                let node = self.node(&Value::String(other.into()), space, depth)?;
                Ok(match node {
                    Node::Long(plain) => Node::Long(meaning(object, plain)),
                    Node::Bytes(plain) => Node::Bytes(meaning(object, plain)),
                    node => node,
                })
            }
        }
    }

    fn named(
        &mut self,
        kind: &str,
        object: &Map<String, Value>,
        space: &str,
        depth: usize,
    ) -> Result<Named, String> {
        let list = |field: &str| {
            let list = object.get(field).and_then(Value::as_array);
            list.ok_or_else(|| format!("lacks its list of \"{field}\""))
        };
        match kind {
            "enum" => {
                let symbols = list("symbols")?;
                let symbols = symbols.iter().map(|s| text(s, "symbol").map(String::from));
                Ok(Named::Enum(symbols.collect::<Result<_, _>>()?))
            }
            "fixed" => {
                let size = object.get("size").and_then(Value::as_u64);
                let size =
                    size.and_then(|n| usize::try_from(n).ok()).ok_or("lacks its \"size\"")?;
                Ok(Named::Fixed(size, meaning(object, Meaning::Plain)))
            }
            _ => {
                let mut fields = Vec::new();
                for field in list("fields")? {
                    let name = field.get("name").ok_or("a field lacks its name")?;
                    let name = text(name, "field's name")?;
                    let kind =
                        field.get("type").ok_or_else(|| format!("\"{name}\" lacks its type"))?;
                    let node = self
                        .node(kind, space, depth + 1)
                        .map_err(|why| format!("field \"{name}\": {why}"))?;
                    fields.push((name.to_string(), node));
                }
                Ok(Named::Record(fields))
            }
        }
    }
}

fn text<'v>(value: &'v Value, what: &str) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| format!("expected a {what} as a string, found {value}"))
}

fn primitive(name: &str) -> Option<Node> {
    Some(match name {
        "null" => Node::Null,
        "boolean" => Node::Boolean,
        "int" => Node::Long(Meaning::Narrow),
        "long" => Node::Long(Meaning::Plain),
        "float" => Node::Float,
        "double" => Node::Double,
        "bytes" => Node::Bytes(Meaning::Plain),
        "string" => Node::String,
        _ => return None,
    })
}

/// A name with its namespace ("Names"): one with dots has its own.
fn full_name(name: &str, space: &str) -> String {
    if name.contains('.') || space.is_empty() { name.into() } else { format!("{space}.{name}") }
}

/// What a logical type means; one that is unknown or malformed means nothing, as Avro says.
fn meaning(object: &Map<String, Value>, plain: Meaning) -> Meaning {
    match object.get("logicalType").and_then(Value::as_str) {
        Some("date") => Meaning::Date,
        Some("timestamp-millis") => Meaning::Time(TimeUnit::Millisecond, true),
        Some("timestamp-micros") => Meaning::Time(TimeUnit::Microsecond, true),
        Some("timestamp-nanos") => Meaning::Time(TimeUnit::Nanosecond, true),
        Some("local-timestamp-millis") => Meaning::Time(TimeUnit::Millisecond, false),
        Some("local-timestamp-micros") => Meaning::Time(TimeUnit::Microsecond, false),
        Some("local-timestamp-nanos") => Meaning::Time(TimeUnit::Nanosecond, false),
        Some("uuid") => Meaning::Uuid,
        Some("decimal") => {
            let number = |field: &str| object.get(field).and_then(Value::as_u64);
            let scale = number("scale").unwrap_or(0);
            match number("precision") {
                Some(precision) if (1..=38).contains(&precision) && scale <= precision => {
                    Meaning::Decimal(precision as u8, scale as i8)
                }
                _ => plain,
            }
        }
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(text: &str) -> Vec<(String, String)> {
        let schema = Schema::parse(text, &[]).unwrap_or_else(|e| panic!("{e}"));
        schema.columns().into_iter().map(|c| (c.name, c.kind.to_string())).collect()
    }

    #[test]
    fn fields_become_columns() {
        let text = r#"{"type":"record","name":"Sale","namespace":"shop","fields":[
            {"name":"id","type":"long"}, {"name":"qty","type":["null","int"],"default":null},
            {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
            {"name":"local","type":{"type":"long","logicalType":"local-timestamp-millis"}},
            {"name":"day","type":{"type":"int","logicalType":"date"}},
            {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]}},
            {"name":"other","type":["null","Kind"]},
            {"name":"to","type":{"type":"record","name":"Place","fields":[
                {"name":"city","type":"string"}, {"name":"near","type":["null","Place"]}]}},
            {"name":"tags","type":{"type":"array","items":"string"}},
            {"name":"more","type":{"type":"map","values":"double"}},
            {"name":"any","type":["string","double"]},
            {"name":"hash","type":{"type":"fixed","name":"H","size":2}}]}"#;
        let found = columns(text);
        let expected = [
            ("id", "int64"),
            ("qty", "int32"),
            ("price", "decimal(10, 2)"),
            ("at", "timestamp(us, UTC)"),
            ("local", "timestamp(ms)"),
            ("day", "date"),
            ("kind", "string"),
            ("other", "string"),
            ("to.city", "string"),
        ];
        for (name, kind) in expected {
            assert!(found.contains(&(name.into(), kind.into())), "{name}: {found:?}");
        }
        assert!(
            found.contains(&("to.near".into(), "json".into())),
            "a record in itself: {found:?}"
        );
        let tail: Vec<_> = found.iter().rev().take(4).map(|(_, kind)| kind.as_str()).collect();
        assert_eq!(tail, ["string", "json", "json", "json"]);
        assert_eq!(columns("\"long\""), [("value".into(), "int64".into())]);
        assert_eq!(columns("string"), [("value".into(), "string".into())]);
    }

    #[test]
    fn wrong_schemas_say_where() {
        let deep = "{\"type\":\"array\",\"items\":".repeat(100) + "\"int\"" + &"}".repeat(100);
        for (text, expected) in [
            ("{", "not JSON"),
            ("7", "expected a type"),
            ("\"strnig\"", "\"strnig\" is no type"),
            ("[]", "union is empty"),
            ("[[\"null\"]]", "union in it"),
            ("{\"type\":\"array\"}", "lacks its \"items\""),
            ("{\"type\":\"fixed\",\"name\":\"F\"}", "\"F\": lacks its \"size\""),
            (
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"X"}]}"#,
                "\"R\": field \"a\": \"X\" is no type",
            ),
            (&deep, "deeper than"),
        ] {
            let error = Schema::parse(text, &[]).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn names_of_other_schemas_may_be_used() {
        let before =
            r#"{"type":"record","name":"shop.Place","fields":[{"name":"c","type":"int"}]}"#;
        let text = r#"{"type":"record","name":"shop.Sale","fields":[{"name":"p","type":"Place"}]}"#;
        let schema = Schema::parse(text, &[before.to_string()]).unwrap();
        assert_eq!(schema.columns()[0].name, "p.c");
        assert!(Schema::parse(text, &[]).is_err());
    }
}
