//! Positions: where in a source a frame's rows are from, and resume tokens.
//!
//! A frame's position is a half-open range of offsets for each partition; a token is one offset
//! for each, the next to read. Both are JSON on the wire, by topic and partition.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A partition of one of a feed's topics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The topic, by its number in the feed's [`Topics`].
    pub topic: u32,
    /// The partition's number in the topic.
    pub id: i32,
}

/// The next offset to read of each partition.
pub type Offsets = BTreeMap<Partition, i64>;

/// The offsets of each partition that a frame was made from.
pub type Ranges = BTreeMap<Partition, Range<i64>>;

/// The topics of a feed, numbered as they are found. A number never changes its topic.
#[derive(Debug, Default)]
pub struct Topics(RwLock<Vec<Arc<str>>>);

impl Topics {
    /// The number of a topic, which it gets when it is first asked for.
    pub fn number(&self, name: &str) -> u32 {
        if let Some(number) = self.find(name) {
            return number;
        }
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        let at = names.iter().position(|n| **n == *name).unwrap_or_else(|| {
            names.push(name.into());
            names.len() - 1
        });
        at as u32
    }

    /// The number of a topic that has one.
    pub fn find(&self, name: &str) -> Option<u32> {
        let names = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.iter().position(|n| **n == *name).map(|at| at as u32)
    }

    /// The name of a topic that has this number.
    pub fn name(&self, number: u32) -> Arc<str> {
        let names = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.get(number as usize).cloned().unwrap_or_else(|| "".into())
    }

    /// A partition for messages: with its topic where there are several.
    pub fn describe(&self, partition: Partition) -> String {
        if self.0.read().unwrap_or_else(PoisonError::into_inner).len() < 2 {
            return format!("partition {}", partition.id);
        }
        format!("partition {} of topic \"{}\"", partition.id, self.name(partition.topic))
    }
}

/// What a feed's positions have in common: the topics and the cluster.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The topics.
    pub topics: Arc<Topics>,
    /// The cluster's id, where it has one.
    pub cluster: Option<String>,
}

impl Origin {
    /// A frame's position for its metadata.
    pub fn position(&self, ranges: &Ranges) -> Value {
        self.json(ranges.iter().map(|(p, r)| (*p, json!([r.start, r.end]))))
    }

    /// A token for the offsets.
    pub fn token(&self, offsets: &Offsets) -> Value {
        self.json(offsets.iter().map(|(p, offset)| (*p, json!(offset))))
    }

    fn json(&self, partitions: impl Iterator<Item = (Partition, Value)>) -> Value {
        let mut topics = Map::new();
        // Partitions come in the order of their topics.
        let mut open: Option<(u32, Map<String, Value>)> = None;
        for (partition, value) in partitions {
            if open.as_ref().is_none_or(|(topic, _)| *topic != partition.topic)
                && let Some((topic, done)) = open.replace((partition.topic, Map::new()))
            {
                topics.insert(self.topics.name(topic).to_string(), done.into());
            }
            if let Some((_, values)) = &mut open {
                values.insert(partition.id.to_string(), value);
            }
        }
        if let Some((topic, done)) = open {
            topics.insert(self.topics.name(topic).to_string(), done.into());
        }
        json!({"type": "kafka", "cluster": self.cluster, "topics": topics})
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
    pub topics: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Token {
    /// The offsets, where the token is for this origin.
    ///
    /// # Errors
    /// What it is for instead.
    pub fn offsets(&self, origin: &Origin) -> Result<Offsets, String> {
        if self.kind != "kafka" {
            return Err(format!("the token is of a source of type \"{}\"", self.kind));
        }
        if self.cluster != origin.cluster {
            return Err("the token is of another cluster".into());
        }
        let mut offsets = Offsets::new();
        for (name, partitions) in &self.topics {
            let topic = origin
                .topics
                .find(name)
                .ok_or_else(|| format!("the token is of topic \"{name}\", which is not read"))?;
            for (id, &offset) in partitions {
                let id = id.parse().ok().filter(|_| offset >= 0).ok_or_else(|| {
                    format!("\"{id}\": {offset} is no partition and offset of a token")
                })?;
                offsets.insert(Partition { topic, id }, offset);
            }
        }
        Ok(offsets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::testing::{at, offsets, origin};

    #[test]
    fn tokens_are_read_back() {
        let here = origin();
        here.topics.number("u");
        let of_both = Offsets::from([(at(0), 5), (at(11), 7), (Partition { topic: 1, id: 3 }, 8)]);
        let token: Token = serde_json::from_value(here.token(&of_both)).unwrap();
        assert_eq!(token.offsets(&here), Ok(of_both));
        // Another relay may have found the topics in another order.
        let other = Origin { topics: Arc::default(), cluster: here.cluster.clone() };
        assert!(token.offsets(&other).unwrap_err().contains("topic \"t\", which is not read"));
        other.topics.number("u");
        other.topics.number("t");
        let there = token.offsets(&other).unwrap();
        assert_eq!(there[&Partition { topic: 0, id: 3 }], 8);
        assert_eq!(there[&Partition { topic: 1, id: 11 }], 7);
        let cluster = Origin { cluster: None, ..here };
        assert!(token.offsets(&cluster).unwrap_err().contains("another cluster"));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for (id, offset) in [("x", 1), ("-", 1), ("0", -1), ("99999999999", 0)] {
            let token = Token {
                kind: "kafka".into(),
                cluster: Some("c".into()),
                topics: [("t".to_string(), [(id.to_string(), offset)].into())].into(),
            };
            assert!(token.offsets(&origin()).unwrap_err().contains("is no partition"), "{id}");
        }
    }

    #[test]
    fn positions_are_as_documented() {
        let topics = Topics::default();
        topics.number("stock_values");
        let origin = Origin { topics: topics.into(), cluster: Some("w2".into()) };
        let ranges = Ranges::from([(at(0), 1200..1264), (at(1), 980..1044)]);
        assert_eq!(
            origin.position(&ranges),
            json!({"type":"kafka","cluster":"w2","topics":{"stock_values":{"0":[1200,1264],"1":[980,1044]}}})
        );
        assert_eq!(
            origin.token(&offsets([(0, 3)])),
            json!({"type":"kafka","cluster":"w2","topics":{"stock_values":{"0":3}}})
        );
    }
}
