//! Positions: where in a source a frame's rows are from, and resume tokens.
//!
//! A frame's position is a half-open range of offsets for each partition; a token is one offset
//! for each, the next to read. Both are JSON on the wire.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

/// The next offset to read of each partition.
pub type Offsets = BTreeMap<i32, i64>;

/// The offsets of each partition that a frame was made from.
pub type Ranges = BTreeMap<i32, Range<i64>>;

/// What a feed's positions have in common: the topic and the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The topic.
    pub topic: String,
    /// The cluster's id, where it has one.
    pub cluster: Option<String>,
}

impl Origin {
    /// A frame's position for its metadata.
    pub fn position(&self, ranges: &Ranges) -> Value {
        let partitions: serde_json::Map<String, Value> =
            ranges.iter().map(|(p, r)| (p.to_string(), json!([r.start, r.end]))).collect();
        json!({"type": "kafka", "cluster": self.cluster, "topics": {&self.topic: partitions}})
    }

    /// A token for the offsets.
    pub fn token(&self, offsets: &Offsets) -> Value {
        json!({"type": "kafka", "cluster": self.cluster, "topics": {&self.topic: offsets}})
    }
}

/// A resume token as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The kind of source.
    #[serde(rename = "type")]
    pub kind: String,
    /// The cluster's id.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The next offset to read, by topic and partition.
    #[serde(deserialize_with = "topics")]
    pub topics: BTreeMap<String, Offsets>,
}

/// Reads partitions from the text they are as names: inside a tagged message serde does not.
fn topics<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Offsets>, D::Error> {
    let topics = BTreeMap::<String, BTreeMap<String, i64>>::deserialize(from)?;
    topics
        .into_iter()
        .map(|(topic, partitions)| {
            let offsets: Result<Offsets, D::Error> = partitions
                .into_iter()
                .map(|(partition, offset)| match partition.parse() {
                    Ok(partition) if offset >= 0 => Ok((partition, offset)),
                    _ => Err(D::Error::custom(format_args!(
                        "\"{partition}\": {offset} is no partition and offset"
                    ))),
                })
                .collect();
            Ok((topic, offsets?))
        })
        .collect()
}

impl Token {
    /// The offsets, where the token is for this origin.
    ///
    /// # Errors
    /// What it is for instead.
    pub fn offsets(&self, origin: &Origin) -> Result<&Offsets, String> {
        if self.kind != "kafka" {
            return Err(format!("the token is of a source of type \"{}\"", self.kind));
        }
        if self.cluster != origin.cluster {
            return Err("the token is of another cluster".into());
        }
        self.topics
            .get(&origin.topic)
            .ok_or_else(|| format!("the token is not of topic \"{}\"", origin.topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_back() {
        let origin = Origin { topic: "t".into(), cluster: Some("c".into()) };
        let offsets = Offsets::from([(0, 5), (11, 7)]);
        let token: Token = serde_json::from_value(origin.token(&offsets)).unwrap();
        assert_eq!(token.offsets(&origin), Ok(&offsets));
        let other = Origin { cluster: None, ..origin.clone() };
        assert!(token.offsets(&other).is_err());
        assert!(token.offsets(&Origin { topic: "u".into(), ..origin }).is_err());
    }

    #[test]
    fn positions_are_as_documented() {
        let origin = Origin { topic: "stock_values".into(), cluster: Some("w2".into()) };
        let ranges = Ranges::from([(0, 1200..1264), (1, 980..1044)]);
        assert_eq!(
            origin.position(&ranges),
            json!({"type":"kafka","cluster":"w2","topics":{"stock_values":{"0":[1200,1264],"1":[980,1044]}}})
        );
    }
}
